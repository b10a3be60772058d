package citation

import (
	"strings"
	"unicode/utf8"
)

// plainText reads one plain text document, block by block.
type plainText struct {
	c       *collector
	section section
	// block are the lines of the block that is being read, the first of which is line number first.
	block []string
	first int
}

// readText reads plain text: blocks divided by empty lines, reference lists with "[12]", notes with superscript numbers,
// addresses broken over lines. The feet and heads of printed pages, as in RFCs, are left out.
func readText(c *collector, source string) error {
	t := &plainText{c: c}
	number, afterFeed := 0, false
	for line := range strings.Lines(source) {
		if number++; c.err != nil {
			return c.err
		}
		line = strings.TrimRight(line, "\n")
		if i := strings.LastIndexByte(line, '\f'); i >= 0 {
			t.flush()
			line, afterFeed = line[i+1:], true
		}
		text := strings.TrimSpace(line)
		if text == "" || pageFoot(text) || afterFeed && pageHead(line) {
			t.flush()
			afterFeed = afterFeed && text == ""
			continue
		}
		afterFeed = false
		if t.entryBegins(text) {
			t.flush()
		}
		if len(t.block) == 0 {
			t.first = number
		}
		t.block = append(t.block, line)
	}
	t.flush()
	return c.err
}

// pageFoot says whether a line is the foot of a printed page: "Smith   Standards Track   [Page 12]".
func pageFoot(text string) bool {
	return strings.HasSuffix(text, "]") && len(text) < 100 && strings.Contains(text[max(0, len(text)-12):], "[Page ")
}

// pageHead says whether the first line of a page is its head: parts set far apart.
func pageHead(line string) bool {
	return len(line) < 100 && strings.Contains(strings.TrimSpace(line), "    ")
}

// entryBegins says whether a line begins a new entry of a list of references, without an empty line before it.
func (t *plainText) entryBegins(text string) bool {
	if len(t.block) == 0 {
		return false
	}
	_, n, _ := leadingLabel(text, t.section.kind != "")
	return n > 0
}

// flush ends the block.
func (t *plainText) flush() {
	lines := t.block
	t.block = t.block[:0]
	if len(lines) == 0 {
		return
	}
	heading := strings.TrimSpace(lines[0])
	if len(lines) == 1 || len(lines) == 2 && strings.Trim(strings.TrimSpace(lines[1]), "=-~") == "" {
		if t.heading(heading) {
			t.c.remember(heading)
			return
		}
	}
	p := joinedLines(lines)
	p.line = t.first
	p.kind = t.section.kind
	lead := len(p.text) - len(strings.TrimLeft(p.text, " \t"))
	p.drop(lead)
	p.labelAhead()
	t.c.add(p)
}

// heading takes a line that stands alone for a heading, if it looks like one. The first is the title.
func (t *plainText) heading(line string) bool {
	if len(line) > 120 || strings.HasPrefix(line, "[") || strings.HasSuffix(line, ".") || len(findAddresses(line)) > 0 {
		return false
	}
	if t.section.kind != "" && sectionKind(line) == "" && wordCount(line) > 8 {
		return false
	}
	t.section.heading(line, 1)
	if t.c.document.Title == "" && utf8.RuneCountInString(line) > 3 {
		t.c.document.Title = line
	}
	return true
}

// joinedLines makes one text of the lines of a block. Where an address goes on in the next line, the break is taken out.
func joinedLines(lines []string) passage {
	var b strings.Builder
	var p passage
	last := "" // the end of the text so far, since its last white space
	for i, line := range lines {
		text := strings.TrimRight(line, " \t")
		if i > 0 {
			trimmed := strings.TrimLeft(text, " \t")
			if addressGoesOn(last, trimmed, len(lines[i-1]) >= fullLine) {
				p.joined = append(p.joined, b.Len())
				text = trimmed
			} else {
				b.WriteByte('\n')
				last = ""
			}
		}
		b.WriteString(text)
		if j := strings.LastIndexAny(text, " \t"); j >= 0 {
			last = text[j+1:]
		} else {
			last += text[:min(len(text), maxAddress)]
		}
		if len(last) > maxAddress {
			last = ""
		}
	}
	p.text = b.String()
	return p
}

// fullLine is the length in bytes from which a line was likely broken because it was full.
const fullLine = 50

// addressGoesOn says whether the address that ends with word, at the end of a line, goes on in the next line. full says
// whether the line was full, so that the break may stand anywhere in the address.
func addressGoesOn(word, next string, full bool) bool {
	piece, rest, _ := strings.Cut(next, " ")
	if _, inside, ok := strings.Cut(word, "<"); ok {
		return strings.Contains(inside, "://") && !strings.Contains(inside, ">") && strings.Contains(piece, ">")
	}
	if !strings.Contains(word, "://") && !hasPrefixFold(word, "www.") && !strings.Contains(word, "10.") {
		return false
	}
	if n := len(word); strings.IndexByte(".,;:)]>\"'”’»", word[n-1]) >= 0 && word[n-1] != '.' || findEnd(word) == 0 {
		return false
	}
	piece = strings.TrimRight(piece, ".,;:)]>\"'")
	if piece == "" || startsScheme(piece) || hasPrefixFold(piece, "www.") || strings.Contains(piece, "://") {
		return false
	}
	first, last := piece[0], word[len(word)-1]
	switch {
	case strings.IndexByte("/?&=_", first) >= 0:
		return full && len(piece) > 1 && isAlnum(piece[1])
	case first == '%':
		return len(piece) > 2 && isHex(piece[1]) && isHex(piece[2])
	case !isAlnum(first) && !(first == '.' && full && len(piece) > 2 && isAlnum(piece[1])):
		return false
	}
	lower := first >= 'a' && first <= 'z' || isDigit(first) || first == '.'
	switch last {
	case '=', '&', '?', '%', '#', '_':
		return true
	case '-':
		return lower || addressPiece(piece)
	case '/':
		return addressPiece(piece) || lower && strings.TrimSpace(rest) == ""
	case '.':
		return lower && addressPiece(piece)
	}
	return full && lower && addressPiece(piece)
}

// findEnd is where the first address in word ends, if it ends with the word or with a dot before its end; 0 otherwise.
func findEnd(word string) int {
	for _, a := range findAddresses(strings.TrimRight(word, ".-/=&?%#_") + "/x") {
		if a.End == len(strings.TrimRight(word, ".-/=&?%#_"))+2 {
			return a.End
		}
	}
	return 0
}

// addressPiece says whether s is rather a piece of an address than a word: it has a slash, a query, or an ending.
func addressPiece(s string) bool {
	if strings.ContainsAny(s, "/=&%_?#~") {
		return true
	}
	dot := strings.LastIndexByte(s, '.')
	return dot > 0 && dot+2 < len(s) && len(s)-dot <= 6 || strings.Count(s, "-") > 1 && strings.ToLower(s) == s
}
