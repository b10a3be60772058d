package pipeline

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/ibid-archive/ibid"
)

// shelf is Holdings of a few captures and visits.
type shelf struct {
	captures []ibid.Capture
	visits   map[string][]ibid.Visit
}

func (s *shelf) Visits(_ context.Context, _, uri string) ([]ibid.Visit, error) {
	return s.visits[uri], nil
}

func (s *shelf) Captures(context.Context, string) iter.Seq2[ibid.Capture, error] {
	return func(yield func(ibid.Capture, error) bool) {
		for _, c := range s.captures {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func TestPartsOfADocument(t *testing.T) {
	capture := func(uri, seed, job string, role ibid.Role) ibid.Capture {
		return ibid.Capture{URI: uri, Seed: seed, Role: role, Location: ibid.Location{Key: "warc/c/202611/" + job + "-00001.warc.gz"}}
	}
	from := &shelf{
		captures: []ibid.Capture{
			capture("http://a.example/cited", "http://a.example/cited", "job-1", ibid.RoleSource),
			capture("http://a.example/style.css", "http://a.example/other", "job-1", ibid.RoleRequisite), // shared with another page of the Job
			capture("http://a.example/other", "http://a.example/other", "job-1", ibid.RoleSource),
			capture("http://b.example/style.css", "http://b.example/other", "job-2", ibid.RoleRequisite),
			capture("http://c.example/paper.pdf", "http://c.example/paper.pdf", "job-3", ibid.RoleSource),
			capture("http://c.example/list", "http://c.example/list", "job-3", ibid.RoleSource),
			capture("http://d.example/now", "http://d.example/now", "job-4", ibid.RoleSource),
		},
		visits: map[string][]ibid.Visit{
			"http://a.example/cited":     {{Seed: "http://a.example/cited", Run: "2", Successor: &ibid.Successor{URI: "http://d.example/now"}}, {Seed: "http://a.example/cited", Run: "1"}},
			worksSeed("d", "r1"):         {{Seed: worksSeed("d", "r1"), Run: "3", Editions: []ibid.Edition{{URI: "http://c.example/paper.pdf", Listing: "http://c.example/list"}, {}}}},
			"http://c.example/paper.pdf": {{Seed: "http://c.example/paper.pdf", Run: "3"}},
			"http://c.example/list":      {{Seed: "http://c.example/list", Run: "3"}},
			"http://d.example/now":       {{Seed: "http://d.example/now", Run: "2"}},
			"http://a.example/other":     {{Seed: "http://a.example/other", Run: "2"}},
		},
	}
	doc := ibid.Document{ID: "d", Source: "report.pdf"}
	refs := []ibid.Reference{{ID: "r1", URI: "http://a.example/cited#part", Works: []ibid.Work{{Title: "T"}}}, {ID: "r2", URI: "http://a.example/cited"}}
	parts, err := PartsOf(t.Context(), from, "c", doc, refs)
	if err != nil {
		t.Fatal(err)
	}
	var uris, runs []string
	for c, err := range parts.Captures(t.Context(), from, "c") {
		if err != nil {
			t.Fatal(err)
		}
		uris = append(uris, c.URI)
	}
	for _, v := range parts.Visits {
		runs = append(runs, v.Run)
	}
	want := []string{"http://a.example/cited", "http://a.example/style.css", "http://c.example/paper.pdf", "http://c.example/list", "http://d.example/now"}
	if !slices.Equal(uris, want) || !slices.Equal(runs, []string{"1", "2", "2", "3", "3", "3"}) {
		t.Errorf("captures %q, runs %q", uris, runs)
	}
	one, err := PartsOfURI(t.Context(), from, "c", "http://b.example/style.css")
	if err != nil || len(one.Visits) != 0 || !one.Has(&from.captures[3]) || one.Has(&from.captures[1]) {
		t.Errorf("parts of one address: %+v, %v", one, err)
	}
}
