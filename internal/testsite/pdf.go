package testsite

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// pdfWriter writes the objects of a PDF 1.4 file (ISO 32000-1) and remembers where each begins.
type pdfWriter struct {
	out     bytes.Buffer
	offsets []int // of object i+1
}

// object appends object n; the objects are written in order, from 1.
func (w *pdfWriter) object(format string, args ...any) {
	w.offsets = append(w.offsets, w.out.Len())
	fmt.Fprintf(&w.out, "%d 0 obj\n", len(w.offsets))
	fmt.Fprintf(&w.out, format, args...)
	w.out.WriteString("\nendobj\n")
}

func (w *pdfWriter) stream(dict string, content []byte) {
	w.object("<< %s/Length %d >>\nstream\n%s\nendstream", dict, len(content), content)
}

// Numbers of the objects that every file has; pages begin at firstPage, three objects each: the page,
// its content, the array of its links.
const (
	pdfCatalog = 1 + iota
	pdfPages
	pdfFont
	pdfInfo
	pdfXMP
	firstPage
)

// makePDF sets text in Courier on A4 pages. Arguments: title, author ("A; B"), lang, date (YYYY-MM-DD),
// subject, pages (at least so many). The same arguments and text give the same bytes.
func makePDF(args map[string]string, text string) ([]byte, error) {
	for key := range args {
		switch key {
		case "title", "author", "lang", "date", "subject", "pages":
		default:
			return nil, fmt.Errorf("a PDF has no %q", key)
		}
	}
	pages, err := setPages(args, text)
	if err != nil {
		return nil, err
	}
	info, err := pdfInfoDict(args)
	if err != nil {
		return nil, err
	}
	w := &pdfWriter{}
	w.out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	lang := ""
	if args["lang"] != "" {
		lang = fmt.Sprintf(" /Lang %s", pdfString(args["lang"]))
	}
	w.object("<< /Type /Catalog /Pages %d 0 R /Metadata %d 0 R%s >>", pdfPages, pdfXMP, lang)
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", firstPage+3*i)
	}
	w.object("<< /Type /Pages /Kids [ %s] /Count %d >>", kids.String(), len(pages))
	w.object("<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>")
	w.object("%s", info)
	w.stream("/Type /Metadata /Subtype /XML ", xmp(args))
	for i, p := range pages {
		w.page(firstPage+3*i, p)
	}
	w.trailer()
	return w.out.Bytes(), nil
}

func (w *pdfWriter) page(n int, p pdfPage) {
	w.object("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 %d 0 R >> >> "+
		"/Contents %d 0 R /Annots %d 0 R >>", pdfPages, pdfFont, n+1, n+2)
	w.stream("", p.content)
	var links strings.Builder
	for _, l := range p.links {
		fmt.Fprintf(&links, "<< /Type /Annot /Subtype /Link /Rect [%d %d %d %d] /Border [0 0 0] "+
			"/A << /S /URI /URI %s >> >>\n", l.x0, l.y0, l.x1, l.y1, pdfString(l.uri))
	}
	w.object("[ %s]", links.String())
}

// trailer ends the file with its table of objects (ISO 32000-1, 7.5.4).
func (w *pdfWriter) trailer() {
	start := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, at := range w.offsets {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&w.out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets)+1, pdfCatalog, pdfInfo, start)
}

func pdfInfoDict(args map[string]string) (string, error) {
	var b strings.Builder
	b.WriteString("<< /Producer (ibid testsite)")
	for _, kv := range [][2]string{{"Title", args["title"]}, {"Author", args["author"]}, {"Subject", args["subject"]}} {
		if kv[1] != "" {
			fmt.Fprintf(&b, " /%s %s", kv[0], pdfString(kv[1]))
		}
	}
	if date := args["date"]; date != "" {
		t, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return "", fmt.Errorf("the date %q is not YYYY-MM-DD", date)
		}
		fmt.Fprintf(&b, " /CreationDate (D:%sZ)", t.Format("20060102150405"))
	}
	b.WriteString(" >>")
	return b.String(), nil
}

// pdfString writes a text string: in parentheses when it is ASCII, else as UTF-16 with a mark.
func pdfString(s string) string {
	var b strings.Builder
	b.WriteByte('(')
	for _, r := range s {
		if r < 0x20 || r >= 0x7f {
			return pdfUTF16(s)
		}
		if strings.ContainsRune(`()\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteByte(')')
	return b.String()
}

func pdfUTF16(s string) string {
	le := encodeUTF16(s)
	be := make([]byte, len(le))
	for i := 0; i+1 < len(le); i += 2 {
		be[i], be[i+1] = le[i+1], le[i]
	}
	return fmt.Sprintf("<%X>", be)
}

// xmp writes the metadata packet: Dublin Core in RDF (XMP specification, part 1).
func xmp(args map[string]string) []byte {
	var b bytes.Buffer
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n" +
		"<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n")
	if v := args["title"]; v != "" {
		fmt.Fprintf(&b, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:title>\n", xmlText(v))
	}
	if v := args["author"]; v != "" {
		b.WriteString("<dc:creator><rdf:Seq>")
		for name := range strings.SplitSeq(v, ";") {
			fmt.Fprintf(&b, "<rdf:li>%s</rdf:li>", xmlText(strings.TrimSpace(name)))
		}
		b.WriteString("</rdf:Seq></dc:creator>\n")
	}
	if v := args["lang"]; v != "" {
		fmt.Fprintf(&b, "<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>\n", xmlText(v))
	}
	if v := args["date"]; v != "" {
		fmt.Fprintf(&b, "<xmp:CreateDate>%sT00:00:00Z</xmp:CreateDate>\n", xmlText(v))
	}
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return b.Bytes()
}

func xmlText(s string) string {
	var b strings.Builder
	// A strings.Builder takes every write.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
