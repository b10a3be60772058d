package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/notify/smtpsink"
	"github.com/ibid-archive/ibid/scheduler"
)

const weekCollection = "iom-gfmd"

// week is `ibid serve` with the example of configs/, as a process of its own by a clock of the test's, and the world
// around it.
type week struct {
	*testing.T
	dir    string
	clock  testClock
	zone   *time.Location
	web    *weekWeb
	sink   *smtpsink.Sink
	bucket *faulty.Proxy
	env    []string

	serving *serving
	said    strings.Builder // what all processes so far have said
	told    map[string]bool // the looks that are in the diary
	// catalog is read beside the program, to know when it is done with something, and when something is due.
	catalog *catalog.Catalog
	planner *scheduler.Planner
}

// newWeek makes the world. The two files of configs/ are as they are shipped; what this machine has in another place is said
// in the environment.
func newWeek(t *testing.T, server string, begin time.Time) *week {
	t.Helper()
	w := &week{T: t, dir: t.TempDir(), clock: newClock(t, begin), told: map[string]bool{}}
	for _, name := range []string{"iom-gfmd.yaml", "iom-gfmd.md"} {
		w.must(copyFile(filepath.Join("..", "..", "configs", name), filepath.Join(w.dir, "configs", name)))
	}
	t.Chdir(w.dir)
	t.Cleanup(w.sayWhy)
	w.web, w.sink = startWeekWeb(t, w.clock), smtpsink.Start(t, smtpsink.Options{Answer: busyOnce()})
	w.serveBucket(server)
	w.env = append(w.env,
		clockFile+"="+string(w.clock), "TZ=Europe/Zurich",
		"IBID_NETWORK_CONNECT_TO="+strings.Join(w.web.connectTo(), ","), "IBID_NETWORK_RESOLVER="+w.web.demo.Resolver(),
		"IBID_NETWORK_ALLOW=127.0.0.1", "IBID_NETWORK_CA_FILE="+w.web.caFile(t, w.dir),
		"IBID_CRAWL_PER_HOST_DELAY=0s", "IBID_SERVER_LISTEN=127.0.0.1:0", "IBID_SERVER_REPLAY_LISTEN=127.0.0.1:0", noRescue+"=false", "IBID_HEALTH_STRIKES=1",
		"IBID_NOTIFY_EMAIL_TO=desk@example.org", "IBID_NOTIFY_EMAIL_SERVER="+w.sink.Addr(), "IBID_NOTIFY_BASE_URL=https://ibid.example.org",
	)
	c, err := configs.Load("configs/iom-gfmd.yaml", w.env)
	w.must(err)
	w.planner = scheduler.NewPlanner(policy(c))
	w.zone, err = time.LoadLocation(c.Timezone)
	w.must(err)
	return w
}

func (w *week) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// busyOnce has a mail server take the first mail only when it is sent again (RFC 5321, 4.2.1).
func busyOnce() func(line string) string {
	var asked atomic.Bool
	return func(line string) string {
		if strings.HasPrefix(line, "MAIL") && asked.CompareAndSwap(false, true) {
			return "451 busy, try again"
		}
		return ""
	}
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from) //nolint:gosec // a file of ours
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

// note writes a line of the diary.
func (w *week) note(format string, args ...any) {
	w.Helper()
	w.Logf("%s  %s", w.clock.now().In(w.zone).Format("Mon 2 Jan 15:04 MST"), fmt.Sprintf(format, args...))
}

// start starts the program.
func (w *week) start() {
	w.Helper()
	w.serving = startProgram(w.T, w.dir, w.env, "--config", "configs/iom-gfmd.yaml", "serve")
	if w.catalog == nil {
		files, err := filepath.Glob(filepath.Join(w.dir, "ibid-*", "catalog.db"))
		if err != nil || len(files) != 1 {
			w.Fatalf("catalogues: %v, %v", files, err)
		}
		w.catalog, err = catalog.Open(w.Context(), "sqlite:"+files[0], catalog.Options{})
		w.must(err)
		w.Cleanup(func() { w.must(w.catalog.Close()) })
	}
	w.note("ibid serve begins")
	w.await("all sources have a plan", func() bool { return len(w.plans()) == 4 })
}

