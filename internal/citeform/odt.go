package citeform

import (
	"bytes"
	"encoding/xml"
	"errors"
)

// odt goes over the content of an ODT (ISO/IEC 26300-1).
type odt struct {
	z          *zipDocument
	file       []byte
	paragraphs []*paragraph // those that are open: one of a note stands within another
	links      []string     // what the open text:a lead to
	found      []place
}

func robustODT(z *zipDocument, _ string, file []byte) ([]edit, error) {
	head := file[:min(len(file), 16<<10)]
	if !bytes.Contains(head, []byte(`xmlns:text="`)) || !bytes.Contains(head, []byte(`xmlns:xlink="`)) {
		return nil, errors.New("its XML is not of the usual form")
	}
	o := &odt{z: z, file: file}
	if err := xmlWalk(file, o.token); err != nil {
		return nil, err
	}
	return z.fill(file, o.found, o.text), nil
}

func (o *odt) token(token xml.Token, from, to int) error {
	switch e := token.(type) {
	case xml.StartElement:
		o.open(e)
	case xml.EndElement:
		o.close(e.Name.Local, to)
	case xml.CharData:
		if n := len(o.paragraphs); n > 0 && len(o.links) == 0 {
			o.paragraphs[n-1].add(o.file, from, to)
		}
	}
	return nil
}

func (o *odt) open(e xml.StartElement) {
	switch e.Name.Local {
	case "p", "h":
		o.paragraphs = append(o.paragraphs, &paragraph{})
	case "a":
		o.stop()
		o.links = append(o.links, xmlAttr(e, "href"))
	case "span", "bookmark", "soft-page-break":
	default:
		o.stop()
	}
}

func (o *odt) close(local string, to int) {
	switch local {
	case "p", "h":
		if n := len(o.paragraphs); n > 0 {
			p := o.paragraphs[n-1]
			o.paragraphs = o.paragraphs[:n-1]
			p.addresses(o.z.t, o.put)
		}
	case "a":
		if n := len(o.links); n > 0 {
			it := o.z.t.find(o.links[n-1])
			if o.links = o.links[:n-1]; it != nil && len(o.links) == 0 {
				o.put(it, to)
			}
		}
	}
}

func (o *odt) stop() {
	if n := len(o.paragraphs); n > 0 {
		o.paragraphs[n-1].stop()
	}
}

func (o *odt) put(it *Item, at int) { o.found = append(o.found, place{it: it, at: at}) }

func (o *odt) text(c *Copy) (text, opening string) {
	opening = ` (<text:a xlink:type="simple" xlink:href=`
	return opening + `"` + xmlEscapes.Replace(c.URI) + `">` + c.remark(o.z.o.Language) + `</text:a>)`, opening
}
