package citation

import (
	"net/url"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// org reads Org (orgmode.org, "Org Syntax"): headlines, links, notes and citations. Code, drawers and comments are not read.
type org struct {
	markup

	// endless are the blocks that begin and do not end, by name.
	endless map[string]bool
	// abbreviations are what "#+LINK: name address" defines.
	abbreviations map[string]string
}

// readOrg reads an Org document.
func readOrg(c *collector, source string) error {
	o := &org{markup: newMarkup(c, source), endless: make(map[string]bool), abbreviations: make(map[string]string)}
	o.inline = o.write
	o.abbreviate()
	o.blocks()
	c.resolveKeys()
	return c.err
}

// abbreviate reads the abbreviations of links, which hold for all of the document (Org Manual, 4.6).
func (o *org) abbreviate() {
	for _, line := range o.lines {
		if !hasPrefixFold(line, "#+link:") {
			continue
		}
		if words := strings.Fields(line[len("#+link:"):]); len(words) > 1 && len(words[1]) < 1000 {
			o.abbreviations[words[0]] = words[1]
		}
	}
}

// unabbreviated is the destination that an abbreviation stands for: its tag goes to where "%s" or "%h" is, else to the end. What a
// program would have to be run for, "%(function)", stays.
func (o *org) unabbreviated(cited string) string {
	name, tag, ok := strings.Cut(cited, ":")
	address := o.abbreviations[name]
	if !ok || address == "" || strings.Contains(address, "%(") {
		return cited
	}
	tag = strings.TrimPrefix(tag, ":")
	switch {
	case strings.Contains(address, "%s"):
		return strings.Replace(address, "%s", tag, 1)
	case strings.Contains(address, "%h"):
		return strings.Replace(address, "%h", url.PathEscape(tag), 1)
	}
	return address + tag
}

func (o *org) blocks() {
	at := place{}
	for i := 0; i < len(o.lines) && o.c.err == nil; {
		line := o.lines[i]
		text := strings.TrimSpace(line)
		level := runOf(line, '*')
		switch {
		case text == "":
			i++
		case level > 0 && strings.HasPrefix(line[level:], " "):
			at = place{}
			o.title(orgHeadline(line[level:]), level+1, i+1)
			i++
		case strings.HasPrefix(text, "#"):
			i = o.keyword(i, text)
		case strings.HasPrefix(text, ":") && strings.HasSuffix(text, ":") && !strings.Contains(text, " "):
			i = o.drawer(i)
		case strings.HasPrefix(text, ": ") || strings.HasPrefix(text, "|-"):
			i++
		case strings.HasPrefix(line, "[fn:"):
			at, i = o.note(i)
		default:
			i = o.paragraph(i, at)
			at = place{}
		}
	}
}

// orgHeadline is a headline without its state and its tags.
func orgHeadline(s string) string {
	s = strings.TrimSpace(s)
	for _, state := range []string{"TODO ", "DONE "} {
		s = strings.TrimPrefix(s, state)
	}
	if i := strings.LastIndex(s, " :"); i > 0 && strings.HasSuffix(s, ":") {
		s = strings.TrimSpace(s[:i])
	}
	return s
}

// keyword reads "#+title: text", and goes over blocks of code and over comments.
func (o *org) keyword(i int, text string) int {
	key, value, _ := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	switch key = strings.ToLower(key); {
	case key == "#+title":
		o.c.document.Title = value
	case key == "#+date":
		o.c.document.Date = metadataDate(strings.Trim(value, "<>[] "))
	case key == "#+language":
		o.c.document.Language = languageTag(value)
	case key == "#+bibliography":
		o.c.citing.bibliographies = append(o.c.citing.bibliographies, strings.Fields(value + " -")[0])
	case strings.HasPrefix(key, "#+begin_"):
		name := strings.Fields(key[len("#+begin_"):] + " -")[0]
		if name != "src" && name != "example" && name != "export" && name != "comment" || o.endless[name] {
			break
		}
		for j := i + 1; j < len(o.lines); j++ {
			if hasPrefixFold(strings.TrimSpace(o.lines[j]), "#+end_"+name) {
				return j + 1
			}
		}
		o.endless[name] = true
	}
	return i + 1
}

// drawer goes over ":PROPERTIES:" to ":END:".
func (o *org) drawer(i int) int {
	for j := i + 1; j < min(len(o.lines), i+100); j++ {
		if strings.EqualFold(strings.TrimSpace(o.lines[j]), ":end:") {
			return j + 1
		}
	}
	return i + 1
}

// note begins the definition of a note: "[fn:1] text".
func (o *org) note(i int) (place, int) {
	label, rest, ok := strings.Cut(o.lines[i][len("[fn:"):], "]")
	if !ok {
		return place{}, o.paragraph(i, place{})
	}
	at := place{kind: ibid.Footnote, label: label}
	o.lines[i] = strings.TrimLeft(rest, " ")
	if o.lines[i] == "" {
		return at, i + 1
	}
	return place{}, o.paragraph(i, at)
}

// paragraph reads a paragraph, an item or a row.
func (o *org) paragraph(i int, at place) int {
	end := i + 1
	for end < len(o.lines) {
		line := o.lines[end]
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' || text[0] == '|' || strings.HasPrefix(line, "[fn:") || o.itemAt(end) > 0 && line[0] != '*' || line[0] == '*' && strings.HasPrefix(line[runOf(line, '*'):], " ") {
			break
		}
		end++
	}
	o.passage(i, end, o.itemAt(i), at)
	return end
}

