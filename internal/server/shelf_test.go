package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// now is the clock of these tests.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// shelf is what the pages of a test show. Its functions are those of Pages.
type shelf struct {
	collections []Collection
	documents   []DocumentLine
	cited       []Cited
	looks       []Look
	captures    []Captured
	needs       []Need
	recent      []Kept
	hits        []Hit
	plans       []Plan
	forms       Forms
	comparison  Comparison
	moments     []ibid.HealthMoment
	trust       Trust
}

func (s *shelf) pages() *Pages {
	return &Pages{
		Home: func(context.Context) (Home, error) {
			h := Home{Collections: s.collections, Needs: s.needs, NeedsInAll: len(s.needs), Recent: s.recent}
			for _, c := range s.collections {
				h.Tally = h.Tally.Plus(c.Tally)
			}
			return h, nil
		},
		Collections: func(context.Context) ([]Collection, error) { return s.collections, nil },
		Trust:       func(context.Context) (Trust, error) { return s.trust, nil },
		History:     func(context.Context, string) ([]ibid.HealthMoment, error) { return s.moments, nil },
		Documents: func(_ context.Context, _ string, part Part) (Documents, error) {
			from, to := part.Of(len(s.documents))
			return Documents{s.documents[from:to], len(s.documents)}, nil
		},
		Document: s.document, Reference: s.reference, Recount: func(DocumentKey, time.Time) {},
		Compare: func(context.Context, string, string, string, string) (Comparison, error) { return s.comparison, nil },
		Show: func(_ *http.Request, c Captured) (address, origin string) {
			return "http://replay.test/web/" + ibid.Timestamp14(c.Timestamp) + "/" + url.PathEscape(c.URI), "http://replay.test"
		},
		Address: func(_ context.Context, uri string) (Address, error) {
			a := Address{URI: uri}
			a.State.Health = ibid.HealthUnknown
			if len(s.captures) > 0 && strings.HasPrefix(uri, s.captures[0].URI) {
				a.Captures, a.State = s.captures, s.cited[0].State
				a.Cited = []Citation{{DocumentKey{"default", s.documents[0].ID}, "r1", s.documents[0].Title, s.cited[0].Context}}
			}
			return a, nil
		},
		Search: func(_ context.Context, _ string, n int) ([]Hit, error) { return s.hits[:min(n, len(s.hits))], nil },
		Schedules: func(_ context.Context, part Part) (Schedules, error) {
			from, to := part.Of(len(s.plans))
			return Schedules{s.plans[from:to], len(s.plans)}, nil
		},
		Citations: []ReportForm{{"apa.txt", "APA", "text/plain; charset=utf-8", func(_ context.Context, w io.Writer, key DocumentKey) error {
			_, err := io.WriteString(w, "Cited in "+key.ID)
			return err
		}}},
		Robust: func(_ context.Context, key DocumentKey) (RobustCopy, error) {
			return RobustCopy{"a \"note\".html", []byte("<script>alert(1)</script>" + key.ID)}, nil
		},
		Export: func(_ context.Context, _, name string) (*Package, error) {
			if name != "1c1517ea914c6730" && name != "papers" {
				return nil, notThere("find", name, "it is not held here")
			}
			return &Package{"tag-" + name, now, packed{strings.NewReader("PK of " + name)}}, nil
		},
		Reports: []ReportForm{{"json", "JSON", "application/json", func(_ context.Context, w io.Writer, key DocumentKey) error {
			return json.NewEncoder(w).Encode(key)
		}}},
	}
}

func (s *shelf) document(_ context.Context, key DocumentKey, part Part) (Document, error) {
	if len(s.documents) == 0 || s.documents[0].ID != key.ID {
		return Document{}, notThere("find the document", key.ID, "nothing of that name is kept here")
	}
	d := Document{DocumentLine: s.documents[0], HasRobust: true, History: s.moments}
	for i := range s.cited {
		d.Marks = append(d.Marks, s.cited[i].Mark())
	}
	from, to := part.Of(len(s.cited))
	d.References = s.cited[from:to]
	return d, nil
}

