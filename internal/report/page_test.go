package report

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

var update = flag.Bool("update", false, "rewrite the golden page")

var options = Options{Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Strikes: 3}

// demo is what `ibid demo --json` printed, with less of what was tried.
func demo(t *testing.T) (r pipeline.DocumentReport) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func written(t *testing.T, reports ...pipeline.DocumentReport) string {
	t.Helper()
	var out strings.Builder
	if err := WriteHTML(&out, reports, options); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPageOfTheDemo(t *testing.T) {
	got := written(t, demo(t))
	golden := filepath.Join("testdata", "demo.golden.html")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden) //nolint:gosec // a file of ours
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page is not %s any more: look at it, then go test ./internal/report -update", golden)
	}
	if strings.Contains(got, "/home/") {
		t.Error("the page says where the document lies on our disk")
	}
}

// TestPageStandsAlone holds that it asks nobody for anything, runs nothing, and that each link within it leads somewhere.
func TestPageStandsAlone(t *testing.T) {
	got := written(t, demo(t), demo(t))
	if bad := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|\ssrc=|\son\w+=|url\(|@import|ZgotmplZ`).FindString(got); bad != "" {
		t.Errorf("there is %q in it", bad)
	}
	var ids, within []string
	for _, m := range regexp.MustCompile(` (id|href)="(#?)([^"]*)"`).FindAllStringSubmatch(got, -1) {
		switch {
		case m[1] == "id":
			ids = append(ids, m[3])
		case m[2] == "#":
			within = append(within, m[3])
		}
	}
	if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("ids are not unique: %v", ids)
	}
	if len(within) != 2*12 {
		t.Errorf("%d marks for twice twelve things", len(within))
	}
	for _, id := range within {
		if !slices.Contains(ids, id) {
			t.Errorf("#%s leads nowhere", id)
		}
	}
}

// TestAnswerOfADeadSiteIsNotTheSource: the 404 page that we keep is no copy of what was cited.
func TestAnswerOfADeadSiteIsNotTheSource(t *testing.T) {
	s := pipeline.State{
		Outcome: ibid.OutcomeLost, Health: ibid.HealthGone, Strikes: 3, GivenUp: true, Reason: "the site answers 404 Not Found",
		Memento:  &ibid.Memento{Timestamp: options.Now, Status: 404, Digest: "sha256:00", Origin: ibid.OriginLive},
		Holdings: []ibid.Holding{{Archive: "a.example", Mementos: 2, First: options.Now, Last: options.Now}, {Archive: "b.example", Problem: "it is away"}},
	}
	got := thingOf(s, "http://a.example/", options)
	if got.Kept != nil || strings.Contains(got.Copies, "ours") {
		t.Errorf("it is told as kept: %+v, %s", got.Kept, got.Copies)
	}
	for name, pair := range map[string][2]string{
		"answer":   {got.Answer, "only the answer of 24 November 2026, status 404: sha256:00"},
		"strikes":  {got.Strikes, "final, 3 checks"},
		"reason":   {got.Reason, "the site answers 404 Not Found"},
		"holdings": {got.Holdings, "a.example: 2, 2026-11-24; b.example could not say: it is away"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, not %q", name, pair[0], pair[1])
		}
	}
}

// TestPageIsSafeFromStrangers puts into every text what a stranger would like to see on our page.
func TestPageIsSafeFromStrangers(t *testing.T) {
	b, err := json.Marshal(demo(t))
	if err != nil {
		t.Fatal(err)
	}
	const evil = "<script>alert(1)</script>\u202E\u2066\x1b\" onmouseover=\"alert(1)"
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	if b, err = json.Marshal(poisoned(tree, evil)); err != nil {
		t.Fatal(err)
	}
	var r pipeline.DocumentReport
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	r.References[0].URI, r.References[0].Memento.URIM = "javascript:alert(1)", "javascript:alert(1)"
	got := written(t, r)
	for _, bad := range []string{"<script", "\u202E", "\u2066", "\x1b", `" onmouseover`, `href="javascript:`} {
		if strings.Contains(got, bad) {
			i := strings.Index(got, bad)
			t.Errorf("%q came through: %q", bad, got[max(0, i-80):i+len(bad)])
		}
	}
	if !strings.Contains(got, "&lt;script&gt;") {
		t.Error("it is nowhere to be seen")
	}
}

// poisoned appends to every text but to times, which would not be read.
func poisoned(v any, evil string) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = poisoned(v[k], evil)
		}
	case []any:
		for i := range v {
			v[i] = poisoned(v[i], evil)
		}
	case string:
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return v + evil
		}
	}
	return v
}

// TestPageStaysSmall is about lists of forty references, without what was tried: all well, and three of five dead.
func TestPageStaysSmall(t *testing.T) {
	d := demo(t)
	dead := d.References
	dead[1].Works, dead[2].Works = nil, nil
	live := dead[1]
	m := *live.Memento
	m.Origin, m.URIM = ibid.OriginLive, "/web/20261124204415/http://www.gfmd-fmmd.org/"
	live.State = pipeline.State{
		Outcome: ibid.OutcomeCaptured, Health: ibid.HealthLive, Memento: &m, Metadata: live.Metadata, Checked: live.Checked,
		Evidence: []ibid.Evidence{{Rule: "status", For: ibid.HealthLive, Text: "the site answers 200 OK"}},
	}
	for name, tt := range map[string]struct {
		refs []pipeline.ReferenceReport
		most int
	}{
		"all live":           {[]pipeline.ReferenceReport{live}, 48 << 10},
		"three of five dead": {append(slices.Clone(dead), live, live), 62 << 10},
	} {
		d.References = nil
		for i := range 40 {
			ref := tt.refs[i%len(tt.refs)]
			ref.Tried = nil
			d.References = append(d.References, ref)
		}
		if n := len(written(t, d)); n > tt.most {
			t.Errorf("%s: %d bytes", name, n)
		} else {
			t.Logf("%s: %d bytes", name, n)
		}
	}
}
