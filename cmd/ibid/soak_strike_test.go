package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/catalog"
)

// strike has something happen: of ten strikes six kill, three stop, and one leaves nobody who hands on what is due.
func (s *soak) strike(n int) {
	switch n % 10 {
	case 1, 4, 8:
		s.sleep(s.atWork())
	case 6:
		s.blackouts++
		for i := range soakServers {
			s.kill(i)
		}
		<-time.After(blackout)
		for i := range soakServers {
			s.launch(i)
		}
	default:
		i := s.anyAwake()
		s.kill(i)
		s.launch(i)
	}
}

// anyAwake is a process that is not stopped: to kill another one would be to kill it when it was stopped.
func (s *soak) anyAwake() int {
	for {
		if i := s.r.IntN(len(s.running)); time.Now().After(s.awake[i]) {
			return i
		}
	}
}

// atWork is a process that asks the web for something now, or any.
func (s *soak) atWork() int {
	select {
	case i := <-s.asked:
		return i
	case <-time.After(3 * time.Second):
		return s.anyAwake()
	}
}

// kill ends a process without a word to it.
func (s *soak) kill(i int) {
	s.t.Helper()
	p := s.running[i]
	select {
	case err := <-p.ended:
		s.t.Errorf("%s ended by itself: %v\n%s", p.Args[len(p.Args)-1], err, &p.errs)
		return
	default:
	}
	s.kills++
	_ = p.Process.Kill()
	if err := <-p.ended; err == nil {
		s.t.Error("a kill is no good end")
	}
}

// sleep stops a process for longer than its lease.
func (s *soak) sleep(i int) {
	p := s.running[i]
	s.stops++
	_ = p.Process.Signal(syscall.SIGSTOP)
	d := soakLease + soakLease/4 + rand.N(soakLease)
	s.awake[i] = time.Now().Add(d)
	time.AfterFunc(d, func() { _ = p.Process.Signal(syscall.SIGCONT) }) // killed meanwhile, it gets no signal
}

// witness takes note of what the catalogue tells people by now: that must be so for ever.
func (s *soak) witness(c *catalog.Catalog) {
	s.t.Helper()
	maps.Copy(s.seen, visitsIn(s.t, c))
}

func visitsIn(t testing.TB, c *catalog.Catalog) map[soakVisit]string {
	t.Helper()
	rows, err := c.DB().QueryContext(t.Context(), `SELECT collection, run, seed, body FROM visits`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
	visits := map[soakVisit]string{}
	for rows.Next() {
		var v soakVisit
		var body string
		if err := rows.Scan(&v.collection, &v.run, &v.seed, &body); err != nil {
			t.Fatal(err)
		}
		visits[v] = body
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return visits
}

// settle waits until each source was looked at again in peace, ends the schedulers, waits until nothing is under way, and
// ends the workers.
func (s *soak) settle(c *catalog.Catalog) {
	s.t.Helper()
	<-time.After(2*soakLease + soakLease/4) // the last sleeper is awake by then
	peace := time.Now()
	s.until("each source was looked at in peace", func() bool {
		return s.number(c, `SELECT count(*) FROM plans p WHERE NOT EXISTS (SELECT 1 FROM turns t WHERE t.collection = p.collection
			AND t.seed = p.seed AND t.outcome = 'taken' AND t.unfinished = 0 AND t.due > $1)`, peace.UnixMicro()) == 0
	})
	for _, p := range s.running[:soakServers] {
		s.stop(p)
	}
	s.until("all looks are over", func() bool { return s.number(c, `SELECT count(*) FROM turns WHERE unfinished <> 0`) == 0 })
	for _, p := range s.running[soakServers:] {
		s.stop(p)
	}
}

func (s *soak) number(c *catalog.Catalog, query string, args ...any) (n int) {
	s.t.Helper()
	if err := c.DB().QueryRowContext(s.t.Context(), query, args...).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// until waits two minutes at most.
func (s *soak) until(what string, is func() bool) {
	s.t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2 * time.Minute); !is(); <-tick.C {
		if time.Now().After(end) {
			s.t.Errorf("in two minutes it did not come to be that %s", what)
			return
		}
	}
}

// said is what processes logged: how often, and one of the errors that they gave with it.
type said struct {
	times   int
	example string
}

// logged gathers what the processes logged, by level and message. All of them have ended.
func (s *soak) logged() map[string]said {
	all := map[string]said{}
	note := func(what, example string) { all[what] = said{all[what].times + 1, cmp.Or(all[what].example, example)} }
	for _, p := range s.all {
		for lines := bufio.NewScanner(strings.NewReader(p.errs.String())); lines.Scan(); {
			var line struct{ Level, Msg, Error string }
			switch text := lines.Text(); {
			case json.Unmarshal(lines.Bytes(), &line) == nil:
				note(line.Level+" "+line.Msg, line.Error)
				if strings.Contains(line.Error, archive.ErrOvertaken.Error()) {
					note(overtaken, line.Error)
				}
			case strings.HasPrefix(text, "panic") || strings.HasPrefix(text, "fatal error"):
				s.t.Errorf("a process said:\n%s", &p.errs)
			}
		}
	}
	return all
}

const (
	leftToOthers = "INFO a job was left to others"
	overtaken    = "of these, the store refused the next segment"
)

func (s *soak) tell() {
	logged := s.logged()
	s.t.Logf("%d kills, %d stops, %d blackouts of %s; %d jobs left to others, %d by refusal of the store",
		s.kills, s.stops, s.blackouts, blackout, logged[leftToOthers].times, logged[overtaken].times)
	for _, what := range slices.Sorted(maps.Keys(logged)) {
		s.t.Logf("%6d %s: %s", logged[what].times, what, logged[what].example)
	}
	if logged[leftToOthers].times == 0 {
		s.t.Error("nobody who was stopped was fenced off")
	}
}
