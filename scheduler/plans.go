package scheduler

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
)

// Plans is where Plans are kept. Package schedulertest holds the tests that every implementation must pass.
type Plans interface {
	// Due returns up to n Plans whose At has come by now, the earliest first: those that have a Due and are not
	// paused. It must not look at the others, however many there are.
	Due(ctx context.Context, now time.Time, n int) ([]ibid.Plan, error)
	// Advance takes steps, all of them or, with an error, none, durably, and returns how many it took. A Step is
	// refused, without an error, unless there is a Plan of its key with its Fence. For one that is taken, the
	// Plan's Fence grows by one, its Next becomes the Step's, and its Turns are put on record, where a key and a
	// Due stand once for ever: a Turn whose place is taken is left out. A Turn that is put on record and is a
	// look is handed on as work in the same transaction; it counts as Unfinished until that is over, whether
	// something came of it or it was given up.
	Advance(ctx context.Context, steps []ibid.Step) (taken int, err error)
}
