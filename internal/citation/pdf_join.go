package citation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineBreak is what is known about the end of one printed line of a PDF and the begin of the next.
type lineBreak struct {
	// tail is the text before the break without white space in it, lines joined before included, head
	// the first word after it, and rest what follows head on its line.
	tail, head, rest string
	// forced says that the line is full: the begin of head would not have fitted.
	forced bool
	// alone says that tail begins its line, so that it may be cut anywhere, and brimful that the line ends
	// right at the edge of its column.
	alone, brimful bool
}

// continuesAddress says whether an address that stands at the end of a line goes on at the begin of the
// next. It is decided by the space that was left, and by what the two parts look like: typesetters break
// addresses after a slash, a dot or a hyphen, sometimes before one, and seldom elsewhere.
func (b lineBreak) continuesAddress() bool {
	if b.head == "" || !addressLike(b.tail) || startsAfresh(b.head) {
		return false
	}
	if schemeOnly(b.tail) {
		return true
	}
	if open := strings.IndexByte(b.tail, '<'); open >= 0 && !strings.Contains(b.tail, ">") {
		return strings.Contains(b.head, ">") || b.rest == ""
	}
	first, _ := utf8.DecodeRuneInString(b.head)
	if !b.forced || (first >= utf8.RuneSelf && !unicode.IsLetter(first)) {
		return false
	}
	switch last := b.tail[len(b.tail)-1]; {
	case last == '-' || strings.IndexByte("_?=&%#~+@:", last) >= 0:
		return !proseWord(b.head, b.rest) || last != '-'
	case last == '/':
		return !proseWord(b.head, b.rest)
	case last == '.':
		return b.afterDot()
	case isAlnum(last):
		return b.afterLetter()
	}
	return false
}

// afterDot decides after a dot, which may end the sentence too.
func (b lineBreak) afterDot() bool {
	doi := strings.Contains(b.tail, "10.")
	c := b.head[0]
	switch {
	case doi && isDigit(c):
		return true
	case doi:
		return hasDigit(b.head) && !proseWord(b.head, b.rest)
	case hostOnly(b.tail) && (strings.Contains(b.head, ".") || strings.Contains(b.head, "/") || len(trimmed(b.head)) <= 3):
		return c >= 'a' && c <= 'z' || isDigit(c)
	case fileExtension(b.head):
		return true
	}
	return (c >= 'a' && c <= 'z' || isDigit(c)) && pathLike(b.head)
}

// afterLetter decides after a letter or a digit, where few typesetters break.
func (b lineBreak) afterLetter() bool {
	c := b.head[0]
	switch {
	case strings.IndexByte("/?&=#%_~-+", c) >= 0 && len(b.head) > 1:
		return true
	case c == '.' && len(b.head) > 1 && isAlnum(b.head[1]):
		return true
	case openDOI(b.tail):
		return isDigit(c)
	case !isAlnum(c):
		return false
	case b.alone && b.brimful:
		return pathLike(b.head) || b.rest == "" || !proseWord(b.head, b.rest)
	}
	return pathLike(b.head) && !hostOnly(b.head)
}

// addressLike says whether an address begins in a run of text without white space.
func addressLike(s string) bool {
	lower := strings.ToLower(s)
	for _, mark := range []string{"http:", "https:", "://", "www.", "doi:", "doi.org/", "arxiv:", "urn:"} {
		if strings.Contains(lower, mark) {
			return true
		}
	}
	i := strings.Index(lower, "10.")
	return i >= 0 && (i == 0 || !isAlnum(lower[i-1])) && digits(lower[i+3:]) >= 4
}

// schemeOnly says whether s ends within the scheme of an address or right after it.
func schemeOnly(s string) bool {
	lower := strings.ToLower(s)
	for _, end := range []string{"http:", "https:", "http:/", "https:/", "://", "://www."} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// startsAfresh says whether a word begins something of its own: an address, a label, a bracket.
func startsAfresh(head string) bool {
	lower := strings.ToLower(head)
	for _, prefix := range []string{"http:", "https:", "http", "www.", "doi:", "arxiv:", "[", "(", "<", "•", "–", "—"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return false
}

// hostOnly says whether an address has no path yet.
func hostOnly(s string) bool {
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+len("://"):]
	}
	return !strings.Contains(s, "/")
}

