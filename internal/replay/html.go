package replay

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxToken bounds one tag or one run of text, in bytes: pictures stand in tags whole.
	maxToken = 16 << 20
	// maxAttributes bounds those of a tag.
	maxAttributes = 512
	// maxDepth bounds pages in attributes of pages.
	maxDepth = 3
)

// page rewrites one page as it passes by. What comes out holds only tags and attributes written here, text without "<", and
// style sheets without: so it refers to the same however it is parsed, within SVG or without. Comments are left out.
type page struct {
	rw  *rewriter
	z   *html.Tokenizer
	out *bufio.Writer
	// raw is the element whose content is text, while it is open; empty: none.
	raw string
	// foreign counts the elements of SVG and MathML that are open.
	foreign int
	based   bool
	// attrs are those of the tag at hand.
	attrs []html.Attribute
}

// html rewrites the page r, which is in UTF-8.
func (rw *rewriter) html(w io.Writer, r io.Reader) error {
	p := &page{rw: rw, z: html.NewTokenizer(r), out: bufio.NewWriterSize(w, 16<<10)}
	p.z.SetMaxBuf(maxToken)
	for {
		if err := p.token(p.z.Next()); err != nil {
			return errors.Join(ignoreEOF(err), p.out.Flush())
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, html.ErrBufferExceeded) {
		return nil // behind a tag without an end nothing can be told apart
	}
	return err
}

func (p *page) token(kind html.TokenType) error {
	switch kind {
	case html.ErrorToken:
		return p.z.Err()
	case html.TextToken:
		p.text()
	case html.StartTagToken, html.SelfClosingTagToken:
		p.start(kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		p.end()
	case html.DoctypeToken:
		// It decides how the page is laid out. It ends at the first ">".
		p.write("<!DOCTYPE ", strings.ReplaceAll(string(p.z.Text()), "<", ""), ">")
	}
	return nil
}

func (p *page) write(parts ...string) {
	for _, s := range parts {
		_, _ = p.out.WriteString(s) // Flush gives the error
	}
}

// escapes are those of html.EscapeString, which makes two copies.
var escapes = strings.NewReplacer("&", "&amp;", "'", "&#39;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "\r", "&#13;")

// escaped writes s as text, or as the value of an attribute.
func (p *page) escaped(s string) { _, _ = escapes.WriteString(p.out, s) }

// dropped are elements whose content is not shown, or belongs to browsers of another time.
var dropped = map[string]bool{"script": true, "iframe": true, "noembed": true, "noframes": true}

func (p *page) text() {
	switch {
	case p.raw == "script" && p.rw.scripts:
		_, _ = p.out.Write(p.z.Raw())
	case dropped[p.raw]:
	case p.raw == "style":
		p.write(p.rw.styleElement(string(p.z.Text()), p.foreign > 0))
	default:
		raw := p.z.Raw()
		if bytes.IndexByte(raw, '<') < 0 && p.raw == "" {
			_, _ = p.out.Write(raw)
			return
		}
		p.escaped(string(p.z.Text()))
	}
}

// rawText are the elements whose content is text to the tokenizer.
var rawText = map[string]bool{
	"iframe": true, "noembed": true, "noframes": true, "plaintext": true, "script": true, "style": true, "textarea": true, "title": true, "xmp": true,
}

// renamed are elements whose content would be read as it stands, which what is written here is not.
var renamed = map[string]string{"xmp": "pre", "plaintext": "pre", "listing": "pre"}

func (p *page) start(selfClosing bool) {
	name, attrs := p.tag()
	p.raw = ""
	if rawText[name] {
		p.raw = name
	}
	// What a page shows in the place of scripts is its text; in pictures only style sheets are no tags, and a tag that closes
	// itself has no content.
	if name == "noscript" || p.foreign > 0 && (selfClosing || name == "title" || name == "textarea" || name == "xmp") {
		p.z.NextIsNotRawText()
		p.raw = ""
	}
	if name == "svg" || name == "math" {
		if !selfClosing {
			p.foreign++
		}
	}
	if !isName(name) || !p.rw.keep(name, attrs, p) {
		return
	}
	if to, ok := renamed[name]; ok {
		name = to
	}
	p.write("<", name)
	for i := range attrs {
		if a := &attrs[i]; a.Key != "" {
			p.write(" ", a.Key, `="`)
			p.escaped(a.Val)
			p.write(`"`)
		}
	}
	if selfClosing {
		p.write("/")
	}
	p.write(">")
}

// tag reads the name and the attributes of a tag, which stand until the next one. Of two of one name the first counts.
func (p *page) tag() (name string, attrs []html.Attribute) {
	n, more := p.z.TagName()
	name, attrs = atom.String(n), p.attrs[:0]
	for more && len(attrs) < maxAttributes {
		var key, val []byte
		key, val, more = p.z.TagAttr()
		k := atom.String(key)
		if k == "" || !isName(k) || hasAttr(attrs, k) {
			continue
		}
		attrs = append(attrs, html.Attribute{Key: k, Val: string(val)})
	}
	p.attrs = attrs
	return name, attrs
}

func (p *page) end() {
	n, _ := p.z.TagName()
	name := atom.String(n)
	p.raw = ""
	if (name == "svg" || name == "math") && p.foreign > 0 {
		p.foreign--
	}
	if !isName(name) || name == "script" && !p.rw.scripts {
		return
	}
	if to, ok := renamed[name]; ok {
		name = to
	}
	p.write("</", name, ">")
}

// isName says whether s can stand as the name of an element or an attribute without being read as anything else.
func isName(s string) bool {
	if len(s) == 0 || len(s) > 200 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == '@', c == ':':
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return true
}

func hasAttr(attrs []html.Attribute, key string) bool {
	for i := range attrs {
		if attrs[i].Key == key {
			return true
		}
	}
	return false
}
