package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/scheduler"
)

// judge holds schedules, record of due times, catalogue and store against each other.
func (s *soak) judge(c *catalog.Catalog) {
	s.t.Helper()
	s.tell()
	s.judgeTurns(c)
	s.judgeLooks(c)
	s.judgeStore(c)
	s.judgeReindex(c)
}

// judgeTurns looks whether each time of each schedule is on record: as a look, or as missed, by itself or in a row. A
// source whose content stays the same may have up to three in four left out, as scheduler.adaptive says.
func (s *soak) judgeTurns(c *catalog.Catalog) {
	t := s.t
	t.Helper()
	named, left, outcomes := 0, 0, map[ibid.TurnOutcome]int{}
	for collection, seeds := range s.seeds {
		for _, seed := range seeds {
			key := ibid.PlanKey{Collection: collection, Seed: seed}
			plan, err := c.Plan(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			turns, err := c.Turns(t.Context(), key, 1_000_000)
			if err != nil || len(turns) == 0 {
				t.Fatalf("%s: %d due times on record, %v", seed, len(turns), err)
			}
			slices.Reverse(turns)
			for _, turn := range turns {
				outcomes[turn.Outcome] += turn.Count
			}
			n, out := s.judgePlan(plan, turns)
			named, left = named+n, left+out
		}
	}
	t.Logf("schedules name %d due times, of which %d were left out for want of changes; on record: %v", named, left, outcomes)
}

// judgePlan returns how many times the schedule names from the first one on record to before the next one, and how many of
// these neither ran nor are on record.
func (s *soak) judgePlan(plan ibid.Plan, turns []ibid.Turn) (named, left int) {
	t := s.t
	t.Helper()
	schedule, err := scheduler.Parse(plan.Schedule, plan.Zone)
	if err != nil {
		t.Fatal(err)
	}
	most := 0 // times in a row that may be left out
	if strings.Contains(plan.Seed, "/still/") || strings.Contains(plan.Seed, "/dead/") {
		most = 3
	}
	row := 0 // how many in a row were left out
	for i, due := 0, turns[0].Due; due.Before(plan.Due); named, due = named+1, schedule.Next(due) {
		for i < len(turns) && turns[i].Until.Before(due) {
			i++
		}
		switch {
		case i < len(turns) && !turns[i].Due.After(due):
			row = 0
		case row < most:
			row, left = row+1, left+1
		default:
			t.Errorf("%s: %s was due, and neither ran nor is on record\n%s", plan.Seed, due.Format(time.TimeOnly), around(turns, i))
		}
	}
	recorded := turns[0].Count
	for _, turn := range turns[1:] {
		recorded += turn.Count
		if !schedule.Next(turn.Due.Add(-time.Second)).Equal(turn.Due) && plan.Schedule[0] != '@' {
			t.Errorf("%s ran at %s, which no schedule names (%s)", plan.Seed, turn.Due, turn.Outcome)
		}
	}
	if most == 0 && recorded != named {
		t.Errorf("%s: the schedule names %d due times, and %d are on record", plan.Seed, named, recorded)
	}
	return named, left
}

// around is what stands on record before and after a place.
func around(turns []ibid.Turn, i int) string {
	var b strings.Builder
	for _, turn := range turns[max(i-3, 0):min(i+3, len(turns))] {
		fmt.Fprintf(&b, "  %s to %s: %d %s, decided %s\n", turn.Due.Format(time.TimeOnly), turn.Until.Format(time.TimeOnly), turn.Count, turn.Outcome,
			turn.At.Format("15:04:05.000"))
	}
	return b.String()
}

// judgeLooks looks whether each due time that was handed on has one place in one run, and one Visit there; and one that
// was missed has none.
func (s *soak) judgeLooks(c *catalog.Catalog) {
	s.t.Helper()
	const looks = ` FROM turns t WHERE outcome IN ('taken', 'caught-up')`
	const places = `(SELECT count(*) FROM run_seeds r WHERE r.seed = t.seed AND r.due = t.due)`
	const visits = `(SELECT count(*) FROM run_seeds r JOIN visits v ON v.run = r.run AND v.seed = r.seed
		WHERE r.seed = t.seed AND r.due = t.due AND r.done = 1 AND v.collection = t.collection)`
	ran, made := s.number(c, `SELECT count(*)`+looks), s.number(c, `SELECT count(*) FROM visits`)
	if n := s.number(c, `SELECT count(*)`+looks+` AND (`+places+` <> 1 OR `+visits+` <> 1)`); n > 0 || made != ran {
		s.t.Errorf("of %d due times that were handed on %d did not run exactly once; there are %d visits", ran, n, made)
	}
	if n := s.number(c, `SELECT count(*) FROM turns t WHERE outcome NOT IN ('taken', 'caught-up') AND `+places+` <> 0`); n > 0 {
		s.t.Errorf("%d due times are on record as missed, and ran", n)
	}
	now := visitsIn(s.t, c)
	for v, body := range s.seen {
		if now[v] != body {
			s.t.Errorf("the catalogue had this visit, and has another one or none now: %v", v)
		}
	}
}

// judgeStore looks whether the WARC files have each Visit of the catalogue once, with one record, and no other.
func (s *soak) judgeStore(c *catalog.Catalog) {
	t := s.t
	t.Helper()
	if out, errs, code := runProgram(t, "--store", s.store, "--catalog", s.dsn, "verify"); code != ibid.ExitOK {
		t.Errorf("verify ends with %d\n%s%s", code, out, errs)
	}
	if names, err := filepath.Glob(filepath.Join(s.store, "spool", "*")); err != nil || len(names) > 0 {
		t.Errorf("left in the spool: %q, %v", names, err)
	}
	runs := map[string]map[string]int{}
	for v := range visitsIn(t, c) {
		if runs[v.seed] == nil {
			runs[v.seed] = map[string]int{}
		}
		runs[v.seed][v.run] = 0
	}
	records, visits := 0, 0
	for uri, h := range heldIn(t, s.store) {
		records, visits = records+h.records, visits+len(h.visits)
		if h.records != len(h.visits) {
			t.Errorf("%s has %d records of %d visits", uri, h.records, len(h.visits))
		}
		for _, run := range h.visits {
			if _, known := runs[uri][run]; !known {
				t.Errorf("the store has a visit of %s in run %s, and the catalogue has not", uri, run)
			}
			runs[uri][run]++
		}
	}
	for uri, of := range runs {
		for run, n := range of {
			if n != 1 {
				t.Errorf("the store has %d visits of %s in run %s", n, uri, run)
			}
		}
	}
	captures := s.number(c, `SELECT count(*) FROM captures`)
	if captures != records {
		t.Errorf("%d records in the store, %d captures in the catalogue", records, captures)
	}
	t.Logf("%d visits and %d records in the store, %d captures in the catalogue", visits, records, captures)
}

// judgeReindex makes another catalogue from the store alone.
func (s *soak) judgeReindex(c *catalog.Catalog) {
	t := s.t
	t.Helper()
	dsn := catalogtest.Postgres(t).New(t)
	out, errs, code := runProgram(t, "--store", s.store, "--catalog", dsn, "reindex")
	if code != ibid.ExitOK {
		t.Errorf("reindex ends with %d\n%s%s", code, out, errs)
	}
	made, err := catalog.Open(t.Context(), dsn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close() //nolint:errcheck // a test
	visits := visitsIn(t, made)
	for v := range visitsIn(t, c) {
		if _, ok := visits[v]; !ok {
			t.Errorf("reindex does not find the visit %v", v)
		}
	}
	for _, name := range soakCollections {
		before, err := c.Counts(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		after, err := made.Counts(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if before.Visits != after.Visits || before.Captures != after.Captures || before.Revisits != after.Revisits || before.Bytes != after.Bytes {
			t.Errorf("%s: the catalogue has %+v, made from the store it has %+v", name, before, after)
		}
	}
	t.Log(strings.TrimSpace(out))
}
