package crawler

import (
	"bytes"
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
)

// maxRefs bounds how many requisites, and how many links, are read from one page.
const maxRefs = 10_000

// kind says what a requisite may need in turn.
type kind int

const (
	plain    kind = iota
	sheet         // a style sheet: its imports and urls
	frame         // a document shown within: its own requisites
	manifest      // a web application's manifest: its icons
)

// ref is an address as it stands in a page or style sheet.
type ref struct {
	raw  string
	kind kind
}

// refs are what one resource refers to.
type refs struct {
	base   string // of <base href>, as it stands
	needs  []ref
	links  []string
	capped bool
}

func (r *refs) need(raw string, k kind) {
	raw = strings.TrimSpace(raw)
	switch {
	case raw == "" || raw[0] == '#' || hasScheme(raw, "data:") || hasScheme(raw, "javascript:") || hasScheme(raw, "about:") || hasScheme(raw, "blob:"):
	case len(r.needs) >= maxRefs:
		r.capped = true
	default:
		r.needs = append(r.needs, ref{strings.Clone(raw), k})
	}
}

func (r *refs) link(raw string) {
	raw = strings.TrimSpace(raw)
	switch {
	case raw == "" || raw[0] == '#':
	case len(r.links) >= maxRefs:
		r.capped = true
	default:
		r.links = append(r.links, strings.Clone(raw))
	}
}

func hasScheme(s, scheme string) bool {
	return len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme)
}

// tree reads a parsed page. It does not recurse: html.Parse nests no deeper than 512, others might.
func (r *refs) tree(root *html.Node) {
	for n := range root.Descendants() {
		switch {
		case n.Type == html.ElementNode:
			r.element(n.Data, n.Attr)
		case n.Type == html.TextNode && n.Parent != nil && n.Parent.Data == "style":
			r.css(n.Data)
		case n.Type == html.TextNode && n.Parent != nil && n.Parent.Data == "noscript":
			// The tree has it as text, for scripts are on in it; who reads the archive may have them off.
			r.tokens([]byte(n.Data))
		}
	}
}

// tokens reads a page without a tree: what is left when it cannot be parsed into one.
func (r *refs) tokens(page []byte) {
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(1 << 20)
	style := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return // The end, or a tag past the buffer: nothing after it can be told apart.
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			style = t.Data == "style"
			r.element(t.Data, t.Attr)
		case html.TextToken:
			if style {
				r.css(string(z.Text()))
			}
		case html.EndTagToken:
			style = false
		}
	}
}

// element reads the attributes that name other resources (HTML Living Standard, "Attributes that are URLs").
func (r *refs) element(name string, attrs []html.Attribute) {
	for _, a := range attrs {
		switch a.Key {
		case "style":
			r.css(a.Val)
		case "background":
			r.need(a.Val, plain)
		}
	}
	switch name {
	case "base":
		if r.base == "" {
			r.base = strings.TrimSpace(attr(attrs, "href"))
		}
	case "a", "area":
		r.link(attr(attrs, "href"))
	case "link":
		r.linkElement(attrs)
	case "iframe", "frame":
		r.need(attr(attrs, "src"), frame)
	case "img", "source":
		r.need(attr(attrs, "src"), plain)
		r.srcset(attr(attrs, "srcset"))
	case "script", "audio", "track", "embed":
		r.need(attr(attrs, "src"), plain)
	case "video":
		r.need(attr(attrs, "src"), plain)
		r.need(attr(attrs, "poster"), plain)
	case "object":
		r.need(attr(attrs, "data"), plain)
	case "input":
		if strings.EqualFold(attr(attrs, "type"), "image") {
			r.need(attr(attrs, "src"), plain)
		}
	case "image", "use":
		r.need(attr(attrs, "href"), plain)
	}
}

func (r *refs) linkElement(attrs []html.Attribute) {
	for rel := range strings.FieldsSeq(strings.ToLower(attr(attrs, "rel"))) {
		switch rel {
		case "stylesheet":
			r.need(attr(attrs, "href"), sheet)
		case "manifest":
			r.need(attr(attrs, "href"), manifest)
		case "icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "preload", "modulepreload":
			r.need(attr(attrs, "href"), plain)
			r.srcset(attr(attrs, "imagesrcset"))
		default:
			continue
		}
		return
	}
}

// attr returns the value of the attribute; of an element of SVG the namespace ("xlink:href") does not count.
func attr(attrs []html.Attribute, key string) string {
	for _, a := range attrs {
		if a.Key == key || a.Key == "xlink:"+key {
			return a.Val
		}
	}
	return ""
}

// srcset reads "a.png 1x, b.png 2x" (HTML, 4.8.4.3.2): an address ends at white space, not at a comma within it.
func (r *refs) srcset(s string) {
	for {
		s = strings.TrimLeft(s, " \t\r\n\f,")
		if s == "" {
			return
		}
		end := strings.IndexAny(s, " \t\r\n\f")
		if end < 0 {
			end = len(s)
		}
		address := s[:end]
		s = s[end:]
		bare := strings.TrimRight(address, ",")
		r.need(bare, plain)
		if bare != address {
			continue // A comma at its end: there is no descriptor.
		}
		comma := strings.IndexByte(s, ',')
		if comma < 0 {
			return
		}
		s = s[comma:]
	}
}

// manifestIcons reads the icons of a web application manifest (W3C Web Application Manifest, 1.8).
func (r *refs) manifestIcons(file []byte) {
	var m struct {
		Icons []struct{ Src string }
	}
	if json.Unmarshal(file, &m) != nil {
		return // It is archived; that it names no icons costs nothing else.
	}
	for _, icon := range m.Icons {
		r.need(icon.Src, plain)
	}
}
