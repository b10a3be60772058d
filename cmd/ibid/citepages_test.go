package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
)

func TestFormsOfAPage(t *testing.T) {
	captured := pipeline.State{
		Outcome: ibid.OutcomeCaptured, Health: ibid.HealthLive, Metadata: &ibid.Description{Title: "Manila & after"},
		Memento: &ibid.Memento{URI: "http://gfmd2008.org/", Timestamp: time.Date(2008, 10, 29, 12, 0, 0, 0, time.UTC), Status: 200},
	}
	report := func(refs ...pipeline.ReferenceReport) *pipeline.DocumentReport {
		return &pipeline.DocumentReport{References: refs}
	}
	one := pipeline.ReferenceReport{Reference: ibid.Reference{URI: "http://gfmd2008.org/"}, State: captured}
	other := pipeline.ReferenceReport{Reference: ibid.Reference{URI: "http://other.example/"}}
	c := configs.Config{}
	local, err := newCiter(c).forms(report(one))
	if err != nil || len(local.All) != 10 || !local.Local || len(local.COinS) != 1 || len(local.Tags) == 0 {
		t.Errorf("%d forms, local %v, %v", len(local.All), local.Local, err)
	}
	c.Server.URL = "https://ibid.example"
	served, err := newCiter(c).forms(report(one, other))
	if err != nil || len(served.All) != 11 || served.Local || len(served.COinS) != 2 || len(served.Tags) != 0 {
		t.Errorf("%d forms, local %v, %v", len(served.All), served.Local, err)
	}
	names := map[string]bool{}
	for _, f := range served.All {
		if names[f.File] || !strings.Contains(f.Text, "gfmd2008.org") || f.Label == "" || f.MediaType == "" {
			t.Errorf("%+v", f)
		}
		names[f.File] = true
	}
	if none, err := newCiter(c).forms(report(pipeline.ReferenceReport{})); err != nil || len(none.All) != 0 {
		t.Errorf("of nothing: %+v, %v", none, err)
	}
}

func TestPointsOfLooks(t *testing.T) {
	when := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	old := ibid.Capture{URI: "http://a.example/", Timestamp: when.AddDate(-17, 0, 0)}
	last := ibid.Capture{URI: "http://a.example/new", Timestamp: when}
	looks := []server.Look{
		{Visit: ibid.Visit{Kind: ibid.VisitRescue, Began: when, Final: &old}},
		{Visit: ibid.Visit{Began: when, Final: &last}, Change: server.ChangeOther},
		{Visit: ibid.Visit{Kind: ibid.VisitCheck, Began: when.AddDate(0, 0, -1)}},
	}
	points, latest := pointsOf(looks)
	if len(points) != 3 || !points[0].Rescued || !points[0].At.Equal(old.Timestamp) || !points[1].Capture || points[1].Change != server.ChangeOther || points[2].Capture {
		t.Errorf("%+v", points)
	}
	if latest == nil || latest.URI != last.URI {
		t.Errorf("the last is %+v", latest)
	}
	if points, latest := pointsOf(nil); points != nil || latest != nil {
		t.Error("something of nothing")
	}
}
