package citation

import (
	"bytes"
	"errors"
	"path"
	"strings"

	"github.com/ibid-archive/ibid"
)

// docx reads a document in Office Open XML (ECMA-376, part 1, chapter 17): the body, then the notes in the order of their
// marks. What is deleted, hidden, or only a comment is not cited.
type docx struct {
	c      *collector
	parts  *parts
	folder string // of the main part
	// styles are the names of the paragraph styles by their ids, in lower case.
	styles map[string]string
	// sources are those of the document's own bibliography, by their tags.
	sources map[string]record
	// notes are the ids of the notes by kind, in the order of their marks.
	notes map[ibid.LocatorKind][]string
}

// readDOCX reads a DOCX file.
func readDOCX(c *collector, body []byte) error {
	p, err := openParts(body)
	if err != nil {
		return unreadableIn(c.name, err)
	}
	d := &docx{c: c, parts: p, notes: make(map[ibid.LocatorKind][]string)}
	main := d.mainPart()
	d.folder = path.Dir(main)
	d.styles = docxStyles(p.optional(path.Join(d.folder, "styles.xml")))
	d.sources = d.ownSources()
	d.properties()
	if err := d.part(path.Base(main), ""); err != nil {
		return err
	}
	for _, notes := range []struct {
		part string
		kind ibid.LocatorKind
	}{{"footnotes.xml", ibid.Footnote}, {"endnotes.xml", ibid.Endnote}} {
		if p.files[path.Join(d.folder, notes.part)] == nil {
			continue
		}
		if err := d.part(notes.part, notes.kind); err != nil {
			return err
		}
	}
	return c.err
}

// mainPart is the part that the package names as its document.
func (d *docx) mainPart() string {
	for _, r := range relationships(d.parts.optional("_rels/.rels")) {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			return strings.TrimPrefix(r.Target, "/")
		}
	}
	return "word/document.xml"
}

// relationship is one of a part's relations to others and to addresses (ECMA-376, part 2, 9.3).
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:",attr"`
	Target string `xml:",attr"`
	Mode   string `xml:"TargetMode,attr"`
}

func relationships(body []byte) []relationship {
	var rels struct {
		All []relationship `xml:"Relationship"`
	}
	if err := newXMLDecoder(bytes.NewReader(body)).Decode(&rels); err != nil && len(body) > 0 {
		return rels.All // what was read before the damage
	}
	return rels.All
}

// part reads one part: the body, or the notes of a kind.
func (d *docx) part(name string, kind ibid.LocatorKind) error {
	body, err := d.parts.read(path.Join(d.folder, name))
	if err != nil {
		return unreadableIn(d.c.name, err)
	}
	w := &docxPart{docx: d, kind: kind, links: make(map[string]string), g: &graft{textIn: "t"}}
	for _, r := range relationships(d.parts.optional(path.Join(d.folder, "_rels", name+".rels"))) {
		if r.Mode == "External" && strings.HasSuffix(r.Type, "/hyperlink") {
			w.links[r.ID] = r.Target
		}
	}
	w.g.onText = w.instruction
	if err := grafted(bytes.NewReader(body), w.g, w.start); err != nil {
		return unreadableIn(d.c.name, err)
	}
	w.inOrder()
	return w.g.read(d.c)
}

// docxStyles reads the names of the styles.
func docxStyles(body []byte) map[string]string {
	var sheet struct {
		Styles []struct {
			ID   string `xml:"styleId,attr"`
			Name struct {
				Val string `xml:"val,attr"`
			} `xml:"name"`
		} `xml:"style"`
	}
	names := make(map[string]string)
	if err := newXMLDecoder(bytes.NewReader(body)).Decode(&sheet); err != nil {
		return names
	}
	for _, s := range sheet.Styles {
		names[s.ID] = strings.ToLower(s.Name.Val)
	}
	return names
}

// properties reads what the package says about itself (ECMA-376, part 2, 11).
func (d *docx) properties() {
	var core struct {
		Title    string `xml:"title"`
		Language string `xml:"language"`
		Created  string `xml:"created"`
	}
	body := d.parts.optional("docProps/core.xml")
	if err := newXMLDecoder(bytes.NewReader(body)).Decode(&core); err != nil {
		return
	}
	d.c.document.Title = core.Title
	d.c.document.Language = languageTag(core.Language)
	d.c.document.Date = propertyDate(core.Created)
}

// propertyDate is the day of a date and time in the properties of a document. Programs write some that no document can have.
func propertyDate(s string) ibid.Date {
	if day := ibid.Date(s[:min(len(s), len("2006-01-02"))]); len(day) == len("2006-01-02") && day.Valid() && day > "1990" {
		return day
	}
	return ""
}

// errEncrypted says that a document can only be read with its password.
var errEncrypted = errors.New("it is encrypted: save it without a password")