// openDOI says whether s ends in a DOI without a suffix, or in the prefix of one.
func openDOI(s string) bool {
	i := strings.LastIndex(s, "10.")
	return i >= 0 && !strings.Contains(s[i:], "/")
}

// trimmed takes off the punctuation that a sentence adds to a word.
func trimmed(word string) string { return strings.Trim(word, ".,;:!?()[]{}<>\"'“”‘’»«") }

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// pathLike says whether a word looks like a part of a path and not like a word of prose.
func pathLike(word string) bool {
	w := trimmed(word)
	switch {
	case strings.ContainsAny(w, "/_=%&?#~@+"):
		return true
	case fileExtension(word):
		return true
	}
	letters, figures := false, false
	for i := range len(w) {
		letters = letters || !isDigit(w[i]) && isAlnum(w[i])
		figures = figures || isDigit(w[i])
	}
	return letters && figures && len(w) > 4 && strings.Count(w, "-")+strings.Count(w, ".") > 0
}

// fileExtension says whether a word ends in the extension of a file of the web.
func fileExtension(word string) bool {
	w := strings.ToLower(trimmed(word))
	w = w[strings.LastIndexByte(w, '.')+1:]
	switch w {
	case "html", "htm", "shtml", "xhtml", "pdf", "php", "asp", "aspx", "jsp", "cgi", "cfm", "doc", "docx", "xls", "xlsx",
		"ppt", "zip", "gz", "txt", "xml", "json", "jpg", "png", "gif", "svg":
		return true
	}
	return false
}

// proseWord says whether a word is one of a sentence, judged by the word and by what follows on its line.
func proseWord(word, rest string) bool {
	w := trimmed(word)
	switch {
	case w == "":
		return true
	case strings.ContainsAny(w, "/_=%&?#~@+") || hasDigit(w) && !yearLike(w):
		return false
	case commonWords[strings.ToLower(w)]:
		return true
	case strings.ContainsAny(w, ".-"):
		return false
	}
	// A capital begins a sentence or a name, except in the middle of a word ("indexPage").
	r, size := utf8.DecodeRuneInString(w)
	if unicode.IsUpper(r) && w[size:] == strings.ToLower(w[size:]) {
		return rest != ""
	}
	return false
}

func yearLike(w string) bool {
	return len(w) == 4 && digits(w) == 4 && (w[:2] == "19" || w[:2] == "20")
}

// commonWords are words that follow an address in a sentence and are hardly ever a whole part of one.
var commonWords = wordSet(`a an and are as at by for from has have in into is it its of on or provides see that the
	this to was were which who will with accessed last retrieved visited viewed available also but not can they these
	und oder der die das ist sind von vom mit für bei am im zu zum zur wird werden abgerufen zuletzt stand siehe
	et ou le la les du des est sont dans par pour sur avec consulté dernière
	y o el los las en por para con del es son consultado e em da do das dos acesso`)

// tightened takes the spaces out of addresses that some typesetters put in so that lines can break there:
// "https:// doi. org/ 10. 1000/ 182". Only an address with a space right after "://", or one that goes on from
// such a line (inside), is treated so. removed are the offsets in s of the spaces.
func tightened(s string, inside bool) (text string, removed []int) {
	if !inside && !strings.Contains(s, ":// ") {
		return s, nil
	}
	var b strings.Builder
	for i := range len(s) {
		switch {
		case s[i] != ' ':
			inside = inside || strings.HasSuffix(s[:i+1], "://")
		case inside && breakableBefore(s, i):
			removed = append(removed, i)
			continue
		default:
			inside = false
		}
		b.WriteByte(s[i])
	}
	return b.String(), removed
}

// breakableBefore says whether the space at s[i] can be one that stands within an address.
func breakableBefore(s string, i int) bool {
	if i == 0 || i+1 == len(s) || !isAlnum(s[i+1]) || strings.IndexByte("/.-_=?&:#~%", s[i-1]) < 0 {
		return false
	}
	word, rest, _ := strings.Cut(s[i+1:], " ")
	if s[i-1] == '.' && s[i+1] >= 'A' && s[i+1] <= 'Z' {
		return pathLike(word)
	}
	return !commonWords[strings.ToLower(trimmed(word))] || rest == ""
}
