package citation

import (
	"strings"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// asciidoc reads AsciiDoc (docs.asciidoctor.org): sections, links, notes and bibliographies. Attributes are put in; code, passthroughs
// and comments are not read.
type asciidoc struct {
	markup

	attributes map[string]string
	given      int // bytes that attributes stood for
	// endless are the fences of blocks that begin and do not end; closing are the ends of the brackets of the text that is read.
	endless map[string]bool
	closing map[int]int
	notes   int
	// late are the notes of the paragraph that is being read.
	late []passage
}

// readASCIIDoc reads an AsciiDoc document.
func readASCIIDoc(c *collector, source string) error {
	a := &asciidoc{markup: newMarkup(c, source), attributes: make(map[string]string), endless: make(map[string]bool)}
	a.inline = a.write
	a.blocks()
	c.resolveKeys()
	return c.err
}

func (a *asciidoc) blocks() {
	at := place{}
	for i := 0; i < len(a.lines) && a.c.err == nil; {
		line := strings.TrimRight(a.lines[i], " ")
		level := runOf(line, '=')
		switch {
		case line == "" || line == "+" || line == "|===" || line == "--":
			if line == "" {
				at = place{}
			}
			i++
		case level > 0 && strings.HasPrefix(line[level:], " "):
			a.title(strings.TrimSpace(line[level:]), level, i+1)
			i++
		case a.underlined(i) > 0:
			a.title(line, a.underlined(i), i+1)
			i += 2
		case asciiFence(line) > 0:
			i = a.fenced(i, line)
		case strings.HasPrefix(line, "//"):
			i++
		case line[0] == ':' && a.attribute(line):
			i++
		case line[0] == '[' && strings.HasSuffix(line, "]") && !strings.HasPrefix(line, "[["):
			if strings.HasPrefix(line, "[bibliography") {
				a.section = section{kind: ibid.Bibliography, level: 6}
			}
			i++
		default:
			i = a.paragraph(i, at)
		}
	}
}

// asciiFence is the length of the line that opens or closes a block; 0 for any other.
func asciiFence(line string) int {
	if n := runOf(line, line[0]); n == len(line) && n >= 4 && strings.IndexByte("-.+/", line[0]) >= 0 {
		return n
	}
	if strings.HasPrefix(line, "```") {
		return 3
	}
	return 0
}

// underlined is the level of the title that line i is, with a line of signs as long as it below: "=" a document's, then "-", "~", "^"
// and "+"; 0 if it is none. The line below may be one sign shorter or longer, and would else open a block of code.
func (a *asciidoc) underlined(i int) int {
	title := strings.TrimRight(a.lines[i], " ")
	if i+1 == len(a.lines) || len(title) > maxTitle {
		return 0
	}
	signs := strings.TrimRight(a.lines[i+1], " ")
	longer := len(signs) - utf8.RuneCountInString(title)
	if len(signs) < 2 || longer < -1 || longer > 1 || runOf(signs, signs[0]) < len(signs) || !isAlnum(title[0]) && title[0] < utf8.RuneSelf {
		return 0
	}
	return strings.IndexByte("=-~^+", signs[0]) + 1
}

// fenced goes over a block of code or of comment.
func (a *asciidoc) fenced(i int, fence string) int {
	if strings.HasPrefix(fence, "```") {
		fence = "```"
	}
	for j := i + 1; j < len(a.lines) && !a.endless[fence]; j++ {
		if strings.TrimRight(a.lines[j], " ") == fence {
			return j + 1
		}
	}
	a.endless[fence] = true
	return i + 1
}

// attribute keeps ":name: value".
func (a *asciidoc) attribute(line string) bool {
	name, value, ok := strings.Cut(line[1:], ":")
	if !ok || name == "" || strings.ContainsAny(name, " /") {
		return false
	}
	value = strings.TrimSpace(value)
	if len(value) < 500 && len(a.attributes) < 10_000 {
		a.attributes[name] = a.expanded(value)
	}
	switch name {
	case "lang":
		a.c.document.Language = languageTag(value)
	case "revdate":
		a.c.document.Date = metadataDate(value)
	case "bibtex-file", "bibliography-database":
		a.c.citing.bibliographies = append(a.c.citing.bibliographies, value)
	}
	return true
}

// expanded puts attributes in, "{name}", up to maxGiven bytes in all.
func (a *asciidoc) expanded(s string) string {
	if strings.IndexByte(s, '{') < 0 || len(a.attributes) == 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:min(len(s), i+80)], '}')
		value, known := "", false
		if end > 0 {
			value, known = a.attributes[s[i+1:i+end]]
		}
		if a.given += len(value); !known || a.given > maxGiven {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i] + value)
		s = s[i+end+1:]
	}
	return b.String() + s
}

// paragraph reads a paragraph, an item, or cells of a table, and then its notes.
func (a *asciidoc) paragraph(i int, at place) int {
	end := i + 1
	for end < len(a.lines) {
		line := strings.TrimRight(a.lines[end], " ")
		if strings.HasPrefix(line, "//") && asciiFence(line) == 0 {
			a.lines[end] = "" // a comment does not end the paragraph
			end++
			continue
		}
		if line == "" || line == "+" || line[0] == '|' || a.starAt(end) > 0 || asciiFence(line) > 0 || line[0] == '[' && strings.HasSuffix(line, "]") {
			break
		}
		end++
	}
	a.passage(i, end, a.starAt(i), at)
	for _, note := range a.late {
		a.c.add(note)
	}
	a.late = nil
	return end
}

// starAt is itemAt with the marks of AsciiDoc, which are repeated for each level: "** ".
func (a *asciidoc) starAt(i int) int {
	text := strings.TrimLeft(a.lines[i], " ")
	if text != "" && strings.IndexByte("*.-", text[0]) >= 0 {
		if n := runOf(text, text[0]); n < 6 && strings.HasPrefix(text[n:], " ") {
			return n + 1
		}
	}
	return a.itemAt(i)
}
