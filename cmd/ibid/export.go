package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

type exportCmd struct {
	What      string `arg:"" name:"document|collection|url" help:"Path, address or id of a document; name of a collection; or an address."`
	Output    string `short:"o" required:"" help:"FILE.wacz, or FILE.warc.gz: then FILE.cdxj and FILE.csv are written beside it." placeholder:"FILE"`
	Reference string `help:"Only this reference of the document, by its id." placeholder:"ID"`
	Unsigned  bool   `help:"Do not sign the package."`
	Withheld  bool   `help:"Also what access rules keep from readers: for another archive that keeps it, not for them."`
}

// selection is what an export has.
type selection struct {
	collection, title, of string
	thing                 access.Thing
	reports               []pipeline.DocumentReport
	sources               []pipeline.SourceReport
	captures              iter.Seq2[ibid.Capture, error]
	visits                iter.Seq2[ibid.Visit, error]
	// withheld counts the captures that access rules keep out.
	withheld int
}

// Run writes the export to a temporary file first: a file that is there is whole.
func (e *exportCmd) Run(ctx context.Context, p *program) (err error) {
	write := e.writer()
	if write == nil {
		return &ibid.Error{
			Kind: ibid.KindInput, Op: "export to", URI: e.Output, Err: errors.New("name a file that ends with .wacz, or with .warc.gz"),
		}
	}
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	asks, err := p.exporting(ctx, h, e.Withheld)
	if err != nil {
		return err
	}
	s, err := e.choose(ctx, p, h, asks)
	if err != nil {
		return err
	}
	n, err := write(ctx, p, h, s)
	if err != nil {
		return err
	}
	if n.Captures == 0 {
		p.notice("nothing is held of it: the export has no capture")
	}
	if s.withheld > 0 {
		p.notice("access rules keep %s from readers, which the export leaves out (ibid access list)", report.Count(s.withheld, "capture"))
	}
	return p.printExported(e.Output, s, n)
}

func (e *exportCmd) writer() func(context.Context, *program, *house, *selection) (archive.Exported, error) {
	switch {
	case strings.HasSuffix(e.Output, ".wacz"):
		return e.writeWACZ
	case strings.HasSuffix(e.Output, ".warc.gz"):
		return e.writeWARC
	}
	return nil
}

// choose finds out what is asked for, and leaves out what whoever asks may not have.
func (e *exportCmd) choose(ctx context.Context, p *program, h *house, asks *access.Asker) (*selection, error) {
	s, err := e.find(ctx, p, h)
	if err != nil {
		return nil, err
	}
	if err := asks.Refuse(ctx, s.thing); err != nil {
		return nil, err
	}
	s.obey(ctx, asks)
	return s, nil
}

// find finds out what is asked for: a document, a collection or an address, in this order.
func (e *exportCmd) find(ctx context.Context, p *program, h *house) (*selection, error) {
	collection := p.flags.Collection
	doc, refs, err := p.named(ctx, h, e.What)
	if err == nil {
		return e.chooseDocument(ctx, h, collection, doc, refs)
	}
	if ibid.KindOf(err) != ibid.KindNotFound {
		return nil, err
	}
	if e.Reference != "" {
		return nil, err
	}
	if pipeline.Input(e.What).IsURI() {
		return chooseURI(ctx, h, collection, e.What, p.now())
	}
	names, listErr := h.catalog.Collections(ctx)
	if listErr != nil {
		return nil, listErr
	}
	if slices.Contains(names, e.What) {
		return chooseCollection(ctx, h, e.What)
	}
	return nil, &ibid.Error{
		Kind: ibid.KindNotFound, Op: "export", URI: e.What, Err: errors.New("no document and no collection has this name: ibid report lists the documents"),
	}
}

