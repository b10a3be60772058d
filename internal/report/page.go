package report

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

//go:embed *.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "*.html"))

// Options are what a page says beside the reports.
type Options struct {
	// Now is the day of the page.
	Now time.Time
	// Strikes is how many checks make a dead source final.
	Strikes int
}

// WriteHTML writes the reports as one page that stands alone: without scripts, and without a request to anywhere.
func WriteHTML(w io.Writer, reports []pipeline.DocumentReport, o Options) error {
	p := page{Made: dayOf(o.Now), Strikes: Count(o.Strikes, "check")}
	for i, r := range reports {
		p.Documents = append(p.Documents, documentOf(r, fmt.Sprintf("d%d", i+1), o))
	}
	p.Title = "Sources of " + Count(len(reports), "document")
	if len(reports) == 1 {
		p.Title = "Sources of " + p.Documents[0].Title
	}
	return pages.ExecuteTemplate(w, "page.html", p)
}

// page is what the template shows. All of its strings are plain.
type page struct {
	Title     string
	Made      day
	Strikes   string
	Documents []document
}

// day is a date for people, and for programs.
type day struct{ Words, ISO string }

func dayOf(t time.Time) day {
	return day{t.UTC().Format("2 January 2006"), t.UTC().Format(time.DateOnly)}
}

// dateOf keeps the precision of d.
func dateOf(d ibid.Date) day {
	t, ok := d.Time()
	switch {
	case !ok:
		return day{}
	case len(d) == len("2006"):
		return day{t.Format("2006"), string(d)}
	case len(d) == len("2006-01"):
		return day{t.Format("January 2006"), string(d)}
	default:
		return dayOf(t)
	}
}

type document struct {
	ID, Title, Source, Language, Sum string
	Date                             day
	Counts                           []share
	Strip                            []stop
	Rot, Drift                       string
	Untold                           string
	References                       []reference
}

// share is how many things came to an Outcome.
type share struct {
	mark
	N     int
	Share string
}

// stop is one mark of the strip.
type stop struct {
	mark
	ID, Name string
}

// mark is an Outcome as it is drawn: by its word, which is the name of a class of the style sheet too, and a sign.
type mark struct{ Outcome, Sign string }

func markOf(o ibid.Outcome) mark { return mark{Plain(string(o)), Mark(o)} }

func documentOf(r pipeline.DocumentReport, id string, o Options) document {
	source := Plain(r.Document.Source)
	if !strings.Contains(source, "://") {
		source = filepath.Base(source) // where it lies on our disk is nobody's business
	}
	d := document{
		ID: id, Title: cmp.Or(Plain(r.Document.Title), source), Source: source, Language: Plain(r.Document.Language),
		Date: dateOf(r.Document.Date), Sum: Sum(Count(r.Summary.Cited(), "thing")+" cited", r.Summary),
	}
	for _, c := range counts(r.Summary) {
		d.Counts = append(d.Counts, share{markOf(c.Outcome), c.N, percent(c.N, r.Summary.Cited())})
	}
	d.figures(FiguresOf(r))
	for i, ref := range r.References {
		one := referenceOf(ref, fmt.Sprintf("%s-%d", id, i+1), o)
		d.Strip = append(d.Strip, one.stops()...)
		d.References = append(d.References, one)
	}
	return d
}

func (d *document) figures(f Figures) {
	if f.Told > 0 {
		d.Rot = fmt.Sprintf("%s, %d of %s", percent(f.Rotten, f.Told), f.Rotten, addresses(f.Told))
		d.Drift = fmt.Sprintf("%s, %d of %s", percent(f.Drifted, f.Told), f.Drifted, addresses(f.Told))
		if open := f.Rotten - f.Final; open > 0 {
			d.Rot += fmt.Sprintf("; %d not final yet", open)
		}
	}
	if f.Untold > 0 {
		d.Untold = addresses(f.Untold)
	}
}

func percent(n, of int) string { return fmt.Sprintf("%d %%", (100*n+of/2)/max(of, 1)) }
