package main

import (
	"encoding/json"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// objects reads the JSON Lines of a command.
func objects[T any](w *week, out string) []T {
	w.Helper()
	var all []T
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			w.Fatalf("%v: %s", err, line)
		}
		all = append(all, v)
	}
	return all
}

// toldOf is what the commands say of the archive alone, without what lies in the catalogue only.
func (w *week) toldOf(env ...string) (told string) {
	w.Helper()
	told = w.ibid(env, "report", "--format", "json") + w.ibid(env, "report", "--format", "csv") + w.ibid(env, "report")
	for _, uri := range []string{weekIOM, weekFMMD, weekManila, weekForum, weekForum + "forum/"} {
		told += w.ibid(env, "--json", "lookup", uri) + w.ibid(env, "lookup", uri)
	}
	return told
}

// checkLookups holds what is held of each address against what the web has answered there: the same answers at the same
// times, no more and no less.
func (w *week) checkLookups() {
	w.Helper()
	for _, uri := range []string{weekIOM, weekFMMD, weekManila, weekForum, weekForum + "forum/"} {
		held := objects[mementoLine](w, w.ibid(nil, "--json", "lookup", uri))
		held = slices.DeleteFunc(held, func(m mementoLine) bool { return m.URI != uri })
		slices.SortFunc(held, func(a, b mementoLine) int { return a.Timestamp.Compare(b.Timestamp) })
		seen, last := w.web.seen(uri), ""
		if len(held) != len(seen) {
			w.Errorf("%s: it has answered %d times, and %d answers are held", uri, len(seen), len(held))
			continue
		}
		for i, m := range held {
			s := seen[i]
			again := s.status == 304 || s.body == last
			if s.status != 304 {
				last = s.body
			}
			if d := s.at.Sub(m.Timestamp); d < -2*time.Second || d > 2*time.Second {
				w.Errorf("%s: it has answered at %v, and %v is held", uri, s.at, m.Timestamp)
			}
			if s.status != 304 && m.Status != s.status || s.status == 304 && !m.Revisit || again != m.Revisit && !w.before(held[:i], m) {
				w.Errorf("%s: it has answered %d, and is held as %+v", uri, s.status, m)
			}
		}
	}
}

// before says whether the content of m was held at another time already.
func (w *week) before(held []mementoLine, m mementoLine) bool {
	return slices.ContainsFunc(held, func(h mementoLine) bool { return h.Digest == m.Digest })
}

// checkTurns holds what became of due times against the looks that there were: all in time but what came due while
// nothing ran.
func (w *week) checkTurns() {
	w.Helper()
	for seed, want := range map[string]map[ibid.TurnOutcome]int{
		weekIOM:    {ibid.TurnTaken: 2, ibid.TurnCaughtUp: 1},
		weekFMMD:   {ibid.TurnTaken: 3},
		weekManila: {ibid.TurnTaken: 11, ibid.TurnCaughtUp: 1, ibid.TurnMissedDowntime: 1},
		weekForum:  {ibid.TurnTaken: 3},
	} {
		turns, err := w.catalog.Turns(w.Context(), ibid.PlanKey{Collection: weekCollection, Seed: seed}, page)
		w.must(err)
		got, looks := map[ibid.TurnOutcome]int{}, 0
		for _, t := range turns {
			if got[t.Outcome] += t.Count; t.Outcome.Look() {
				looks++
			}
		}
		visits, err := w.catalog.Visits(w.Context(), weekCollection, seed)
		w.must(err)
		if len(visits) != looks {
			w.Errorf("%s: %d looks were handed on, %d are recorded", seed, looks, len(visits))
		}
		for _, o := range []ibid.TurnOutcome{ibid.TurnTaken, ibid.TurnCaughtUp, ibid.TurnMissedDowntime, ibid.TurnMissedOverlap} {
			if got[o] != want[o] {
				w.Errorf("%s: %d due times are %q, want %d", seed, got[o], o, want[o])
			}
		}
	}
}

