package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// healthWeb is a web that a test changes while days pass, and a program that looks at it.
type healthWeb struct {
	*testing.T
	store string
	clock testClock
	env   []string

	mu    sync.Mutex
	sites map[string]http.HandlerFunc // by host
	asked map[string]int              // by address, robots.txt left out
}

// newHealthWeb serves hosts; those that are refused cannot be reached.
func newHealthWeb(t *testing.T, begin time.Time, refused string, hosts ...string) *healthWeb {
	t.Helper()
	h := &healthWeb{T: t, store: filepath.Join(t.TempDir(), "store"), clock: newClock(t, begin), sites: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	to := []string{refused + ":80:127.0.0.1:1"}
	for _, host := range hosts {
		to = append(to, host+":80:"+web.Listener.Addr().String())
	}
	h.env = []string{
		"IBID_NETWORK_CONNECT_TO=" + strings.Join(to, ","), "IBID_NETWORK_ALLOW=127.0.0.1", "IBID_NETWORK_TRIES=1",
		"IBID_CRAWL_PER_HOST_DELAY=0s", "IBID_RESCUE_ENABLED=false",
	}
	return h
}

func (h *healthWeb) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/robots.txt" {
		http.NotFound(w, r)
		return
	}
	h.mu.Lock()
	h.asked["http://"+r.Host+r.URL.RequestURI()]++
	site := h.sites[r.Host]
	h.mu.Unlock()
	w.Header()["Date"] = nil // the real one would tell of another time
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	site(w, r)
}

// answers has a host answer so from now on.
func (h *healthWeb) answers(host string, with http.HandlerFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sites[host] = with
}

// shows answers 200 with that.
func shows(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

// status answers with that and a few words.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		fmt.Fprintf(w, "<title>%s</title>", http.StatusText(code))
	}
}

// look archives sources, and returns what became of each.
func (h *healthWeb) look(uris ...string) map[string]pipeline.SourceReport {
	h.Helper()
	out, errs, code := runWith(h.T, h.env, h.clock.now, append([]string{"--store", h.store, "--json", "archive", "--seed"}, uris...)...)
	if code != ibid.ExitOK && code != ibid.ExitIncomplete {
		h.Fatalf("it ends with %d: %s", code, errs)
	}
	states := map[string]pipeline.SourceReport{}
	for lines := json.NewDecoder(strings.NewReader(out)); lines.More(); {
		var r pipeline.SourceReport
		if err := lines.Decode(&r); err != nil {
			h.Fatal(err)
		}
		states[r.URI] = r
	}
	return states
}

// told is what people are told so far: "source.died http://…".
func (h *healthWeb) told() string {
	h.Helper()
	c, err := catalog.Open(h.Context(), "sqlite:"+filepath.Join(h.store, "catalog.db"), catalog.Options{})
	if err != nil {
		h.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	rows, err := c.DB().QueryContext(h.Context(), `SELECT body FROM events ORDER BY n`)
	if err != nil {
		h.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
	var all []string
	for rows.Next() {
		var body []byte
		var e ibid.Event
		if err := rows.Scan(&body); err != nil {
			h.Fatal(err)
		}
		if err := json.Unmarshal(body, &e); err != nil {
			h.Fatal(err)
		}
		all = append(all, string(e.Kind)+" "+e.Seed)
	}
	if err := rows.Err(); err != nil {
		h.Fatal(err)
	}
	return strings.Join(all, ", ")
}

var healthBegins = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// TestStrikesOverDays looks at sources for a week. A dead one is given up at the third look that counts, and people are
// told of it then; who keeps us out is never called dead.
func TestStrikesOverDays(t *testing.T) {
	const gone, away, blocked, throttled = "http://gone.example/paper", "http://away.example/paper", "http://blocked.example/paper", "http://throttled.example/paper"
	h := newHealthWeb(t, healthBegins, "away.example", "gone.example", "blocked.example", "throttled.example")
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
	for _, look := range []struct {
		hours, gone, away int // since the beginning, and the strikes then
		told              string
	}{
		{24, 1, 1, ""}, // the first look found away.example dead, and this is too soon after that
		{48, 1, 1, ""},
		{96, 2, 2, ""}, // three days after the strike of either
		{167, 2, 2, ""},
		{168, 3, 3, "source.died " + gone + ", source.died " + away},
		{240, 4, 4, "source.died " + gone + ", source.died " + away},
	} {
		h.clock.set(t, healthBegins.Add(time.Duration(look.hours)*time.Hour))
		states := h.look(all...)
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
	h := newHealthWeb(t, healthBegins, "away.example", "replaced.example", "menu.example")
	text := func(menu, body string) string {
		return "<!doctype html><html lang=en><title>Report</title><body><nav><ul>" + menu + "</ul></nav><main>" + body + "</main></html>"
	}
	h.answers("replaced.example", shows(text("<li>Home", prose("harbour", 60))))
	h.answers("menu.example", shows(text("<li>Home", prose("harbour", 60))))
	first := h.look(replaced, menu)
	h.answers("replaced.example", shows(text("<li>Home", prose("casino", 60))))
	h.answers("menu.example", shows(text("<li>Start<li>News of the day<li>Contact us<li>Jobs and careers", prose("harbour", 60))))
	h.clock.set(t, healthBegins.AddDate(0, 0, 4))
	second := h.look(replaced, menu)
	s := second[replaced]
	if s.Health != ibid.HealthDrifted || s.Drift == nil || s.Drift.Score < 0.9 || !s.Drift.Since.Equal(first[replaced].Memento.Timestamp) || s.Drift.With == "" {
		t.Errorf("%s: %+v", s.Health, s.Drift)
	}
	for word, at := range map[string]time.Time{"harbour": healthBegins, "casino": h.clock.now()} {
		out, errs, code := runProgram(t, "--store", h.store, "get", replaced, "--at", ibid.Timestamp14(at))
		if code != ibid.ExitOK || !strings.Contains(out, word) {
			t.Errorf("the version of %s: %s %s", at, out, errs)
		}
	}
	if s := second[menu]; s.Health != ibid.HealthLive || s.Outcome != ibid.OutcomeCaptured {
		t.Errorf("a changed menu: %s, %+v", s.Health, s.Drift)
	}
	if got := h.told(); got != "source.drifted "+replaced {
		t.Errorf("it is told: %s", got)
	}
}

// prose is a text of so many sentences about a thing.
func prose(thing string, sentences int) string {
	var b strings.Builder
	for n := range sentences {
		fmt.Fprintf(&b, "<p>In the year %d the %s of town %d was looked at by %d people, who wrote %d pages on it.</p>\n", 1900+n, thing, n*7, n*13+2, n+3)
	}
	return b.String()
}

// TestSitesThatNeverSayNo archives from sites that answer 200, or lead elsewhere, whatever they are asked for. Each is
// seen for what it is, with at most one question more than it takes.
func TestSitesThatNeverSayNo(t *testing.T) {
	front := "<!doctype html><html lang=en><title>Welcome</title><main>" + prose("garden", 30) + "</main></html>"
	h := newHealthWeb(t, healthBegins, "away.example", "always.example", "root.example", "one.example", "parked.example", "says.example", "honest.example")
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
