package citation

import (
	"strings"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// rst reads reStructuredText (docutils, "reStructuredText Markup Specification"): sections, notes, hyperlink targets, and inline
// markup. Code, comments and doctests are not read.
type rst struct {
	markup

	// targets are the addresses of named targets, in lower case; anonymous those of "__", in order.
	targets   map[string]rstTarget
	order     []string
	anonymous []string
	// adornments are the styles of headings in the order in which they first stood.
	adornments []string
}

// rstTarget is the address that a name stands for.
type rstTarget struct {
	cited string
	line  int
	used  bool
}

// readRST reads a reStructuredText document.
func readRST(c *collector, source string) error {
	r := &rst{markup: newMarkup(c, source), targets: make(map[string]rstTarget)}
	r.findTargets()
	r.inline = r.write
	r.blocks(0, len(r.lines), place{})
	for _, name := range r.order {
		t := r.targets[name]
		if uri := c.resolve(t.cited); uri != "" && !t.used {
			c.add(passage{kind: ibid.Bibliography, label: name, line: t.line, links: []link{{cited: t.cited, uri: uri}}})
		}
	}
	c.resolveKeys()
	return c.err
}

// findTargets reads ".. _name: address" and "__ address", wherever they stand.
func (r *rst) findTargets() {
	for i := 0; i < len(r.lines); i++ {
		line := strings.TrimLeft(r.lines[i], " ")
		rest, explicit := strings.CutPrefix(line, ".. _")
		if !explicit {
			if after, ok := strings.CutPrefix(line, "__ "); ok {
				r.anonymous = append(r.anonymous, strings.TrimSpace(after))
			}
			continue
		}
		name, value, ok := targetName(rest)
		if !ok {
			continue
		}
		for j := i + 1; j < len(r.lines) && len(value) <= maxAddress && r.indents[j] > r.indents[i]; j++ {
			value += strings.TrimSpace(r.lines[j])
		}
		value = strings.ReplaceAll(strings.TrimSpace(value), `\`, "")
		if name == "_" {
			r.anonymous = append(r.anonymous, value)
		} else if _, known := r.targets[name]; !known {
			r.targets[name] = rstTarget{cited: value, line: i + 1}
			r.order = append(r.order, name)
		}
	}
}

// targetName divides "name: address", where the name may stand in backquotes and its colons are escaped.
func targetName(s string) (name, value string, ok bool) {
	if inside, quoted := strings.CutPrefix(s, "`"); quoted {
		name, value, ok = strings.Cut(inside, "`:")
		return rstName(name), value, ok
	}
	for i := 0; i < len(s); i++ {
		if s[i] == ':' && (i+1 == len(s) || s[i+1] == ' ') && (i == 0 || s[i-1] != '\\') {
			return rstName(s[:i]), s[i+1:], i > 0
		}
	}
	return "", "", false
}

// rstName is the form in which names are the same: lower case, white space folded.
func rstName(s string) string { return strings.ToLower(folded(strings.ReplaceAll(s, `\`, ""))) }

// blocks reads the lines from i to j.
func (r *rst) blocks(i, j int, at place) {
	for i < j && r.c.err == nil {
		line := r.lines[i]
		text := strings.TrimSpace(line)
		switch {
		case text == "":
			i++
		case r.headingAt(i, j) > 0:
			i = r.heading(i, j)
		case strings.HasPrefix(text, ".. ") || text == "..":
			i = r.explicit(i, j, at)
		case strings.HasPrefix(text, "__ "):
			i++
		case strings.HasPrefix(text, ">>> "):
			i = r.paragraphEnd(i, j)
		default:
			i = r.paragraph(i, j, at)
		}
	}
}

// headingAt is the number of lines of the heading that begins at line i; 0 if none does.
func (r *rst) headingAt(i, j int) int {
	if i+2 < j && adornment(r.lines[i]) && adornment(r.lines[i+2]) && strings.TrimSpace(r.lines[i+1]) != "" && r.lines[i][0] == r.lines[i+2][0] {
		return 3
	}
	text := strings.TrimRight(r.lines[i], " ")
	if i+1 < j && adornment(r.lines[i+1]) && !adornment(text) && text[0] != ' ' && utf8.RuneCountInString(text) <= len(strings.TrimRight(r.lines[i+1], " "))+4 {
		return 2
	}
	return 0
}

// adornment says whether a line is a rule under or over a heading.
func adornment(line string) bool {
	line = strings.TrimRight(line, " ")
	return len(line) > 1 && runOf(line, line[0]) == len(line) && strings.IndexByte("=-`:.'\"~^_*+#<>", line[0]) >= 0
}

func (r *rst) heading(i, j int) int {
	n := r.headingAt(i, j)
	style, text := r.lines[i+n-1][:1], strings.TrimSpace(r.lines[i+n-2])
	if n == 3 {
		style += style
	}
	level := 0
	for level < len(r.adornments) && r.adornments[level] != style {
		level++
	}
	if level == len(r.adornments) {
		r.adornments = append(r.adornments, style)
	}
	r.title(text, level+1, i+n-1)
	return i + n
}

// explicit reads a block that begins with "..": a directive, a note, a target, a comment.
func (r *rst) explicit(i, j int, at place) int {
	if strings.TrimSpace(r.lines[i]) == ".." && i+1 < j && strings.TrimSpace(r.lines[i+1]) == "" {
		return i + 1 // an empty comment only ends what is before it: what is indented after it is a quotation
	}
	end := r.indentedEnd(i, j)
	rest := strings.TrimLeft(strings.TrimSpace(r.lines[i])[2:], " ")
	if strings.HasPrefix(rest, "|") {
		_, rest, _ = strings.Cut(rest[1:], "| ")
	}
	if inside, ok := strings.CutPrefix(rest, "["); ok {
		if label, _, ok := strings.Cut(inside, "]"); ok {
			r.note(i, end, label)
			return end
		}
	}
	name, argument, directive := strings.Cut(rest, "::")
	switch {
	case !directive || strings.ContainsAny(name, " `<"):
	case name == "image" || name == "figure":
		r.figure(i, end, at)
	case name == "bibliography":
		r.c.citing.bibliographies = append(r.c.citing.bibliographies, strings.Fields(argument)...)
	case !rstLiteral[name]:
		r.write1(argument, i+1, at)
		r.blocks(r.afterOptions(i+1, end), end, at)
	}
	return end
}

// rstLiteral are the directives whose content is not text.
var rstLiteral = wordSet(`code code-block sourcecode highlight math raw parsed-literal literalinclude include toctree csv-table-file doctest testcode
	testoutput testsetup ipython graphviz plot autoclass automodule autofunction automethod contents default-role role unicode date replace-none
	prompt productionlist meta index currentmodule module py:module program option-list mermaid digraph uml`)

// afterOptions goes over the options of a directive: ":name: value".
func (r *rst) afterOptions(i, end int) int {
	for i < end && strings.HasPrefix(strings.TrimSpace(r.lines[i]), ":") {
		i++
	}
	return i
}

// figure reads a picture: what it leads to is a link, where it lies is none; the text below a figure is text.
func (r *rst) figure(i, end int, at place) {
	k := i + 1
	for ; k < end; k++ {
		text := strings.TrimSpace(r.lines[k])
		if text == "" || text[0] != ':' {
			break
		}
		target, ok := strings.CutPrefix(text, ":target:")
		if !ok {
			continue
		}
		cited := strings.TrimSpace(target)
		if name, ok := strings.CutSuffix(cited, "_"); ok && r.c.resolve(cited) == "" {
			cited = r.use(strings.Trim(name, "`"))
		}
		if uri := r.c.resolve(cited); uri != "" {
			r.c.add(passage{kind: at.kind, line: k + 1, links: []link{{cited: cited, uri: uri}}})
		}
	}
	r.blocks(k, end, at)
}

// note reads a footnote, ".. [1] text", or the entry of a citation, ".. [Smith2009] text".
func (r *rst) note(i, end int, label string) {
	kind := ibid.Bibliography
	if strings.HasPrefix(label, "#") || label == "*" || digits(label) == len(label) {
		kind = ibid.Footnote
		label = strings.TrimLeft(label, "#*")
	}
	first := r.lines[i]
	at := strings.IndexByte(first, ']') + 1
	indent := r.indents[i]
	r.setLine(i, strings.Repeat(" ", at)+first[at:])
	r.blocks(i, end, place{kind: kind, label: label})
	r.lines[i], r.indents[i] = first, indent
}

// paragraph reads a paragraph, an item, or a row of a table, and goes over the literal block that it announces.
func (r *rst) paragraph(i, j int, at place) int {
	item, end := r.itemAt(i), i+1
	for end < j && strings.TrimSpace(r.lines[end]) != "" && r.itemAt(end) == 0 && (r.headingAt(end, j) == 0 || indentOf(r.lines[end]) > 0) {
		end++
	}
	r.passage(i, end, item, at)
	if last := strings.TrimRight(r.lines[end-1], " "); strings.HasSuffix(last, "::") {
		return r.literalEnd(end, j, indentOf(r.lines[i])+item)
	}
	return end
}

// literalEnd goes over a block that is indented deeper than its announcement.
func (r *rst) literalEnd(i, j, indent int) int {
	k := i
	for k < j && strings.TrimSpace(r.lines[k]) == "" {
		k++
	}
	if k == j || indentOf(r.lines[k]) <= indent && !(indent > 0 && indentOf(r.lines[k]) == indent) {
		return i
	}
	if indentOf(r.lines[k]) == indent {
		return i
	}
	depth := indentOf(r.lines[k])
	for k < j && (strings.TrimSpace(r.lines[k]) == "" || indentOf(r.lines[k]) >= min(depth, indent+1)) {
		k++
	}
	return k
}
