package citation

import (
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// name reads the name at the offset that is read; empty if there is none.
func (r *typstReader) name() string {
	start := r.i
	for r.i < len(r.s) && (isAlnum(r.s[r.i]) || r.i > start && strings.IndexByte("_-.", r.s[r.i]) >= 0) {
		r.i++
	}
	name := strings.TrimRight(r.s[start:r.i], ".-")
	r.i = start + len(name)
	return name
}

// code reads what follows "#" in text: a call, a statement or a block.
func (r *typstReader) code() {
	switch name := r.name(); name {
	case "":
		if r.i >= len(r.s) || strings.IndexByte("({[", r.s[r.i]) < 0 {
			r.b.write("#")
			return
		}
		r.arguments("")
	case "set", "show", "let", "import":
		r.statement(name)
	case "include":
		if file, ok := r.quoted(); ok {
			r.flush()
			r.include(file)
			r.b = r.begin(r.section.kind)
		}
	default:
		r.call(name)
	}
}

// statement reads to the end of its line, and of the brackets that are opened there.
func (r *typstReader) statement(name string) {
	text := r.s[r.i:]
	titled := name == "show" || name == "set" && strings.HasPrefix(strings.TrimLeft(text, " "), "document(")
	for r.i < len(r.s) && strings.IndexByte("\n;]", r.s[r.i]) < 0 && r.c.err == nil {
		r.expression(titled)
	}
}

// expression reads one piece of code: a string, a name with what it is called with, a block.
func (r *typstReader) expression(titled bool) {
	switch c := r.s[r.i]; {
	case c == '"':
		r.quoted()
	case isLetter(c):
		name := r.name()
		if value := strings.TrimLeft(r.s[r.i:min(len(r.s), r.i+200)], " "); titled && name == "title" && strings.HasPrefix(value, ":") {
			r.i += strings.IndexByte(r.s[r.i:], ':') + 1
			r.title()
			return
		}
		if typstCalls[name] {
			r.b.space() // what code puts together stands apart
			r.call(name)
		} else if name == "" {
			r.i++
		}
	case c == '[':
		r.b.space()
		r.group(titled)
	case c == '(' || c == '{':
		r.group(titled)
	case c == '\n':
		r.take(1) // for the lines to be counted
	case !r.skip():
		r.i++
	}
}

// typstCalls are the functions that are read where they are called.
var typstCalls = wordSet("link footnote cite bibliography")

// group reads from a bracket to the one that closes it.
func (r *typstReader) group(titled bool) {
	r.i++
	if r.s[r.i-1] == '[' {
		r.markup(']')
		return
	}
	r.rest(titled)
}

// rest reads to the bracket that closes the one before.
func (r *typstReader) rest(titled bool) {
	if r.depth++; r.depth > maxTypstDepth {
		r.i = len(r.s)
	}
	defer func() { r.depth-- }()
	for r.i < len(r.s) && r.c.err == nil {
		if c := r.s[r.i]; c == ')' || c == '}' {
			r.i++
			return
		}
		r.expression(titled)
	}
}

// title takes a string or content for the title of the document.
func (r *typstReader) title() {
	text, ok := r.quoted()
	if !ok && strings.HasPrefix(r.s[r.i:], "[") {
		from := len(r.b.buf)
		r.group(false)
		text = string(r.b.buf[min(from, len(r.b.buf)):])
		r.b.write("\n")
	}
	if r.c.document.Title == "" {
		r.c.document.Title = strings.TrimSpace(text)
	}
}

// quoted reads a string after white space; ok is false if there is none.
func (r *typstReader) quoted() (text string, ok bool) {
	i := r.i
	for i < len(r.s) && isSpaceByte(r.s[i]) {
		i++
	}
	if i >= len(r.s) || r.s[i] != '"' {
		r.i = min(i, len(r.s))
		return "", false
	}
	end := i + 1
	for end < len(r.s) && r.s[end] != '"' {
		if r.s[end] == '\\' {
			end++
		}
		end++
	}
	r.i = min(end+1, len(r.s))
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(r.s[i+1 : min(end, len(r.s))]), true
}

// call reads the arguments of a function of that name.
func (r *typstReader) call(name string) {
	switch name {
	case "link":
		r.link()
	case "footnote":
		r.note()
	default:
		r.arguments(name)
	}
}

// arguments reads "(…)" and the content after it.
func (r *typstReader) arguments(name string) {
	for r.i < len(r.s) && r.c.err == nil && strings.IndexByte("([{", r.s[r.i]) >= 0 {
		start := r.i
		content := r.s[r.i] == '['
		r.group(false)
		if inside := r.s[start:r.i]; !content {
			r.cites(name, inside)
		}
	}
}

// cites reads the keys and the bibliographies in the arguments of cite and of bibliography.
func (r *typstReader) cites(name, arguments string) {
	switch name {
	case "cite":
		if _, key, ok := strings.Cut(arguments, "<"); ok {
			if key, _, ok = strings.Cut(key[:min(len(key), 200)], ">"); ok {
				r.c.citeEach([]string{key})
			}
		}
	case "bibliography":
		for n, piece := range strings.Split(arguments, `"`) {
			if n%2 == 1 && strings.Contains(piece, ".") && !strings.HasSuffix(piece, ".csl") {
				r.c.citing.bibliographies = append(r.c.citing.bibliographies, piece)
			}
		}
		if strings.Contains(strings.ReplaceAll(arguments, " ", ""), "full:true") {
			r.c.citeEach([]string{"*"})
		}
	}
}

// link reads link("https://…")[words]; one that leads to a place in the document, or to what is computed, is its words alone.
func (r *typstReader) link() {
	if !strings.HasPrefix(r.s[r.i:], "(") {
		return
	}
	r.i++
	cited, _ := r.quoted()
	after := strings.TrimLeft(r.s[r.i:min(len(r.s), r.i+100)], " \n")
	uri := r.c.resolve(cited)
	if after == "" || after[0] != ')' && after[0] != ',' {
		uri = ""
	}
	if uri != "" {
		r.b.openLink(cited, uri, "")
	}
	from := len(r.b.buf)
	r.rest(false) // which may hold the words
	r.arguments("")
	if uri != "" {
		if len(r.b.buf) == from {
			r.b.write(cited)
		}
		r.b.closeLink()
	}
}

// note reads a note, which comes after the passage that it belongs to; footnote(<label>) is another mark of one.
func (r *typstReader) note() {
	outer, emphasis := r.b, r.emphasis
	r.b = r.begin(ibid.Footnote)
	r.arguments("")
	if p, ok := r.b.finish(); ok {
		r.notes++
		p.label = decimal(r.notes)
		r.late = append(r.late, p)
	}
	r.b, r.emphasis = outer, emphasis
}
