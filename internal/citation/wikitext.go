package citation

import (
	"encoding/xml"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// wikitext reads text in the markup of MediaWiki: paragraphs with their external links, the notes in <ref>, and the citation
// templates of the Wikipedias (in English Citation Style 1).
type wikitext struct {
	c       *collector
	s       string
	section section
	// closing is where the "{{" or "[[" at an offset is closed.
	closing map[int]int
	// last is where an end of an element stands last.
	last map[string]int
	b    *passageBuilder
	// late are the notes of the passage that is being read, records the citation templates in it.
	late    []wikiNote
	records []record
	notes   int
	depth   int

	line, counted int
}

// wikiNote is a note: s[from:to].
type wikiNote struct {
	from, to int
	label    string
}

// maxWikiDepth bounds how deep templates, links and notes are read into one another.
const maxWikiDepth = 40

// readWikitext reads wikitext, or an export of pages of a wiki in XML.
func readWikitext(c *collector, source string) error {
	if root := xmlRoot.FindStringIndex(source[:min(len(source), 4096)]); root == nil || !strings.HasPrefix(source[root[0]:], "<mediawiki") {
		return readWikiPage(c, source)
	}
	dec := newXMLDecoder(strings.NewReader(source))
	var text strings.Builder
	for c.err == nil {
		token, err := dec.RawToken()
		if err != nil {
			return c.err // what was read before the damage counts
		}
		switch t := token.(type) {
		case xml.StartElement:
			text.Reset()
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			switch t.Name.Local {
			case "title":
				if c.document.Title == "" {
					c.document.Title = text.String()
				}
			case "text":
				if err := readWikiPage(c, text.String()); err != nil {
					return err
				}
			}
		}
	}
	return c.err
}

func readWikiPage(c *collector, source string) error {
	w := &wikitext{c: c, s: source, closing: wikiPairs(source), last: make(map[string]int), line: 1}
	w.restart(place{}, 0)
	w.blocks(0, len(source))
	w.flush(len(source))
	return c.err
}

// wikiPairs finds the ends of templates and links in one pass.
func wikiPairs(s string) map[int]int {
	pairs := make(map[int]int)
	var open []int
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] != s[i+1]:
		case s[i] == '{' || s[i] == '[':
			open = append(open, i)
			i++
		case s[i] == '}' || s[i] == ']':
			for n := len(open) - 1; n >= max(0, len(open)-8); n-- {
				if s[open[n]]+2 == s[i] {
					pairs[open[n]] = i
					open = open[:n]
					i++
					break
				}
			}
		}
	}
	return pairs
}

// restart begins a passage at a place, whose text begins at offset i.
func (w *wikitext) restart(at place, i int) {
	if i > w.counted {
		w.line += strings.Count(w.s[w.counted:i], "\n")
		w.counted = i
	}
	if at.kind == "" {
		at.kind = w.section.kind
	}
	w.b = &passageBuilder{passage: passage{kind: at.kind, label: at.label, line: w.line}}
}

// flush ends the passage; i is where the next begins. Its notes follow it.
func (w *wikitext) flush(i int) {
	records, late, line := w.records, w.late, w.b.line
	w.records, w.late = nil, nil
	p, ok := w.b.finish()
	if ok {
		p.labelAhead()
		w.c.add(p)
	}
	for _, r := range records {
		r.line = line
		w.c.addRecord(r, place{kind: p.kind, label: p.label})
	}
	for _, note := range late {
		w.restart(place{kind: ibid.Footnote, label: note.label}, note.from)
		w.write(note.from, note.to)
		w.flush(note.to)
	}
	w.restart(place{}, i)
}

// blocks reads the lines from i to j: headings, items, rows of tables and paragraphs.
func (w *wikitext) blocks(i, j int) {
	for i < j && w.c.err == nil {
		end := w.lineEnd(i, j)
		line := strings.TrimSpace(w.s[i:end])
		switch {
		case line == "":
			w.flush(end)
		case strings.HasPrefix(line, "==") && strings.HasSuffix(line, "=="):
			w.flush(i)
			w.heading(line, end)
		case strings.IndexByte("*#:;|!{", line[0]) >= 0 && !strings.HasPrefix(line, "{{"):
			w.flush(i)
			w.write(i+strings.IndexByte(w.s[i:end], line[0])+1, end)
			w.flush(end)
		default:
			w.write(i, end)
			w.b.write("\n")
		}
		i = end + 1
	}
}

// lineEnd is the end of the line at i; one within a template, a link or a note is none.
func (w *wikitext) lineEnd(i, j int) int {
	for k := i; k < j; k++ {
		switch w.s[k] {
		case '\n':
			return k
		case '{', '[':
			if end, ok := w.closing[k]; ok && end < j {
				k = end + 1
			}
		case '<':
			if end := w.elementEnd(k, j); end > k {
				k = end - 1
			}
		}
	}
	return j
}

// elementEnd is the end of the note, the comment or the code that begins at i; 0 if none does.
func (w *wikitext) elementEnd(i, j int) int {
	rest := w.s[i:j]
	if strings.HasPrefix(rest, "<!--") {
		return i + w.until(i, rest, "-->")
	}
	name := wikiElement(rest)
	if name == "" {
		return 0
	}
	tag := strings.IndexByte(rest[:min(len(rest), 1000)], '>')
	if tag < 0 {
		return 0
	}
	if rest[tag-1] == '/' {
		return i + tag + 1
	}
	return i + w.until(i, rest, "</"+name)
}

// until is the length of rest, which begins at i, up to the end of the closing tag; that of its first line if there is none.
func (w *wikitext) until(i int, rest, closing string) int {
	last, known := w.last[closing]
	if !known {
		last = strings.LastIndex(w.s, closing)
		w.last[closing] = last
	}
	if last < i {
		return 1
	}
	n := strings.Index(rest[:min(len(rest), maxGroup)], closing)
	if n < 0 {
		return 1
	}
	n += len(closing)
	if closing != "-->" {
		n += strings.IndexByte(rest[n:min(len(rest), n+100)], '>') + 1
	}
	return min(n, len(rest))
}

// wikiElement is the name of the element that s begins, if its content is no ordinary text.
func wikiElement(s string) string {
	for _, name := range []string{"ref", "nowiki", "pre", "syntaxhighlight", "source", "math", "code", "gallery", "timeline", "score"} {
		if hasPrefixFold(s[1:], name) && len(s) > len(name)+1 && strings.IndexByte(" >/\n", s[len(name)+1]) >= 0 {
			return name
		}
	}
	return ""
}

func (w *wikitext) heading(line string, end int) {
	level := runOf(line, '=')
	text := strings.Trim(line, "= ")
	w.section.heading(text, level)
	w.restart(place{}, min(end+1, len(w.s)))
}

// note keeps the note that begins at i for after its passage.
func (w *wikitext) note(i, end int) {
	tag := strings.IndexByte(w.s[i:end], '>')
	closing := strings.LastIndex(w.s[i:end], "</")
	if tag < 0 || closing <= tag {
		return
	}
	w.notes++
	w.late = append(w.late, wikiNote{from: i + tag + 1, to: i + closing, label: decimal(w.notes)})
}