func (s *shelf) reference(_ context.Context, key DocumentKey, id string, part Part) (Reference, error) {
	for i := range s.cited {
		if s.cited[i].ID != id || s.documents[0].ID != key.ID {
			continue
		}
		r := Reference{Collection: "default", Document: s.documents[0].Document, Cited: s.cited[i], LooksInAll: len(s.looks)}
		if i > 0 {
			r.Before = s.cited[i-1].ID
		}
		if i < len(s.cited)-1 {
			r.After = s.cited[i+1].ID
		}
		from, to := part.Of(len(s.looks))
		r.Looks, r.Forms = s.looks[from:to], s.forms
		for _, l := range s.looks {
			r.Points = append(r.Points, Point{l.Final.Timestamp, true, l.Kind == ibid.VisitRescue, l.Change})
		}
		if len(s.captures) > 0 {
			r.Latest = s.captures[len(s.captures)-1].Memento("")
		}
		return r, nil
	}
	return Reference{}, notThere("find the reference", id, "nothing of that name is kept here")
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// packed is a package of a test.
type packed struct{ *strings.Reader }

func (packed) Close() error { return nil }

func pointer[T any](v T) *T { return &v }

const (
	deadURI = "http://www.iom.int/jahia/pid/866"
	digest  = ibid.Digest("sha256:0add9acf70a48c5dadda2055ee8f23836ecafe223e3cb813a215e95bc5ce1577")
)

// demoShelf has something of everything.
func demoShelf() *shelf {
	doc := ibid.Document{ID: "1c1517ea914c6730", Source: "note.md", Title: "A note on migration", Language: "en", Date: "2009-06-04", MediaType: "text/markdown"}
	memento := ibid.Memento{
		URI: deadURI, Timestamp: at("2009-05-28T03:12:05Z"), Status: 200, MediaType: "text/html", Digest: digest,
		Origin: "web.archive.org", DistanceDays: pointer(-7),
	}
	rescued := State{
		Outcome: ibid.OutcomeRescued, Health: ibid.HealthGone, Memento: &memento, Verdict: ibid.Archived, Strikes: 2,
		Metadata: &ibid.Description{Title: "First consultation", Authors: []string{"Policy Unit"}, Language: "en"},
		Reason:   "the site answers 404 Not Found", Checked: pointer(at("2026-11-24T09:00:00Z")),
		Evidence:   []ibid.Evidence{{Rule: "status", For: ibid.HealthGone, Text: "the site answers 404 Not Found"}},
		Provenance: &ibid.Provenance{Archive: "web.archive.org", URIM: "http://web.archive.org/web/20090528031205id_/" + deadURI, Reasons: []string{"the bytes have the digest of the archive's index"}},
		Holdings: []ibid.Holding{
			{Archive: "web.archive.org", Mementos: 5, First: at("2006-11-07T04:18:22Z"), Last: at("2019-03-02T10:11:12Z")},
			{Archive: "arquivo.pt", Problem: "asks us to wait (status 429)"},
		},
		Tried: []ibid.Attempt{{What: "look in Wayback Machine", When: now, Result: "5 captures"}},
	}
	lost := State{Outcome: ibid.OutcomeLost, Health: ibid.HealthUnknown, Reason: "found in no listing that could be read"}
	drifted := State{
		Outcome: ibid.OutcomeCaptured, Health: ibid.HealthDrifted, Memento: &ibid.Memento{URI: "https://example.org/", Timestamp: at("2026-01-01T00:00:00Z"), Status: 200, Origin: ibid.OriginLive, DistanceDays: pointer(6055)},
		Drift: &ibid.Drift{Score: 0.73, Since: at("2025-11-01T00:00:00Z"), Title: "A report -> Casino"}, Reason: "it says something else",
	}
	succeeded := State{Outcome: ibid.OutcomeSucceeded, Health: ibid.HealthMoved, Successor: &ibid.Successor{URI: "https://successor.example/new"}}
	cited := []Cited{
		{Reference: ibid.Reference{ID: "r1", URI: deadURI, Cited: deadURI, Locator: ibid.Locator{Kind: ibid.Footnote, Label: "1", Page: 3, Line: 37}, Context: "On the consultation, see " + deadURI + "."}, State: rescued},
		{
			Reference: ibid.Reference{ID: "r2", Locator: ibid.Locator{Kind: ibid.Footnote, Label: "2"}, Cited: "2008 Session 2.2", Context: "Background papers: 2008 Session 2.2, in three languages.", Accessed: "2009-05"},
			Works:     []Work{{Work: ibid.Work{Title: "Orderly Movement", Label: "2008 Session 2.2"}, Editions: []Edition{{Language: "en", State: rescued}, {Language: "es", State: lost}, {Language: "fr", State: succeeded}}}},
			State:     State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown},
		},
		{Reference: ibid.Reference{ID: "r3", URI: "https://example.org/", Cited: "example.org", Locator: ibid.Locator{Kind: ibid.Link}, Context: "See example.org for more."}, State: drifted},
	}
	tally := Tally{References: 3, Told: 2, Rotten: 1, Drifted: 1, Untold: 1, Checked: at("2026-11-24T09:00:00Z"), Outcomes: map[ibid.Outcome]int{
		ibid.OutcomeCaptured: 1, ibid.OutcomeRescued: 2, ibid.OutcomeLost: 1, ibid.OutcomeSucceeded: 1,
	}}
	capture := ibid.Capture{URI: deadURI, Timestamp: memento.Timestamp, Status: 200, MediaType: "text/html", Digest: digest, Length: 48213, Origin: "web.archive.org"}
	later := capture
	later.Timestamp, later.Status, later.Origin, later.Truncated = at("2026-11-24T09:00:00Z"), 404, ibid.OriginLive, "length"
	changed := later
	changed.Digest = "sha256:15ff7b06961c"
	return &shelf{
		collections: []Collection{
			{Name: "default", Documents: 1, Captures: 1234, Bytes: 1<<20 + 1<<19, Tally: tally},
			{Name: "papers", Title: "Working papers", Schedule: "0 3 * * 1", Zone: "Asia/Bangkok", IgnoresRobots: true},
		},
		documents: []DocumentLine{{Collection: "default", Document: doc, Tally: tally}},
		cited:     cited,
		looks: []Look{
			{Visit: ibid.Visit{Kind: ibid.VisitRescue, Began: now, Health: ibid.HealthUnknown, Final: &capture, Reason: "web.archive.org has it"}},
			{Visit: ibid.Visit{Began: at("2026-11-24T09:00:00Z"), Health: ibid.HealthGone, Final: &later}, Change: ChangeOther, Before: capture.Memento("")},
		},
		forms: Forms{
			All: []Form{
				{"apa.txt", "APA", "text/plain; charset=utf-8", "Policy Unit. (2009). First consultation.\n"},
				{"bibtex.bib", "BibTeX", "application/x-bibtex; charset=utf-8", "@misc{unit2009first,\n  title = {First consultation}\n}\n"},
			},
			COinS: []string{"ctx_ver=Z39.88-2004&rft.title=First%20consultation"}, Tags: []Tag{{"citation_title", `First "consultation"`}},
		},
		captures: []Captured{{"default", capture}, {"default", later}},
		comparison: Comparison{
			URI: deadURI, Left: Side{Captured{"default", capture}, "First consultation", "en", 120, true, false}, Right: Side{Captured{"default", changed}, "Not found", "", 4, true, true},
			Choices: []Captured{{"default", capture}, {"default", changed}}, Others: []Captured{{"default", capture}, {"default", changed}}, Common: 3, Changes: 2, Rows: []TextRow{
				{Skipped: 4}, {Left: []TextPiece{{"the same", false}}, Same: true},
				{Left: []TextPiece{{"the ", false}, {"first", true}, {" report", false}}, Right: []TextPiece{{"the ", false}, {"last", true}, {" report", false}}},
				{Right: []TextPiece{{"what came", true}}},
			},
		},
		needs: []Need{
			{Document: DocumentKey{"default", doc.ID}, Reference: "r2", Source: doc.Title, Name: "2008 Session 2.2 (es)", Outcome: ibid.OutcomeLost, Health: ibid.HealthUnknown, Reason: lost.Reason},
			{Document: DocumentKey{"default", doc.ID}, Reference: "r3", Source: doc.Title, Name: "https://example.org/", Outcome: ibid.OutcomeCaptured, Health: ibid.HealthDrifted},
		},
		recent: []Kept{{Collection: "default", URI: deadURI, Title: "First consultation", Memento: memento, Rescued: true}},
		hits: []Hit{
			{Document: DocumentKey{"papers", doc.ID}, Reference: "r1", URI: deadURI, Title: "", Excerpt: "On the consultation, see …"},
			{URI: deadURI, Title: "First consultation"},
		},
		trust: Trust{
			At: now, Objects: 1200, Twice: 1188, Recent: 1200,
			Places:     []Place{{Name: "./ibid-data", Checked: now.AddDate(0, 0, -3)}, {Name: "s3://copies/ibid", Damaged: 2, Locks: true}},
			Checkpoint: &Checkpoint{Entries: 3112, Signed: now.AddDate(0, 0, -1), Stamped: now.AddDate(0, 0, -1), Note: "ibid-custody/1a2b3c\n3112\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime 2026-11-23T12:00:00Z\n\n— ibid-custody/1a2b3c AbCd\n"},
		},
		moments: []ibid.HealthMoment{
			{When: at("2026-01-01T00:00:00Z"), Told: 2, Untold: 1}, {When: at("2026-03-01T00:00:00Z"), Told: 2, Drifted: 1}, {When: at("2026-11-24T09:00:00Z"), Told: 2, Rotten: 1, Drifted: 1, Untold: 1},
		},
		plans: []Plan{
			{Collection: "default", URI: deadURI, Schedule: "0 3 * * 1", Zone: "Asia/Bangkok", Offset: 7 * 3600, Next: at("2026-11-29T20:00:00Z"), Reason: "sooner: it changes often", Last: at("2026-11-22T20:00:00Z"), Outcome: ibid.TurnTaken, Verdict: ibid.Archived, Health: ibid.HealthGone, Missed: 2},
			{Collection: "default", URI: "https://example.org/", Schedule: "@daily", Zone: "UTC", Paused: true},
		},
	}
}
