package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// site is many machines in small: processes with one catalogue in PostgreSQL and one store.
type site struct {
	t          testing.TB
	dsn, store string
	env        []string

	mu   sync.Mutex
	acks map[string]string // address -> digest
	done chan bool         // one for each acknowledgement
}

const (
	siteHosts  = 20
	shortLease = 600 * time.Millisecond
	// usualLease is for tests in which nobody dies: on a busy machine a short one ends while its holder is at work.
	usualLease = 30 * time.Second
)

func newSite(t testing.TB, allow string, lease time.Duration) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{
		t: t, dsn: catalogtest.Postgres(t).New(t) + "&idle_in_transaction_session_timeout=500", store: filepath.Join(dir, "store"),
		acks: map[string]string{}, done: make(chan bool, 100_000),
	}
	s.env = append(os.Environ(), asProgram+"="+lease.String(), "IBID_NETWORK_ALLOW="+allow, "IBID_CRAWL_PER_HOST_DELAY=0s",
		"IBID_CATALOG="+s.dsn, "IBID_STORE="+s.store)
	if err := os.MkdirAll(s.store, 0o750); err != nil {
		t.Fatal(err)
	}
	return s
}

// list is a file of addresses.
func (s *site) list(uris []string) string {
	s.t.Helper()
	f, err := os.CreateTemp(s.t.TempDir(), "seeds-*.txt")
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := f.WriteString(strings.Join(uris, "\n")); err != nil {
		s.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		s.t.Fatal(err)
	}
	return f.Name()
}

// process is one start of the program.
type process struct {
	*exec.Cmd
	errs  strings.Builder
	ended chan error
}

func (s *site) start(args ...string) *process {
	s.t.Helper()
	return s.startWith(nil, args...)
}

// startWith is start with more in the environment.
func (s *site) startWith(env []string, args ...string) *process {
	s.t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], args...), ended: make(chan error, 1)} //nolint:gosec // ourselves
	p.Env, p.Stderr = slices.Concat(s.env, env), &p.errs
	out, err := p.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.said(lines.Text())
		}
		p.ended <- p.Wait()
	}()
	s.t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

func (s *site) said(line string) {
	var uri, digest string
	if _, err := fmt.Sscanf(line, "ACK %s %s", &uri, &digest); err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acks[uri] = digest
	s.done <- true
}

// mustEnd waits for the end of a process that nobody killed: with 0, or with the code for what could not be kept.
func (s *site) mustEnd(p *process) {
	s.t.Helper()
	err := <-p.ended
	if code := p.ProcessState.ExitCode(); code != ibid.ExitOK && code != ibid.ExitIncomplete {
		s.t.Errorf("ibid %s: %v\n%s", strings.Join(p.Args[1:], " "), err, &p.errs)
	}
}

// stop asks a process to stop, and demands that it does so in ten seconds.
func (s *site) stop(p *process) {
	s.t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Error(err)
	}
	select {
	case err := <-p.ended:
		if p.ProcessState.ExitCode() != ibid.ExitOK {
			s.t.Errorf("a worker that was told to stop: %v\n%s", err, &p.errs)
		}
	case <-time.After(10 * time.Second):
		s.t.Error("a worker did not stop in 10 s")
	}
}

// perHost counts how many requests each host serves at once.
type perHost struct {
	mu       sync.Mutex
	now, max map[string]int
}

func (h *perHost) serve(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.now[r.Host]++
	h.max[r.Host] = max(h.max[r.Host], h.now[r.Host])
	h.mu.Unlock()
	over := sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.now[r.Host]--
	})
	defer over()
	// Who ends hangs up on what is under way, and another one goes on: it does not count that this server is still at it.
	defer context.AfterFunc(r.Context(), over)()
	crashWeb(w, r)
}

// TestWorkersShareTheWork has two runs over the same hosts, begun on two machines, be worked by them and by three
// more. Each source is kept once a run, and no host serves more at once than one process may ask for.
func TestWorkersShareTheWork(t *testing.T) {
	t.Parallel()
	count := &perHost{now: map[string]int{}, max: map[string]int{}}
	seeds, allow := crashHosts(t, siteHosts, count.serve)
	s := newSite(t, allow, usualLease)
	var workers []*process
	for range 3 {
		workers = append(workers, s.start("worker"))
	}
	first, second := s.start("archive", "--seeds", s.list(seeds), "--acks"), s.start("archive", "--seeds", s.list(seeds[:200]), "--acks")
	s.mustEnd(first)
	s.mustEnd(second)
	for _, w := range workers {
		s.stop(w)
	}
	s.check(seeds, 2)
	for host, n := range count.max {
		if n > 2 { // crawl.per_host.parallelism
			t.Errorf("%s served %d requests at once", host, n)
		}
	}
	if names, err := filepath.Glob(filepath.Join(s.store, "spool", "*")); err != nil || len(names) > 0 {
		t.Errorf("left in the spool: %q, %v", names, err)
	}
}

