package citeform

import (
	"bytes"
	"encoding/xml"
	"errors"
	"path"
	"regexp"
	"strings"
)

// docx goes over one file of a DOCX (ISO/IEC 29500-1, WordprocessingML).
type docx struct {
	z       *zipDocument
	file    []byte
	targets map[string]string // of the relations, by id
	// paragraphs are those that are open: one in a text box stands within another.
	paragraphs []*paragraph
	links      []string // what the open w:hyperlink and w:fldSimple lead to
	fields     []string // the instructions of the open complex fields
	run        wordRun
	runs       []wordRun // those with text, in order
	found      []place
}

// wordRun is a run of text, and where it may be cut.
type wordRun struct {
	properties []byte // its w:rPr, whole
	begun      int    // where that begins
	from, to   int    // the text
	text       bool   // w:t is open
	instr      bool   // w:instrText is open
	after      *Item  // what is to be put behind it
}

var hyperlinkField = regexp.MustCompile(`^\s*HYPERLINK\s+"([^"]+)"(?:.*\\l\s+"([^"]+)")?`)

func robustDOCX(z *zipDocument, name string, file []byte) ([]edit, error) {
	if !bytes.Contains(file[:min(len(file), 16<<10)], []byte(`xmlns:w="`)) {
		return nil, errors.New("its XML is not of the usual form")
	}
	targets, err := relations(z, path.Dir(name)+"/_rels/"+path.Base(name)+".rels")
	if err != nil {
		return nil, err
	}
	d := &docx{z: z, file: file, targets: targets}
	if err := xmlWalk(file, d.token); err != nil {
		return nil, err
	}
	return z.fill(file, d.found, d.text), nil
}

// relations are the external targets of a file, by id (ISO/IEC 29500-2, 9.3).
func relations(z *zipDocument, name string) (map[string]string, error) {
	body, err := z.read(name)
	if err != nil {
		return nil, err
	}
	targets := make(map[string]string)
	err = xmlWalk(body, func(token xml.Token, _, _ int) error {
		if e, ok := token.(xml.StartElement); ok && xmlAttr(e, "TargetMode") == "External" {
			targets[xmlAttr(e, "Id")] = xmlAttr(e, "Target")
		}
		return nil
	})
	return targets, err
}

func (d *docx) token(token xml.Token, from, to int) error {
	switch e := token.(type) {
	case xml.StartElement:
		d.open(e, from)
	case xml.EndElement:
		d.close(e.Name.Local, to)
	case xml.CharData:
		switch {
		case d.run.instr && len(d.fields) > 0:
			d.fields[len(d.fields)-1] += string(e)
		case d.run.text && len(d.paragraphs) > 0 && d.isPlain():
			d.run.from, d.run.to = from, to
			d.runs = append(d.runs, d.run)
			d.paragraphs[len(d.paragraphs)-1].add(d.file, from, to)
		}
	}
	return nil
}

// isPlain says whether what stands here is text of the document: in no link, and in no field but those in which programs for
// references keep theirs (ADDIN: Zotero, Mendeley, EndNote).
func (d *docx) isPlain() bool {
	for _, instruction := range d.fields {
		if !strings.HasPrefix(strings.TrimLeft(instruction, " "), "ADDIN") {
			return false
		}
	}
	return len(d.links) == 0
}

func (d *docx) open(e xml.StartElement, from int) {
	switch e.Name.Local {
	case "p":
		d.paragraphs = append(d.paragraphs, &paragraph{})
	case "hyperlink":
		d.stop()
		d.links = append(d.links, partOf(d.targets[xmlAttr(e, "id")], xmlAttr(e, "anchor")))
	case "fldSimple":
		d.stop()
		d.links = append(d.links, fieldTarget(xmlAttr(e, "instr")))
	case "r":
		d.run = wordRun{}
	case "rPr":
		d.run.begun = from
	case "t":
		d.run.text = true
	case "instrText":
		d.run.instr = true
	case "fldChar":
		d.fieldMark(xmlAttr(e, "fldCharType"))
	case "tab", "br", "footnoteReference", "endnoteReference":
		d.stop()
	}
}

func (d *docx) close(local string, to int) {
	switch local {
	case "p":
		d.endParagraph()
	case "hyperlink", "fldSimple":
		if n := len(d.links); n > 0 {
			href := d.links[n-1]
			d.links = d.links[:n-1]
			if d.isPlain() {
				d.put(d.z.t.find(href), to, "", "")
			}
		}
	case "rPr":
		d.run.properties = d.file[d.run.begun:to]
	case "t":
		d.run.text = false
	case "instrText":
		d.run.instr = false
	case "r":
		d.put(d.run.after, to, "", "")
		d.run = wordRun{}
	}
}

// fieldMark follows complex fields. Of one within another, as in a table of contents, no link is made robust.
func (d *docx) fieldMark(kind string) {
	switch n := len(d.fields); {
	case kind == "begin":
		d.stop()
		d.fields = append(d.fields, "")
	case kind == "end" && n > 0:
		href := fieldTarget(d.fields[n-1])
		if d.fields = d.fields[:n-1]; d.isPlain() {
			d.run.after = d.z.t.find(href)
		}
	}
}

func fieldTarget(instruction string) string {
	if m := hyperlinkField.FindStringSubmatch(instruction); m != nil {
		return partOf(m[1], m[2])
	}
	return ""
}

// partOf is the address of a part of the page at href.
func partOf(href, part string) string {
	if href == "" || part == "" || strings.Contains(href, "#") {
		return href
	}
	return href + "#" + part
}

func (d *docx) stop() {
	if n := len(d.paragraphs); n > 0 {
		d.paragraphs[n-1].stop()
	}
}

// endParagraph looks through the text of a paragraph for addresses that are no links.
func (d *docx) endParagraph() {
	n := len(d.paragraphs)
	if n == 0 {
		return
	}
	p := d.paragraphs[n-1]
	d.paragraphs = d.paragraphs[:n-1]
	p.addresses(d.z.t, func(it *Item, at int) {
		const end = "</w:t></w:r>"
		if bytes.HasPrefix(d.file[at:], []byte(end)) {
			d.put(it, at+len(end), "", "")
			return
		}
		for i := len(d.runs) - 1; i >= 0; i-- {
			if r := d.runs[i]; r.from < at && at <= r.to {
				d.put(it, at, end, "<w:r>"+string(r.properties)+`<w:t xml:space="preserve">`)
				return
			}
		}
	})
	if n == 1 {
		d.runs = d.runs[:0]
	}
}

// put notes that the archived version belongs at an offset between runs, or, with what closes and opens one again, into one.
func (d *docx) put(it *Item, at int, before, after string) {
	if it != nil {
		d.found = append(d.found, place{it, at, before, after})
	}
}

// text is what is put there: a field, which needs no relation to say where it leads.
func (d *docx) text(c *Copy) (text, opening string) {
	field := xmlEscapes.Replace(` HYPERLINK "` + escapedIn(c.URI, `"\`) + `" `)
	opening = `<w:r><w:t xml:space="preserve"> (</w:t></w:r><w:fldSimple w:instr=`
	return opening + `"` + field + `"><w:r><w:t>` + c.remark(d.z.o.Language) + `</w:t></w:r></w:fldSimple><w:r><w:t>)</w:t></w:r>`, opening
}
