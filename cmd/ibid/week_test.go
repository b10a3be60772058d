package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// What the collection of configs/iom-gfmd.yaml looks at.
const (
	weekIOM    = "http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866"
	weekFMMD   = "http://www.gfmd-fmmd.org/"
	weekManila = "http://gfmd2008.org/"
	weekForum  = "https://www.gfmd.org/"
)

// TestAWeek runs `ibid serve` with the shipped example for a week, and holds what the commands tell afterwards against
// what the web and the mail server saw. It is the week in which clocks are turned forward in Europe.
func TestAWeek(t *testing.T) {
	server := os.Getenv("IBID_TEST_MINIO")
	if server == "" {
		t.Skip("needs a MinIO: `make services` starts one and says where it is (IBID_TEST_MINIO)")
	}
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.March, day, hour, minute, 0, 0, time.UTC)
	}
	w := newWeek(t, server, at(23, 8, 0))

	w.web.answer(weekIOM, weekPage{status: http.StatusNotFound})
	w.web.answer(weekFMMD, weekPage{status: http.StatusOK, etag: `"brussels-1"`, title: "Brussels 2007", say: "Papers", styleSheet: "/themes/forum/layout.css"})
	manila := weekPage{status: http.StatusOK, title: "Manila 2008", say: "Papers", styleSheet: "/images/favicon.ico"}
	w.web.answer(weekManila, manila)
	w.web.answer(weekForum, weekPage{status: http.StatusOK, etag: `"forum-1"`, title: "Global Forum", say: "Welcome", styleSheet: "/themes/forum/css/base.css"})
	w.start()
	w.until(at(24, 6, 0)) // seven o'clock in Zurich
	w.checkMail(1, "Ibid: 1 gone", "Tue, 24 Mar 2026 06:", weekIOM+" was gone at the first look", "23 Mar 08:0")

	w.until(at(24, 12, 0))
	w.note("gfmd2008.org begins to fail")
	w.web.answer(weekManila, weekPage{status: http.StatusServiceUnavailable})
	w.until(at(25, 12, 0))
	w.note("gfmd-fmmd.org has a new page")
	w.web.answer(weekFMMD, weekPage{status: http.StatusOK, etag: `"brussels-2"`, title: "Brussels 2007", say: "Papers and minutes", styleSheet: "/themes/forum/layout.css"})
	w.until(at(26, 12, 0))
	w.note("gfmd2008.org and the page of iom.int are back")
	w.web.answer(weekIOM, weekPage{status: http.StatusOK, title: "Regional consultative processes", say: "Summary report", styleSheet: "/jahia/css/print.css"})
	w.web.answer(weekManila, manila)

	w.until(at(27, 6, 50))
	w.stop()
	w.clock.set(t, at(27, 19, 20))
	w.start()
	w.until(at(27, 20, 0))
	w.checkPlans(map[string]planIs{
		weekIOM:    {"2026-03-27 15:00", "2026-03-31 22:00", ibid.TurnCaughtUp, ibid.HealthLive, "@monthly Europe/Zurich", "", 0},
		weekManila: {"2026-03-27 19:00", "2026-03-28 19:00", ibid.TurnCaughtUp, ibid.HealthLive, "0 3 * * * Asia/Manila", "as scheduled: a year stands in its name, 2008; it was the same at the last 4 looks", 1},
	})
	w.until(at(28, 6, 0))
	w.checkMail(2, "Ibid: 1 back", "Sat, 28 Mar 2026 06:", weekIOM+" is there again", "27 Mar 19:2")

	w.until(at(28, 15, 0))
	w.outage(weekManila, at(28, 21, 0))

	w.note("gfmd.org moves to /forum/")
	w.web.answer(weekForum, weekPage{status: http.StatusMovedPermanently, to: "/forum/"})
	w.web.answer(weekForum+"forum/", weekPage{status: http.StatusOK, etag: `"forum-2"`, title: "Global Forum", say: "Welcome to the Forum", styleSheet: "/themes/forum/css/base.css"})
	w.until(at(29, 5, 0)) // seven o'clock in Zurich, in summer
	w.checkMail(3, "Ibid: 1 moved", "Sun, 29 Mar 2026 05:", weekForum+" moved to "+weekForum+"forum/")
	w.until(at(29, 12, 0))
	w.note("gfmd2008.org is given up")
	w.web.answer(weekManila, weekPage{status: http.StatusGone})
	w.until(at(30, 5, 0))
	w.checkMail(4, "Ibid: 1 gone", "Mon, 30 Mar 2026 05:", weekManila+" is gone: the site answers 410 Gone")
	w.until(at(30, 8, 0))
	w.stop()

	w.checkTold()
	w.show()
}

