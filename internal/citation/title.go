package citation

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// titleOf returns the title that the document gives what f cites: the text of the link if it says something, else what
// stands in quotes or is set off before the address, after from, else what the link itself says. In a note the title may
// stand before an earlier address of the same work.
func (p *passage) titleOf(f found, from int) string {
	if f.linked {
		if title := cleanTitle(p.text[f.Start:f.End]); saysSomething(title) {
			return title
		}
	}
	if title := p.titleIn(from, f.Start); title != "" {
		return title
	}
	if f.title != "" {
		return cleanTitle(f.title)
	}
	if p.kind != "" && from > 0 {
		return p.titleIn(0, from)
	}
	return ""
}

// titleIn is the last title in quotes, or else after the year at the begin of an entry, or else in italics, in text[from:to].
// In the body of a document it must stand close before to.
func (p *passage) titleIn(from, to int) string {
	from = max(from, to-2*maxTitle)
	for from < to && !utf8.RuneStart(p.text[from]) {
		from++
	}
	titles := quoted(p.text[from:to])
	if n := len(titles); n > 0 {
		q := titles[n-1]
		if p.kind != "" || to-from-q.close < 40 {
			return cleanTitle(p.text[from+q.from : from+q.to])
		}
	}
	if p.kind != "" && from == 0 {
		if title := titleAfterYear(p.text[:to]); title != "" {
			return title
		}
	}
	before, _ := slices.BinarySearchFunc(p.italics, to+1, func(s span, at int) int { return cmp.Compare(s.end, at) })
	for i := before - 1; i >= 0 && p.italics[i].end > from; i-- {
		if s := p.italics[i]; s.start >= from && (p.kind != "" || to-s.end < 40) && !volume.MatchString(p.text[s.end:to]) {
			if title := cleanTitle(p.text[s.start:s.end]); saysSomething(title) && wordCount(title) > 1 {
				return title
			}
		}
	}
	return ""
}

// volume is what follows the name of a journal: " 17, 891" or ", 12(3), p. 4".
var volume = regexp.MustCompile(`^,? (?:[Vv]ol\. ?)?\d{1,3} ?(?:\(\d|[,:] ?(?:\d|p))`)

// cleanTitle takes quotes and the comma or full stop of the entry off a title.
func cleanTitle(s string) string {
	s = folded(s)
	s = strings.Trim(s, " \"“”„«»")
	s = strings.TrimRight(s, ",;: ")
	if strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "..") && strings.Count(s, ".") == 1 {
		s = s[:len(s)-1]
	}
	if len(s) > maxTitle {
		s = s[:wordUntil(s, maxTitle, 0)]
	}
	return s
}

// saysSomething says whether the text of a link is a title: not an address, not a number, not "here".
func saysSomething(title string) bool {
	if title == "" || digits(title) == len(title) || strings.Contains(title, "://") || genericText[strings.ToLower(strings.Trim(title, "[]()."))] {
		return false
	}
	if wordCount(title) == 1 && countDigits(title) > 3 { // a code: "2011PNAS..108.1815W"
		return false
	}
	found := findAddresses(title)
	return len(found) == 0 || len(found[0].Cited) < len(title)/2
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// genericText are texts of links that name no source, in lower case.
var genericText = func() map[string]bool {
	set := make(map[string]bool)
	for text := range strings.SplitSeq("here|link|links|this|this link|click here|pdf|html|doi|url|web|website|online|source|archived|archive|the original|"+
		"original|download|read more|more|full text|pmid|pmc|jstor|crossref|google scholar|pubmed|view|view article|article|abstract|"+
		"on line|en ligne|en línea|en linea|online verfügbar|external link|see here|source code|hier|ici|lien|aquí|enlace|qui|siehe|x|↑|^|→|↗", "|") {
		set[text] = true
	}
	return set
}()

// beforeYear is what stands before the year in brackets at the begin of an entry: "Smith, J., & Doe, A. (2009)". It has no upper
// bound, which would make it a hundred times as large and too large for the fast matcher of regexp: its callers give it 500 bytes.
var beforeYear = regexp.MustCompile(`^\s*(?:\[?\d{1,4}[\].)]\s*)?([^()\[\]"“«]{3,}?),?\s*\((?:[^()]{0,20}[ ,])?(?:1[5-9]|20)\d\d[a-z]?\)`)

// titleAfterYear is the title in an entry of the form "Smith, J. (2009). On tides. Journal of the Sea, 3. http://…".
func titleAfterYear(entry string) string {
	m := beforeYear.FindStringIndex(entry[:min(len(entry), 500)])
	if m == nil {
		return ""
	}
	rest, ok := strings.CutPrefix(entry[m[1]:], ".")
	if !ok || strings.TrimSpace(rest) == "" {
		return ""
	}
	end := 0
	for end < len(rest) && !endsSentence(rest, end) {
		end++
	}
	title := cleanTitle(rest[:min(len(rest), end+1)])
	if wordCount(title) < 2 || !saysSomething(title) {
		return ""
	}
	return title
}

// invertedName is one name of a list that puts the family name first: "van der Berg, J. K.", "Smith, John".
var invertedName = regexp.MustCompile(`^(?:(?:van|von|der|de|den|di|da|la|le|del|ter) )*\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)?, (?:\p{Lu}[\p{L}'’-]*\.?[ -]?){1,4}`)

// authorsOf reads the authors of an entry that begins with them, family name first, and has the year in brackets after them.
// Where that is not clear there are none.
func authorsOf(entry string) []string {
	m := beforeYear.FindStringSubmatch(entry[:min(len(entry), 500)])
	if m == nil {
		return listedBeforeTitle(entry)
	}
	rest := folded(m[1])
	if strings.Contains(rest, ";") {
		return listed(rest)
	}
	var authors []string
	for rest != "" {
		name := invertedName.FindString(rest)
		if name == "" {
			return nil
		}
		authors = append(authors, strings.TrimRight(name, " -"))
		rest = strings.TrimLeft(rest[len(name):], " ,.&")
		for _, and := range []string{"and ", "und ", "et ", "y "} {
			rest = strings.TrimPrefix(rest, and)
		}
		if strings.HasPrefix(rest, "et al") || strings.HasPrefix(rest, "eds") || strings.HasPrefix(rest, "al.") {
			break
		}
	}
	return authors
}

// listedBeforeTitle reads authors up to a title in quotes, each with a semicolon behind it.
func listedBeforeTitle(entry string) []string {
	list, _, _ := strings.Cut(entry[:min(len(entry), 500)], "“")
	if list, ok := strings.CutSuffix(strings.TrimSpace(list), ";"); ok {
		return listed(list)
	}
	return nil
}

// listed reads authors that are divided by ";": each must be a name with its family name first.
func listed(s string) []string {
	var authors []string
	for name := range strings.SplitSeq(s, ";") {
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "and "))
		if strings.HasPrefix(name, "et al") {
			break
		}
		if invertedName.FindString(name) == "" || wordCount(name) > 6 {
			return nil
		}
		authors = append(authors, name)
	}
	return authors
}

// quotedText is the text of p with what is set off in italics put in quotes, where it is not: titles are written either way.
func (p *passage) quotedText() string {
	var b strings.Builder
	last := 0
	for _, s := range p.italics {
		if s.start < last || s.end <= s.start || s.end > len(p.text) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(p.text[:s.start])
		if closingQuotes[before] != "" {
			continue
		}
		b.WriteString(p.text[last:s.start] + "“" + p.text[s.start:s.end] + "”")
		last = s.end
	}
	if last == 0 {
		return p.text
	}
	b.WriteString(p.text[last:])
	return b.String()
}
