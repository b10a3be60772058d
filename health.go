package ibid

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
