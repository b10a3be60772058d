package rescue

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/ibid-archive/ibid"
)

// Sketch is what is known of a source, or what a page says of itself. What is not known is left empty.
type Sketch struct {
	URI string
	// Title and Text are plain text; Language is a BCP 47 tag.
	Title, Text, Language string
	MediaType             ibid.MediaType
	// Size is that of the payload in bytes.
	Size    int64
	Digests []ibid.Digest
}

// Points that a proof needs, and that its parts give.
const (
	enough  = 2
	strong  = 2
	weak    = 1
	against = -2
)

// Prove weighs whether page is the source of which known is known, though it has another address: by digest, text,
// title, size, and what the addresses have in common. The reasons are those for and against.
func Prove(known, page Sketch) (reasons []string, ok bool) {
	p := proof{}
	for _, d := range page.Digests {
		if d != "" && slices.Contains(known.Digests, d) {
			return []string{"the bytes have the digest that is known"}, true
		}
	}
	if a, b := baseLanguage(known.Language), baseLanguage(page.Language); a != "" && b != "" && a != b {
		return []string{fmt.Sprintf("it is in %s, not %s", b, a)}, false
	}
	if a, b := known.MediaType, page.MediaType; a != "" && b != "" && isPage(a) != isPage(b) {
		return []string{fmt.Sprintf("it is %s, not %s", b, a)}, false
	}
	p.addresses(known.URI, page.URI)
	p.titles(known.Title, page.Title)
	p.texts(known.Text, page.Text)
	p.sizes(known.Size, page.Size)
	if len(p.reasons) == 0 {
		p.reasons = []string{"nothing is known that could prove it"}
	}
	return p.reasons, p.points >= enough
}

type proof struct {
	points  int
	reasons []string
}

func (p *proof) add(points int, format string, args ...any) {
	p.points += points
	p.reasons = append(p.reasons, fmt.Sprintf(format, args...))
}

func (p *proof) addresses(known, page string) {
	_, a, okA := identity(known)
	_, b, okB := identity(page)
	switch {
	case known == "" || page == "":
	case looseKey(known) == looseKey(page):
		p.add(strong, "the address differs in nothing that names another page")
	case okA && okB && a.sameAs(b):
		p.add(strong, "the same page number (%s %s)", a.system, a.key)
	case sameIndex(known, page):
		p.add(strong, "the address differs in the name of the start page only")
	default:
		if f := fileName(known); f != "" && f == fileName(page) {
			p.add(weak, "the same file name, %s", f)
		}
	}
}

// sameIndex says whether one is the directory and the other its start page.
func sameIndex(a, b string) bool {
	return looseKey(withoutIndex(a)) == looseKey(withoutIndex(b))
}

func withoutIndex(uri string) string {
	lower := strings.ToLower(uri)
	for _, page := range indexPages {
		if strings.HasSuffix(lower, "/"+page) {
			return uri[:len(uri)-len(page)]
		}
	}
	return uri
}

// fileName is a name that says something: with an extension, not of a start page, not a mere number.
func fileName(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	name := strings.ToLower(path.Base(u.Path))
	ext := path.Ext(name)
	if ext == "" || len(name)-len(ext) < 6 || slices.Contains(indexPages, name) || isNumber(strings.TrimSuffix(name, ext)) {
		return ""
	}
	return name
}

func (p *proof) titles(known, page string) {
	a, b := words(known), words(page)
	if len(a) < 2 || len(b) < 2 {
		return
	}
	switch s := overlap(a, b); {
	case s >= 0.8:
		p.add(strong, "the title is right: %q", oneLine(page))
	case s < 0.3:
		p.add(against, "the title is another: %q", oneLine(page))
	}
}

// shingle is how many words are compared together.
const shingle = 4

func (p *proof) texts(known, page string) {
	a, b := shingles(words(known)), shingles(words(page))
	if len(a) < 10 || len(b) < 10 {
		return
	}
	switch s := overlap(a, b); {
	case s >= 0.4:
		p.add(strong, "%d %% of the text is the same", int(100*s))
	case s < 0.05:
		p.add(against, "the text is another")
	}
}

func (p *proof) sizes(known, page int64) {
	switch {
	case known <= 0 || page <= 0:
	case known == page && known >= 2048:
		p.add(strong, "the size is the same to the byte: %d", page)
	case known == page || max(known, page)-min(known, page) <= known/100:
		p.add(weak, "the size is much the same: %d bytes", page)
	case page > 10*known || known > 10*page:
		p.add(-weak, "the size is quite another: %d bytes, not %d", page, known)
	}
}

// maxWords bounds the words of a text that are compared.
const maxWords = 20_000

func words(s string) []string {
	var out []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsNumber(c) }) {
		if out = append(out, w); len(out) == maxWords {
			break
		}
	}
	return out
}

func shingles(w []string) []string {
	var out []string
	for i := 0; i+shingle <= len(w); i++ {
		out = append(out, strings.Join(w[i:i+shingle], " "))
	}
	return out
}

// overlap is the share of the smaller set that is in the other.
func overlap(a, b []string) float64 {
	set, other := map[string]bool{}, map[string]bool{}
	for _, w := range a {
		set[w] = true
	}
	for _, w := range b {
		other[w] = true
	}
	if len(other) < len(set) {
		set, other = other, set
	}
	if len(set) == 0 {
		return 0
	}
	n := 0
	for w := range set {
		if other[w] {
			n++
		}
	}
	return float64(n) / float64(len(set))
}

func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}
