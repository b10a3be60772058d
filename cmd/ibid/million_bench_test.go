package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// BenchmarkServeStart is the start of ibid serve over a million Seeds that are planned already, as a process: until it
// has asked the site of the one that is due, and until all schedules are found to be as the configuration says. What
// it may take is an error: 5 s and 300 MiB.
func BenchmarkServeStart(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkServeStart) }

const million = 1_000_000

func benchmarkServeStart(b *testing.B, e catalogtest.Engine) {
	if testing.Short() {
		b.Skip("it makes a million seeds first")
	}
	asked := make(chan time.Time, 100)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- time.Now()
		w.WriteHeader(http.StatusNotFound)
	}))
	defer site.Close()
	s := &millionSeeds{dir: b.TempDir(), dsn: e.New(b), due: site.URL + "/due"}
	s.fill(b)
	var work, step time.Duration
	var peak int64
	for b.Loop() {
		b.StopTimer()
		s.makeDue(b)
		for len(asked) > 0 {
			<-asked
		}
		b.StartTimer()
		began := time.Now()
		p := s.serve(b)
		work += (<-asked).Sub(began)
		step += (<-p.inStep).Sub(began)
		b.StopTimer()
		peak = max(peak, peakOf(b, p.Process.Pid))
		p.stop(b)
		b.StartTimer()
	}
	work, step = work/time.Duration(b.N), step/time.Duration(b.N)
	b.ReportMetric(work.Seconds(), "s/at-work")
	b.ReportMetric(step.Seconds(), "s/in-step")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
	if work > 5*time.Second || step > 5*time.Second || peak > 300<<20 {
		b.Errorf("at work after %v, in step after %v, with %d MiB; want 5 s and 300 MiB at most", work, step, peak>>20)
	}
}

// millionSeeds is an installation of a million Seeds, one of which is made due.
type millionSeeds struct{ dir, dsn, due string }

func (s *millionSeeds) open(b *testing.B) *catalog.Catalog {
	b.Helper()
	c, err := catalog.Open(b.Context(), s.dsn, catalog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func (s *millionSeeds) fill(b *testing.B) {
	b.Helper()
	config := fmt.Sprintf("store: store\ncatalog: %q\nnetwork: {allow: [\"127.0.0.0/8\"]}\nserver: {listen: \"127.0.0.1:0\", replay_listen: \"127.0.0.1:0\"}\nschedule: \"@weekly\"\n", s.dsn)
	if err := os.WriteFile(filepath.Join(s.dir, "ibid.yaml"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	c := s.open(b)
	defer c.Close() //nolint:errcheck // a test
	next := time.Now().UTC().Add(1000 * time.Hour).Truncate(time.Second)
	const part = 10_000
	for from := 0; from < million; from += part {
		seeds, plans := make([]ibid.Seed, part), make([]ibid.Plan, part)
		for i := range part {
			uri := fmt.Sprintf("https://www.host-%d.example/library/page-%d.html", (from+i)%5000, from+i)
			if from+i == 0 {
				uri = s.due
			}
			seeds[i] = ibid.Seed{URI: uri, Scope: ibid.Scope{Requisites: true, MaxPages: 100}}
			at := next.Add(time.Duration(from+i) * 100 * time.Millisecond)
			plans[i] = ibid.Plan{
				PlanKey: ibid.PlanKey{Collection: "default", Seed: uri}, Schedule: "@weekly", Zone: "UTC",
				Next: ibid.Next{Grid: next, Due: next, At: at},
			}
		}
		if err := c.PutSeeds(b.Context(), "default", seeds); err != nil {
			b.Fatal(err)
		}
		if err := c.PutPlans(b.Context(), plans); err != nil {
			b.Fatal(err)
		}
	}
}

func (s *millionSeeds) makeDue(b *testing.B) {
	b.Helper()
	c := s.open(b)
	defer c.Close() //nolint:errcheck // a test
	if n, err := c.DueNow(b.Context(), "default", s.due, time.Now()); err != nil || n != 1 {
		b.Fatal(n, err)
	}
}

// servingMillion is ibid serve as a process. inStep gets when it said that the schedules are as configured.
type servingMillion struct {
	*exec.Cmd
	inStep chan time.Time
	read   chan struct{}
}

func (s *millionSeeds) serve(b *testing.B) *servingMillion {
	b.Helper()
	p := &servingMillion{Cmd: exec.CommandContext(b.Context(), os.Args[0], "--log-level", "info", "serve"), inStep: make(chan time.Time, 1), read: make(chan struct{})} //nolint:gosec // this test itself
	p.Dir, p.Env = s.dir, append(os.Environ(), asProgram+"=1")
	out, err := p.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := p.Start(); err != nil {
		b.Fatal(err)
	}
	go p.listen(b, out)
	return p
}

func (p *servingMillion) listen(b *testing.B, out io.Reader) {
	defer close(p.read)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		b.Log(lines.Text())
		if strings.Contains(lines.Text(), "as the configuration says") {
			p.inStep <- time.Now()
		}
	}
	close(p.inStep)
}

func (p *servingMillion) stop(b *testing.B) {
	b.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		b.Error(err)
	}
	<-p.read
	if err := p.Wait(); err != nil {
		b.Error(err)
	}
}

// peakOf is the most memory that a process has had so far, in bytes; 0 where the system does not tell. What the system
// tells at the end of a process counts that of its parent as well.
func peakOf(b *testing.B, pid int) int64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				b.Error(err)
			}
			return kib << 10
		}
	}
	return 0
}
