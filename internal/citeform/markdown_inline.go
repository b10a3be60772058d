package citeform

import (
	"bytes"
	"html"
	"strings"

	nethtml "golang.org/x/net/html"
)

// maxLink bounds, in bytes, how far ahead the end of a link, a tag or a span of code is looked for.
const maxLink = 16 << 10

// inline goes over the text of one block.
func (m *markdown) inline(i, end int) {
	for i < end {
		switch c := m.body[i]; {
		case c == '\\':
			i += 2
		case c == '`':
			i = m.codeSpan(i, end)
		case c == '<':
			i = m.angle(i, end)
		case c == '!' && i+1 < end && m.body[i+1] == '[':
			i = m.image(i, end)
		case c == '[':
			i = m.bracket(i, end)
		default:
			i = m.bare(i, end)
		}
	}
}

// bare handles an address that stands in the text.
func (m *markdown) bare(i, end int) int {
	it, stop := m.t.at(m.body[:end], i)
	if it == nil {
		return i + 1
	}
	return m.put(it, stop)
}

// codeSpan goes over `code`; a run of back-ticks that nothing closes is text.
func (m *markdown) codeSpan(i, end int) int {
	n := run(m.body[i:end], '`')
	for j := i + n; j < min(end, i+maxLink); {
		next := bytes.IndexByte(m.body[j:end], '`')
		if next < 0 {
			break
		}
		j += next
		k := run(m.body[j:end], '`')
		if j += k; k == n {
			return j
		}
	}
	return i + n
}

