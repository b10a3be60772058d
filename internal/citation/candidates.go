package citation

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// maxCandidates bounds the other readings of one address: each costs a host, and then the archives, a question.
const maxCandidates = 4

// readings gathers other ways to read one printed address.
type readings struct {
	of  string // the address as it is read first
	all []ibid.Candidate
}

// add takes printed for an address as it stands: nothing is trimmed off its end.
func (r *readings) add(printed, how string) {
	if len(r.all) == maxCandidates || len(printed) > maxAddress {
		return
	}
	if hasPrefixFold(printed, "www.") {
		printed = "http://" + printed
	}
	uri, ok := webAddress(printed)
	if !ok || !bareHost(uri) || uri == r.of || slices.ContainsFunc(r.all, func(c ibid.Candidate) bool { return c.URI == uri }) {
		return
	}
	r.all = append(r.all, ibid.Candidate{URI: uri, Reading: how})
}

// unhyphenated adds what was divided with a hyphen between before and after, if a word can have been: between letters.
func (r *readings) unhyphenated(before, after, how string) {
	if before != "" && after != "" && isLetter(before[len(before)-1]) && isLetter(after[0]) {
		r.add(before+after, how)
	}
}

// candidates are the other ways to read f, the likeliest first. A link says itself where it leads, and angle brackets where an
// address ends: these have none. Of a DOI it is known where it ends, but not whether the hyphen at the end of a line is its own.
func (p *passage) candidates(f found) []ibid.Candidate {
	if f.linked || f.Start > 0 && p.text[f.Start-1] == '<' || !startsScheme(f.Cited) && !hasPrefixFold(f.Cited, "www.") {
		return nil
	}
	r := &readings{of: f.URI}
	if p.brokenInside(r, f); f.Identifiers["doi"] != "" {
		return r.all
	}
	p.raisedAtEnd(r, f)
	p.brokenAfter(r, f)
	punctuated(r, f.Cited, p.text[f.End:], bracketOpen(p.text[:f.Start]))
	numbered(r, f.Cited)
	return r.all
}

// raisedAtEnd reads a raised number at the end of an address, behind another number, as the mark of a note.
func (p *passage) raisedAtEnd(r *readings, f found) {
	from, _ := slices.BinarySearch(p.raised, f.Start+1)
	for _, at := range p.raised[from:] {
		if at >= f.End {
			return
		}
		if isMark(p.text[at:f.End]) {
			r.add(p.text[f.Start:at], "without the raised "+p.text[at:f.End]+", as the mark of a note")
		}
	}
}

// brokenInside reads an address that was put together from two lines without the hyphen at the end of the first, or as one that
// ends there, if what follows could be a word.
func (p *passage) brokenInside(r *readings, f found) {
	from, _ := slices.BinarySearch(p.joined, f.Start+1)
	for _, at := range p.joined[from:] {
		if at >= f.End {
			return
		}
		before, after := p.text[f.Start:at], p.text[at:f.End]
		switch {
		case isSpaceByte(before[len(before)-1]):
		case strings.HasSuffix(before, "-"):
			r.unhyphenated(before[:len(before)-1], after, "without the hyphen at the end of its line")
		case f.Identifiers["doi"] == "" && !strings.ContainsAny(after, "/=&%?#_~") && !fileExtension(after) && !hostOnly(before):
			r.add(strings.TrimRight(before, "."), "only what stands on its first line")
		}
	}
}

// brokenAfter reads an address at the end of a line together with the first word of the next, where that could be its rest.
func (p *passage) brokenAfter(r *readings, f found) {
	head, rest, ok := p.nextLine(f.End)
	if !ok || startsAfresh(head) {
		return
	}
	tail := strings.TrimSuffix(p.text[f.Start:f.End], "-")
	hyphen := len(tail) < f.End-f.Start
	head = head[:trimEnd(head, 0, len(head))]
	word, _, _ := strings.Cut(rest, "\n")
	switch {
	case head == "" || !isAlnum(head[0]) && strings.IndexByte("/?&=_%~#.", head[0]) < 0:
	case hyphen && !commonWords[strings.ToLower(head)]:
		r.add(tail+"-"+head, "with the first word of the next line")
		r.unhyphenated(tail, head, "with the first word of the next line, and without the hyphen before it")
	case !hyphen && (pathLike(head) || strings.TrimSpace(word) == "" && !proseWord(head, "")):
		r.add(p.text[f.Start:f.End]+p.text[f.End:f.End+dots(p.text[f.End:])]+head, "with the first word of the next line")
	}
}

// dots is 1 where s begins with a dot, which can be a part of an address and the end of a sentence, else 0.
func dots(s string) int {
	if strings.HasPrefix(s, ".") {
		return 1
	}
	return 0
}

// nextLine is the first word of the line that begins right after end, and what follows it; ok is false if none begins there.
func (p *passage) nextLine(end int) (word, rest string, ok bool) {
	end += dots(p.text[end:])
	if end+1 >= len(p.text) || !isSpaceByte(p.text[end]) {
		return "", "", false
	}
	next := end + 1
	if _, broken := slices.BinarySearch(p.joined, next); !broken && p.text[end] != '\n' {
		return "", "", false
	}
	line := strings.TrimLeft(p.text[next:min(len(p.text), next+maxAddress)], " \t")
	if i := strings.IndexAny(line, " \t\n"); i >= 0 {
		return line[:i], line[i:], true
	}
	return line, "", true
}

