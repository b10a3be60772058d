package notify

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
)

// Outbox keeps Events until every Channel had them. Events are added where they come from, in the transaction
// that makes them true; one whose ID is there already is left out. Package notifytest holds the tests that
// every implementation must pass. It may be used by many at once, in many processes.
type Outbox interface {
	// Begin makes these the Channels that there are. An Event is for the Channels that there were when it was
	// added: a new one is not told old news. What waits for a Channel that is no more is forgotten.
	Begin(ctx context.Context, channels []string) error
	// Take returns up to n Deliveries to that Channel that are due by now, those due first first, and those due
	// at the same time in the order in which they were added. What is returned becomes due again at until: nobody
	// else takes it before, and it is not lost should the taker die. An unknown Channel has none.
	Take(ctx context.Context, channel string, now, until time.Time, n int) ([]ibid.Delivery, error)
	// Settle records what became of Deliveries to that Channel, all of them or, with an error, none. A result of
	// what is not, or no longer, to be delivered makes no difference.
	Settle(ctx context.Context, channel string, results []ibid.DeliveryResult) error
	// Recent returns the last n Events, the latest first: those of that Collection, or all for an empty one.
	Recent(ctx context.Context, collection string, n int) ([]ibid.Event, error)
}
