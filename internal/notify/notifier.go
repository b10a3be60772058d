package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// pollEvery is how soon an Event is noticed that another process added, without a bell here.
	pollEvery = 15 * time.Second
	// batch is how many Deliveries are taken at once: how much one digest says.
	batch = 500
	// lease is how long what was taken is nobody else's. Each Channel is done with a batch well before.
	lease = 10 * time.Minute
	// lastWords bounds what is recorded after the order to stop.
	lastWords = 2 * time.Second
)

// Channel is one way to tell people.
type Channel interface {
	// Name is unique, and stays the same for as long as the Channel is to be the same.
	Name() string
	// Deliver tells what is wanted of ds and returns a result for each. It ends with ctx, and within half of the
	// time for which ds were taken; what it did not come to waits.
	Deliver(ctx context.Context, ds []ibid.Delivery) []ibid.DeliveryResult
}

// Options are what a Notifier needs.
type Options struct {
	Outbox   Outbox
	Channels []Channel
	// Now is the clock on the wall: by default time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Notifier hands what is in the Outbox to the Channels.
type Notifier struct {
	o     Options
	bells []chan struct{} // one a Channel; each holds one: ringing twice before it is heard is ringing once
}

// Open returns a Notifier whose Channels are known to the Outbox: Events that are added from then on are for them.
// Two Channels of one name are a KindInput error.
func Open(ctx context.Context, o Options) (*Notifier, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	n := &Notifier{o: o}
	var names []string
	known := map[string]bool{}
	for _, c := range o.Channels {
		name := c.Name()
		if known[name] {
			return nil, &ibid.Error{Kind: ibid.KindInput, Op: "notify", URI: name, Err: errors.New("two channels have this name")}
		}
		known[name] = true
		names = append(names, name)
		n.bells = append(n.bells, make(chan struct{}, 1))
	}
	if err := o.Outbox.Begin(ctx, names); err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	return n, nil
}

// Wake says that there may be something new in the Outbox. It does not wait.
func (n *Notifier) Wake() {
	for _, bell := range n.bells {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// Run delivers until ctx ends, and returns nil then. What fails is tried again: an Outbox that cannot be reached
// does not end it.
func (n *Notifier) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for i, c := range n.o.Channels {
		wg.Go(func() { n.serve(ctx, c, n.bells[i]) })
	}
	wg.Wait()
	return nil
}

// serve delivers to one Channel until ctx ends.
func (n *Notifier) serve(ctx context.Context, c Channel, bell <-chan struct{}) {
	var due time.Time // the next that is known of
	for ctx.Err() == nil {
		next, err := n.round(ctx, c)
		if err != nil && ctx.Err() == nil {
			n.o.Log.WarnContext(ctx, "notifications wait", "channel", c.Name(), "error", err)
		}
		now, wait := n.o.Now(), pollEvery
		if !due.After(now) || !next.IsZero() && next.Before(due) {
			due = next
		}
		if !due.IsZero() {
			wait = min(wait, max(0, due.Sub(now)))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-bell:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// round takes one batch, delivers it and records what became of it. It returns when the first of them is due again,
// or zero.
func (n *Notifier) round(ctx context.Context, c Channel) (next time.Time, err error) {
	now := n.o.Now()
	ds, err := n.o.Outbox.Take(ctx, c.Name(), now, now.Add(lease), batch)
	if err != nil || len(ds) == 0 {
		return next, err
	}
	results := c.Deliver(ctx, ds)
	n.say(ctx, c.Name(), results)
	if err := n.settle(ctx, c.Name(), results, now.Add(lease)); err != nil {
		return next, err
	}
	if len(ds) == batch {
		return now, nil // there may be more
	}
	for _, r := range results {
		if !r.Next.IsZero() && (next.IsZero() || r.Next.Before(next)) {
			next = r.Next
		}
	}
	return next, nil
}

// settle records results, trying again until what was taken is due again: what is not recorded as delivered is
// delivered twice. The order to stop leaves time for one last try.
func (n *Notifier) settle(ctx context.Context, channel string, results []ibid.DeliveryResult, until time.Time) error {
	for {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		err := n.o.Outbox.Settle(last, channel, results)
		cancel()
		if err == nil || n.o.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(lastWords):
		}
	}
}

// say logs what did not work, each reason once: all of a digest have the same.
func (n *Notifier) say(ctx context.Context, channel string, results []ibid.DeliveryResult) {
	type reason struct {
		err  string
		over bool
	}
	events := map[reason][]ibid.DeliveryResult{}
	for _, r := range results {
		if r.Err != "" {
			why := reason{r.Err, r.Next.IsZero()}
			events[why] = append(events[why], r)
		}
	}
	for why, rs := range events {
		log := n.o.Log.With("channel", channel, "events", len(rs), "first", rs[0].ID, "error", why.err)
		if why.over {
			log.ErrorContext(ctx, "notifications were given up")
		} else {
			log.WarnContext(ctx, "notifications were not delivered", "again", rs[0].Next.UTC().Format(time.RFC3339))
		}
	}
}
