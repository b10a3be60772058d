// Package pdftest writes small, valid PDFs: pages of text in Courier, link annotations, an Info dictionary
// and XMP. Tests and the demonstration read them back.
package pdftest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"sort"
	"strings"
)

// Doc is a PDF to be written.
type Doc struct {
	// Info is the Info dictionary, without slashes.
	Info map[string]string
	// XMP is a whole packet.
	XMP      string
	Language string
	Pages    []Page
	// Packed writes object streams and a compressed cross-reference stream (PDF 1.5), as most producers
	// do; without it there is a plain table.
	Packed bool
	// Password, if not nil, encrypts with RC4 and asks for it; the empty one encrypts without asking.
	Password *string
}

// Page is 595 by 842 points (A4), with the origin at the bottom left.
type Page struct {
	Texts []Text
	Links []Link
}

// Text is a string in Latin-1 that begins at a point of the page.
type Text struct {
	X, Y, Size float64
	String     string
}

// Link is a link annotation with the rectangle that it covers.
type Link struct {
	URI                      string
	Left, Bottom, Right, Top float64
}

// Width is the width of s in points at a font size: Courier has one width for all.
func Width(s string, size float64) float64 { return 0.6 * size * float64(len([]rune(s))) }

// Covering returns a link over the part of t that reads part; over all of t if part is not in it.
func Covering(t Text, part, uri string) Link {
	before, _, found := strings.Cut(t.String, part)
	if !found {
		before, part = "", t.String
	}
	left := t.X + Width(before, t.Size)
	return Link{
		URI: uri, Left: left, Right: left + Width(part, t.Size), Bottom: t.Y - 0.2*t.Size, Top: t.Y + 0.8*t.Size,
	}
}

// Lines sets lines of one size under each other, the first at x, y.
func Lines(x, y, size float64, lines ...string) []Text {
	out := make([]Text, len(lines))
	for i, s := range lines {
		out[i] = Text{X: x, Y: y - float64(i)*1.2*size, Size: size, String: s}
	}
	return out
}

// writer gathers objects; object n is objects[n-1].
type writer struct {
	doc     *Doc
	objects [][]byte
	// streams are the numbers of objects that hold streams: they cannot be packed.
	streams map[int]bool
	lock    *lock
}

const id = "ibid-pdftest-0001"

// Bytes writes the document.
func (d *Doc) Bytes() []byte {
	w := &writer{doc: d, streams: map[int]bool{}}
	if d.Password != nil {
		w.lock = newLock(*d.Password)
	}
	catalog, tree, font := w.reserve(), w.reserve(), w.reserve()
	w.set(font, "<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>")
	kids := make([]string, 0, len(d.Pages))
	for _, p := range d.Pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", w.page(p, tree, font)))
	}
	w.set(tree, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(kids), strings.Join(kids, " ")))
	w.catalog(catalog, tree)
	info := w.reserve()
	w.set(info, w.info(info))
	trailer := fmt.Sprintf("/Root %d 0 R/Info %d 0 R/ID[(%s)(%s)]", catalog, info, id, id)
	if w.lock != nil {
		lock := w.reserve()
		w.set(lock, w.lock.dict())
		trailer += fmt.Sprintf("/Encrypt %d 0 R", lock)
	}
	if d.Packed {
		return w.packed(trailer)
	}
	return w.plain(trailer)
}

func (w *writer) reserve() int {
	w.objects = append(w.objects, nil)
	return len(w.objects)
}

func (w *writer) set(n int, body string) { w.objects[n-1] = []byte(body) }

// stream stores data, deflated if that is asked for.
func (w *writer) stream(n int, entries string, data []byte, deflated bool) {
	if deflated {
		data = deflate(data)
		entries += "/Filter/FlateDecode"
	}
	data = w.lock.crypt(n, data)
	w.objects[n-1] = fmt.Appendf(nil, "<<%s/Length %d>>stream\n%s\nendstream", entries, len(data), data)
	w.streams[n] = true
}

func deflate(b []byte) []byte {
	var buf bytes.Buffer
	z := zlib.NewWriter(&buf)
	// A bytes.Buffer takes everything.
	_, _ = z.Write(b)
	_ = z.Close()
	return buf.Bytes()
}

func (w *writer) catalog(n, tree int) {
	entries := fmt.Sprintf("/Type/Catalog/Pages %d 0 R", tree)
	if w.doc.Language != "" {
		entries += "/Lang " + w.text(n, w.doc.Language)
	}
	if w.doc.XMP != "" {
		packet := w.reserve()
		w.stream(packet, "/Type/Metadata/Subtype/XML", []byte(w.doc.XMP), false)
		entries += fmt.Sprintf("/Metadata %d 0 R", packet)
	}
	w.set(n, "<<"+entries+">>")
}

func (w *writer) info(n int) string {
	keys := make([]string, 0, len(w.doc.Info))
	for key := range w.doc.Info {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&b, "/%s %s", key, w.text(n, w.doc.Info[key]))
	}
	return "<<" + b.String() + ">>"
}

func (w *writer) page(p Page, tree, font int) int {
	n, content := w.reserve(), w.reserve()
	var b bytes.Buffer
	for _, t := range p.Texts {
		fmt.Fprintf(&b, "BT /F1 %g Tf %g %g Td %s Tj ET\n", t.Size, t.X, t.Y, literal(latin1(t.String)))
	}
	w.stream(content, "", b.Bytes(), true)
	annots := make([]string, 0, len(p.Links))
	for _, l := range p.Links {
		a := w.reserve()
		w.set(a, fmt.Sprintf("<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[%g %g %g %g]/A<</S/URI/URI %s>>>>",
			l.Left, l.Bottom, l.Right, l.Top, w.bytes(a, []byte(l.URI))))
		annots = append(annots, fmt.Sprintf("%d 0 R", a))
	}
	w.set(n, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 %d 0 R>>>>"+
		"/Contents %d 0 R/Annots[%s]>>", tree, font, content, strings.Join(annots, " ")))
	return n
}
