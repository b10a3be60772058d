package citation

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// collector turns the passages of one document, in reading order, into its references.
type collector struct {
	stopped  func() error // why to stop reading: the error of its context
	name     string
	base     *url.URL // nil: relative links lead nowhere
	baseSize int      // bytes of what it may add to a link
	limit    int
	document ibid.Document
	refs     []ibid.Reference
	kept     int // bytes of the refs
	// long are the usable addresses of long destinations, so that each is made once, however often it is cited.
	long     map[string]string
	longSize int // bytes of them
	// sample is the begin of the running text, for the language.
	sample strings.Builder
	// beside reads another file by its path from the document's folder; the error of one that is not there.
	beside func(path string) ([]byte, error)
	citing citing
	// noted are the labels of the notes.
	noted map[string]bool
	err   error
}

// sampleSize is how much running text, in bytes, the language is judged by.
const sampleSize = 4096

// headSize is how much of the running text, in bytes, is the head of a document, where its date may stand.
const headSize = 600

func newCollector(ctx context.Context, src Source, o Options) *collector {
	c := &collector{
		stopped: ctx.Err, name: src.Name, limit: o.MaxReferences, refs: []ibid.Reference{}, beside: src.Beside,
		noted: map[string]bool{}, long: map[string]string{}, kept: o.kept,
	}
	if c.beside == nil {
		c.beside = func(string) ([]byte, error) { return nil, errNoPart }
	}
	c.rebase(src.BaseURI)
	return c
}

// add takes the citations out of p.
func (c *collector) add(p passage) {
	if c.err != nil {
		return
	}
	if c.err = c.stopped(); c.err != nil {
		return
	}
	if (p.kind == ibid.Footnote || p.kind == ibid.Endnote) && p.label != "" {
		c.noted[p.label] = true
	}
	if p.kind == "" {
		c.remember(p.text)
	}
	found := p.citations(c.limit - len(c.refs))
	works := p.works()
	if len(found) == 0 && len(works) == 0 {
		return
	}
	first := len(c.refs)
	lines := lineCounter{p: &p, line: p.line}
	for i, f := range found {
		if i%1000 == 999 && c.stopped() != nil { // a passage can be all of a document
			c.err = c.stopped()
			return
		}
		ref := p.reference(found, i)
		ref.Locator.Line = lines.at(f.Start)
		if c.append(ref); c.err != nil {
			return // what follows would be read in vain
		}
	}
	if len(found) == 0 {
		c.append(ibid.Reference{
			Cited: works[0].Title, Context: sentenceAround(p.text, 0, 0),
			Locator: ibid.Locator{Kind: p.kind, Label: p.label, Line: p.line},
		})
	}
	if c.err != nil {
		return
	}
	if p.kind != "" {
		ofSameWork(c.refs[first:])
	}
	if len(works) > 0 {
		hangWorks(c.refs[first:], works, p.quotedText())
	}
}

// works are those that p names. Much is said in quotes in the body of a document: there, only a labelled title after a statement
// of languages counts.
func (p *passage) works() []ibid.Work {
	if len(p.text) > maxNote || !hasQuotes(p.text) && len(p.italics) == 0 || p.kind == "" && len(languagesSaid(p.text)) == 0 {
		return nil
	}
	works := findWorks(p.quotedText())
	if p.kind != "" {
		return works
	}
	return slices.DeleteFunc(works, func(w ibid.Work) bool { return w.Label == "" || len(w.Languages) == 0 })
}

func hasQuotes(text string) bool {
	return strings.Contains(text, "“") || strings.Contains(text, "\"") || strings.Contains(text, "«") || strings.Contains(text, "„")
}

// maxNote bounds the length, in bytes, of the notes in which works without an address are looked for.
const maxNote = 20_000

// maxKept bounds the bytes of the references of a document: one long address in a small file can stand for many.
const maxKept = 128 << 20

func (c *collector) tooMany(err error) {
	c.err = &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: c.name, Class: ibid.ClassLinksCapped, Err: err}
}

func (c *collector) tooLong() {
	c.tooMany(fmt.Errorf("its references are longer than %d MB: divide it", maxKept>>20))
}

// sizeOf is how many bytes of text a reference holds.
func sizeOf(ref *ibid.Reference) int {
	return len(ref.URI) + len(ref.Cited) + len(ref.Context) + len(ref.Title)
}

func (c *collector) append(ref ibid.Reference) {
	if len(c.refs) >= c.limit {
		c.tooMany(fmt.Errorf("it has more than %d references: divide it", c.limit))
		return
	}
	if c.kept += sizeOf(&ref); c.kept > maxKept {
		c.tooLong()
		return
	}
	if original, date, ok := unarchived(ref.URI); ok {
		ref.Original, ref.Candidates = original, nil
		if ref.Accessed == "" {
			ref.Accessed = date
		}
	}
	ref.ID = "r" + strconv.Itoa(len(c.refs)+1)
	if len(c.refs) == cap(c.refs) { // a Reference is large: to double them copies half of what append does
		c.refs = slices.Grow(c.refs, max(16, len(c.refs)))
	}
	c.refs = append(c.refs, ref)
}

func (c *collector) remember(text string) {
	if c.document.Date == "" && c.sample.Len() < headSize {
		c.document.Date = headingDate(text)
	}
	if room := sampleSize - c.sample.Len(); room > 0 {
		c.sample.WriteString(text[:min(room, len(text))])
		c.sample.WriteByte('\n')
	}
}

// result finishes the document.
func (c *collector) result(src Source, kind ibid.MediaType) *Result {
	if c.document.Language == "" {
		c.document.Language = languageOf(c.sample.String())
	}
	c.markCandidates()
	return &Result{Document: identified(c.document, src, kind), References: c.refs}
}

// hangWorks puts each work on the reference of its note that it belongs to: the one beside which, or in whose address, the
// year of the work's label stands; otherwise the last one that is written before it.
func hangWorks(refs []ibid.Reference, works []ibid.Work, text string) {
	places, years := make([]int, len(refs)), make([]string, len(refs))
	for i, ref := range refs {
		places[i], years[i] = strings.Index(text, ref.Cited), ref.URI
		if after := places[i] + len(ref.Cited); places[i] >= 0 && ref.URI != "" {
			years[i] += text[after:min(len(text), after+60)]
		}
		if i+1 < len(refs) {
			years[i], _, _ = strings.Cut(years[i], refs[i+1].Cited)
		}
	}
	for _, work := range works {
		best, at, year := 0, strings.Index(text, work.Title), yearIn(work.Label)
		for i := range refs {
			if year != "" && strings.Contains(years[i], year) {
				best = i
				break
			}
			if places[i] >= 0 && places[i] < at {
				best = i
			}
		}
		refs[best].Works = append(refs[best].Works, work)
	}
}

// yearIn is the first number of four digits that can be a year in s, or empty.
func yearIn(s string) string {
	for i := 0; i+4 <= len(s); i++ {
		if n := digits(s[i:]); n > 0 {
			if n == 4 && (s[i:i+2] == "19" || s[i:i+2] == "20") {
				return s[i : i+4]
			}
			i += n - 1
		}
	}
	return ""
}
