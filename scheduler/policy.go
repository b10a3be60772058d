package scheduler

import (
	"fmt"
	"time"
)

// Policy is how due times are dealt with, the same for all Seeds.
type Policy struct {
	// Jitter bounds how long after its due time a look is handed on. How long it is for one due time of one Seed
	// never changes, and it is less than half of the way to the next due time. 0: not at all.
	Jitter time.Duration
	// CatchUp is what becomes of due times for which nobody was there.
	CatchUp CatchUp
	// Overlap is what becomes of a due time that comes before the look before it is over.
	Overlap Overlap
	Adapt   Adapt
}

// CatchUp is what becomes of due times for which nobody was there: the machine slept, or was off.
type CatchUp string

// The values of CatchUp; the empty one is CatchUpOnce.
const (
	// CatchUpOnce looks once, for the last of them. The others are on record as missed.
	CatchUpOnce CatchUp = "once"
	// CatchUpNone waits for the next due time. All of them are on record as missed.
	CatchUpNone CatchUp = "none"
)

// UnmarshalText sets c to one of its values, and fails on any other text.
func (c *CatchUp) UnmarshalText(text []byte) error {
	switch v := CatchUp(text); v {
	case CatchUpOnce, CatchUpNone:
		*c = v
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q", text, CatchUpOnce, CatchUpNone)
	}
}

// Overlap is what becomes of a due time that comes before the look before it is over.
type Overlap string

// The values of Overlap; the empty one is OverlapSkip.
const (
	// OverlapSkip leaves it out; it is on record as missed.
	OverlapSkip Overlap = "skip"
	// OverlapQueue hands it on, to be looked at when the one before is over. At most one waits so; more are
	// left out.
	OverlapQueue Overlap = "queue"
)

// UnmarshalText sets o to one of its values, and fails on any other text.
func (o *Overlap) UnmarshalText(text []byte) error {
	switch v := Overlap(text); v {
	case OverlapSkip, OverlapQueue:
		*o = v
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q", text, OverlapSkip, OverlapQueue)
	}
}

// most is how many looks at one Seed may be unfinished when another is handed on.
func (o Overlap) most() int {
	if o == OverlapQueue {
		return 1
	}
	return 0
}

// Adapt bounds how much sooner or later than its schedule a Seed is looked at. The zero value changes nothing.
type Adapt struct {
	// Factor is how many looks may be made for one of the schedule, and for how many of the schedule one may be
	// made. Below 2 nothing is changed.
	Factor int
	// Min is the least time between two looks that are sooner than the schedule says; Max is the most between
	// two that are later.
	Min, Max time.Duration
}
