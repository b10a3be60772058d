package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

var healthBegins = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// TestStrikesOverDays looks at sources for a week. A dead one is given up at the third look that counts, and people are
// told of it then; who keeps us out is never called dead.
func TestStrikesOverDays(t *testing.T) {
	const gone, away, blocked, throttled = "http://gone.example/paper", "http://away.example/paper", "http://blocked.example/paper", "http://throttled.example/paper"
	h := newHealthWeb(t, healthBegins, "gone.example", "blocked.example", "throttled.example")
	all := []string{gone, away, blocked, throttled}
	for _, host := range []string{"gone.example", "blocked.example", "throttled.example"} {
		h.answers(host, shows(crashPage(1)))
	}
	h.look(all...)
	h.answers("gone.example", status(http.StatusNotFound))
	h.answers("throttled.example", status(http.StatusTooManyRequests))
	h.answers("blocked.example", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cf-Mitigated", "challenge")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<title>Just a moment...</title>")
	})
	archive, check := []string{"archive", "--seed"}, []string{"check"}
	for _, look := range []struct {
		command           []string
		hours, gone, away int // since the beginning, and the strikes then
		told              string
	}{
		{archive, 24, 1, 1, ""}, // the first look found away.example dead, and this is too soon after that
		{check, 73, 1, 2, ""},
		{archive, 95, 1, 2, ""},
		{check, 98, 2, 2, ""},
		{archive, 147, 2, 3, "source.died " + away},
		{check, 171, 3, 3, "source.died " + gone + ", source.died " + away},
		{archive, 300, 4, 4, "source.died " + gone + ", source.died " + away},
	} {
		h.clock.set(t, healthBegins.Add(time.Duration(look.hours)*time.Hour))
		states := h.lookBy(look.command, all...)
		for uri, strikes := range map[string]int{gone: look.gone, away: look.away, blocked: 0, throttled: 0} {
			if s := states[uri]; s.Strikes != strikes || s.GivenUp != (strikes >= 3) {
				t.Errorf("after %d hours %s is %s with %d strikes, given up %t", look.hours, uri, s.Health, s.Strikes, s.GivenUp)
			}
		}
		for uri, health := range map[string]ibid.Health{gone: ibid.HealthGone, away: ibid.HealthUnreachable, blocked: ibid.HealthBlocked, throttled: ibid.HealthBlocked} {
			if states[uri].Health != health {
				t.Errorf("after %d hours %s is %s: %s", look.hours, uri, states[uri].Health, states[uri].Reason)
			}
		}
		if got := sortedWords(h.told()); got != sortedWords(look.told) {
			t.Errorf("after %d hours is told: %s", look.hours, got)
		}
	}
}