// sayWhy is the end of a test that failed: what the program has said until then.
func (w *week) sayWhy() {
	if w.Failed() && w.serving != nil {
		_ = w.serving.cmd.Process.Kill() // it may have ended
		<-w.serving.read
		w.Logf("the program has said:\n%s%s", w.said.String(), w.serving.errs)
	}
}

// stop stops it as the system does when it shuts down.
func (w *week) stop() {
	w.Helper()
	w.must(w.serving.stop(w.T, syscall.SIGTERM))
	w.said.Write(w.serving.errs.Bytes())
	w.note("ibid serve has ended")
}

// plans are those of the collection.
func (w *week) plans() []ibid.Plan {
	w.Helper()
	plans, err := w.catalog.PlansOf(w.Context(), weekCollection, "", page)
	w.must(err)
	return plans
}

// patience is how long something may take by the real clock.
const patience = time.Minute

// await waits until it is so.
func (w *week) await(what string, so func() bool) {
	w.Helper()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !so(); <-tick.C {
		if time.Now().After(end) {
			w.Fatalf("%s: it did not happen\nplans: %+v", what, w.plans())
		}
	}
}

// settled says whether p is as it will stay until it is due: its last look is over, and has moved the next one.
func (w *week) settled(p ibid.Plan) bool {
	if now := w.clock.now(); p.Unfinished > 0 || !p.At.After(now) {
		return false
	} else if _, moves := w.planner.Replan(p, now); moves {
		return false
	}
	return true
}

// until lets the time pass, with all that is due in it.
func (w *week) until(end time.Time) {
	w.Helper()
	for {
		w.await("looks that are due end", func() bool { return !slices.ContainsFunc(w.plans(), func(p ibid.Plan) bool { return !w.settled(p) }) })
		w.tellLooks()
		next := end
		for _, p := range w.plans() {
			if p.At.Before(next) {
				next = p.At
			}
		}
		w.clock.set(w.T, next)
		if !next.Before(end) {
			return
		}
	}
}

// tellLooks writes into the diary what was recorded since.
func (w *week) tellLooks() {
	w.Helper()
	for _, v := range w.visits() {
		if w.told[v.Job+v.Seed] {
			continue
		}
		w.told[v.Job+v.Seed] = true
		w.note("%s: %s", strings.TrimSuffix(strings.SplitN(v.Seed, "/", 4)[2], "/"), lookWords(v))
	}
}

func lookWords(v ibid.Visit) string {
	words := fmt.Sprintf("%s, %s", v.Verdict, v.Health)
	if v.Attempts > 1 {
		words += fmt.Sprintf(", asked %d times", v.Attempts)
	}
	switch {
	case v.NotModified:
		words += ", not modified"
	case v.Final != nil && v.Final.Revisit:
		words += ", the same as before"
	}
	if v.Reason != "" {
		words += " (" + v.Reason + ")"
	}
	return words
}

// visits are all of the collection's sources, by time.
func (w *week) visits() []ibid.Visit {
	w.Helper()
	var all []ibid.Visit
	for _, p := range w.plans() {
		visits, err := w.catalog.Visits(w.Context(), weekCollection, p.Seed)
		w.must(err)
		all = append(all, visits...)
	}
	slices.SortStableFunc(all, func(a, b ibid.Visit) int { return a.Began.Compare(b.Began) })
	return all
}

// mail waits for the n-th mail.
func (w *week) mail(n int) smtpsink.Message {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	mails := w.sink.Wait(ctx, n)
	if len(mails) != n {
		w.Fatalf("%d mails have come, want %d", len(mails), n)
	}
	return mails[n-1]
}

// ibid runs a command with what the program is configured with, and more.
func (w *week) ibid(more []string, args ...string) string {
	w.Helper()
	var out, errs strings.Builder
	p := program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, environ: append(slices.Clone(w.env), more...), now: w.clock.now}
	code := p.run(w.Context(), append([]string{"--config", "configs/iom-gfmd.yaml", "--collection", weekCollection}, args...))
	if code != ibid.ExitOK {
		w.Errorf("%v ends with %d\n%s%s", args, code, out.String(), errs.String())
	}
	return out.String()
}
