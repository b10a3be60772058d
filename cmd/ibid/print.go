package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

// notice says something beside the result, on stderr.
func (p *program) notice(format string, args ...any) {
	if !p.flags.Quiet {
		fmt.Fprintln(p.stderr, report.PlainLines(fmt.Sprintf(format, args...)))
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
			command += " " + f.name + " " + report.Plain(withoutPassword(f.value))
		}
	}
	return command
}

// withoutPassword is value, or the address that it is without the password: what is printed is kept in logs.
func withoutPassword(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		return value
	}
	u.User = url.User(u.User.Username())
	return u.String()
}

// sheet is how reports on the archive of c are laid out here. An empty store is the demo's own.
func (p *program) sheet(c configs.Config, store string) sheet {
	return sheet{width: columns(p.stdout), strikes: c.Health.Strikes, store: store, command: p.again()}
}

// printDocument prints what became of a document, and says whether all of it could be kept.
func (p *program) printDocument(r pipeline.DocumentReport, to sheet) error {
	if p.flags.JSON {
		if err := p.printJSON(r); err != nil {
			return err
		}
	} else if err := to.write(p.stdout, r); err != nil {
		return err
	}
	return keptAll(r)
}

func keptAll(r pipeline.DocumentReport) error {
	if !keptEach(r.Summary) {
		return errIncomplete
	}
	for _, ref := range r.References {
		if ref.Verdict == ibid.Truncated {
			return errIncomplete
		}
	}
	return nil
}

// keptEach says whether a reader gets something of each cited thing.
func keptEach(s pipeline.Summary) bool { return s.Lost+s.Failed+s.Excluded+s.Pending == 0 }

// printSources prints what became of sources that were named by address.
func (p *program) printSources(reports []pipeline.SourceReport, to sheet) error {
	var sum pipeline.Summary
	whole := true
	t := newTable("source", "now", "kept")
	for _, r := range reports {
		sum.Add(r.Outcome)
		whole = whole && r.Verdict != ibid.Truncated
		if p.flags.JSON {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		t.row(report.ShortURI(r.URI, 30), report.Health(r.Health), to.kept(r.State))
	}
	if !p.flags.JSON {
		t.write(p.stdout)
		fmt.Fprintf(p.stdout, "\n %s        archived in %s\n", report.Sum(report.Count(len(reports), "source"), sum), report.Plain(to.store))
	}
	if !whole || !keptEach(sum) {
		return errIncomplete
	}
	return nil
}

// The widest that a label and a title may be.
const labelWidth, titleWidth = 20, 24

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
	label, width := len("note"), columns(p.stdout)
	for _, r := range res.References {
		label = max(label, utf8.RuneCountInString(report.Clip(r.Locator.Label, labelWidth)))
	}
	fmt.Fprintf(p.stdout, "%s\n\n", wrap(heading(res.Document), width, 3))
	t := newTable("note", "source", "title")
	for _, r := range res.References {
		t.row(report.Clip(r.Locator.Label, labelWidth), report.ShortURI(cmp.Or(r.URI, r.Address()), width-before-label-titleWidth-2*between), report.Clip(r.Title, titleWidth))
		for _, w := range r.Works {
			t.note("└ " + report.Clip(report.WorkName(w), 60) + " (" + joinOr(w.Languages, "language not stated") + ")")
		}
	}
	t.write(p.stdout)
	_, err := fmt.Fprintf(p.stdout, "\n %s\n next: ibid archive %s\n", citedWords(res.References), report.Plain(res.Document.Source))
	return err
}

// citedWords says how much a document cites.
func citedWords(refs []ibid.Reference) string {
	works := 0
	for i := range refs {
		works += len(refs[i].Works)
	}
	return report.Count(len(refs), "reference") + ", " + report.Count(works, "named paper")
}

// mementoLine is one object of `ibid lookup --json`.
type mementoLine struct {
	ibid.Memento
	Length  int64      `json:"length"`
	Revisit bool       `json:"revisit,omitempty"`
	Class   ibid.Class `json:"class,omitempty"`
	ibid.Fixity
}

func (p *program) printMementos(ctx context.Context, h *house, uri string, captures []ibid.Capture, cited ibid.Date) error {
	t := newTable("captured", "status", "type", "size", "address")
	for _, c := range captures {
		if p.flags.JSON {
			fixity, err := h.catalog.LastChecked(ctx, c.Location)
			if err != nil {
				return err
			}
			if err := p.printJSON(mementoLine{*c.Memento(cited), c.Length, c.Revisit, c.Class, fixity}); err != nil {
				return err
			}
			continue
		}
		t.row(c.Timestamp.UTC().Format(time.DateTime), strconv.Itoa(c.Status), string(c.MediaType), sizeWords(c.Length), report.ShortURI(c.URI, 30))
	}
	if p.flags.JSON {
		return nil
	}
	t.write(p.stdout)
	_, err := fmt.Fprintf(p.stdout, "\n %d held\n next: ibid get %s -o FILE\n", len(captures), report.Plain(uri))
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

func (p *program) printReports(reports []pipeline.DocumentReport, format string, c configs.Config) error {
	switch format {
	case "csv":
		return report.WriteCSV(p.stdout, reports)
	case "html":
		return report.WriteHTML(p.stdout, reports, report.Options{Now: p.now(), Strikes: c.Health.Strikes})
	}
	for _, r := range reports {
		if format == "json" {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		if err := p.sheet(c, c.Store).write(p.stdout, r); err != nil {
			return err
		}
	}
	return nil
}
