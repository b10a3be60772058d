package citation

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
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
	c := newCollector(ctx, src, o)
	c.document = ibid.Document{Title: doc.Info.Dict["Title"], Language: doc.Info.Language, Date: creationDate(&doc.Info)}
	f := newFlow(doc.Pages)
	p := &pdfPassages{collector: c, flow: f, text: string(f.text), links: f.linksOf(doc.Pages), own: ownDOIs(doc)}
	p.all()
	if c.err != nil {
		return nil, c.err
	}
	return c.result(src, typePDF), nil
}

// pdfError names the document in an error that does not know its name.
func pdfError(name string, err error) error {
	var known *ibid.Error
	if errors.As(err, &known) && known.Kind == ibid.KindInput {
		return &ibid.Error{Kind: known.Kind, Op: "read", URI: name, Class: known.Class, Err: known.Err}
	}
	return fmt.Errorf("read %s: %w", name, err)
}

// creationDate is the day on which a PDF says it was made (ISO 32000-1, 7.9.4): for a document the date of
// its citations, where they have none of their own.
func creationDate(info *pdf.Info) ibid.Date {
	s := strings.TrimPrefix(info.Dict["CreationDate"], "D:")
	if len(s) < len("20060102") {
		return ""
	}
	if d := ibid.Date(s[:4] + "-" + s[4:6] + "-" + s[6:8]); d.Valid() && d > "1990" {
		return d
	}
	return ""
}

// pdfPassages hands the text of a PDF to the collector, passage by passage, with the links in each.
type pdfPassages struct {
	*collector

	flow  *flow
	text  string
	links []pdfLink
	own   map[string]bool
}

func (p *pdfPassages) all() {
	lines := p.flow.lines
	for i := 0; i < len(lines) && p.err == nil; {
		j := i + 1
		for j < len(lines) && lines[j].block == lines[i].block {
			j++
		}
		p.passage(i, j)
		i = j
	}
	for _, l := range p.links {
		// What is left covers no text: an image, or nothing.
		p.append(ibid.Reference{
			URI: l.uri, Cited: l.uri, Identifiers: identifiersOf(l.uri), Locator: ibid.Locator{Kind: ibid.Link, Page: l.page + 1},
		})
	}
}

// passage hands over the lines from i to j.
func (p *pdfPassages) passage(i, j int) {
	lines := p.flow.lines
	start, end := lines[i].start, lines[j-1].end
	out := passage{kind: lines[i].block.kind, label: lines[i].block.label, text: p.text[start:end], line: 1}
	if out.kind == ibid.Inline {
		out.kind = ""
	}
	for _, line := range lines[i+1 : j] {
		out.joined = append(out.joined, line.start-start)
	}
	addresses := findAddresses(out.text)
	out.links = p.linksIn(start, end, addresses)
	out.hidden = notCited(out.text, addresses)
	first := len(p.refs)
	p.add(out)
	p.finish(&out, first, lines[i:j])
}

// finish gives the references of a passage, from first on, their pages in place of lines, and takes out the
// document's own DOI.
func (p *pdfPassages) finish(from *passage, first int, lines []flowLine) {
	kept := p.refs[:first]
	for _, ref := range p.refs[first:] {
		line := lines[min(max(ref.Locator.Line-1, 0), len(lines)-1)]
		ref.Locator.Page, ref.Locator.Line = line.page+1, 0
		if ref.Title == "" && from.kind != "" {
			ref.Title = datedTitle(from.text)
		}
		if !p.own[strings.ToLower(ref.Identifiers["doi"])] || !strings.Contains(ref.URI, "doi.org/") {
			kept = append(kept, ref)
		}
	}
	p.refs = kept
	for i := first; i < len(kept); i++ {
		kept[i].ID = "r" + strconv.Itoa(i+1)
	}
}

// notCited are the spans of addresses that are no citations: the name of an XML namespace, and the resolver that
// is left of a DOI.
func notCited(text string, addresses []address) []span {
	var out []span
	for _, a := range addresses {
		before := strings.TrimRight(text[max(0, a.Start-24):a.Start], "\"'“”’ ")
		if strings.Contains(before, "xmlns") && strings.HasSuffix(before, "=") || a.URI == "https://doi.org/" || a.URI == "http://dx.doi.org/" {
			out = append(out, span{a.Start, a.End})
		}
	}
	return out
}

// lineOf returns the index of the line that holds an offset of the flow: the last that begins at or before it.
func (f *flow) lineOf(offset int) int {
	return max(0, sort.Search(len(f.lines), func(i int) bool { return f.lines[i].start > offset })-1)
}
