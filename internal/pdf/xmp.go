package pdf

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// namespaces are the usual prefixes of the namespaces that describe a document (XMP specification, part 1,
// 8, and PRISM). Properties of others are left out, except pdfx, where producers put what they please.
var namespaces = map[string]string{
	"http://purl.org/dc/elements/1.1/":     "dc",
	"http://purl.org/dc/terms/":            "dcterms",
	"http://ns.adobe.com/xap/1.0/":         "xmp",
	"http://ns.adobe.com/pdf/1.3/":         "pdf",
	"http://ns.adobe.com/pdfx/1.3/":        "pdfx",
	"http://crossref.org/crossmark/1.0/":   "crossmark",
	"http://www.niso.org/schemas/jav/1.0/": "jav",
}

const (
	rdfSpace = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	xmlSpace = "http://www.w3.org/XML/1998/namespace"
)

func property(n xml.Name) string {
	prefix, ok := namespaces[n.Space]
	if !ok && strings.HasPrefix(n.Space, "http://prismstandard.org/namespaces/") {
		prefix, ok = "prism", true
	}
	if !ok {
		return ""
	}
	return prefix + ":" + n.Local
}

// xmpReader gathers properties while it walks the packet.
type xmpReader struct {
	out map[string][]string
	// prop is the property that is open, at depth propDepth; deeper are its containers and items.
	prop      string
	propDepth int
	depth     int
	text      strings.Builder
	isDefault bool
}

// parseXMP returns the properties of a packet, as Info.XMP has them: nil when there are none. It takes what
// it can from a damaged packet.
func parseXMP(packet []byte) map[string][]string {
	start := bytes.Index(packet, []byte("RDF"))
	if start < 0 {
		return nil
	}
	x := &xmpReader{out: map[string][]string{}}
	d := xml.NewDecoder(bytes.NewReader(packet))
	d.Strict = false
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		x.token(token)
		if end, ok := token.(xml.EndElement); ok && end.Name.Space == rdfSpace && end.Name.Local == "RDF" {
			break
		}
	}
	if len(x.out) == 0 {
		return nil
	}
	return x.out
}

func (x *xmpReader) token(token xml.Token) {
	switch t := token.(type) {
	case xml.StartElement:
		x.depth++
		x.start(t)
	case xml.CharData:
		if x.prop != "" && x.text.Len() < maxText {
			x.text.Write(t)
		}
	case xml.EndElement:
		if x.prop != "" {
			x.keep()
			if x.depth == x.propDepth {
				x.prop = ""
			}
		}
		x.depth--
	}
}

func (x *xmpReader) start(t xml.StartElement) {
	if t.Name.Space == rdfSpace && t.Name.Local == "Description" && x.prop == "" {
		for _, a := range t.Attr {
			x.add(property(a.Name), a.Value, false)
		}
		return
	}
	if p := property(t.Name); p != "" && x.prop == "" {
		x.prop, x.propDepth = p, x.depth
	}
	x.text.Reset()
	x.isDefault = false
	for _, a := range t.Attr {
		if a.Name.Space == xmlSpace || a.Name.Space == "xml" {
			x.isDefault = a.Value == "x-default"
		}
	}
}

// keep takes the text since the last tag as a value.
func (x *xmpReader) keep() {
	x.add(x.prop, x.text.String(), x.isDefault)
	x.text.Reset()
	x.isDefault = false
}

func (x *xmpReader) add(prop, value string, before bool) {
	value = clean(strings.ToValidUTF8(value, "\uFFFD"))
	if prop == "" || value == "" || len(value) > maxText || len(x.out) >= maxEntries || len(x.out[prop]) >= maxEntries {
		return
	}
	if before {
		x.out[prop] = append([]string{value}, x.out[prop]...)
		return
	}
	x.out[prop] = append(x.out[prop], value)
}
