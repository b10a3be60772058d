package server

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tableRows is how many rows of a list a file has; what is behind them has its own page.
const tableRows = 5000

// table is a list as a file: the names of its columns, and its rows. A cell is a string, a number, a bool or a time.
type table struct {
	columns []string
	rows    [][]any
	// total is how many rows the list has in all.
	total int
}

// tabled answers with a page or, asked for with ?format=csv or json, with its list as a file.
func (s *server) tabled(name string, page func(r *http.Request) (answer, error), list func(r *http.Request, part Part) (table, error)) http.HandlerFunc {
	shown := s.page(page)
	return func(w http.ResponseWriter, r *http.Request) {
		format := r.URL.Query().Get("format")
		if format == "" {
			shown(w, r)
			return
		}
		p, err := pageOf(r, tableRows)
		if err == nil && format != "csv" && format != "json" {
			err = badInput("format="+clipText(format), "a list is had as csv or as json")
		}
		var t table
		if err == nil {
			t, err = list(r, p.part())
		}
		if p.Total = t.total; err == nil {
			err = p.check(r)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if after := p.After(); after > 0 {
			w.Header().Set("Link", "<"+withPage(r.URL.RequestURI(), after)+`>; rel="next"`)
		}
		if format == "json" {
			s.json(w, r, http.StatusOK, map[string]any{"items": t.objects(), "total": t.total})
			return
		}
		attach(w, name+".csv", "text/csv; charset=utf-8")
		_, _ = w.Write(t.csv()) // whoever asked may be gone
	}
}

// objects are the rows with the names of their columns. What is not known is left out.
func (t table) objects() []map[string]any {
	all := make([]map[string]any, len(t.rows))
	for i, row := range t.rows {
		all[i] = map[string]any{}
		for k, v := range row {
			if moment, isTime := v.(time.Time); v != "" && !(isTime && moment.IsZero()) {
				all[i][t.columns[k]] = v
			}
		}
	}
	return all
}

// csv is t as RFC 4180 has it.
func (t table) csv() []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	_ = out.Write(t.columns) // a buffer takes all
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = cell(v)
		}
		_ = out.Write(cells) // as above
	}
	out.Flush()
	return b.Bytes()
}

// cell is v as text. What a spreadsheet would take for a formula gets a quotation mark, as in reports.
func cell(v any) string {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format(time.RFC3339)
	case string:
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	}
	return fmt.Sprint(v)
}

// withFormat is the address of the list at here as a file, from its beginning.
func withFormat(here, format string) string {
	u, err := url.Parse(here)
	if err != nil {
		return here
	}
	q := u.Query()
	q.Del("page")
	q.Del("lang")
	q.Set("format", format)
	u.RawQuery = q.Encode()
	return u.String()
}

// tallyColumns are those of a Tally.
var tallyColumns = []string{"references", "captured", "rescued", "succeeded", "excluded", "pending", "failed", "lost", "told", "rotten", "drifted", "untold", "checked"}

func (t Tally) cells() []any {
	row := []any{t.References}
	for _, o := range outcomes {
		row = append(row, t.Outcomes[o])
	}
	return append(row, t.Told, t.Rotten, t.Drifted, t.Untold, t.Checked)
}

func (s *server) documentTable(r *http.Request, part Part) (table, error) {
	docs, err := s.Pages.Documents(r.Context(), r.PathValue("name"), part)
	t := table{columns: append([]string{"collection", "id", "title", "source", "date", "language", "media_type"}, tallyColumns...), total: docs.Total}
	for i := range docs.List {
		d := &docs.List[i]
		row := []any{d.Collection, d.ID, d.Title, d.Source, string(d.Date), d.Language, string(d.MediaType)}
		t.rows = append(t.rows, append(row, d.Tally.cells()...))
	}
	return t, err
}

// documentsIn is documentTable for a collection that is there.
func (s *server) documentsIn(r *http.Request, part Part) (table, error) {
	all, err := s.Pages.Collections(r.Context())
	if err != nil {
		return table{}, err
	}
	for i := range all {
		if all[i].Name == r.PathValue("name") {
			return s.documentTable(r, part)
		}
	}
	return table{}, noCollection(r)
}

