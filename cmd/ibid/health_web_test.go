package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// healthWeb is a web that a test changes while days pass, and a program that looks at it.
type healthWeb struct {
	*testing.T
	store string
	clock testClock
	env   []string
	// config is the file with the archives; empty: none is asked.
	config string

	mu    sync.Mutex
	sites map[string]http.HandlerFunc // by host
	asked map[string]int              // by address, robots.txt left out
}

// newHealthWeb serves hosts; away.example cannot be reached.
func newHealthWeb(t *testing.T, begin time.Time, hosts ...string) *healthWeb {
	t.Helper()
	h := &healthWeb{T: t, store: filepath.Join(t.TempDir(), "store"), clock: newClock(t, begin), sites: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	to := []string{"away.example:80:127.0.0.1:1"}
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
	return h.lookBy([]string{"archive", "--seed"}, uris...)
}

// lookBy is look by that command.
func (h *healthWeb) lookBy(command []string, uris ...string) map[string]pipeline.SourceReport {
	h.Helper()
	out, errs, code := runWith(h.T, h.env, h.clock.now, slices.Concat([]string{"--store", h.store, "--json"}, command, uris)...)
	if code != ibid.ExitOK && code != ibid.ExitIncomplete {
		h.Fatalf("it ends with %d: %s", code, errs)
	}
	if command[0] == "archive" {
		asDescribed(h.T, "source", out)
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

// serveArchive serves a web archive of what it is said to hold, and has it be asked.
func (h *healthWeb) serveArchive(head string, captures map[string]string) {
	h.Helper()
	text := head
	for name, body := range captures {
		text += "-- archive.example/web/" + name + " --\n" + body + "\n"
	}
	web, err := testsite.Parse(txtar.Parse([]byte(text)))
	if err != nil {
		h.Fatal(err)
	}
	server, err := web.Start()
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() {
		if err := server.Close(); err != nil {
			h.Error(err)
		}
	})
	config := "rescue:\n  archives:\n"
	for _, a := range web.Archives() {
		config += fmt.Sprintf("    - id: %s\n      timemap: %s\n      timegate: %s\n      cdx: %s\n      rate: %d\n", a.ID, a.TimeMap, a.TimeGate, a.CDX, a.Rate)
	}
	h.config = filepath.Join(h.TempDir(), "ibid.yaml")
	if err := os.WriteFile(h.config, []byte(config), 0o600); err != nil {
		h.Fatal(err)
	}
	h.env[0] += "," + strings.Join(server.ConnectTo(), ",")
	h.env = append(h.env, "IBID_RESCUE_ENABLED=true")
}
