package pdf

import (
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// Bounds of one page and of one document.
const (
	maxGlyphs = 500_000
	maxLinks  = 200_000
	maxSpans  = 16
	maxURI    = 8 << 10
)

// page reads one page. A page that PDFium cannot make sense of comes out empty: it harms no other.
func (d *source) page(index int) (*Page, error) {
	out := &Page{Number: index + 1}
	loaded, err := d.pdfium.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: d.doc, Index: index})
	if err != nil {
		return out, onlyTraps(err)
	}
	page := requests.Page{ByReference: &loaded.Page}
	if err := d.fill(out, page); onlyTraps(err) != nil {
		return nil, err
	}
	_, err = d.pdfium.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	return out, onlyTraps(err)
}

func (d *source) fill(out *Page, page requests.Page) error {
	width, err := d.pdfium.FPDF_GetPageWidthF(&requests.FPDF_GetPageWidthF{Page: page})
	if err != nil {
		return fmt.Errorf("measure a page: %w", err)
	}
	height, err := d.pdfium.FPDF_GetPageHeightF(&requests.FPDF_GetPageHeightF{Page: page})
	if err != nil {
		return fmt.Errorf("measure a page: %w", err)
	}
	out.Width, out.Height = width.PageWidth, height.PageHeight
	glyphs, err := d.glyphs(page)
	if err != nil {
		return err
	}
	l := lay(glyphs)
	out.Lines = l.lines
	out.Links, err = d.linksOn(page, l)
	return err
}

// glyphs reads the characters of a page with their boxes and sizes.
func (d *source) glyphs(page requests.Page) ([]glyph, error) {
	opened, err := d.pdfium.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, fmt.Errorf("load the text of a page: %w", err)
	}
	text := opened.TextPage
	count, err := d.pdfium.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil {
		return nil, fmt.Errorf("count the characters of a page: %w", err)
	}
	if count.Count > maxGlyphs {
		return nil, &limitError{fmt.Sprintf("a page of %d characters, and the limit is %d", count.Count, maxGlyphs)}
	}
	chars, err := d.pdfium.GetPageTextStructured(&requests.GetPageTextStructured{
		Page: page, Mode: requests.GetPageTextStructuredModeChars,
	})
	if err != nil {
		return nil, fmt.Errorf("read the text of a page: %w", err)
	}
	glyphs := make([]glyph, len(chars.Chars))
	s := sizer{d: d, text: text}
	for i, c := range chars.Chars {
		glyphs[i] = glyphOf(c)
		if glyphs[i].size, err = s.size(i, glyphs[i].r); err != nil {
			return nil, err
		}
	}
	_, err = d.pdfium.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text})
	return glyphs, onlyTraps(err)
}

func glyphOf(c *responses.GetPageTextStructuredChar) glyph {
	r, _ := utf8.DecodeRuneInString(c.Text)
	p := c.PointPosition
	return glyph{r: r, box: Rect{
		Left: float32(p.Left), Bottom: float32(p.Bottom), Right: float32(p.Right), Top: float32(p.Top),
	}}
}

// sizer finds the font size of each character as it is shown. The size that PDFium gives is that of the
// font operator alone, and many producers say 1 there and scale by the text matrix, which is dear to ask
// for: it is asked for once a word, and where figures begin or end, which may be the raised mark of a note.
type sizer struct {
	d       *source
	text    references.FPDF_TEXTPAGE
	raw     float64
	current float32
	inWord  bool
	figure  bool
}

func (s *sizer) size(i int, r rune) (float32, error) {
	if r <= ' ' || r == utf8.RuneError {
		s.inWord = false
		return s.current, nil
	}
	got, err := s.d.pdfium.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: s.text, Index: i})
	if err != nil {
		return 0, onlyTraps(err)
	}
	figure := r >= '0' && r <= '9'
	if s.inWord && got.FontSize == s.raw && figure == s.figure {
		return s.current, nil
	}
	s.raw, s.inWord, s.figure = got.FontSize, true, figure
	s.current = tenth(got.FontSize)
	m, err := s.d.pdfium.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: s.text, Index: i})
	if err == nil {
		s.current = tenth(got.FontSize * math.Hypot(float64(m.Matrix.C), float64(m.Matrix.D)))
	}
	return s.current, onlyTraps(err)
}

// linksOn reads the link annotations of a page that lead to a URI.
func (d *source) linksOn(page requests.Page, l *layout) ([]Link, error) {
	var out []Link
	for pos := 0; ; {
		next, err := d.pdfium.FPDFLink_Enumerate(&requests.FPDFLink_Enumerate{Page: page, StartPos: pos})
		if err != nil || next.Link == nil || next.NextStartPos == nil {
			return out, onlyTraps(err)
		}
		pos = *next.NextStartPos
		if d.links++; d.links > maxLinks {
			return nil, &limitError{fmt.Sprintf("more than %d links", maxLinks)}
		}
		uri, err := d.uri(*next.Link)
		if err != nil {
			return nil, err
		}
		if uri == "" || len(uri) > maxURI {
			continue
		}
		rects, err := d.rects(*next.Link)
		if err != nil {
			return nil, err
		}
		out = append(out, Link{URI: uri, Spans: l.spans(rects)})
	}
}

// uri returns where a link leads, or "" for a place in this document or another kind of action.
func (d *source) uri(link references.FPDF_LINK) (string, error) {
	action, err := d.pdfium.FPDFLink_GetAction(&requests.FPDFLink_GetAction{Link: link})
	if err != nil || action.Action == nil {
		return "", onlyTraps(err)
	}
	path, err := d.pdfium.FPDFAction_GetURIPath(&requests.FPDFAction_GetURIPath{Document: d.doc, Action: *action.Action})
	if err != nil || path.URIPath == nil {
		return "", onlyTraps(err)
	}
	return *path.URIPath, nil
}

// rects returns the quadrilaterals of a link that has several, one for each line, or its rectangle.
func (d *source) rects(link references.FPDF_LINK) ([]Rect, error) {
	count, err := d.pdfium.FPDFLink_CountQuadPoints(&requests.FPDFLink_CountQuadPoints{Link: link})
	if err != nil {
		return nil, onlyTraps(err)
	}
	if count.Count < 2 {
		got, err := d.pdfium.FPDFLink_GetAnnotRect(&requests.FPDFLink_GetAnnotRect{Link: link})
		if err != nil || got.Rect == nil {
			return nil, onlyTraps(err)
		}
		r := got.Rect
		return []Rect{{Left: r.Left, Bottom: min(r.Bottom, r.Top), Right: r.Right, Top: max(r.Bottom, r.Top)}}, nil
	}
	var out []Rect
	for i := range min(count.Count, maxSpans) {
		q, err := d.pdfium.FPDFLink_GetQuadPoints(&requests.FPDFLink_GetQuadPoints{Link: link, QuadIndex: i})
		if err != nil || q.Points == nil {
			return out, onlyTraps(err)
		}
		p := q.Points
		out = append(out, Rect{
			Left: min(p.X1, p.X2, p.X3, p.X4), Bottom: min(p.Y1, p.Y2, p.Y3, p.Y4),
			Right: max(p.X1, p.X2, p.X3, p.X4), Top: max(p.Y1, p.Y2, p.Y3, p.Y4),
		})
	}
	return out, nil
}