func run(s []byte, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

// angle handles <http://…>, comments and tags of HTML.
func (m *markdown) angle(i, end int) int {
	ahead := m.body[i:min(end, i+maxLink)]
	if n := bytes.IndexAny(ahead[1:], "<> \t\r\n"); n > 0 && ahead[n+1] == '>' {
		if it := m.t.find(string(ahead[1 : n+1])); it != nil {
			return m.put(it, i+n+2)
		}
	}
	if bytes.IndexByte(ahead, '>') < 0 {
		return i + 1
	}
	z := nethtml.NewTokenizer(bytes.NewReader(ahead))
	kind := z.Next()
	size := len(z.Raw())
	switch kind {
	case nethtml.CommentToken, nethtml.DoctypeToken, nethtml.EndTagToken, nethtml.SelfClosingTagToken:
		return i + size
	case nethtml.StartTagToken:
		return m.openTag(z.Token(), i, i+size, end)
	}
	return i + 1
}

// openTag gives <a> its attributes, and goes over what must stay as it is: the text of a link, and code.
func (m *markdown) openTag(tag nethtml.Token, i, after, end int) int {
	if tag.Data == "a" {
		links := htmlLinks{body: m.body, t: m.t, o: m.o}
		links.tag(tag, i)
		m.edits = append(m.edits, links.edits...)
	}
	switch tag.Data {
	case "a", "code", "pre", "script", "style", "kbd", "samp", "textarea":
		closing := []byte("</" + tag.Data)
		if n := bytes.Index(bytes.ToLower(m.body[after:min(end, after+maxLink)]), closing); n >= 0 {
			return after + n + len(closing)
		}
	}
	return after
}

// image goes over ![text](address): an address of a picture is no citation.
func (m *markdown) image(i, end int) int {
	if stop := m.closing(i+1, end); stop > 0 {
		if _, after := m.destination(stop, end); after > 0 {
			return after
		}
		return m.broken(stop, end)
	}
	return i + 2
}

// bracket handles [text](address), [text][label], [label][] and [label].
func (m *markdown) bracket(i, end int) int {
	stop := m.closing(i, end)
	if stop == 0 {
		return i + 1
	}
	if i+1 < end && m.body[i+1] == '^' {
		return stop
	}
	if href, after := m.destination(stop, end); after > 0 {
		after = m.attributes(after, end)
		if it := m.t.find(href); it != nil {
			return m.put(it, after)
		}
		return after
	}
	if stop < end && m.body[stop] == '(' {
		return m.broken(stop, end)
	}
	label, after := string(m.body[i+1:stop-1]), stop
	if stop < end && m.body[stop] == '[' {
		if n := m.closing(stop, end); n > 0 {
			if after = n; n > stop+2 {
				label = string(m.body[stop+1 : n-1])
			}
		}
	}
	it, ok := m.defined[foldLabel(label)]
	switch {
	case !ok:
		return i + 1
	case it == nil:
		return after
	}
	return m.put(it, after)
}

// closing is the offset behind the bracket that closes the one at i; 0: none does.
func (m *markdown) closing(i, end int) int {
	end = min(end, i+maxLink/8)
	if bytes.IndexByte(m.body[i:end], ']') < 0 {
		return 0
	}
	depth := 0
	for j := i; j < end; j++ {
		switch m.body[j] {
		case '\\':
			j++
		case '`':
			j = m.codeSpan(j, end) - 1
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return 0
}

// broken goes over the brackets behind the text of a link that is none: what is put in there might make it one.
func (m *markdown) broken(i, end int) int {
	if i >= end || m.body[i] != '(' {
		return i
	}
	depth := 0
	for j := i; j < end; j++ {
		switch m.body[j] {
		case '\\':
			j++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return end
}

// destination reads "(address "title")" at i; after is 0 if there is none.
func (m *markdown) destination(i, end int) (href string, after int) {
	if i >= end || m.body[i] != '(' {
		return "", 0
	}
	s := m.body[i:min(end, i+maxLink)]
	j := 1 + len(s[1:]) - len(bytes.TrimLeft(s[1:], " \t\r\n"))
	from := j
	if j < len(s) && s[j] == '<' {
		n := bytes.IndexAny(s[j:], ">\n")
		if n < 0 || s[j+n] == '\n' {
			return "", 0
		}
		href, j = string(s[j+1:j+n]), j+n+1
	} else {
		j = from + plainDestination(s[from:])
		href = string(s[from:j])
	}
	for j < len(s) && (s[j] == ' ' || s[j] == '\t' || s[j] == '\n' || s[j] == '\r') {
		j++
	}
	j = afterTitle(s, j)
	if j >= len(s) || s[j] != ')' {
		return "", 0
	}
	return unescaped(href), i + j + 1
}

// plainDestination is the length of an address without "<": up to white space or the bracket that closes the link.
func plainDestination(s []byte) int {
	depth := 0
	for j := 0; j < len(s); j++ {
		switch c := s[j]; {
		case c == '\\':
			j++
		case c <= ' ':
			return j
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return j
			}
		}
	}
	return len(s)
}

// afterTitle goes over a title in quotes or brackets, and the white space behind it.
func afterTitle(s []byte, j int) int {
	if j >= len(s) || strings.IndexByte(`"'(`, s[j]) < 0 {
		return j
	}
	closing := s[j]
	if closing == '(' {
		closing = ')'
	}
	for k := j + 1; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case closing:
			k++
			for k < len(s) && (s[k] == ' ' || s[k] == '\t' || s[k] == '\n' || s[k] == '\r') {
				k++
			}
			return k
		}
	}
	return j
}

// attributes goes over pandoc's {#id .class key=value}.
func (m *markdown) attributes(i, end int) int {
	if i >= end || m.body[i] != '{' {
		return i
	}
	if n := bytes.IndexAny(m.body[i:end], "}\n"); n > 0 && m.body[i+n] == '}' {
		return i + n + 1
	}
	return i
}

// unescaped undoes backslashes and character references of a destination (CommonMark, 2.4 and 2.5).
func unescaped(s string) string {
	if strings.IndexByte(s, '\\') >= 0 {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
				i++
			}
			b.WriteByte(s[i])
		}
		s = b.String()
	}
	// Without its semicolon none is a reference: "?a=1&region=eu" has no sign in it.
	return characterReference.ReplaceAllStringFunc(s, html.UnescapeString)
}
