package citation

import (
	"strings"
)

// write1 writes one line of text as a passage of its own.
func (r *rst) write1(text string, line int, at place) {
	if strings.TrimSpace(text) == "" {
		return
	}
	b := &passageBuilder{passage: passage{kind: at.kind, label: at.label, line: line}}
	r.write(b, text)
	r.add(b)
}

// write writes the inline markup of text.
func (r *rst) write(b *passageBuilder, text string) {
	for i := 0; i < len(text); {
		n := strings.IndexAny(text[i:], "\\`*_[|:")
		if n < 0 {
			b.write(text[i:])
			return
		}
		b.write(text[i : i+n])
		i += n
		i += r.mark(b, text, i)
	}
}

// mark writes the markup that begins at text[i], and returns its length.
func (r *rst) mark(b *passageBuilder, text string, i int) int {
	rest := text[i:]
	switch {
	case rest[0] == '\\' && len(rest) > 1:
		if rest[1] != ' ' { // the end of a line after a backslash is no space, but an address before it ends there
			b.write(rest[1:2])
		}
		return 2
	case strings.HasPrefix(rest, "``"):
		return r.literal(b, rest)
	case rest[0] == '`':
		return r.quoted(b, rest)
	case rest[0] == ':':
		return r.role(b, text, i)
	case rest[0] == '*':
		return r.emphasis(b, rest)
	case rest[0] == '_':
		return r.reference(b, text, i)
	case rest[0] == '[':
		if end := strings.IndexByte(rest[:min(len(rest), 80)], ']'); end > 0 && strings.HasPrefix(rest[end:], "]_") && !strings.ContainsAny(rest[:end], " \n") {
			return end + 2 // the mark of a note
		}
	case rest[0] == '|':
		if end := strings.IndexAny(rest[1:min(len(rest), 120)], "|\n"); end > 0 && rest[1+end] == '|' && rest[1] != ' ' && rest[end] != ' ' {
			return end + 2 // what is put in here stands at its definition
		}
	}
	b.write(rest[:1])
	return 1
}

// literal writes "“code“", in which nothing is looked for.
func (r *rst) literal(b *passageBuilder, rest string) int {
	end := strings.Index(rest[2:], "``")
	if end < 0 {
		b.write("``")
		return 2
	}
	start := len(b.buf)
	b.write(rest[2 : 2+end])
	b.hidden = append(b.hidden, span{start, len(b.buf)})
	return end + 4
}

// quoted writes "`text <address>`_", "`text`_", "`text`__", or the text of a role.
func (r *rst) quoted(b *passageBuilder, rest string) int {
	end := strings.IndexByte(rest[1:], '`')
	if end < 1 || end > maxAddress {
		b.write("`")
		return 1
	}
	inside, n := rest[1:1+end], end+2
	if !strings.HasPrefix(rest[n:], "_") {
		b.write(inside)
		return n
	}
	n++
	anonymous := strings.HasPrefix(rest[n:], "_")
	if anonymous {
		n++
	}
	label, cited := inside, ""
	if open := strings.LastIndexByte(inside, '<'); open >= 0 && strings.HasSuffix(inside, ">") {
		label, cited = strings.TrimSpace(inside[:open]), strings.Join(strings.Fields(inside[open+1:len(inside)-1]), "")
		anonymous = false
	}
	switch {
	case cited == "" && anonymous:
		if len(r.anonymous) > 0 {
			cited, r.anonymous = r.anonymous[0], r.anonymous[1:]
		}
	case cited == "":
		cited = r.use(inside)
	case strings.HasSuffix(cited, "_") && r.c.resolve(cited) == "":
		cited = r.use(strings.Trim(cited, "`_"))
	case label != "":
		if _, known := r.targets[rstName(label)]; !known {
			r.targets[rstName(label)] = rstTarget{cited: cited, used: true}
		}
	}
	r.link(b, cited, strings.TrimSpace(label))
	return n
}

