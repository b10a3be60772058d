package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/citeform"
	"github.com/ibid-archive/ibid/internal/pdf"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

type robustifyCmd struct {
	Document string `arg:"" help:"Document: HTML, Markdown, LaTeX, wikitext, DOCX or ODT."`
	Output   string `short:"o" help:"File to write the copy to; - is stdout." placeholder:"FILE"`
	Check    bool   `help:"Show what would change, write nothing, and end with 3 if something would."`
	Spec     string `help:"Robust Links in HTML, of 2020: one archived version; of 2025: all of them, with their dates." enum:"2020,2025" default:"2020"`
	Script   bool   `help:"Put a script into HTML that shows the archived versions. It asks no service."`
}

func (r *robustifyCmd) Run(ctx context.Context, p *program) (err error) {
	if err := r.usable(); err != nil {
		return err
	}
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	read, body, err := r.read(ctx)
	if err != nil {
		return err
	}
	state, err := pipeline.ReportFrom(ctx, h.catalog, p.flags.Collection, read.Document, read.References)
	if err != nil {
		return err
	}
	items := newCiter(h.config).items(state)
	robust, err := citeform.Robustify(body, items, citeform.Rewrite{
		Name: r.Document, Language: read.Document.Language, Spec: citeform.Spec(r.Spec), Script: r.Script,
	})
	if err != nil {
		return r.bad(err)
	}
	if r.Check {
		return r.check(p, robust)
	}
	if err := p.writeOut(r.Output, bytes.NewReader(robust.Body)); err != nil {
		return err
	}
	p.notice("archived versions stand beside %s now", report.Count(robust.Links, "link"))
	if n := withoutCopy(items); n > 0 {
		p.notice("%d of %d sources have no archived version: ibid report says why, and ibid archive keeps them", n, len(items))
	}
	p.noticePaths(items)
	return nil
}

// usable says what is wrong with what was asked; nil: nothing.
func (r *robustifyCmd) usable() error {
	switch {
	case pipeline.Input(r.Document).IsURI():
		return r.bad(errors.New("it takes files only: save the page first"))
	case r.Check && r.Output != "":
		return r.bad(errors.New("--check writes nothing: leave out -o"))
	case !r.Check && r.Output == "":
		return r.bad(errors.New("say where to: -o FILE, or --check to see what would change"))
	}
	from, err := os.Stat(r.Document)
	if err != nil {
		return nil // reading it says why
	}
	if to, err := os.Stat(r.Output); err == nil && os.SameFile(from, to) {
		return r.bad(errors.New("a copy cannot take the place of the document: name another file"))
	}
	return nil
}

func (r *robustifyCmd) bad(err error) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "robustify", URI: r.Document, Err: err}
}

// read reads the document as it is now, which may be another than was archived.
func (r *robustifyCmd) read(ctx context.Context) (_ *citation.Result, _ []byte, err error) {
	reader := pdf.New(pdf.Options{})
	defer func() { err = errors.Join(err, reader.Close()) }()
	return pipeline.Extract(ctx, r.Document, maxDocument, citation.Options{PDF: reader})
}

// check shows the difference. That something would change ends the program as what could not be kept does.
func (r *robustifyCmd) check(p *program, robust *citeform.Robust) error {
	var diff strings.Builder
	if err := robust.Diff(&diff, r.Document, r.Document+" (robust)"); err != nil {
		return err
	}
	text := diff.String()
	if onTerminal(p.stdout) {
		text = report.PlainLines(text)
	}
	if _, err := io.WriteString(p.stdout, text); err != nil {
		return err
	}
	if robust.Changed() {
		return errIncomplete
	}
	return nil
}
