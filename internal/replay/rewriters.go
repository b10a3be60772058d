package replay

import (
	"io"
	"mime"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// maxSheet bounds a style sheet that is rewritten, in bytes; of a longer one, the rest is left out.
const maxSheet = 16 << 20

// rewriter is what makes of the payload what can be shown; nil: it is shown as it was sent. What is rewritten is sent in UTF-8.
func (p *playing) rewriter() func(w io.Writer, r io.Reader) error {
	if p.v.raw {
		return nil
	}
	label := ""
	if _, params, err := mime.ParseMediaType(p.contentType); err == nil {
		label = params["charset"]
	}
	sent := p.contentType
	as := func(kind string) { p.w.Header().Set("Content-Type", kind+"; charset=utf-8") }
	switch {
	case isHTML(p.kind):
		as("text/html")
		return func(w io.Writer, r io.Reader) error {
			text, err := utf8Text(r, sent)
			if err != nil {
				return err
			}
			return p.newRewriter().html(w, text)
		}
	case p.kind == "text/css":
		as("text/css")
		return func(w io.Writer, r io.Reader) error {
			b, err := io.ReadAll(io.LimitReader(r, maxSheet))
			if err != nil {
				return err
			}
			text, err := cssText(b, sent, label != "")
			if err != nil {
				return err
			}
			_, err = io.WriteString(w, p.newRewriter().css(text))
			return err
		}
	case isXML(p.kind):
		as(string(p.kind))
		return func(w io.Writer, r io.Reader) error { return p.newRewriter().xml(w, r, label) }
	}
	return nil
}

// isHTML says whether the type is that of a page. XHTML is read as browsers read what claims to be it: by the rules of HTML.
func isHTML(kind ibid.MediaType) bool {
	return kind == "text/html" || kind == "application/xhtml+xml" || kind == "application/vnd.wap.xhtml+xml"
}

func isXML(kind ibid.MediaType) bool {
	return kind == "text/xml" || kind == "application/xml" || strings.HasSuffix(string(kind), "+xml")
}

func (p *playing) newRewriter() *rewriter {
	prefix := prefixOf(p.r)
	return &rewriter{
		base: p.e.URI, before: prefix + before(p.e, p.v.modifier()), beforeFrame: prefix + before(p.e, p.v.within().modifier()), scripts: p.v.scripts,
	}
}

// resolveWeb is cdx.Resolve for what can be archived.
func resolveWeb(base, ref string) (uri, fragment string, err error) {
	uri, fragment, err = cdx.Resolve(base, ref)
	if err == nil && !isWeb(uri) {
		err = badRequest(ref, "it is not of the web")
	}
	return uri, fragment, err
}
