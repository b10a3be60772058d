package archive

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// TestCycleGoesOn: each part of a cycle begins behind the last, whoever made that, and all is looked at once.
func TestCycleGoesOn(t *testing.T) {
	var ticks atomic.Int64
	w := newTwice(t)
	w.fill(t, 15)
	w.copyAll(t)
	began := testNow.Add(-time.Hour)
	w.o.Now = func() time.Time { return began.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	if h, err := w.History(t.Context(), began); err != nil {
		t.Fatal(err)
	} else if from, last := h.Next(); from != "" || !last.IsZero() {
		t.Fatalf("an archive that was never audited: %q, %v", from, last)
	}
	var parts []Audit
	for {
		h, err := w.History(t.Context(), began) // as after a kill
		if err != nil {
			t.Fatal(err)
		}
		from, last := h.Next()
		if !last.IsZero() {
			break
		}
		audit, err := w.Audit(t.Context(), AuditOptions{From: from, For: 1, Repair: true, Record: true, Share: 0.99}, func(f Finding) { t.Error(f) })
		if err != nil {
			t.Fatal(err)
		}
		if parts = append(parts, audit); len(parts) > 50 {
			t.Fatal("there is no end to it")
		}
	}
	warcs := 0
	for _, a := range parts {
		if a.To == "" || len(a.To) > 5 && a.To[:5] == warcPrefix {
			warcs++
		}
	}
	if warcs < 5 {
		t.Errorf("%d parts: %+v", warcs, parts)
	}
}

func TestHistoryMakesTheLedgerAgain(t *testing.T) {
	const one, two = "warc/c/202603/a-00001.warc.gz", "warc/c/202603/b-00001.warc.gz"
	hour := func(n int) time.Time { return testNow.Add(time.Duration(n) * time.Hour).UTC() }
	audit := func(n int, from, to string, stores, away []string, found ...Finding) Audit {
		return Audit{Began: hour(n), Ended: hour(n), From: from, To: to, Stores: stores, Away: away, Findings: found}
	}
	both := []string{"", "/b"}
	h := &History{}
	h.Add(audit(1, "", "", nil, nil, Finding{Code: CodeChecksum, Key: one}))
	h.Add(audit(2, "", one, both, nil, Finding{Code: CodeLost, Key: beside(one, cdxjSuffix), Copy: "/b"}, Finding{Code: CodeChecksum, Key: one, Repaired: true}))
	h.Add(audit(3, one, "", both, []string{"/b: it is away"}))
	for _, c := range []struct {
		name, id string
		since    time.Time
		want     []ibid.Check
	}{
		{"damaged in the copy", one, hour(0), []ibid.Check{{Object: one, At: hour(2)}, {Object: one, Copy: "/b", At: hour(2), Code: CodeLost}}},
		{"the copy was away", two, hour(0), []ibid.Check{{Object: two, At: hour(3)}}},
		{"stored since", one, hour(3), nil},
	} {
		if got := h.Checks(c.id, c.since); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if from, last := h.Next(); from != "" || !last.Equal(hour(2)) {
		t.Errorf("next: %q, %v", from, last)
	}
}
