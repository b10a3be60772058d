package pipeline

import (
	"context"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/notify"
)

// maxCiting bounds how many of the Documents that cite a source an Event names.
const maxCiting = 20

// eventsOf are what people are told of Visits. It is asked before the transaction that records them, and looks up only
// what can be news: of a source that is there at the first look, nothing is.
func (p *Pipeline) eventsOf(ctx context.Context, collection string, visits []ibid.Visit, seen map[string]bool) ([]ibid.Event, error) {
	var events []ibid.Event
	c := p.o.Catalog
	for i := range visits {
		v := &visits[i]
		final := v.Health == ibid.HealthUnreachable && v.Strikes == p.o.Strikes.Strikes
		if v.Kind == ibid.VisitWorks || v.Kind == ibid.VisitPush || v.Kind == ibid.VisitRescue && v.Final == nil || !v.Health.Settled() && !final && v.Kind != ibid.VisitRescue || seen != nil && !seen[v.Seed] && v.Health == ibid.HealthLive {
			continue
		}
		before, err := c.SettledBefore(ctx, collection, v.Seed, v.Began)
		if err != nil {
			return nil, err
		}
		look := notify.Look{Collection: collection, Before: before, Now: *v, Strikes: p.o.Strikes.Strikes}
		if len(look.Events()) == 0 {
			continue
		}
		if look.Documents, err = c.Citing(ctx, collection, v.Seed, maxCiting); err != nil {
			return nil, err
		}
		events = append(events, look.Events()...)
	}
	return events, nil
}

func (p *Pipeline) told() {
	if p.o.Told != nil {
		p.o.Told()
	}
}
