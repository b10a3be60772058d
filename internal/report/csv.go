package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// header names the columns. The list only grows, at its end: people read it by position.
var header = []string{
	"document", "reference", "kind", "label", "page", "uri", "title", "language", "outcome", "health", "verdict", "class",
	"captured", "status", "digest", "memento", "reason",
	"origin", "distance_days", "checked", "strikes", "given_up", "evidence", "drift", "holdings", "successor", "edition_uri", "listing",
}

// WriteCSV writes one row a reference with an address and one an edition of a named work (RFC 4180).
func WriteCSV(w io.Writer, reports []pipeline.DocumentReport) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	for _, r := range reports {
		for _, row := range rows(r) {
			for i := range row {
				row[i] = cell(row[i])
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func rows(r pipeline.DocumentReport) (all [][]string) {
	for _, ref := range r.References {
		if ref.Address() != "" {
			row := append(place(r.Document, ref, ref.Address(), ref.Title, ""), kept(ref.State)...)
			all = append(all, append(row, "", ""))
		}
		for _, work := range ref.Works {
			for _, e := range work.Editions {
				row := append(place(r.Document, ref, "", WorkName(work.Work), e.Language), kept(e.State)...)
				all = append(all, append(row, e.URI, e.Listing))
			}
		}
	}
	return all
}

func place(d ibid.Document, ref pipeline.ReferenceReport, uri, title, lang string) []string {
	return []string{d.Source, ref.ID, string(ref.Locator.Kind), ref.Locator.Label, number(ref.Locator.Page), uri, title, lang}
}

// kept are the columns from "outcome" to "successor".
func kept(s pipeline.State) []string {
	var captured, status, digest, memento, origin, distance, checked, drift, successor string
	if m := s.Memento; m != nil {
		captured, status = m.Timestamp.UTC().Format(time.RFC3339), strconv.Itoa(m.Status)
		digest, memento, origin = string(m.Digest), m.URIM, string(m.Origin)
		if m.DistanceDays != nil {
			distance = strconv.Itoa(*m.DistanceDays)
		}
	}
	if s.Checked != nil {
		checked = s.Checked.UTC().Format(time.RFC3339)
	}
	if s.Drift != nil {
		drift = strconv.FormatFloat(s.Drift.Score, 'f', 2, 64)
	}
	if s.Successor != nil {
		successor = s.Successor.URI
	}
	return []string{
		string(s.Outcome), string(s.Health), string(s.Verdict), string(s.Class), captured, status, digest, memento, s.Reason,
		origin, distance, checked, number(s.Strikes), strconv.FormatBool(s.GivenUp), evidence(s), drift, holdings(s), successor,
	}
}

// number leaves out a zero, which says that nothing is known.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func evidence(s pipeline.State) string {
	var parts []string
	for _, e := range s.Evidence {
		parts = append(parts, string(e.For)+": "+e.Text)
	}
	return strings.Join(parts, "; ")
}

func holdings(s pipeline.State) string {
	var parts []string
	for _, h := range s.Holdings {
		if h.Problem == "" {
			parts = append(parts, string(h.Archive)+"="+strconv.Itoa(h.Mementos))
		}
	}
	return strings.Join(parts, " ")
}

// cell keeps a spreadsheet from taking a cell for a formula (OWASP, CSV injection). A number is none.
func cell(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '-', '+':
		if _, err := strconv.Atoi(s); err == nil {
			return s
		}
		return "'" + s
	case '=', '@', '\t', '\r':
		return "'" + s
	}
	return s
}
