package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog"
)

var soakFor = flag.Duration("soak", 35*time.Second, "how long TestSchedulesOutliveTheirProcesses kills and stops processes (make soak: 10m)")

const (
	soakServers, soakWorkers = 2, 8
	soakLease                = 3 * time.Second
	// soakPause is about how long there is peace between two strikes.
	soakPause = 1500 * time.Millisecond
	// blackout is how long nobody hands on what is due: longer than any interval of the schedules.
	blackout = 16 * time.Second
)

// soakConfig has collections whose schedules are of seconds, each in its own form. What is unchanged is looked at later.
const soakConfig = `
server: {listen: "127.0.0.1:0", replay_listen: "127.0.0.1:0"}
crawl: {concurrency: 8, robots: ignore}
scheduler: {jitter: 2s, adaptive: {factor: 4, min: 1h, max: 1h}}
collections:
  - {name: seconds, schedule: "*/5 * * * * *", seeds: [%s]}
  - {name: zone, schedule: "1-59/6 * * * * *", timezone: Asia/Manila, seeds: [%s]}
  - {name: every, schedule: "@every 7s", seeds: [%s]}
`

var soakCollections = []string{"seconds", "zone", "every"}

// soak is two schedulers and eight workers, to whom things happen.
type soak struct {
	*site
	r       *rand.Rand
	config  string
	seeds   map[string][]string // by collection
	running []*process
	awake   []time.Time // from when on each of them is; the past: it is
	all     []*process
	asked   chan int             // which process asks the web for something
	seen    map[soakVisit]string // Visits that were in the catalogue at some time, with their body

	kills, stops, blackouts int
}

type soakVisit struct{ collection, run, seed string }

// TestSchedulesOutliveTheirProcesses kills schedulers and workers at random moments, and stops some for longer than their
// lease while they are at work. However it goes, each due time ran once or is on record as missed, and what ran is
// in the store and in the catalogue once.
func TestSchedulesOutliveTheirProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or more: runs without -short")
	}
	t.Parallel()
	s := newSoak(t)
	c, err := catalog.Open(t.Context(), s.dsn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	for i := range soakServers + soakWorkers {
		s.launch(i)
	}
	for n, end := 0, time.Now().Add(*soakFor); time.Now().Before(end); n++ {
		<-time.After(soakPause/2 + rand.N(soakPause))
		s.strike(n)
		s.witness(c)
	}
	s.settle(c)
	s.judge(c)
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{
		r:       rand.New(rand.NewPCG(*fates, 4)), //nolint:gosec // a test that can be repeated
		running: make([]*process, soakServers+soakWorkers), awake: make([]time.Time, soakServers+soakWorkers), seeds: map[string][]string{},
		asked: make(chan int), seen: map[soakVisit]string{},
	}
	hosts := webHosts(t, 6, s.web)
	s.site = newSite(t, strings.Join(hosts, ","), soakLease)
	lists := make([]any, len(soakCollections))
	for i, name := range soakCollections {
		for n, kind := range []string{"still", "slowly", "lively", "dead"} {
			for k := range 2 {
				s.seeds[name] = append(s.seeds[name], fmt.Sprintf("http://%s/%s/%s/%d", hosts[(2*i+n+k)%len(hosts)], kind, name, k))
			}
		}
		lists[i] = `"` + strings.Join(s.seeds[name], `", "`) + `"`
	}
	s.config = filepath.Join(t.TempDir(), "ibid.yaml")
	if err := os.WriteFile(s.config, fmt.Appendf(nil, soakConfig, lists...), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// launch starts process i. It tells the web who it is.
func (s *soak) launch(i int) {
	s.t.Helper()
	command := "worker"
	if i < soakServers {
		command = "serve"
	}
	p := s.startWith([]string{fmt.Sprintf("IBID_NETWORK_CONTACT=process-%d", i)},
		"--config", s.config, "--log-format", "json", "--log-level", "info", command)
	s.running[i], s.awake[i] = p, time.Time{}
	s.all = append(s.all, p)
}

// web has sources that never change, that change every other look, that always do, and that are dead. It takes its time,
// so that processes are at work when something happens to them.
func (s *soak) web(w http.ResponseWriter, r *http.Request) {
	var who int
	if _, contact, ok := strings.Cut(r.UserAgent(), "process-"); ok {
		_, _ = fmt.Sscanf(contact, "%d", &who) // 0 is a process as well
		select {
		case s.asked <- who:
		default:
		}
	}
	select {
	case <-time.After(50*time.Millisecond + rand.N(time.Second)):
	case <-r.Context().Done():
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	body := crashPage(0) + r.URL.Path
	switch now := time.Now(); kind {
	case "dead":
		w.WriteHeader(http.StatusNotFound)
	case "lively":
		body = crashPage(int(now.UnixNano()))
	case "slowly":
		body = crashPage(int(now.Unix()/12)) + r.URL.Path
	default:
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, body) //nolint:gosec // a test web
}
