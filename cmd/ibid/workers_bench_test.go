package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog"
)

const (
	benchLatency  = 100 * time.Millisecond
	benchDelay    = 100 * time.Millisecond
	benchParallel = 2
	// benchLong hosts have more sources than go into a Job, so that they pass from one process to another; benchShort
	// have few.
	benchLong, benchShort = 4, 136
)

// BenchmarkWorkers is a run of 1,600 sources on 140 hosts that answer after 100 ms, by one process and by four on one
// PostgreSQL. Four must do 3.5 times as much as one; and no host may be asked by more at once, or sooner after the last
// time, than one process may. Each has four sources at once, so that it waits for hosts and not for processors, of which
// all share the same few.
func BenchmarkWorkers(b *testing.B) {
	var one, four, early float64
	for b.Loop() {
		rate, _ := workTogether(b, 1)
		one += rate
		rate, soon := workTogether(b, 4)
		four, early = four+rate, early+soon
	}
	one, four, early = one/float64(b.N), four/float64(b.N), early/float64(b.N)
	b.ReportMetric(one, "captures/s-by-1")
	b.ReportMetric(four, "captures/s-by-4")
	b.ReportMetric(four/one, "times")
	b.ReportMetric(early, "%-early")
	if four < 3.5*one {
		b.Errorf("four do %.2f times as much as one, want 3.5", four/one)
	}
}

// workTogether returns how many sources a second so many processes capture, from the first request to the last, and how
// many in a hundred requests came too soon.
func workTogether(b *testing.B, processes int) (rate, early float64) {
	b.Helper()
	web := &watchedWeb{hosts: map[string]*watchedHost{}}
	hosts := webHosts(b, benchLong+benchShort, web.serve)
	var seeds []string
	for n := range 60 {
		for i, host := range hosts {
			if i < benchLong || n < 10 {
				seeds = append(seeds, fmt.Sprintf("http://%s/s/%d", host, n*len(hosts)+i))
			}
		}
	}
	s := newSite(b, "127.0.0.0/8", usualLease)
	s.env = append(s.env, "IBID_CRAWL_CONCURRENCY=4", fmt.Sprintf("IBID_CRAWL_PER_HOST_PARALLELISM=%d", benchParallel),
		"IBID_CRAWL_PER_HOST_DELAY="+benchDelay.String())
	var workers []*process
	for range processes - 1 {
		workers = append(workers, s.start("worker"))
	}
	s.mustEnd(s.start("archive", "--seeds", s.list(seeds)))
	for _, w := range workers {
		s.stop(w)
	}
	s.checkBench(b, seeds)
	return float64(len(seeds)) / web.last.Sub(web.first).Seconds(), web.check(b)
}

// checkBench demands a Capture of each of seeds, once.
func (s *site) checkBench(b *testing.B, seeds []string) {
	b.Helper()
	c, err := catalog.Open(b.Context(), s.dsn, catalog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	var captures, sources int
	err = c.DB().QueryRowContext(b.Context(), `SELECT count(*), count(DISTINCT uri) FROM captures WHERE role = 'source' AND status = 200`).
		Scan(&captures, &sources)
	if err != nil || captures != len(seeds) || sources != len(seeds) {
		b.Errorf("%d captures of %d sources, want %d of each; %v", captures, sources, len(seeds), err)
	}
}

// watchedWeb answers after a while, and counts what each host is asked.
type watchedWeb struct {
	mu          sync.Mutex
	first, last time.Time
	hosts       map[string]*watchedHost
}

type watchedHost struct {
	now, most int
	starts    []time.Time
}

func (w *watchedWeb) serve(rw http.ResponseWriter, r *http.Request) {
	h := w.enter(r.Host)
	time.Sleep(benchLatency) // the latency of the host is what is measured
	w.leave(h)
	if r.URL.Path == "/robots.txt" {
		http.NotFound(rw, r)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	var n int
	if _, err := fmt.Sscanf(r.URL.Path, "/s/%d", &n); err != nil {
		http.NotFound(rw, r)
		return
	}
	_, _ = io.WriteString(rw, crashPage(n))
}

func (w *watchedWeb) enter(host string) *watchedHost {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if w.first.IsZero() {
		w.first = now
	}
	h := w.hosts[host]
	if h == nil {
		h = &watchedHost{}
		w.hosts[host] = h
	}
	h.starts, h.now = append(h.starts, now), h.now+1
	h.most = max(h.most, h.now)
	return h
}

func (w *watchedWeb) leave(h *watchedHost) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h.now--
	w.last = time.Now()
}

// check demands that each host was asked as politely as is configured: no five requests in less than four delays, but for
// what they lose by coming in later than they left. It returns how many in a hundred came within half the delay: on a
// machine that is busy, some do.
func (w *watchedWeb) check(b *testing.B) (early float64) {
	b.Helper()
	all := 0
	for host, h := range w.hosts {
		if h.most > benchParallel {
			b.Errorf("%s was asked by %d at once, want %d at most", host, h.most, benchParallel)
		}
		for i := 1; i < len(h.starts); i++ {
			if all++; h.starts[i].Sub(h.starts[i-1]) < benchDelay/2 {
				early++
			}
			if i >= 4 && h.starts[i].Sub(h.starts[i-4]) < 3*benchDelay {
				b.Errorf("%s was asked five times in %v", host, h.starts[i].Sub(h.starts[i-4]))
			}
		}
	}
	return 100 * early / float64(all)
}
