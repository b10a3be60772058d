package server

import (
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
)

// holdingRow is what an archive holds of an address, ours or another, on a line of time that all of them share.
type holdingRow struct {
	ibid.Holding
	Own bool
	// X is where its bar begins, Width how wide it is, of 100. Both are empty where nothing is held.
	X, Width string
}

// holdingsOf are what other archives said to hold and, if any are given, our own Captures, which are by time.
func holdingsOf(s State, own ...[]Captured) (rows []holdingRow) {
	for _, captures := range own {
		if n := len(captures); n > 0 && len(s.Holdings) > 0 {
			rows = append(rows, holdingRow{Own: true, Holding: ibid.Holding{Mementos: n, First: captures[0].Timestamp, Last: captures[n-1].Timestamp}})
		}
	}
	for _, h := range s.Holdings {
		rows = append(rows, holdingRow{Holding: h})
	}
	var from, to time.Time
	held := 0
	for _, r := range rows {
		if r.Mementos == 0 {
			continue
		}
		held++
		if from.IsZero() || r.First.Before(from) {
			from = r.First
		}
		if r.Last.After(to) {
			to = r.Last
		}
	}
	if whole := to.Sub(from); whole > 0 && held > 1 {
		for i := range rows {
			if r := &rows[i]; r.Mementos > 0 {
				// A single capture is seen, too.
				first, wide := r.First.Sub(from), max(r.Last.Sub(r.First), whole/100)
				r.X, r.Width = portion(min(first, whole-wide), whole), portion(wide, whole)
			}
		}
	}
	return rows
}

// portion is how much of whole a time is, for a drawing 100 wide.
func portion(of, whole time.Duration) string {
	return strconv.FormatFloat(100*float64(of)/float64(whole), 'f', 2, 64)
}