// minutes is the form of due times here; all are UTC.
const minutes = "2006-01-02 15:04"

// planIs is what `ibid schedule list` is to say of a source.
type planIs struct {
	last, next string // due times, to the minute: those counted from the start of the week depend on its second
	outcome    ibid.TurnOutcome
	health     ibid.Health
	schedule   string
	reason     string // part of it
	missed     int
}

func (w *week) checkPlans(want map[string]planIs) {
	w.Helper()
	lines := objects[planLine](w, w.ibid(nil, "--json", "schedule", "list"))
	if len(lines) != 4 {
		w.Errorf("%d sources have a schedule: %+v", len(lines), lines)
	}
	for _, l := range lines {
		is, asked := want[l.URI]
		if !asked {
			continue
		}
		if l.Next == nil || l.Last == nil {
			w.Errorf("%s: %+v", l.URI, l)
			continue
		}
		got := planIs{
			l.Last.Due.Format(minutes), l.Next.Format(minutes), l.Last.Outcome, l.Last.Health, l.Schedule + " " + l.Timezone,
			is.reason, l.Last.Missed,
		}
		if got != is || !strings.Contains(l.Reason, is.reason) || is.reason == "" && l.Reason != "" {
			w.Errorf("%s:\n%+v (%s), want\n%+v", l.URI, got, l.Reason, is)
		}
	}
}

// referenceIs is what `ibid report` is to say of a source.
type referenceIs struct {
	outcome  ibid.Outcome
	health   ibid.Health
	captured string // the day of the memento
}

func (w *week) checkReport(want map[string]referenceIs) {
	w.Helper()
	reports := objects[pipeline.DocumentReport](w, w.ibid(nil, "report", "--format", "json"))
	if len(reports) != 1 || reports[0].Document.Source != "configs/iom-gfmd.md" || reports[0].Summary.Captured != len(want) {
		w.Fatalf("reports: %+v", reports)
	}
	got := map[string]referenceIs{}
	for _, r := range reports[0].References {
		if r.URI != "" && r.Memento != nil {
			got[r.URI] = referenceIs{r.Outcome, r.Health, r.Memento.Timestamp.Format(time.DateOnly)}
		}
	}
	for uri, is := range want {
		if got[uri] != is {
			w.Errorf("%s: %+v, want %+v", uri, got[uri], is)
		}
	}
}

// checkVerified holds what was verified to be whole, and as much as captures are in the catalogue.
func (w *week) checkVerified(env ...string) {
	w.Helper()
	audit := objects[archive.Audit](w, w.ibid(env, "--json", "verify"))[0]
	if len(audit.Findings) != 0 || audit.Documents != 1 || audit.Captures == 0 || !audit.Ended.Before(w.clock.now().Add(time.Second)) || audit.Ended.Month() != time.March {
		w.Errorf("verified: %+v", audit)
	}
}

// checkMail holds a mail to its subject, its day and what its text says.
func (w *week) checkMail(n int, subject, day string, says ...string) {
	w.Helper()
	m := w.mail(n)
	letter, err := mail.ReadMessage(strings.NewReader(string(m.Data)))
	w.must(err)
	got, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
	w.must(err)
	if !strings.HasPrefix(got, subject) || !strings.HasPrefix(letter.Header.Get("Date"), day) || !slices.Equal(m.To, []string{"desk@example.org"}) {
		w.Errorf("mail %d: %q of %q to %q, want %q of %q", n, got, letter.Header.Get("Date"), m.To, subject, day)
	}
	w.note("a mail has come: %s", got)
	text := strings.ReplaceAll(string(m.Data), "=\r\n", "")
	for _, s := range says {
		if !strings.Contains(text, s) {
			w.Errorf("mail %d does not say %q:\n%s", n, s, m.Data)
		}
	}
}
