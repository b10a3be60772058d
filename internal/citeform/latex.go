package citeform

import (
	"bytes"
	"regexp"
	"strings"
)

// robustLaTeX puts a link to the archived version behind each \href and \url. A .bib file is not touched: what BibTeX makes of it
// is another matter, and `ibid cite` writes entries.
func robustLaTeX(body []byte, t *table, o Rewrite) ([]edit, error) {
	l := &latex{body: body, t: t, o: o}
	l.linked = bytes.Contains(body, []byte(`\href`)) || bytes.Contains(body, []byte("hyperref"))
	for i := 0; i < len(body); {
		switch body[i] {
		case '%':
			i = lineEnd(body, i)
		case '\\':
			i = l.command(i)
		default:
			i++
		}
	}
	return l.edits, nil
}

type latex struct {
	body   []byte
	t      *table
	o      Rewrite
	linked bool // \href is there
	edits  []edit
}

func lineEnd(body []byte, i int) int {
	if n := bytes.IndexByte(body[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(body)
}

// literal are the environments whose text is printed as it stands.
var literal = regexp.MustCompile(`^\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|comment|filecontents\*?)\}`)

// command handles what begins with a backslash, and returns where to go on.
func (l *latex) command(i int) int {
	rest := l.body[i:]
	if env := literal.FindSubmatch(rest); env != nil {
		end := []byte(`\end{` + string(env[1]) + `}`)
		if n := bytes.Index(rest, end); n >= 0 {
			return i + n + len(end)
		}
		return len(l.body)
	}
	switch {
	case hasCommand(rest, `\verb`), hasCommand(rest, `\lstinline`):
		return l.verb(i)
	case hasCommand(rest, `\url`), hasCommand(rest, `\nolinkurl`), hasCommand(rest, `\path`):
		from, to := l.argument(i)
		return l.link(from, to, to+1)
	case hasCommand(rest, `\href`):
		from, to := l.argument(i)
		if to == 0 {
			return i + 1
		}
		end := to + 1
		if n := len(l.body[end:]) - len(bytes.TrimLeft(l.body[end:], " \t\r\n")); end+n < len(l.body) && l.body[end+n] == '{' {
			end = afterGroup(l.body, end+n)
		}
		return l.link(from, to, end)
	case hasCommand(rest, `\newcommand`), hasCommand(rest, `\def`), hasCommand(rest, `\hypersetup`):
		return lineEnd(l.body, i)
	}
	return i + 2
}

// hasCommand says whether s begins with the command, and not with a longer one.
func hasCommand(s []byte, command string) bool {
	if !bytes.HasPrefix(s, []byte(command)) {
		return false
	}
	return len(s) == len(command) || !isLetter(s[len(command)])
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// verb goes over \verb|text|.
func (l *latex) verb(i int) int {
	j := i + 1
	for j < len(l.body) && isLetter(l.body[j]) {
		j++
	}
	if j < len(l.body) && l.body[j] == '*' {
		j++
	}
	if j >= len(l.body) {
		return j
	}
	if n := bytes.IndexAny(l.body[j+1:], string(rune(l.body[j]))+"\n"); n >= 0 {
		return j + 1 + n + 1
	}
	return len(l.body)
}

// argument finds the first argument in braces of the command at i: where its text begins and ends. to is 0 if there is none.
// Options in square brackets before it are gone over.
func (l *latex) argument(i int) (from, to int) {
	j := i + 1
	for j < len(l.body) && isLetter(l.body[j]) {
		j++
	}
	for j < len(l.body) && (l.body[j] == ' ' || l.body[j] == '*') {
		j++
	}
	if j < len(l.body) && l.body[j] == '[' {
		n := bytes.IndexAny(l.body[j:], "]\n")
		if n < 0 {
			return j, 0
		}
		j += n + 1
	}
	if j >= len(l.body) || l.body[j] != '{' {
		return j, 0
	}
	end := afterGroup(l.body, j)
	if end == j {
		return j + 1, 0
	}
	return j + 1, end - 1
}

// afterGroup is the offset behind the group in braces at i; i itself if nothing closes it.
func afterGroup(body []byte, i int) int {
	end := min(len(body), i+maxLink/4)
	if bytes.IndexByte(body[i:end], '}') < 0 {
		return i
	}
	depth := 0
	for j := i; j < end; j++ {
		switch body[j] {
		case '\\':
			j++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return i
}

// link puts the archived version behind the link to body[from:to] that ends at end.
func (l *latex) link(from, to, end int) int {
	if to == 0 {
		return from
	}
	raw := string(l.body[from:to])
	it := l.t.find(plainLaTeX(raw))
	if it == nil {
		return end
	}
	c := it.copy()
	uri := c.address(it, raw)
	text := " (" + c.remark(l.o.Language) + `: \url{` + uri + "})"
	opening := " (" + archivedWord(l.o.Language)
	if l.linked {
		text = ` (\href{` + uri + "}{" + c.remark(l.o.Language) + "})"
		opening = ` (\href{`
	}
	if n, there := carried(l.body[end:], text, opening); there {
		return end + n
	}
	l.edits = append(l.edits, edit{end, text})
	l.t.used++
	return end
}

// address is that of the copy as the author writes addresses: raw is the source's own one.
func (c *Copy) address(it *Item, raw string) string {
	if before, ok := strings.CutSuffix(c.URI, it.URI); ok && !strings.ContainsAny(raw, "{}") {
		return latexURL(before) + raw
	}
	return latexURL(c.URI)
}

// plainLaTeX is an address without what TeX makes one escape.
func plainLaTeX(raw string) string {
	return strings.NewReplacer(`\%`, "%", `\#`, "#", `\&`, "&", `\_`, "_", `\~`, "~", `{\textasciitilde}`, "~", `\textasciitilde{}`, "~", `\textasciitilde `, "~").Replace(raw)
}