// link writes a link.
func (r *rst) link(b *passageBuilder, cited, label string) {
	cited = strings.ReplaceAll(cited, `\`, "")
	if uri := r.c.resolve(cited); uri != "" {
		if label == "" {
			label = cited
		}
		b.openLink(cited, uri, "")
		b.write(label)
		b.closeLink()
		return
	}
	b.write(label)
}

// use is the address of a target that is referred to; a target may name another.
func (r *rst) use(name string) string {
	for range 10 {
		key := rstName(name)
		t, ok := r.targets[key]
		if !ok {
			return ""
		}
		t.used = true
		r.targets[key] = t
		other, refers := strings.CutSuffix(t.cited, "_")
		if !refers || r.c.resolve(t.cited) != "" {
			return t.cited
		}
		name = strings.Trim(other, "`")
	}
	return ""
}

// role writes ":name:`text`"; of a title with a target only the title.
func (r *rst) role(b *passageBuilder, text string, i int) int {
	rest := text[i:]
	end := strings.IndexByte(rest[1:min(len(rest), 60)], '`')
	if end < 2 || rest[end] != ':' || strings.ContainsAny(rest[1:end], " \n\"'<") {
		b.write(":")
		return 1
	}
	inside, _, ok := strings.Cut(rest[end+2:], "`")
	if !ok || len(inside) > maxAddress {
		b.write(":")
		return 1
	}
	start := len(b.buf)
	label, target, _ := strings.Cut(inside, "<")
	name := rest[1:end]
	address, shown := roleAddress(name, strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(inside, label+"<")), ">"))
	if target != "" || shown == "" {
		shown = folded(label)
	}
	switch {
	case address != "":
		r.link(b, address, shown)
	case r.c.citeRole(name, inside):
	case name == "code" || name == "literal" || name == "math" || name == "command" || name == "file" || name == "samp":
		b.write(inside)
		b.hidden = append(b.hidden, span{start, len(b.buf)})
	case target != "":
		b.write(strings.TrimSpace(label))
	default:
		b.write(inside)
	}
	return end + 2 + len(inside) + 1
}

// emphasis writes "*text*" and "**text**".
func (r *rst) emphasis(b *passageBuilder, rest string) int {
	n := runOf(rest[:min(len(rest), 2)], '*')
	if len(rest) == n || isSpaceByte(rest[n]) {
		b.write(rest[:n])
		return n
	}
	end := strings.Index(rest[n:min(len(rest), maxNote)], strings.Repeat("*", n))
	if end < 1 {
		b.write(rest[:n])
		return n
	}
	start := len(b.buf)
	b.write(rest[n : n+end])
	if n == 1 {
		b.italics = append(b.italics, span{start, len(b.buf)})
	}
	return end + 2*n
}

// wordBefore is the word at the end of text, which begins at from or behind it.
func wordBefore(text []byte, from int) string {
	start := len(text)
	for start > max(from, len(text)-maxName) && (isAlnum(text[start-1]) || strings.IndexByte("-_.+", text[start-1]) >= 0 || text[start-1] >= 0x80) {
		start--
	}
	return string(text[start:])
}

// maxName bounds the length, in bytes, of the name of a target that is written without backquotes.
const maxName = 256

// reference makes a link of the word before "_" if that is the name of a target: "see extruct_ for it".
func (r *rst) reference(b *passageBuilder, text string, i int) int {
	n := runOf(text[i:], '_')
	after := i + n
	if n > 2 || after < len(text) && (isAlnum(text[after]) || text[after] == '/' || text[after] == '.' && after+1 < len(text) && isAlnum(text[after+1])) {
		b.write(text[i:after])
		return n
	}
	word := wordBefore(b.buf, b.linked())
	start := len(b.buf) - len(word)
	cited := ""
	if n == 2 && len(r.anonymous) > 0 && word != "" {
		cited, r.anonymous = r.anonymous[0], r.anonymous[1:]
	} else if n == 1 {
		cited = r.use(word)
	}
	uri := r.c.resolve(cited)
	if word == "" || uri == "" {
		b.write(text[i:after])
		return n
	}
	b.buf = b.buf[:start]
	r.link(b, cited, word)
	return n
}
