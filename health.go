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