// bracketOpen says whether a round bracket is open at the end of text: as far back as a sentence reaches.
func bracketOpen(text string) bool {
	text = text[max(0, len(text)-reach):]
	text = text[strings.LastIndexByte(text, '\n')+1:]
	return strings.LastIndexByte(text, '(') > strings.LastIndexByte(text, ')')
}

// punctuated reads what was taken for the punctuation of the sentence as a part of the address, where addresses end so: an
// exclamation mark, a closing bracket that nothing before the address opened, the dot of an abbreviation. And it reads a dot
// with a capital behind it as the end of a sentence whose space was lost.
func punctuated(r *readings, printed, after string, inBrackets bool) {
	if hostOnly(printed) {
		return
	}
	switch {
	case strings.HasPrefix(after, "!"):
		r.add(printed+"!", "with the exclamation mark")
	case strings.HasPrefix(after, "(") && unclosed(after) > 0:
		r.add(printed+after[:unclosed(after)]+")", "with the bracket that is not closed")
	case strings.HasPrefix(after, ")") && !inBrackets:
		r.add(printed+")", "with the bracket behind it")
	case strings.HasPrefix(after, ".") && endsShort(printed):
		r.add(printed+".", "with the dot of the abbreviation")
	}
	path := printed[strings.LastIndexByte(printed, '/')+1:]
	if dot := strings.LastIndexByte(path, '.'); dot > 0 && len(path)-dot > 2 && !fileExtension(path) {
		word := path[dot+1:]
		if first, size := utf8.DecodeRuneInString(word); unicode.IsUpper(first) && strings.ToLower(word[size:]) == word[size:] && letters(word) {
			r.add(printed[:len(printed)-len(word)-1], "without the word behind the dot")
		}
	}
}

// unclosed is the length of the word that a bracket opens and nothing closes; 0 if it is closed or no word.
func unclosed(s string) int {
	n := 1
	for n < len(s) && (isAlnum(s[n]) || s[n] == '_' || s[n] == '-' || s[n] == '%') {
		n++
	}
	if n == 1 || n < len(s) && s[n] == ')' {
		return 0
	}
	return n
}

func letters(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return true
}

// endsShort says whether an address ends in what is written with a dot: "Inc", the last letter of "U.S".
func endsShort(s string) bool {
	word := s[strings.LastIndexAny(s, "/_-.=%+")+1:]
	return len(word) == 1 && word[0] >= 'A' && word[0] <= 'Z' || shortEndings[strings.ToLower(word)]
}

var shortEndings = wordSet(`inc ltd co corp jr sr dr st mr mrs bros etc vol no ed al`)

// numbered reads figures behind the end of a file name or of a host name, where none can be, as the mark of a note.
func numbered(r *readings, cited string) {
	before := strings.TrimRight(cited, "0123456789")
	n := len(cited) - len(before)
	if n == 0 || n > 3 || before == "" {
		return
	}
	ending := before[strings.LastIndexByte(before, '.')+1:]
	file := !hostOnly(before) && strings.Contains(before[strings.LastIndexByte(before, '/'):], ".") && fileExtension(before)
	if file || hostOnly(before) && len(ending) > 1 && letters(ending) {
		r.add(before, "without "+cited[len(before):]+", as the mark of a note")
	}
}

// noteNumber is the number that an address of the running text ends in, alone behind something else, and what stands before it.
func noteNumber(cited string) (number, before string) {
	before = strings.TrimRight(cited, "0123456789")
	if number = cited[len(before):]; len(number) > 3 || before == "" || strings.IndexByte("-=._%", before[len(before)-1]) >= 0 {
		return "", ""
	}
	return number, before
}

// markCandidates gives addresses of the running text that end in the number of a note of this document the reading without it.
func (c *collector) markCandidates() {
	if len(c.noted) == 0 {
		return
	}
	for i := range c.refs {
		ref := &c.refs[i]
		number, before := noteNumber(ref.Cited)
		if ref.Locator.Kind != ibid.Inline || ref.Original != "" || !c.noted[number] || !startsScheme(ref.Cited) && !hasPrefixFold(ref.Cited, "www.") {
			continue
		}
		r := &readings{of: ref.URI, all: ref.Candidates}
		r.add(before, "without "+number+", as the mark of that note")
		ref.Candidates = r.all
	}
}

// Reread makes the n-th of the Candidates of ref its address, and why the reason for it. The one that it had becomes the first of
// the Candidates.
func Reread(ref ibid.Reference, n int, why string) ibid.Reference {
	to := ref.Candidates[n]
	others := slices.Delete(slices.Clone(ref.Candidates), n, n+1)
	ref.Candidates = slices.Insert(others, 0, ibid.Candidate{URI: ref.URI, Reading: "as it was read at first"})
	ref.Identifiers = withIdentifiersOf(ref.Identifiers, ref.URI, to.URI)
	ref.URI, ref.Repaired = to.URI, to.Reading+": "+why
	return ref
}

// withIdentifiersOf are the identifiers with those of the address to in the place of those of the address from.
func withIdentifiersOf(identifiers map[string]string, from, to string) map[string]string {
	all := map[string]string{}
	for key, value := range identifiers {
		if identifiersOf(from)[key] != value {
			all[key] = value
		}
	}
	for key, value := range identifiersOf(to) {
		all[key] = value
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
