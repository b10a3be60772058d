package catalog_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func seedsOf(uris ...string) []ibid.Seed {
	seeds := make([]ibid.Seed, len(uris))
	for i, uri := range uris {
		seeds[i] = ibid.Seed{URI: uri, Scope: ibid.Scope{Requisites: true, MaxPages: 100}}
	}
	return seeds
}

func uris(seeds []ibid.Seed) []string {
	all := make([]string, len(seeds))
	for i, s := range seeds {
		all[i] = s.URI
	}
	return all
}

func TestARunIsTakenUpWhereItWas(t *testing.T) { catalogtest.Each(t, testARunIsTakenUpWhereItWas) }

func testARunIsTakenUpWhereItWas(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	ctx := t.Context()
	seeds := seedsOf("http://b.example/1", "http://a.example/1", "http://b.example/2", "http://b.example/1", "https://a.example:443/2")
	run := catalog.Run{ID: "run-1", Collection: "default", Fingerprint: "f", Started: day}
	got, resumed, err := c.StartRun(ctx, run, seeds)
	if err != nil || resumed || got != run {
		t.Fatalf("a first start: %+v, %v, %v", got, resumed, err)
	}
	if hosts, err := c.RunHosts(ctx, "run-1"); err != nil || !slices.Equal(hosts, []string{"b.example", "a.example"}) {
		t.Errorf("hosts %v, %v", hosts, err)
	}
	slice, err := c.NextSlice(ctx, "run-1", "b.example", 50)
	if err != nil || !slices.Equal(slice, seedsOf("http://b.example/1", "http://b.example/2")) {
		t.Errorf("slice %+v, %v", slice, err)
	}
	if slice, err := c.NextSlice(ctx, "run-1", "b.example", 1); err != nil || len(slice) != 1 {
		t.Errorf("a slice of one: %v, %v", slice, err)
	}

	visit := ibid.Visit{Seed: "http://b.example/1", Run: "run-1", Began: day}
	if _, err := c.Commit(ctx, catalog.Batch{Collection: "default", Run: "run-1", Job: "j", Visits: []ibid.Visit{visit}}, nil); err != nil {
		t.Fatal(err)
	}
	again, resumed, err := c.StartRun(ctx, catalog.Run{ID: "run-2", Collection: "default", Fingerprint: "f", Started: day.Add(time.Hour)}, seeds)
	if err != nil || !resumed || again != run {
		t.Errorf("after a kill: %+v, %v, %v; want %+v, resumed", again, resumed, err, run)
	}
	if done, total, err := c.RunProgress(ctx, "run-1"); err != nil || done != 1 || total != 4 {
		t.Errorf("progress %d of %d, %v; want 1 of 4", done, total, err)
	}
	if slice, err := c.NextSlice(ctx, "run-1", "b.example", 50); err != nil || !slices.Equal(uris(slice), []string{"http://b.example/2"}) {
		t.Errorf("what is left: %v, %v", slice, err)
	}

	if err := c.FinishRun(ctx, "run-1", day.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, resumed, err = c.StartRun(ctx, catalog.Run{ID: "run-3", Collection: "default", Fingerprint: "f", Started: day}, seeds)
	if err != nil || resumed {
		t.Errorf("after the end: resumed %v, %v", resumed, err)
	}
	if done, total, err := c.RunProgress(ctx, "run-3"); err != nil || done != 0 || total != 4 {
		t.Errorf("progress of a new run: %d of %d, %v", done, total, err)
	}
}

func TestRunsOfOthersAreNotTakenUp(t *testing.T) { catalogtest.Each(t, testRunsOfOthersAreNotTakenUp) }

func testRunsOfOthersAreNotTakenUp(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	for i, run := range []catalog.Run{
		{ID: "1", Collection: "default", Fingerprint: "f"},
		{ID: "2", Collection: "default", Fingerprint: "g"},
		{ID: "3", Collection: "other", Fingerprint: "f"},
	} {
		run.Started = day
		if _, resumed, err := c.StartRun(t.Context(), run, seedsOf("http://a.example/")); err != nil || resumed {
			t.Errorf("run %d: resumed %v, %v", i, resumed, err)
		}
	}
	if err := c.FinishRun(t.Context(), "4", day); ibid.KindOf(err) != ibid.KindNotFound {
		t.Errorf("finishing an unknown run: %v", err)
	}
	if slice, err := c.NextSlice(t.Context(), "4", "a.example", 50); err != nil || len(slice) != 0 {
		t.Errorf("slice of an unknown run: %v, %v", slice, err)
	}
}

func TestTheScopeGivenLastHolds(t *testing.T) { catalogtest.Each(t, testTheScopeGivenLastHolds) }

func testTheScopeGivenLastHolds(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	run := catalog.Run{ID: "1", Collection: "default", Fingerprint: "f", Started: day}
	wide := ibid.Seed{URI: "http://a.example/", Scope: ibid.Scope{Depth: 2, MaxPages: 7}}
	if _, _, err := c.StartRun(t.Context(), run, append(seedsOf("http://a.example/"), wide)); err != nil {
		t.Fatal(err)
	}
	if slice, err := c.NextSlice(t.Context(), "1", "a.example", 50); err != nil || !slices.Equal(slice, []ibid.Seed{wide}) {
		t.Errorf("got %+v, %v", slice, err)
	}
}

func TestAHundredThousandSeeds(t *testing.T) { catalogtest.Each(t, testAHundredThousandSeeds) }

func testAHundredThousandSeeds(t *testing.T, e catalogtest.Engine) {
	if testing.Short() {
		t.Skip("takes seconds, minutes under the race detector")
	}
	c := openNew(t, e)
	seeds := make([]ibid.Seed, 100_000)
	for i := range seeds {
		seeds[i].URI = fmt.Sprintf("http://host-%d.example/%d", i%60, i)
	}
	began := time.Now()
	if _, _, err := c.StartRun(t.Context(), catalog.Run{ID: "r", Collection: "default", Fingerprint: "f", Started: day}, seeds); err != nil {
		t.Fatal(err)
	}
	t.Logf("recorded in %s", time.Since(began))
	began = time.Now()
	hosts, err := c.RunHosts(t.Context(), "r")
	if err != nil || len(hosts) != 60 || hosts[59] != "host-59.example" {
		t.Errorf("%d hosts, %v", len(hosts), err)
	}
	t.Logf("hosts listed in %s", time.Since(began))
	began = time.Now()
	slice, err := c.NextSlice(t.Context(), "r", "host-59.example", 50)
	if err != nil || len(slice) != 50 || slice[1].URI != "http://host-59.example/119" {
		t.Errorf("slice %v, %v", slice, err)
	}
	t.Logf("slice taken in %s", time.Since(began))
}

func TestHostOf(t *testing.T) {
	tests := []struct{ uri, host string }{
		{"http://Example.ORG/x", "example.org"},
		{"http://example.org:80/", "example.org"},
		{"https://example.org:443/", "example.org"},
		{"https://example.org:80/", "example.org:80"},
		{"http://example.org:8080/", "example.org:8080"},
		{"http://user:secret@example.org/", "example.org"},
		{"http://[2001:DB8::1]/", "[2001:db8::1]"},
		{"http://[2001:db8::1]:81/", "[2001:db8::1]:81"},
		{"http://bücher.example/", "bücher.example"},
		{"mailto:ana@example.org", ""},
		{"http://%zz/", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := catalog.HostOf(tt.uri); got != tt.host {
			t.Errorf("HostOf(%q) = %q, want %q", tt.uri, got, tt.host)
		}
	}
}
