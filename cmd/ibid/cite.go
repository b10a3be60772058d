package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/citeform"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

type citeCmd struct {
	Document string `arg:"" help:"Path or id of a document, for all that it cites, or the address of one source."`
	Format   string `help:"robustlinks, csl, bibtex, biblatex, ris, cs1, pwid or text." enum:"robustlinks,csl,bibtex,biblatex,ris,cs1,pwid,text" default:"text"`
	Style    string `help:"Of text: apa, chicago, mla or oscola." enum:"apa,chicago,mla,oscola" default:"apa"`
	Spec     string `help:"Robust Links of 2020: one archived version; of 2025: all of them, with their dates." enum:"2020,2025" default:"2020"`
}

func (c *citeCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	report, err := c.report(ctx, p, h)
	if err != nil {
		return err
	}
	items := eachOnce(newCiter(h.config).items(report))
	if len(items) == 0 {
		return &ibid.Error{Kind: ibid.KindNotFound, Op: "cite from", URI: c.Document, Err: errors.New("it cites nothing that has an address")}
	}
	if err := c.write(p, items); err != nil {
		return err
	}
	if n := withoutCopy(items); n > 0 {
		p.notice("%d of %d sources have no archived version: ibid report says why", n, len(items))
	}
	p.noticePaths(items)
	return nil
}

// write prints the citations; with --json as CSL-JSON in one line.
func (c *citeCmd) write(p *program, items []citeform.Item) error {
	o := citeform.Options{Style: citeform.Style(c.Style), Spec: citeform.Spec(c.Spec)}
	if !p.flags.JSON {
		return citeform.Write(p.stdout, citeform.Format(c.Format), items, o)
	}
	var csl, line bytes.Buffer
	if err := errors.Join(citeform.Write(&csl, citeform.CSL, items, o), json.Compact(&line, csl.Bytes())); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "%s\n", line.Bytes())
	return err
}

// report is that of the document, or of the source as if it were the only one of a document.
func (c *citeCmd) report(ctx context.Context, p *program, h *house) (*pipeline.DocumentReport, error) {
	doc, refs, err := p.named(ctx, h, c.Document)
	switch {
	case err == nil:
	case ibid.KindOf(err) != ibid.KindNotFound || !pipeline.Input(c.Document).IsURI():
		return nil, err
	default:
		refs = []ibid.Reference{{URI: c.Document}}
	}
	report, err := pipeline.ReportFrom(ctx, h.catalog, p.flags.Collection, doc, refs)
	if err == nil && doc.ID == "" && report.References[0].Attempts == 0 && report.References[0].Memento == nil {
		err = notHeld(c.Document)
	}
	return report, err
}

// withoutCopy counts the items of which no archived version is held.
func withoutCopy(items []citeform.Item) (n int) {
	for i := range items {
		if len(items[i].Copies) == 0 {
			n++
		}
	}
	return n
}

// noticePaths says so when archived versions are named that only we can read.
func (p *program) noticePaths(items []citeform.Item) {
	for i := range items {
		if c := items[i].Copies; len(c) > 0 && strings.HasPrefix(c[0].URI, "/") {
			p.notice("archived versions are named by paths (/web/…): set notify.base_url to the address at which others reach this archive")
			return
		}
	}
}
