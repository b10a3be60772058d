package main

import (
	"context"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

type reportCmd struct {
	Documents reportDocumentsCmd `cmd:"" default:"withargs" help:"The state of every reference of the documents."`
	Trust     reportTrustCmd     `cmd:"" help:"What is held, where, checked when and with what result: evidence for NDSA Levels and CoreTrustSeal."`
}

// Help explains the flags of the command that is meant when none is named.
func (reportCmd) Help() string {
	return "Without a command it is that on documents, \"ibid report thesis.pdf --format html\": ibid help report documents has its flags."
}

type reportDocumentsCmd struct {
	Document string `arg:"" optional:"" help:"Path, address or id of a document (else all of the collection)."`
	Format   string `help:"text, json, csv or html (one page that stands alone)." enum:"text,json,csv,html" default:"text"`
	Dead     bool   `help:"Print the dead sources only, one a line with its archived version, and end with 3 if there is one."`
}

func (r *reportDocumentsCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	if p.flags.JSON {
		r.Format = "json"
	}
	names, err := r.names(ctx, p, h)
	if err != nil {
		return err
	}
	var reports []pipeline.DocumentReport
	for _, name := range names {
		doc, refs, err := p.named(ctx, h, name)
		if err != nil {
			return err
		}
		one, err := pipeline.ReportFrom(ctx, h.catalog, p.flags.Collection, doc, refs)
		if err != nil {
			return err
		}
		reports = append(reports, *one)
	}
	if r.Dead {
		return p.printDead(reports, h.config)
	}
	return p.printReports(reports, r.Format, h.config)
}

// names are the documents asked for.
func (r *reportDocumentsCmd) names(ctx context.Context, p *program, h *house) ([]string, error) {
	if r.Document != "" {
		return []string{r.Document}, nil
	}
	docs, err := h.catalog.Documents(ctx, p.flags.Collection)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, &ibid.Error{
			Kind: ibid.KindNotFound, Op: "report on collection", URI: p.flags.Collection,
			Err: errNoDocument,
		}
	}
	names := make([]string, len(docs))
	for i, d := range docs {
		names[i] = d.ID
	}
	return names, nil
}
