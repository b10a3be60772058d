package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestLineOfTime(t *testing.T) {
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for _, tt := range []struct {
		name   string
		points []Point
		want   string
	}{
		{"nothing", nil, "0 0 0 []"},
		{"one", []Point{{At: day(0), Capture: true, Change: ChangeFirst}}, "1 1 0 [{capture 50.00}]"},
		{"all kinds, in no order", []Point{
			{At: day(100), Capture: true, Change: ChangeOther}, {At: day(0), Capture: true, Rescued: true}, {At: day(50)}, {At: day(75), Capture: true, Change: ChangeSame},
		}, "4 3 1 [{changed 100.00} {rescue 0.00} {check 50.00} {capture 75.33}]"},
		{"many at one place", []Point{{At: day(0)}, {At: day(0)}, {At: day(0).Add(time.Second)}, {At: day(365)}}, "4 0 0 [{check 0.00} {check 100.00}]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLine(tt.points)
			if got := fmt.Sprint(l.Looks, l.Captures, l.Changes, l.Marks); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	var many []Point
	for i := range 100_000 {
		many = append(many, Point{At: now.Add(time.Duration(i) * time.Hour)})
	}
	if l := newLine(many); len(l.Marks) != lineSteps+1 {
		t.Errorf("%d marks", len(l.Marks))
	}
}

func TestFormsFitThePage(t *testing.T) {
	long := Form{File: "long", Text: strings.Repeat("<", formsBudget)}
	shown := shownForms([]Form{{File: "a", Text: "short"}, long, {File: "b", Text: "short"}})
	if len(shown) != 3 || !shown[0].Shown || shown[1].Shown || !shown[2].Shown {
		t.Errorf("%v", shown)
	}
	small := Forms{COinS: []string{"a=b"}, Tags: []Tag{{"citation_title", "x"}}}
	if got := small.forPrograms(); len(got.COinS) != 1 || len(got.Tags) != 1 {
		t.Errorf("%+v", got)
	}
	small.COinS = append(small.COinS, strings.Repeat("a", tagsBudget))
	if got := small.forPrograms(); len(got.COinS)+len(got.Tags) != 0 {
		t.Errorf("half of it: %d, %d", len(got.COinS), len(got.Tags))
	}
}

func TestBarsOfHoldings(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	two := []ibid.Holding{{Archive: "a", Mementos: 3, First: year(2000), Last: year(2010)}, {Archive: "b", Problem: "away"}, {Archive: "c", Mementos: 1, First: year(2020), Last: year(2020)}}
	bars := func(rows []holdingRow) (out []string) {
		for _, r := range rows {
			out = append(out, fmt.Sprint(r.Archive, r.Own, " ", r.X, "+", r.Width))
		}
		return out
	}
	own := []Captured{{Capture: ibid.Capture{Timestamp: year(2005)}}, {Capture: ibid.Capture{Timestamp: year(2015)}}}
	for _, tt := range []struct {
		name string
		rows []holdingRow
		want string
	}{
		{"others", holdingsOf(State{Holdings: two}), "[afalse 0.00+50.01 bfalse + cfalse 99.00+1.00]"},
		{"and ours", holdingsOf(State{Holdings: two}, own), "[true 25.01+49.99 afalse 0.00+50.01 bfalse + cfalse 99.00+1.00]"},
		{"nobody was asked", holdingsOf(State{}, own), "[]"},
		{"one alone", holdingsOf(State{Holdings: two[:1]}), "[afalse +]"},
	} {
		if got := fmt.Sprint(bars(tt.rows)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestPartsOfComparisons(t *testing.T) {
	row := TextRow{Left: []TextPiece{{strings.Repeat("é", 1000), false}, {strings.Repeat("<", 1000), true}}, Right: []TextPiece{{"x", true}}}
	var rows []TextRow
	for range 40 {
		rows = append(rows, row)
	}
	parts := partsOf(rows)
	total := 0
	for _, p := range parts {
		total += len(p)
		for _, r := range p {
			if n := len([]rune(r.Left[0].Text + r.Left[1].Text)); n != maxSide+1 || !strings.HasSuffix(r.Left[1].Text, "…") {
				t.Fatalf("a side of %d characters", n)
			}
		}
	}
	if total != 40 || len(parts) < 10 {
		t.Errorf("%d rows in %d parts", total, len(parts))
	}
	if parts := partsOf(nil); parts != nil {
		t.Errorf("%v", parts)
	}
}

func TestChoicesAreThoseAroundTheChosen(t *testing.T) {
	var all []Captured
	for i := range 300 {
		all = append(all, Captured{Capture: ibid.Capture{Timestamp: now.Add(time.Duration(i) * 500 * time.Millisecond)}})
	}
	for _, at := range []int{0, 1, 150, 299} {
		list := choicesOf(all, all[at])
		chosen := 0
		for _, c := range list {
			if c.Chosen {
				chosen++
				if c.Stamp != ibid.Timestamp14(all[at].Timestamp) {
					t.Errorf("%d: %s is chosen", at, c.Stamp)
				}
			}
		}
		if chosen != 1 || len(list) > maxChoices || len(list) < maxChoices/2 {
			t.Errorf("%d: %d chosen of %d", at, chosen, len(list))
		}
	}
	if list := choicesOf(nil, Captured{}); len(list) != 0 {
		t.Errorf("%v", list)
	}
}