func (e *exportCmd) chooseDocument(ctx context.Context, h *house, collection string, doc ibid.Document, refs []ibid.Reference) (*selection, error) {
	of := "document " + doc.ID
	if e.Reference != "" {
		of = "reference " + e.Reference + " of " + of
		refs = slices.DeleteFunc(refs, func(r ibid.Reference) bool { return r.ID != e.Reference })
		if len(refs) == 0 {
			return nil, &ibid.Error{Kind: ibid.KindNotFound, Op: "export reference", URI: e.Reference, Err: errors.New("the document has none with this id")}
		}
	}
	report, err := pipeline.ReportFrom(ctx, h.catalog, collection, doc, refs)
	if err != nil {
		return nil, err
	}
	parts, err := pipeline.PartsOf(ctx, h.catalog, collection, doc, refs)
	if err != nil {
		return nil, err
	}
	return &selection{
		collection: collection, thing: access.Thing{Collection: collection, Document: doc.ID}, title: titleOf(doc), of: of, reports: []pipeline.DocumentReport{*report},
		captures: parts.Captures(ctx, h.catalog, collection), visits: each(parts.Visits),
	}, nil
}

func chooseURI(ctx context.Context, h *house, collection, uri string, now time.Time) (*selection, error) {
	parts, err := pipeline.PartsOfURI(ctx, h.catalog, collection, uri)
	if err != nil {
		return nil, err
	}
	report, err := pipeline.SourceFrom(ctx, h.catalog, collection, uri)
	if err != nil {
		return nil, err
	}
	if report.Memento == nil { // captured beside something else, or taken in from elsewhere
		c, err := h.catalog.Nearest(ctx, collection, uri, now)
		switch {
		case err == nil:
			report.Memento = c.Memento("")
		case ibid.KindOf(err) == ibid.KindNotFound && len(parts.Visits) == 0:
			return nil, notHeld(uri)
		case ibid.KindOf(err) != ibid.KindNotFound:
			return nil, err
		}
	}
	return &selection{
		collection: collection, thing: access.Thing{Collection: collection, Address: uri}, title: uri, of: uri, sources: []pipeline.SourceReport{*report},
		captures: parts.Captures(ctx, h.catalog, collection), visits: each(parts.Visits),
	}, nil
}

func chooseCollection(ctx context.Context, h *house, name string) (*selection, error) {
	docs, err := h.catalog.Documents(ctx, name)
	if err != nil {
		return nil, err
	}
	s := &selection{
		collection: name, thing: access.Thing{Collection: name}, title: name, of: "collection " + name, captures: h.catalog.Captures(ctx, name), visits: h.catalog.AllVisits(ctx, name),
	}
	for _, c := range h.config.Collections {
		if c.Name == name && c.Title != "" {
			s.title = c.Title
		}
	}
	for _, d := range docs {
		doc, refs, err := h.catalog.Document(ctx, name, d.ID)
		if err != nil {
			return nil, err
		}
		report, err := pipeline.ReportFrom(ctx, h.catalog, name, doc, refs)
		if err != nil {
			return nil, err
		}
		s.reports = append(s.reports, *report)
	}
	return s, nil
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func titleOf(d ibid.Document) string {
	if d.Title != "" {
		return d.Title
	}
	return filepath.Base(d.Source)
}

func (p *program) printExported(name string, s *selection, n archive.Exported) error {
	if p.flags.JSON {
		return p.printJSON(struct {
			File       string `json:"file"`
			Of         string `json:"of"`
			Collection string `json:"collection"`
			Documents  int    `json:"documents"`
			Captures   int    `json:"captures"`
			Resolved   int    `json:"resolved"`
			Visits     int    `json:"visits"`
			Bytes      int64  `json:"bytes"`
		}{name, s.of, s.collection, len(s.reports), n.Captures, n.Resolved, n.Visits, n.Bytes})
	}
	words := ""
	if n.Resolved > 0 {
		words = fmt.Sprintf(", %d of them made whole from revisits", n.Resolved)
	}
	_, err := fmt.Fprintf(p.stdout, "exported %s to %s: %s, %s%s, %s\n", report.Plain(s.of), report.Plain(name),
		report.Count(len(s.reports), "document"), report.Count(n.Captures, "capture"), words, sizeWords(n.Bytes))
	if err == nil && strings.HasSuffix(name, ".wacz") {
		_, err = fmt.Fprintf(p.stdout, " next: ibid verify %s\n", report.Plain(name))
	}
	return err
}
