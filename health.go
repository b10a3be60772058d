package ibid

import "time"

// Health is what the live web last said of a Seed.
type Health string

// The Healths.
const (
	HealthLive        Health = "live"
	HealthMoved       Health = "moved"
	HealthDrifted     Health = "drifted"
	HealthSoft404     Health = "soft404"
	HealthGone        Health = "gone"
	HealthParked      Health = "parked"
	HealthBlocked     Health = "blocked"
	HealthUnreachable Health = "unreachable"
	HealthUnknown     Health = "unknown"
)

// Settled says whether h tells how a source is. A source that keeps us out, or that could not be reached, may be
// as it was before: such a look is no news.
func (h Health) Settled() bool {
	switch h {
	case HealthLive, HealthMoved, HealthDrifted, HealthSoft404, HealthGone, HealthParked:
		return true
	default:
		return false
	}
}

// Dead says whether h tells that a reader who follows the citation finds nothing of the source. Only looks on
// several days make that final.
func (h Health) Dead() bool {
	switch h {
	case HealthGone, HealthSoft404, HealthParked, HealthUnreachable:
		return true
	default:
		return false
	}
}

// Evidence is one thing that was seen and that speaks for a Health.
type Evidence struct {
	// Rule is the stable name of what was looked at: "status", "phrase", "sibling". Stores hold these words.
	Rule string `json:"rule"`
	// For is the Health that it speaks for.
	For Health `json:"for"`
	// Text says what was seen in one line that a person understands, with its words or figures.
	Text string `json:"text"`
}

// Drift is how far a source is from what it was.
type Drift struct {
	// Score is 0 for the same text and 1 for another one altogether.
	Score float64 `json:"score"`
	// Since is when the version was captured that it was compared with, and With the id of its record.
	Since time.Time `json:"since"`
	With  string    `json:"with"`
	// Origin is where that version came from.
	Origin Origin `json:"origin"`
	// Title and Language are what was said there where it is not what is said now: "before -> now".
	Title    string `json:"title,omitempty"`
	Language string `json:"language,omitempty"`
}

// Outcome is what became of a Reference.
type Outcome string

// The Outcomes.
const (
	OutcomeCaptured  Outcome = "captured"
	OutcomeRescued   Outcome = "rescued"
	OutcomeSucceeded Outcome = "succeeded"
	// OutcomeLost: the source is gone and no archive asked has it.
	OutcomeLost     Outcome = "lost"
	OutcomeExcluded Outcome = "excluded"
	// OutcomeFailed: we could not find out; it is tried again later.
	OutcomeFailed  Outcome = "failed"
	OutcomePending Outcome = "pending"
)

// Fared is how a Seed fared at one look at it: a part of a [Visit].
type Fared struct {
	Seed   string    `json:"seed"`
	Began  time.Time `json:"began"`
	Health Health    `json:"health"`
}

// HealthMoment is how many Seeds fared how at a time. Told counts those of which the web told something: Rotten of them led to nothing of
// the source, Drifted to something else. Untold could not be told.
type HealthMoment struct {
	When                          time.Time
	Told, Rotten, Drifted, Untold int
}

// Add counts one Seed.
func (m *HealthMoment) Add(h Health, n int) {
	switch {
	case h.Dead():
		m.Rotten += n
	case h == HealthDrifted:
		m.Drifted += n
	case !h.Settled():
		m.Untold += n
		return
	}
	m.Told += n
}
