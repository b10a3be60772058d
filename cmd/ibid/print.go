package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// notice says something beside the result, on stderr.
func (p *program) notice(format string, args ...any) {
	if !p.flags.Quiet {
		fmt.Fprintln(p.stderr, plainLines(fmt.Sprintf(format, args...)))
	}
}

// printJSON writes one object as one line.
func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// again is the beginning of a command that works where this one did.
func (p *program) again() string {
	command := "ibid"
	for _, f := range []struct{ name, value string }{
		{"--config", p.flags.Config}, {"--store", p.flags.Store}, {"--catalog", p.flags.Catalog}, {"--collection", p.flags.Collection},
	} {
		if f.value != "" && f.value != ibid.DefaultCollection {
			command += " " + f.name + " " + plainText(f.value)
		}
	}
	return command
}

// printDocument prints what became of a document, and says whether all of it could be kept.
func (p *program) printDocument(r pipeline.DocumentReport, store string) error {
	if p.flags.JSON {
		if err := p.printJSON(r); err != nil {
			return err
		}
	} else if err := writeReport(p.stdout, r, store, p.again()); err != nil {
		return err
	}
	return keptAll(r)
}

func keptAll(r pipeline.DocumentReport) error {
	s := r.Summary
	if s.Lost+s.Failed+s.Excluded+s.Pending > 0 {
		return errIncomplete
	}
	for _, ref := range r.References {
		if ref.Verdict == ibid.Truncated {
			return errIncomplete
		}
	}
	return nil
}

// printSources prints what became of sources that were named by address.
func (p *program) printSources(reports []pipeline.SourceReport, store string) error {
	var sum pipeline.Summary
	kept := true
	t := newTable("source", "now", "kept")
	for _, r := range reports {
		sum.Add(r.Outcome)
		kept = kept && r.Outcome == ibid.OutcomeCaptured && r.Verdict != ibid.Truncated
		if p.flags.JSON {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		t.row(shortURI(r.URI, 44), string(r.Health), keptWords(r.State))
	}
	if !p.flags.JSON {
		t.write(p.stdout)
		fmt.Fprintf(p.stdout, "\n %s        archived in %s\n", sumWords(len(reports), "sources", sum), store)
	}
	if !kept {
		return errIncomplete
	}
	return nil
}

// printExtract prints the references of one document.
func (p *program) printExtract(res *citation.Result) error {
	if p.flags.JSON {
		refs := res.References
		if refs == nil {
			refs = []ibid.Reference{}
		}
		return p.printJSON(struct {
			Document   ibid.Document    `json:"document"`
			References []ibid.Reference `json:"references"`
		}{res.Document, refs})
	}
	works := 0
	fmt.Fprintf(p.stdout, "%s\n\n", heading(res.Document))
	t := newTable("note", "source", "title")
	for _, r := range res.References {
		t.row(r.Locator.Label, shortURI(cmp.Or(r.URI, r.Address()), 48), clip(r.Title, 24))
		for _, w := range r.Works {
			works++
			t.note("└ " + clip(workName(w), 60) + " (" + joinOr(w.Languages, "language not stated") + ")")
		}
	}
	t.write(p.stdout)
	_, err := fmt.Fprintf(p.stdout, "\n %d references, %d named papers\n next: ibid archive %s\n", len(res.References), works, plainText(res.Document.Source))
	return err
}

// mementoLine is one object of `ibid lookup --json`.
type mementoLine struct {
	ibid.Memento
	Length  int64      `json:"length"`
	Revisit bool       `json:"revisit,omitempty"`
	Class   ibid.Class `json:"class,omitempty"`
}

func (p *program) printMementos(uri string, captures []ibid.Capture, cited ibid.Date) error {
	t := newTable("captured", "status", "type", "size", "address")
	for _, c := range captures {
		if p.flags.JSON {
			if err := p.printJSON(mementoLine{*c.Memento(cited), c.Length, c.Revisit, c.Class}); err != nil {
				return err
			}
			continue
		}
		t.row(c.Timestamp.UTC().Format(time.DateTime), strconv.Itoa(c.Status), string(c.MediaType), sizeWords(c.Length), shortURI(c.URI, 30))
	}
	if p.flags.JSON {
		return nil
	}
	t.write(p.stdout)
	_, err := fmt.Fprintf(p.stdout, "\n %d held\n next: ibid get %s -o FILE\n", len(captures), plainText(uri))
	return err
}

// nearestFirst orders captures by their distance from at.
func nearestFirst(captures []ibid.Capture, at time.Time) {
	distance := func(c ibid.Capture) float64 { return math.Abs(c.Timestamp.Sub(at).Seconds()) }
	slices.SortStableFunc(captures, func(a, b ibid.Capture) int {
		switch da, db := distance(a), distance(b); {
		case da < db:
			return -1
		case da > db:
			return 1
		default:
			return 0
		}
	})
}

func (p *program) printReports(reports []pipeline.DocumentReport, format, store string) error {
	if format == "csv" {
		return writeCSV(p.stdout, reports)
	}
	for _, r := range reports {
		if format == "json" {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		if err := writeReport(p.stdout, r, store, p.again()); err != nil {
			return err
		}
	}
	return nil
}

// writeCSV writes one row a reference and one an edition of a named work.
func writeCSV(w io.Writer, reports []pipeline.DocumentReport) error {
	out := csv.NewWriter(w)
	rows := [][]string{{
		"document", "reference", "kind", "label", "page", "uri", "title", "language", "outcome", "health", "verdict", "class",
		"captured", "status", "digest", "memento", "reason",
	}}
	for _, r := range reports {
		for _, ref := range r.References {
			if uri := cmp.Or(ref.URI, ref.Address()); uri != "" {
				rows = append(rows, csvRow(r.Document, ref, uri, ref.Title, "", ref.State))
			}
			for _, work := range ref.Works {
				for _, e := range work.Editions {
					rows = append(rows, csvRow(r.Document, ref, "", workName(work.Work), e.Language, e.State))
				}
			}
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = csvCell(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(d ibid.Document, ref pipeline.ReferenceReport, uri, title, lang string, s pipeline.State) []string {
	captured, status, digest, memento := "", "", "", ""
	if m := s.Memento; m != nil {
		captured, status = m.Timestamp.UTC().Format(time.RFC3339), strconv.Itoa(m.Status)
		digest, memento = string(m.Digest), m.URIM
	}
	page := ""
	if ref.Locator.Page > 0 {
		page = strconv.Itoa(ref.Locator.Page)
	}
	return []string{
		d.Source, ref.ID, string(ref.Locator.Kind), ref.Locator.Label, page, uri, title, lang, string(s.Outcome),
		string(s.Health), string(s.Verdict), string(s.Class), captured, status, digest, memento, s.Reason,
	}
}

// csvCell keeps a spreadsheet from taking a cell for a formula (OWASP, CSV injection).
func csvCell(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return "'" + s
	}
	return s
}