func noCollection(r *http.Request) error {
	return notThere("find the collection", r.PathValue("name"), "there is none of that name")
}

func (s *server) collectionTable(r *http.Request, part Part) (table, error) {
	all, err := s.Pages.Collections(r.Context())
	t := table{columns: append([]string{"name", "title", "schedule", "timezone", "ignores_robots", "private", "documents", "captures", "bytes"}, tallyColumns...), total: len(all)}
	from, to := part.Of(len(all))
	for i := range all[from:to] {
		c := &all[from+i]
		row := []any{c.Name, c.Title, c.Schedule, c.Zone, c.IgnoresRobots, c.Private, c.Documents, c.Captures, c.Bytes}
		t.rows = append(t.rows, append(row, c.Tally.cells()...))
	}
	return t, err
}

func (s *server) scheduleTable(r *http.Request, part Part) (table, error) {
	plans, err := s.Pages.Schedules(r.Context(), part)
	t := table{columns: []string{
		"collection", "uri", "schedule", "timezone", "next", "next_local", "paused", "running", "reason", "last", "outcome", "verdict", "health", "missed",
	}, total: plans.Total}
	for i := range plans.List {
		p := &plans.List[i]
		local := time.Time{}
		if !p.Next.IsZero() {
			local = p.Next.In(time.FixedZone("", p.Offset))
		}
		t.rows = append(t.rows, []any{
			p.Collection, p.URI, p.Schedule, p.Zone, p.Next.UTC(), local, p.Paused, p.Running, p.Reason, p.Last.UTC(), string(p.Outcome), string(p.Verdict), string(p.Health), p.Missed,
		})
	}
	return t, err
}

// homeTable is one of the lists of the first page, as ?list= says: the rows that the page has, and how many there are in all.
func (s *server) homeTable(r *http.Request, part Part) (table, error) {
	h, err := s.Pages.Home(r.Context())
	if err != nil {
		return table{}, err
	}
	switch r.URL.Query().Get("list") {
	case "needs":
		return needTable(h.Needs, h.NeedsInAll, part), nil
	case "recent":
		return keptTable(h.Recent, part), nil
	}
	return table{}, badInput("list="+clipText(r.URL.Query().Get("list")), "the lists of this page are needs and recent; that of the collections is at /collections")
}

func needTable(needs []Need, total int, part Part) table {
	t := table{columns: []string{"collection", "document", "reference", "title", "name", "outcome", "health", "reason"}, total: total}
	from, to := part.Of(len(needs))
	for _, n := range needs[from:to] {
		t.rows = append(t.rows, []any{n.Document.Collection, n.Document.ID, n.Reference, n.Source, n.Name, string(n.Outcome), string(n.Health), n.Reason})
	}
	return t
}

func keptTable(kept []Kept, part Part) table {
	t := table{columns: []string{"collection", "uri", "title", "timestamp", "status", "media_type", "digest", "origin", "uri_m"}, total: len(kept)}
	from, to := part.Of(len(kept))
	for i := range kept[from:to] {
		k := &kept[from+i]
		t.rows = append(t.rows, []any{
			k.Collection, k.URI, k.Title, k.Memento.Timestamp.UTC(), k.Memento.Status, string(k.Memento.MediaType), string(k.Memento.Digest), string(k.Memento.Origin), k.Memento.URIM,
		})
	}
	return t
}

func (s *server) hitTable(r *http.Request, part Part) (table, error) {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if err := readable(q); err != nil {
		return table{}, err
	}
	hits, err := s.Pages.Search(r.Context(), q, maxHits)
	t := table{columns: []string{"uri", "title", "excerpt", "collection", "document", "reference"}, total: len(hits)}
	from, to := part.Of(len(hits))
	for _, h := range hits[from:to] {
		t.rows = append(t.rows, []any{h.URI, h.Title, h.Excerpt, h.Document.Collection, h.Document.ID, h.Reference})
	}
	return t, err
}
