package citation

import (
	"strings"
)

// texMacro is a command that a document defines: its text, with "#1" for its first argument.
type texMacro struct {
	arguments int
	body      string
}

const (
	// maxMacros bounds how many commands are kept, and maxMacro how long one may be, in bytes.
	maxMacros = 1000
	maxMacro  = 500
	// maxExpanding bounds how deep commands may use one another, and maxExpanded the bytes that those of a document become.
	maxExpanding = 3
	maxExpanded  = 4 << 20
)

// address says whether m makes an address or a link.
func (m texMacro) address() bool {
	for _, sign := range []string{`\url`, `\href`, `\nolinkurl`, `\path`, `\doi`, "://"} {
		if strings.Contains(m.body, sign) {
			return true
		}
	}
	return false
}

// define keeps a command without arguments, or one that makes an address of arguments that stand in braces: \newcommand{\site}[1]{…},
// \def\site#1{…}, \NewDocumentCommand{\site}{m}{…}.
func (r *texPassages) define(kind string) {
	name := ""
	if kind != "def" {
		name = strings.TrimPrefix(strings.TrimSpace(r.argument()), `\`)
	}
	if name == "" && r.i < len(r.s) && r.s[r.i] == '\\' {
		name, r.i = texCommand(r.s, r.i)
	}
	m, plain := texMacro{}, true
	switch {
	case kind == "def":
		for r.i+1 < len(r.s) && r.s[r.i] == '#' && isDigit(r.s[r.i+1]) {
			r.i += len("#1")
			m.arguments++
		}
	case strings.HasSuffix(kind, "DocumentCommand"):
		arguments := strings.ReplaceAll(r.argument(), " ", "")
		m.arguments, plain = len(arguments), strings.Trim(arguments, "mv") == ""
	default:
		m.arguments = atoi(r.option())
		before := r.i
		r.option() // of an argument that may be left out
		plain = r.i == before
	}
	m.body = r.argument()
	delete(r.macros, name)
	usable := m.arguments == 0 && strings.IndexByte(m.body, '#') < 0 || m.arguments > 0 && m.arguments < 10 && m.address()
	if plain && usable && len(m.body) < maxMacro && len(r.macros) < maxMacros && !strings.Contains(m.body, "##") {
		r.macros[name] = m
	}
}

// expand puts arguments in the text of m. ok is false where the commands of the document have become too long.
func (l *latex) expand(m texMacro, arguments []string) (text string, ok bool) {
	size := len(m.body)
	for n, argument := range arguments {
		size += len(argument) * strings.Count(m.body, "#"+decimal(n+1))
	}
	if l.expanded+size > maxExpanded {
		return "", false
	}
	l.expanded += size
	var b strings.Builder
	for i := 0; i < len(m.body); i++ {
		n := 0
		if m.body[i] == '#' && i+1 < len(m.body) && isDigit(m.body[i+1]) {
			n = int(m.body[i+1] - '0')
		}
		if n > 0 && n <= len(arguments) {
			b.WriteString(arguments[n-1])
			i++
		} else {
			b.WriteByte(m.body[i])
		}
	}
	return b.String(), true
}

// macro writes what a command of the document makes, if that is an address or a link; ok is false for others, and for one that does not
// stand with its arguments.
func (r *texPassages) macro(name string) (ok bool) {
	m := r.macros[name]
	if !m.address() || r.expanding >= maxExpanding {
		return false
	}
	start := r.i
	arguments := make([]string, m.arguments)
	for n := range arguments {
		argument, end, ok := r.group()
		if !ok {
			r.i = start
			return false
		}
		arguments[n], r.i = argument, end
	}
	text, ok := r.expand(m, arguments)
	if !ok {
		r.i = start
		return false
	}
	r.expanding++
	r.nested(text)
	r.expanding--
	return true
}

// expandedAddress puts the macros of the document in an address.
func (r *texPassages) expandedAddress(s string) string {
	if len(r.macros) == 0 || strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		name, end := texCommand(s, i)
		text, after := r.expandedAt(name, s, end)
		if text == "" {
			text, after = s[i:end], end
		}
		b.WriteString(text)
		i = after
	}
	return b.String()
}

// expandedAt is the text of the command of that name whose arguments begin at s[i], and where they end; empty if there is none.
func (r *texPassages) expandedAt(name, s string, i int) (text string, end int) {
	m := r.macros[name]
	arguments := make([]string, m.arguments)
	for n := range arguments {
		argument, end, ok := texGroup(s, i)
		if !ok {
			return "", 0
		}
		arguments[n], i = argument, end
	}
	text, _ = r.expand(m, arguments)
	return text, i
}