// checkTold holds what is told of the week against it, and what a catalogue that was made again tells against that.
func (w *week) checkTold() {
	w.Helper()
	w.checkLookups()
	w.checkTurns()
	w.checkPlans(map[string]planIs{
		weekIOM:    {"2026-03-27 15:00", "2026-03-31 22:00", ibid.TurnCaughtUp, ibid.HealthLive, "@monthly Europe/Zurich", "", 0},
		weekFMMD:   {"2026-03-30 04:00", "2026-04-02 04:00", ibid.TurnTaken, ibid.HealthLive, "0 6 * * mon,thu Europe/Brussels", "", 0},
		weekManila: {"2026-03-30 07:00", "2026-03-30 19:00", ibid.TurnTaken, ibid.HealthGone, "0 3 * * * Asia/Manila", "sooner, 2 looks in each interval: it failed at the last 2 looks", 0},
		weekForum:  {"2026-03-29 01:00", "2026-04-01 12:45", ibid.TurnTaken, ibid.HealthMoved, "30 2 * * 0 Europe/Zurich", "its certificate ends on 2026-04-04", 0},
	})
	w.checkReport(map[string]referenceIs{
		weekIOM:    {ibid.OutcomeCaptured, ibid.HealthLive, "2026-03-27"},
		weekFMMD:   {ibid.OutcomeCaptured, ibid.HealthLive, "2026-03-30"},
		weekManila: {ibid.OutcomeCaptured, ibid.HealthGone, "2026-03-28"}, // kept before it was given up
	})
	w.checkVerified()
	before := w.toldOf()
	again := "IBID_CATALOG=sqlite:" + filepath.Join(w.dir, "again.db")
	w.note("%s", w.ibid([]string{again}, "reindex"))
	if after := w.toldOf(again); after != before {
		w.Errorf("after reindex is told\n%s\nand before\n%s", after, before)
	}
	w.checkVerified(again)
}

// show prints what an administrator would read.
func (w *week) show() {
	w.Helper()
	w.Log("what it said:\n" + w.said.String())
	for _, args := range [][]string{{"schedule", "list"}, {"report"}, {"verify"}, {"lookup", weekManila}} {
		w.Logf("ibid %s\n%s", strings.Join(args, " "), w.ibid(nil, args...))
	}
	for _, m := range w.sink.Messages() {
		w.Logf("\n%s", m.Data)
	}
}

// outage cuts the bucket off until a time, while a look at that source is due.
func (w *week) outage(seed string, end time.Time) {
	w.Helper()
	w.must(w.bucket.Down())
	w.note("the bucket cannot be reached")
	before := len(w.web.seen(seed))
	due := end
	for _, p := range w.plans() {
		if p.At.Before(due) {
			due = p.At
		}
	}
	w.clock.set(w.T, due)
	w.await("the source is asked while the bucket is away", func() bool { return len(w.web.seen(seed)) > before })
	w.note("%s was asked, and what it said waits", seed)
	if got := w.serving.get(w.T, "/readyz"); !strings.HasPrefix(got, "not ready: ") {
		w.Errorf("while the bucket is away, readyz says %q", got)
	}
	for _, l := range objects[planLine](w, w.ibid(nil, "--json", "schedule", "list")) {
		if l.Running != (l.URI == seed) {
			w.Errorf("while the bucket is away, the list says %+v", l)
		}
	}
	visits, err := w.catalog.Visits(w.Context(), weekCollection, seed)
	w.must(err)
	if last := visits[len(visits)-1]; !last.Began.Before(due.Add(-time.Hour)) {
		w.Errorf("it is reported before it is in the bucket: %+v", last)
	}
	w.clock.set(w.T, end)
	w.must(w.bucket.Up())
	w.note("the bucket is back")
	w.until(end)
}