// write writes the inline markup of text: links, notes, citations, code.
func (o *org) write(b *passageBuilder, text string) {
	o.c.cite(text)
	for i := 0; i < len(text); {
		n := strings.IndexAny(text[i:], "[=~")
		if n < 0 {
			b.write(text[i:])
			return
		}
		b.write(text[i : i+n])
		i += n
		i += o.mark(b, text, i)
	}
}

func (o *org) mark(b *passageBuilder, text string, i int) int {
	rest := text[i:min(len(text), i+maxAddress)]
	switch {
	case strings.HasPrefix(rest, "[["):
		if end := strings.Index(rest, "]]"); end > 0 {
			cited, label, described := strings.Cut(rest[2:end], "][")
			o.link(b, cited, label, described)
			return end + 2
		}
	case strings.HasPrefix(rest, "[fn:"):
		if inner := strings.IndexAny(rest[4:], ":]"); inner >= 0 && rest[4+inner] == ']' {
			return 4 + inner + 1
		}
	case rest[0] == '[':
	default:
		if n := codeSpan(text, i); n > 0 {
			start := len(b.buf)
			b.write(text[i+1 : i+n-1])
			b.hidden = append(b.hidden, span{start, len(b.buf)})
			return n
		}
	}
	b.write(rest[:1])
	return 1
}

// codeSpan is the length of "=code=" or "~code~" at text[i]; 0 if there is none.
func codeSpan(text string, i int) int {
	c := text[i]
	if i > 0 && strings.IndexByte(" \n(\"'-", text[i-1]) < 0 || i+2 >= len(text) || isSpaceByte(text[i+1]) {
		return 0
	}
	end := strings.IndexByte(text[i+1:min(len(text), i+500)], c)
	if end < 1 {
		return 0
	}
	if after := i + 1 + end + 1; after < len(text) && (isAlnum(text[after]) || text[after] == '/') {
		return 0
	}
	return end + 2
}

func (o *org) link(b *passageBuilder, cited, label string, described bool) {
	uri := o.c.resolve(o.unabbreviated(cited))
	if !described {
		label = cited
	}
	if uri == "" {
		if described {
			b.write(label)
		}
		return
	}
	b.openLink(cited, uri, "")
	b.write(label)
	b.closeLink()
}