// TestWorkersThatDieLoseNothing kills the processes of a run, and stops some for longer than their lease. What was
// acknowledged is in the store, and the catalogue has each source once a run, however it went.
func TestWorkersThatDieLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute, more under the race detector")
	}
	t.Parallel()
	seeds, allow := crashHosts(t, siteHosts, crashWeb)
	s := newSite(t, allow, shortLease)
	list := s.list(seeds)
	archive := []string{"archive", "--seeds", list, "--acks"}
	processes := []*process{s.start(archive...), s.start("worker"), s.start("worker"), s.start("worker")}
	r := rand.New(rand.NewPCG(*fates, 3)) //nolint:gosec // a test that can be repeated
	for range *kills {
		s.await(1 + r.IntN(40))
		i := r.IntN(len(processes))
		victim := processes[i]
		if r.IntN(2) == 0 {
			_ = victim.Process.Kill()
			processes[i] = s.start(victim.Args[1:]...)
			continue
		}
		_ = victim.Process.Signal(syscall.SIGSTOP)
		<-time.After(3 * shortLease)
		_ = victim.Process.Signal(syscall.SIGCONT)
	}
	s.mustEnd(s.start(archive...))
	for _, p := range processes[1:] {
		s.stop(p)
	}
	_ = processes[0].Process.Kill() // it has ended, or is at a run of its own
	s.mustEnd(s.start(archive...))
	s.check(seeds, 1)
}

// await waits for n more acknowledgements, or until there are none for a while.
func (s *site) await(n int) {
	for range n {
		select {
		case <-s.done:
		case <-time.After(time.Second):
			return
		}
	}
}

// check holds store and catalogue against each other and against what was acknowledged, before and after a reindex. At
// least so many runs have looked at some source.
func (s *site) check(seeds []string, runs int) {
	t := s.t
	t.Helper()
	held := heldIn(t, s.store)
	for uri, digest := range s.acks {
		if !held[uri].digests[ibid.Digest("sha256:"+digest)] {
			t.Errorf("acknowledged and not in the store: %s %s", uri, digest)
		}
	}
	before := s.catalogued(seeds, runs)
	for _, command := range []string{"verify", "reindex"} {
		if out, errs, code := runProgram(t, "--store", s.store, "--catalog", s.dsn, command); code != ibid.ExitOK {
			t.Errorf("%s ends with %d\n%s%s", command, code, out, errs)
		}
	}
	if after := s.catalogued(seeds, runs); !maps.Equal(before, after) {
		t.Errorf("the catalogue had %d records, and made from the store it has %d others", len(before), len(after))
		for record := range before {
			if !after[record] {
				t.Logf("only before: %s", record)
			}
		}
	}
	t.Logf("%d acknowledged, %d records in the catalogue", len(s.acks), len(before))
}

// catalogued is what the catalogue has: each source as often as runs have looked at it.
func (s *site) catalogued(seeds []string, runs int) map[string]bool {
	t := s.t
	t.Helper()
	c, err := catalog.Open(t.Context(), s.dsn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	records, captures := map[string]bool{}, map[string]int{}
	for capture, err := range c.Captures(t.Context(), "default") {
		if err != nil {
			t.Fatal(err)
		}
		captures[capture.URI]++
		records[fmt.Sprint(capture.Location, capture.URI, capture.Digest)] = true
	}
	most := 0
	for _, uri := range seeds {
		visits, err := c.Visits(t.Context(), "default", uri)
		if err != nil || len(visits) == 0 || captures[uri] != len(visits) {
			t.Errorf("%s has %d captures of %d visits, %v", uri, captures[uri], len(visits), err)
		}
		most = max(most, len(visits))
		for _, v := range visits {
			records[v.Run+" "+v.Seed+" "+v.Job] = true
		}
	}
	if most < runs {
		t.Errorf("no source was looked at in %d runs", runs)
	}
	return records
}

// TestMigrateGoesOnWhereItWas kills a run of one process with SQLite, moves the catalogue to PostgreSQL, and has
// workers end the run there.
func TestMigrateGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	seeds, allow := crashHosts(t, siteHosts, crashWeb)
	s := newSite(t, allow, shortLease)
	list := s.list(seeds)
	old := &crashRun{
		store: s.store, inputs: []string{"--seeds", list}, acks: s.acks,
		env: []string{asProgram + "=1", "IBID_NETWORK_ALLOW=" + allow, "IBID_CRAWL_PER_HOST_DELAY=0s"},
	}
	if old.start(t, fate{acks: 30}) {
		t.Fatal("the run ended before its kill")
	}
	migrate := []string{"--store", s.store, "migrate", "--to", s.dsn}
	out, errs, code := runProgram(t, migrate...)
	if code != ibid.ExitOK || !strings.Contains(out, "moved 1 runs, ") || strings.Contains(out, " 0 jobs") {
		t.Fatalf("migrate ends with %d\n%s%s", code, out, errs)
	}
	t.Log(out)
	if _, errs, code := runProgram(t, migrate...); code != ibid.ExitUsage || !strings.Contains(errs, "holds a catalogue already") {
		t.Errorf("a second time it ends with %d: %s", code, errs)
	}
	c, err := catalog.Open(t.Context(), s.dsn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	var run string
	if err := c.DB().QueryRow(`SELECT id FROM runs WHERE finished IS NULL`).Scan(&run); err != nil {
		t.Fatal(err)
	}
	workers := []*process{s.start("worker"), s.start("worker")}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for done, total := 0, 1; done < total; <-tick.C {
		if done, total, err = c.RunProgress(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range workers {
		s.stop(w)
	}
	s.mustEnd(s.start("archive", "--seeds", list, "--acks"))
	s.check(seeds, 1)
	if visits, err := c.VisitsOfRun(t.Context(), "default", run); err != nil || len(visits) != len(seeds) {
		t.Errorf("%d visits of %d sources, %v", len(visits), len(seeds), err)
	}
}
