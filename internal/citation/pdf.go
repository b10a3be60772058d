package citation

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
)

// PDFReader reads the text of PDFs.
type PDFReader interface {
	// Text returns an *ibid.Error of KindInput for a PDF that cannot be read.
	Text(ctx context.Context, body []byte) (*pdf.Document, error)
}

// readPDF finds the references of a PDF in its link annotations and in its text; an address that is both is
// one Reference.
func readPDF(ctx context.Context, src Source, o Options) (*Result, error) {
	if o.PDF == nil {
		return nil, &ibid.Error{Kind: ibid.KindInternal, Op: "read", URI: src.Name, Err: errors.New("no PDF reader was given")}
	}
	doc, err := o.PDF.Text(ctx, src.Body)
	if err != nil {
		return nil, pdfError(src.Name, err)
	}
	f := newFlow(doc.Pages)
	r := &pdfReferences{flow: f, pages: doc.Pages, text: f.text.String()}
	r.addresses = findAddresses(r.text)
	r.fromLinks()
	r.fromText()
	r.works()
	r.dropOwn(doc)
	return &Result{Document: pdfDocument(doc), References: r.sorted()}, nil
}

// pdfError names the document in an error that does not know its name.
func pdfError(name string, err error) error {
	var known *ibid.Error
	if errors.As(err, &known) && known.Kind == ibid.KindInput {
		return &ibid.Error{Kind: known.Kind, Op: "read", URI: name, Class: known.Class, Err: known.Err}
	}
	return fmt.Errorf("read %s: %w", name, err)
}

func pdfDocument(doc *pdf.Document) ibid.Document {
	return ibid.Document{MediaType: "application/pdf", Title: doc.Info.Dict["Title"], Language: doc.Info.Language}
}

// pdfReferences gathers the references of one document.
type pdfReferences struct {
	flow      *flow
	pages     []pdf.Page
	text      string
	addresses []address
	found     []placed
}

// placed is a reference at an offset of the flow, which gives the order.
type placed struct {
	at, page int
	block    block
	ref      ibid.Reference
}

// lineAt returns the line that holds an offset of the flow: the last that begins at or before it.
func (r *pdfReferences) lineAt(offset int) *flowLine {
	lines := r.flow.lines
	i := sort.Search(len(lines), func(i int) bool { return lines[i].start > offset })
	return &lines[max(0, i-1)]
}

// fromText makes references of the addresses that no link covers.
func (r *pdfReferences) fromText() {
	for _, a := range r.addresses {
		if a.URI == "" || a.URI == "https://doi.org/" || a.URI == "http://dx.doi.org/" {
			continue // a link has it, or it is what is left of a DOI
		}
		r.add(a.URI, a.Cited, a.Start, a.End, a.Identifiers)
	}
}

// add appends the reference to uri at text[start:end].
func (r *pdfReferences) add(uri, cited string, start, end int, identifiers map[string]string) *ibid.Reference {
	line := r.lineAt(start)
	ref := ibid.Reference{
		URI: uri, Cited: undivided(cited), Identifiers: identifiers,
		Locator: ibid.Locator{Kind: line.block.kind, Label: line.block.label, Page: line.page + 1},
		Context: undivided(sentenceAround(r.text, start, end)),
	}
	if ref.Accessed = statedAccess(r.text, end); ref.Accessed == "" {
		ref.Accessed = statedAccessBefore(r.text, start)
	}
	if line.block.kind == ibid.Bibliography || line.block.kind == ibid.Footnote || line.block.kind == ibid.Endnote {
		ref.Title = entryTitle(undivided(r.blockBefore(line.block, start)))
	}
	r.found = append(r.found, placed{at: start, page: line.page, block: line.block, ref: ref})
	return &r.found[len(r.found)-1].ref
}

// blockBefore returns the text of a block up to an offset in it.
func (r *pdfReferences) blockBefore(b block, offset int) string {
	text := r.text[max(0, offset-maxEntry):offset]
	if i := strings.LastIndex(text, "\n\n"); i >= 0 {
		text = text[i+2:]
	}
	return strings.ToValidUTF8(text, "")
}

// maxEntry bounds how far before an address its title is looked for, in bytes.
const maxEntry = 800

// sorted returns the references in the order of the document.
func (r *pdfReferences) sorted() []ibid.Reference {
	sort.SliceStable(r.found, func(i, j int) bool { return r.found[i].at < r.found[j].at })
	out := make([]ibid.Reference, len(r.found))
	for i := range r.found {
		out[i] = r.found[i].ref
	}
	return out
}
