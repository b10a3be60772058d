package replay

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// sheet rewrites one style sheet, or one attribute of one (CSS Syntax 3): url(...), @import "...", and the strings of
// image-set() and its kin. It takes one pass and never fails: what it does not understand it copies.
type sheet struct {
	rw    *rewriter
	in    string
	i     int
	out   strings.Builder
	funcs []string // that are open
	rule  string   // the at-rule whose prelude this is
}

// css returns s with its addresses rewritten.
func (rw *rewriter) css(s string) string {
	if !strings.ContainsAny(s, "(@/") {
		return s // no function, no rule, no comment: nothing in it is an address
	}
	c := sheet{rw: rw, in: s}
	c.out.Grow(len(s) + len(s)/8)
	for c.i < len(c.in) {
		c.token()
	}
	return c.out.String()
}

// styleElement is css for the content of a <style>: without what could begin a tag or a character reference, since that is
// what it would be within SVG. There, foreign, references stand for what they refer to.
func (rw *rewriter) styleElement(s string, foreign bool) string {
	if foreign {
		s = html.UnescapeString(s)
	}
	s = strings.NewReplacer("<!--", "", "-->", "").Replace(rw.css(s))
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		switch next := s[min(i+1, len(s)-1)]; {
		case s[i] == '<' && next != '=' && next != ' ':
			b.WriteString(`\3c `)
		case s[i] == '&' && (next == '#' || 'a' <= next|0x20 && next|0x20 <= 'z'):
			b.WriteString(`\26 `)
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// token copies the next token, or what it is rewritten to.
func (c *sheet) token() {
	switch ch := c.in[c.i]; {
	case strings.HasPrefix(c.in[c.i:], "/*"):
		end := strings.Index(c.in[c.i+2:], "*/")
		if end < 0 {
			c.i = len(c.in)
			return
		}
		c.i += 2 + end + 2 // what a comment says is for nobody
		c.out.WriteString("/**/")
	case ch == '"' || ch == '\'':
		c.quoted()
	case ch == '@':
		c.out.WriteByte(ch)
		c.i++
		start := c.i
		c.rule = strings.ToLower(c.ident())
		c.out.WriteString(c.in[start:c.i])
	case isIdentStart(ch):
		c.word()
	case ch == '(':
		c.funcs = append(c.funcs, "")
		c.copyByte()
	case ch == ')':
		if len(c.funcs) > 0 {
			c.funcs = c.funcs[:len(c.funcs)-1]
		}
		c.copyByte()
	default:
		if ch == ';' || ch == '{' || ch == '}' {
			c.rule, c.funcs = "", nil
		}
		c.copyByte()
	}
}

func (c *sheet) copyByte() {
	c.out.WriteByte(c.in[c.i])
	c.i++
}

// word copies a name, or rewrites the function that it begins.
func (c *sheet) word() {
	start := c.i
	name := strings.ToLower(c.ident())
	if c.i == start { // a backslash before the end of a line
		c.copyByte()
		return
	}
	if c.i == len(c.in) || c.in[c.i] != '(' {
		c.out.WriteString(c.in[start:c.i])
		return
	}
	c.i++
	if name == "url" {
		c.url()
		return
	}
	if len(c.funcs) < 64 {
		c.funcs = append(c.funcs, name)
	}
	c.out.WriteString(c.in[start:c.i])
}

// ident reads a name with its escapes undone.
func (c *sheet) ident() string {
	start := c.i
	for c.i < len(c.in) && c.in[c.i] != '\\' && isIdentStart(c.in[c.i]) {
		c.i++
	}
	if c.i == len(c.in) || c.in[c.i] != '\\' {
		return c.in[start:c.i]
	}
	var b strings.Builder
	b.WriteString(c.in[start:c.i])
	for c.i < len(c.in) {
		ch := c.in[c.i]
		switch {
		case ch == '\\' && c.i+1 < len(c.in) && c.in[c.i+1] != '\n':
			b.WriteString(c.escape())
		case ch != '\\' && isIdentStart(ch):
			b.WriteByte(ch)
			c.i++
		default:
			return b.String()
		}
	}
	return b.String()
}

func isIdentStart(ch byte) bool {
	return ch >= utf8.RuneSelf || ch == '_' || ch == '-' || ch == '\\' || '0' <= ch && ch <= '9' || 'a' <= ch|0x20 && ch|0x20 <= 'z'
}

// escape reads "\26 " or "\(" (CSS Syntax 3, 4.3.7).
func (c *sheet) escape() string {
	c.i++
	end := c.i
	for end < len(c.in) && end < c.i+6 && strings.IndexByte("0123456789abcdefABCDEF", c.in[end]) >= 0 {
		end++
	}
	if end == c.i {
		_, size := utf8.DecodeRuneInString(c.in[c.i:])
		c.i += size
		return c.in[c.i-size : c.i]
	}
	n, err := strconv.ParseUint(c.in[c.i:end], 16, 32)
	if err != nil || n == 0 || n > utf8.MaxRune {
		n = utf8.RuneError
	}
	if strings.HasPrefix(c.in[end:], "\r\n") {
		end++
	}
	if end < len(c.in) && strings.IndexByte(" \t\n\r\f", c.in[end]) >= 0 {
		end++
	}
	c.i = end
	return string(rune(n)) //nolint:gosec // at most utf8.MaxRune
}

// text reads a quoted string, which stands at i; ok is false for one that ends with its line.
func (c *sheet) text() (value string, ok bool) {
	quote := c.in[c.i]
	c.i++
	var b strings.Builder
	for c.i < len(c.in) {
		switch ch := c.in[c.i]; {
		case ch == quote:
			c.i++
			return b.String(), true
		case ch == '\n' || ch == '\f' || ch == '\r':
			return b.String(), false
		case ch == '\\' && c.i+1 == len(c.in):
			c.i++
		case ch == '\\' && c.in[c.i+1] == '\n':
			c.i += 2
		case ch == '\\':
			b.WriteString(c.escape())
		default:
			b.WriteByte(ch)
			c.i++
		}
	}
	return b.String(), true // the end of the sheet ends it
}

// addressFuncs take addresses as strings.
var addressFuncs = map[string]bool{"image-set": true, "-webkit-image-set": true, "image": true, "src": true, "cross-fade": true, "-webkit-cross-fade": true}

// quoted copies a string, or rewrites one that is an address.
func (c *sheet) quoted() {
	start := c.i
	value, ok := c.text()
	within := ""
	if len(c.funcs) > 0 {
		within = c.funcs[len(c.funcs)-1]
	}
	if ok && (c.rule == "import" && within == "" || addressFuncs[within]) {
		c.out.WriteString(cssString(c.rw.addressOr(value)))
		return
	}
	c.out.WriteString(c.in[start:c.i])
}

// url rewrites what stands behind "url(".
func (c *sheet) url() {
	for c.i < len(c.in) && strings.IndexByte(" \t\r\n\f", c.in[c.i]) >= 0 {
		c.i++
	}
	var value string
	if c.i < len(c.in) && (c.in[c.i] == '"' || c.in[c.i] == '\'') {
		value, _ = c.text()
	} else {
		value = c.bare()
	}
	// What follows up to the bracket makes the address void, or modifies it; nothing of it is needed.
	if end := strings.IndexByte(c.in[c.i:], ')'); end >= 0 {
		c.i += end + 1
	} else {
		c.i = len(c.in)
	}
	c.out.WriteString("url(" + cssString(c.rw.addressOr(strings.TrimSpace(value))) + ")")
}

// bare reads an address without quotation marks.
func (c *sheet) bare() string {
	var b strings.Builder
	for c.i < len(c.in) && c.in[c.i] != ')' {
		if c.in[c.i] == '\\' && c.i+1 < len(c.in) {
			b.WriteString(c.escape())
			continue
		}
		b.WriteByte(c.in[c.i])
		c.i++
	}
	return b.String()
}

// cssString is s in quotation marks.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '<':
			b.WriteString(`\` + strconv.FormatInt(int64(r), 16) + " ")
		case r < ' ' || r == 0x7f:
			b.WriteString(`\` + strconv.FormatInt(int64(r), 16) + " ")
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