// sortedWords makes lists that are equal but for their order the same.
func sortedWords(list string) string {
	words := strings.Split(list, ", ")
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// TestDriftOverDays has one page's body be replaced, and another one's menu: the first is another source, the second is not.
func TestDriftOverDays(t *testing.T) {
	const replaced, menu = "http://replaced.example/report", "http://menu.example/report"
	h := newHealthWeb(t, healthBegins, "replaced.example", "menu.example")
	text := func(menu, body string) string {
		return "<!doctype html><html lang=en><title>Report</title><body><nav><ul>" + menu + "</ul></nav><main>" + body + "</main></html>"
	}
	h.answers("replaced.example", shows(text("<li>Home", prose("harbour", 60))))
	h.answers("menu.example", shows(text("<li>Home", prose("harbour", 60))))
	first := h.look(replaced, menu)
	h.answers("replaced.example", shows(text("<li>Home", newText())))
	h.answers("menu.example", shows(text("<li>Start<li>News of the day<li>Contact us<li>Jobs and careers", prose("harbour", 60))))
	h.clock.set(t, healthBegins.AddDate(0, 0, 4))
	second := h.look(replaced, menu)
	s := second[replaced]
	if s.Health != ibid.HealthDrifted || s.Drift == nil || s.Drift.Score < 0.9 || !s.Drift.Since.Equal(first[replaced].Memento.Timestamp) || s.Drift.With == "" {
		t.Errorf("%s: %+v", s.Health, s.Drift)
	}
	if s.Outcome != ibid.OutcomeCaptured || !s.Memento.Timestamp.Equal(first[replaced].Memento.Timestamp) {
		t.Errorf("a reader gets %+v, %s", s.Memento, s.Outcome)
	}
	for word, at := range map[string]time.Time{"harbour": healthBegins, "Casino": h.clock.now()} {
		out, errs, code := runProgram(t, "--store", h.store, "get", replaced, "--at", ibid.Timestamp14(at))
		if code != ibid.ExitOK || !strings.Contains(out, word) {
			t.Errorf("the version of %s: %s %s", at, out, errs)
		}
	}
	if s := second[menu]; s.Health != ibid.HealthLive || s.Outcome != ibid.OutcomeCaptured || s.Drift == nil || !s.Drift.Since.Equal(first[menu].Memento.Timestamp) || s.Drift.Score != 0 {
		t.Errorf("a changed menu: %s, %+v", s.Health, s.Drift)
	}
	if got := h.told(); got != "source.drifted "+replaced {
		t.Errorf("it is told: %s", got)
	}
}

// newText is another text altogether.
func newText() string {
	var b strings.Builder
	for n := range 60 {
		fmt.Fprintf(&b, "<p>Casino number %d pays more than %d coins to each guest who signs up before day %d of this month.</p>\n", n, n*11, n+2)
	}
	return b.String()
}

// prose is a text of so many sentences about a thing.
func prose(thing string, sentences int) string {
	var b strings.Builder
	for n := range sentences {
		fmt.Fprintf(&b, "<p>In the year %d the %s of town %d was looked at by %d people, who wrote %d pages on it.</p>\n", 1900+n, thing, n*7, n*13+2, n+3)
	}
	return b.String()
}

// TestWhatWasCitedLongAgo archives a note of 2009 that cites three pages. One is as an archive had it then, one is something
// else by now, which only that archive can tell, and one has another menu.
func TestWhatWasCitedLongAgo(t *testing.T) {
	const site = `<!doctype html><html lang=en><title>Report</title><body><nav><ul><li>%s</ul></nav><main>
%s</main></html>`
	old := fmt.Sprintf(site, "Home", prose("harbour", 60))
	h := newHealthWeb(t, healthBegins, "same.example", "taken.example", "menu.example")
	h.answers("same.example", shows(old))
	h.answers("taken.example", shows(fmt.Sprintf(site, "Home", newText())))
	h.answers("menu.example", shows(fmt.Sprintf(site, "Start<li>News of the day<li>Contact us", prose("harbour", 60))))
	h.serveArchive("-- archive.example --\n@archive wayback id=archive.example rate=6000\n", map[string]string{
		"20090528031205/http://same.example/report": old, "20090528031205/http://taken.example/report": old, "20090528031205/http://menu.example/report": old,
		"20110528031205/http://taken.example/report": fmt.Sprintf(site, "Home", newText()),
	})
	note := filepath.Join(t.TempDir(), "note.md")
	if err := os.WriteFile(note, []byte("---\ndate: 2009-06-04\n---\n<http://same.example/report> <http://taken.example/report> <http://menu.example/report>\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := runWith(t, h.env, h.clock.now, "--config", h.config, "--store", h.store, "--json", "archive", note)
	if code != ibid.ExitOK {
		t.Errorf("it ends with %d: %s", code, errs)
	}
	want := map[string]struct {
		health  ibid.Health
		outcome ibid.Outcome
		day     string
	}{
		"http://same.example/report":  {ibid.HealthLive, ibid.OutcomeCaptured, "2026-03-02"},
		"http://menu.example/report":  {ibid.HealthLive, ibid.OutcomeCaptured, "2026-03-02"},
		"http://taken.example/report": {ibid.HealthDrifted, ibid.OutcomeRescued, "2009-05-28"},
	}
	for _, ref := range documentReport(t, out).References {
		is := want[ref.URI]
		if ref.Health != is.health || ref.Outcome != is.outcome || ref.Memento == nil || ref.Memento.Timestamp.Format(time.DateOnly) != is.day {
			t.Errorf("%s is %s, %s: %+v, %s", ref.URI, ref.Health, ref.Outcome, ref.Memento, ref.Reason)
		}
		if d := ref.Drift; d == nil || d.Origin != "archive.example" || (d.Score > 0.9) != (is.health == ibid.HealthDrifted) {
			t.Errorf("%s: %+v", ref.URI, d)
		}
	}
}

// TestSitesThatNeverSayNo archives from sites that answer 200, or lead elsewhere, whatever they are asked for. Each is
// seen for what it is, with at most one question more than it takes.
func TestSitesThatNeverSayNo(t *testing.T) {
	front := "<!doctype html><html lang=en><title>Welcome</title><link rel=canonical href=/><main>" + prose("garden", 30) + "</main></html>"
	h := newHealthWeb(t, healthBegins, "always.example", "root.example", "one.example", "parked.example", "says.example", "honest.example")
	h.answers("always.example", shows(front))
	lead := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == to {
				fmt.Fprint(w, front)
				return
			}
			http.Redirect(w, r, to, http.StatusFound)
		}
	}
	h.answers("root.example", lead("/"))
	h.answers("one.example", lead("/collections/overview.html"))
	h.answers("parked.example", shows(`<title>parked.example</title><h1>This domain is for sale!</h1><p>Buy this domain. Sponsored listings.`))
	h.answers("says.example", shows("<title>Page not found</title><h1>Page not found</h1><p>The page you requested could not be found.</p>"))
	h.answers("honest.example", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/papers/a.html" {
			status(http.StatusNotFound)(w, r)
			return
		}
		fmt.Fprint(w, "<!doctype html><html lang=en><title>Paper A</title><main>"+prose("bridge", 30)+"</main></html>")
	})
	want := map[string]struct {
		health  ibid.Health
		outcome ibid.Outcome
	}{
		"http://always.example/papers/a.html":  {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://always.example/papers/b.html":  {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://root.example/papers/a.html":    {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://root.example/papers/b.html":    {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://one.example/papers/a.html":     {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://one.example/papers/b.html":     {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://one.example/papers/c.html":     {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://parked.example/papers/a.html":  {ibid.HealthParked, ibid.OutcomeLost},
		"http://says.example/papers/a.html":    {ibid.HealthSoft404, ibid.OutcomeLost},
		"http://honest.example/papers/a.html":  {ibid.HealthLive, ibid.OutcomeCaptured},
		"http://honest.example/papers/no.html": {ibid.HealthGone, ibid.OutcomeLost},
	}
	var uris []string
	for uri := range want {
		uris = append(uris, uri)
	}
	for uri, s := range h.look(uris...) {
		if s.Health != want[uri].health || s.Outcome != want[uri].outcome || len(s.Evidence) == 0 && s.Health != ibid.HealthLive {
			t.Errorf("%s is %s, %s: %s %+v", uri, s.Health, s.Outcome, s.Reason, s.Evidence)
		}
	}
	h.checkProbes(want)
}

// checkProbes counts what was asked for that is no source: one address a source at the most, and none of those that
// tell by themselves.
func (h *healthWeb) checkProbes(sources map[string]struct {
	health  ibid.Health
	outcome ibid.Outcome
},
) {
	h.Helper()
	seeds, probes := map[string]int{}, map[string]int{}
	for uri := range sources {
		u, err := url.Parse(uri)
		if err != nil {
			h.Fatal(err)
		}
		seeds[u.Host]++
	}
	for uri, n := range h.asked {
		u, err := url.Parse(uri)
		if err != nil {
			h.Fatal(err)
		}
		if _, ours := sources[uri]; !ours && strings.HasPrefix(u.Path, "/papers/") {
			probes[u.Host] += n
		}
	}
	for host, n := range probes {
		if n > seeds[host] {
			h.Errorf("%s was asked for %d addresses beside its %d sources", host, n, seeds[host])
		}
	}
	if probes["honest.example"]+probes["parked.example"] > 0 || probes["always.example"] == 0 {
		h.Errorf("asked for beside the sources: %v", probes)
	}
	h.Logf("asked for beside the sources: %v", probes)
}
