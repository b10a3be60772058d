package ibid

import "time"

// PlanKey names a Plan: a Collection, and a Seed of it by its URI.
type PlanKey struct {
	Collection, Seed string
}

// Plan says when a Seed is looked at next, and what that follows from. There is at most one for each PlanKey.
type Plan struct {
	PlanKey
	// Schedule and Zone are the rule as configured, of whichever level is nearest to the Seed: wall time, and
	// the name of the time zone in which it is meant.
	Schedule, Zone string
	Next
	// Fence is a number that grows with each Step. A Step that names another one comes too late, and is refused.
	Fence int64
	// Paused says that nothing is due until somebody resumes it.
	Paused bool
	// Held is when the last pause ended: due times up to it were left out on purpose. Zero: never paused.
	Held time.Time
	// Unfinished counts the Turns that were handed on and are not over, well or badly.
	Unfinished int
	// Facts are what is known of the Seed by now.
	Facts Facts
}

// Next is the next due time of a Plan. All times are UTC.
type Next struct {
	// Grid is the last time of the schedule from which Due was counted, at or before the last look; for a new
	// Plan, when it was made.
	Grid time.Time
	// Due is the due time: together with the PlanKey it names one look, for ever. Zero: none is to come.
	Due time.Time
	// At is when it is handed on: Due and a little more, so that not all come at once.
	At time.Time
	// Offset is that of the zone at Due, in seconds east of Greenwich: what to go by should the zone be gone
	// one day.
	Offset int
	// Reason is why Due is sooner or later than the schedule alone would have it, or what is wrong with the
	// schedule, in one line a person understands. Empty: there is nothing to say.
	Reason string
}

// Step moves one Plan on.
type Step struct {
	PlanKey
	// Fence is that of the Plan from which the Step was made.
	Fence int64
	// Turns are the due times that have passed, in their order; none if only Next changes.
	Turns []Turn
	Next  Next
}

// Turn is one due time of a Plan, or a row of them, and what became of it.
type Turn struct {
	Outcome TurnOutcome
	// Due is the due time, or the first of the row, and Until the last of it.
	Due, Until time.Time
	// Count is how many due times these are; of a very long row, how many there are at least.
	Count int
	// At is when it was decided.
	At time.Time
}

// TurnOutcome says what became of a due time. Stores hold these words: the list only grows.
type TurnOutcome string

// The TurnOutcomes.
const (
	// TurnTaken: a look was handed on in time.
	TurnTaken TurnOutcome = "taken"
	// TurnCaughtUp: a look was handed on late, for the last of the due times that nobody was there for.
	TurnCaughtUp TurnOutcome = "caught-up"
	// TurnMissedDowntime: nobody was there at the time, or the machine slept.
	TurnMissedDowntime TurnOutcome = "missed-downtime"
	// TurnMissedOverlap: the look before was not over.
	TurnMissedOverlap TurnOutcome = "missed-overlap"
	// TurnMissedPaused: the Plan was paused.
	TurnMissedPaused TurnOutcome = "missed-paused"
	// TurnMissedUnreadable: the schedule could not be read any more.
	TurnMissedUnreadable TurnOutcome = "missed-unreadable"
)

// Look says whether the Turn is a look that was handed on; the others are on record only.
func (o TurnOutcome) Look() bool {
	return o == TurnTaken || o == TurnCaughtUp
}

// Facts are what is known of a Seed that bears on how often to look at it. The zero value knows nothing.
type Facts struct {
	// Failing counts the last looks that all found the Seed dead, or could not find out.
	Failing int
	// Unchanged counts the last looks that all brought the same content as the one before.
	Unchanged int
	// Changes counts, of the last Looks looks, those that brought other content than the one before.
	Looks, Changes int
	// CertificateEnds is when the certificate of its host ends to be valid. Zero: not known, or there is none.
	CertificateEnds time.Time
	// Elsewhere is whether another archive holds a Memento of it.
	Elsewhere Elsewhere
}

// Elsewhere is whether other web archives hold a Seed.
type Elsewhere string

// The values of Elsewhere. The empty one is: nobody has asked yet.
const (
	ElsewhereHeld Elsewhere = "held"
	ElsewhereNone Elsewhere = "none"
)
