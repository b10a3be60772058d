package replay

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// maxEntities bounds those that a document declares: drawing programs declare a dozen.
const maxEntities = 100

var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"&%<]*)"|'([^'&%<]*)')\s*>`)

// document rewrites SVG and other XML as it passes by. Declarations, instructions (which name style sheets) and comments are
// left out. It ends where the document is not well-formed, as browsers do.
type document struct {
	rw    *rewriter
	d     *xml.Decoder
	out   *bufio.Writer
	style bool // within a style sheet
	skip  int  // elements that are open and left out, with all within
}

// xml rewrites the document r in any encoding that it declares; label is that of its content type, if there is one.
func (rw *rewriter) xml(w io.Writer, r io.Reader, label string) error {
	if label != "" {
		text, err := charset.NewReaderLabel(label, r)
		if err == nil {
			r = text
		}
	}
	x := &document{rw: rw, d: xml.NewDecoder(r), out: bufio.NewWriterSize(w, 16<<10)}
	x.d.Strict = false
	x.d.Entity = map[string]string{}
	x.d.CharsetReader = func(declared string, in io.Reader) (io.Reader, error) {
		if label != "" {
			return in, nil
		}
		return charset.NewReaderLabel(declared, in)
	}
	x.write(`<?xml version="1.0" encoding="utf-8"?>`, "\n")
	for {
		t, err := x.d.RawToken()
		var syntax *xml.SyntaxError
		if errors.Is(err, io.EOF) || errors.As(err, &syntax) {
			return x.out.Flush()
		}
		if err != nil {
			return errors.Join(err, x.out.Flush())
		}
		x.token(t)
	}
}

func (x *document) write(parts ...string) {
	for _, s := range parts {
		_, _ = x.out.WriteString(s) // Flush gives the error
	}
}

func (x *document) token(t xml.Token) {
	switch t := t.(type) {
	case xml.Directive:
		x.entities(t)
	case xml.StartElement:
		x.start(t)
	case xml.EndElement:
		x.end(t)
	case xml.CharData:
		switch {
		case x.skip > 0:
		case x.style:
			x.write(escapeXML(x.rw.css(string(t))))
		default:
			x.write(escapeXML(string(t)))
		}
	}
}

// entities takes those that the document declares with plain text, which cannot grow.
func (x *document) entities(directive xml.Directive) {
	for _, m := range entityDeclaration.FindAllSubmatch(directive, maxEntities) {
		if len(x.d.Entity) < maxEntities {
			x.d.Entity[string(m[1])] = string(m[2]) + string(m[3])
		}
	}
}

func (x *document) start(t xml.StartElement) {
	name := strings.ToLower(t.Name.Local)
	if x.skip > 0 || name == "script" && !x.rw.scripts {
		x.skip++
		return
	}
	attrs := make([]html.Attribute, 0, len(t.Attr))
	for _, a := range t.Attr[:min(len(t.Attr), maxAttributes)] {
		if key := fullName(a.Name); !hasAttr(attrs, key) && (key == "xmlns" || isName(key)) {
			attrs = append(attrs, html.Attribute{Key: key, Val: a.Value})
		}
	}
	x.style = name == "style"
	if !isName(fullName(t.Name)) || !x.rw.keep(name, attrs, &page{rw: x.rw, based: true}) {
		x.skip++
		return
	}
	x.write("<", fullName(t.Name))
	for _, a := range attrs {
		if a.Key != "" {
			x.write(" ", a.Key, `="`, escapeXML(a.Val), `"`)
		}
	}
	x.write(">")
}

func (x *document) end(t xml.EndElement) {
	if x.skip > 0 {
		x.skip--
		return
	}
	x.style = false
	if isName(fullName(t.Name)) {
		x.write("</", fullName(t.Name), ">")
	}
}

func fullName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// xmlEscaper escapes text and values alike; line ends stay, for they may stand outside of the root as well.
var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escapeXML(s string) string { return xmlEscaper.Replace(s) }
