package main

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/citeform"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// TestWhichAddressIsCited holds the order of docs/citations.md.
func TestWhichAddressIsCited(t *testing.T) {
	when := time.Date(2008, 10, 29, 12, 0, 0, 0, time.UTC)
	const uri = "http://gfmd2008.org/"
	own := &ibid.Memento{URI: uri, Timestamp: when, Status: 200}
	rescued := pipeline.State{
		Outcome: ibid.OutcomeRescued, Health: ibid.HealthGone, Memento: own, Metadata: &ibid.Description{Title: "Manila"},
		Provenance: &ibid.Provenance{Archive: "web.archive.org", URIM: "https://web.archive.org/web/20081029120000id_/" + uri},
	}
	captured := pipeline.State{Outcome: ibid.OutcomeCaptured, Health: ibid.HealthLive, Memento: own}
	lost := pipeline.State{Outcome: ibid.OutcomeLost, Health: ibid.HealthGone, Memento: own, Metadata: &ibid.Description{Title: "Not found"}}
	const theirs, ours = "https://web.archive.org/web/20081029120000/" + uri, "/web/20081029120000/" + uri
	for name, tt := range map[string]struct {
		state pipeline.State
		base  string
		want  []string
		id    string
	}{
		"rescued":                      {rescued, "", []string{theirs}, "archive.org"},
		"rescued, with a site of ours": {rescued, "https://ibid.example/a/", []string{theirs, "https://ibid.example/a" + ours}, "archive.org"},
		"captured":                     {captured, "", []string{ours}, ""},
		"captured, with a site":        {captured, "https://ibid.example", []string{"https://ibid.example" + ours}, "ibid.example"},
		"the page of a dead source":    {lost, "https://ibid.example", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := configs.Config{}
			c.Notify.BaseURL = tt.base
			c.Rescue.Archives = []configs.Archive{{ID: "web.archive.org", Name: "Internet Archive"}}
			it := newCiter(c).item(uri, &tt.state)
			if len(it.Copies) != len(tt.want) {
				t.Fatalf("%d copies: %+v", len(it.Copies), it.Copies)
			}
			for i, want := range tt.want {
				if it.Copies[i].URI != want || !it.Copies[i].Time.Equal(when) {
					t.Errorf("copy %d: %+v, not %s", i, it.Copies[i], want)
				}
			}
			if len(it.Copies) > 0 && it.Copies[0].ID != tt.id {
				t.Errorf("the id of the archive is %q, not %q", it.Copies[0].ID, tt.id)
			}
			if len(it.Copies) == 0 && it.Title != "" {
				t.Errorf("what stands in its place is cited: %q", it.Title)
			}
		})
	}
}

func TestEditionsOfNamedWorksAreCited(t *testing.T) {
	kept := pipeline.State{Outcome: ibid.OutcomeCaptured, Memento: &ibid.Memento{URI: "http://a.example/fr.pdf", MediaType: "application/pdf"}}
	r := &pipeline.DocumentReport{References: []pipeline.ReferenceReport{{Works: []pipeline.WorkReport{{
		Work: ibid.Work{Title: "Dialogues"},
		Editions: []pipeline.Edition{
			{Language: "fr", URI: "http://a.example/fr.pdf", State: kept},
			{Language: "es"}, // not found
			{Language: "und", URI: "http://b.example/", State: pipeline.State{Outcome: ibid.OutcomeSucceeded}},
		},
	}}}}}
	r.Document.Date = "2009-06-04"
	items := newCiter(configs.Config{}).items(r)
	if len(items) != 1 || items[0].Title != "Dialogues" || items[0].Language != "fr" || items[0].CitedOn != "2009-06-04" || items[0].Accessed != "" {
		t.Errorf("%+v", items)
	}
}

func TestEachSourceIsCitedOnce(t *testing.T) {
	items := eachOnce([]citeform.Item{{URI: "a"}, {URI: "b", Title: "B"}, {URI: "a", Title: "A", Accessed: "2009", Authors: []string{"X"}}})
	if len(items) != 2 || items[0].Title != "A" || items[0].Accessed != "2009" || len(items[0].Authors) != 1 || items[1].Title != "B" {
		t.Errorf("%+v", items)
	}
}
