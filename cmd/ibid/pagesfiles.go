package main

import (
	"context"
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/citeform"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
	"github.com/ibid-archive/ibid/internal/server"
)

// reports are the forms in which what became of a Document's sources can be had.
func (l *library) reports() []server.ReportForm {
	return []server.ReportForm{
		{Name: "html", Label: "HTML", MediaType: "text/html; charset=utf-8", Write: l.report(func(w io.Writer, r *pipeline.DocumentReport) error {
			return report.WriteHTML(w, []pipeline.DocumentReport{*r}, report.Options{Now: l.now(), Strikes: l.config.Health.Strikes})
		})},
		{Name: "csv", Label: "CSV", MediaType: "text/csv; charset=utf-8", Write: l.report(func(w io.Writer, r *pipeline.DocumentReport) error {
			return report.WriteCSV(w, []pipeline.DocumentReport{*r})
		})},
		{Name: "json", Label: "JSON", MediaType: "application/json", Write: l.report(func(w io.Writer, r *pipeline.DocumentReport) error {
			return json.NewEncoder(w).Encode(r)
		})},
	}
}

// citations are the forms in which all that a Document cites can be cited.
func (l *library) citations() []server.ReportForm {
	var all []server.ReportForm
	for _, f := range citedForms() {
		all = append(all, server.ReportForm{Name: f.file, Label: f.label, MediaType: f.media, Write: l.report(func(w io.Writer, r *pipeline.DocumentReport) error {
			return citeform.Write(w, f.format, eachOnce(l.citer.items(r)), f.o)
		})})
	}
	return all
}

// robust is a copy of a Document whose links carry their archived versions.
func (l *library) robust(ctx context.Context, key server.DocumentKey) (server.RobustCopy, error) {
	var c server.RobustCopy
	collection, doc, refs, err := l.find(ctx, key)
	if err != nil {
		return c, err
	}
	if _, err := visible(ctx, access.Thing{Collection: collection, Document: doc.ID}); err != nil {
		return c, err
	}
	r, err := l.reportFrom(ctx, collection, doc, refs)
	if err != nil {
		return c, err
	}
	source, err := l.archive.DocumentSource(ctx, collection, doc)
	if err != nil {
		return c, err
	}
	defer source.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(source, maxDocument))
	if err != nil {
		return c, err
	}
	name := path.Base(sourceName(doc.Source))
	made, err := citeform.Robustify(body, l.citer.items(r), citeform.Rewrite{Name: name, Language: doc.Language})
	if err != nil {
		return c, &ibid.Error{Kind: ibid.KindInput, Op: "robustify", URI: name, Err: err}
	}
	ext := path.Ext(name)
	return server.RobustCopy{Name: strings.TrimSuffix(name, ext) + ".robust" + ext, Body: made.Body}, nil
}
