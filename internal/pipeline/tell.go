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
func (p *Pipeline) eventsOf(ctx context.Context, collection string, visits []ibid.Visit, known past) ([]ibid.Event, error) {
	var events []ibid.Event
	c := p.o.Catalog
	for i := range visits {
		v := &visits[i]
		final := v.Health == ibid.HealthUnreachable && v.Strikes == p.o.Strikes.Strikes
		if v.Kind == ibid.VisitWorks || v.Kind == ibid.VisitPush || v.Kind == ibid.VisitRescue && v.Final == nil || !v.Health.Settled() && !final && v.Kind != ibid.VisitRescue || known.seen != nil && !known.seen[v.Seed] && v.Health == ibid.HealthLive {
			continue
		}
		before, err := p.settledBefore(ctx, collection, v, known)
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

// settledBefore is the last look before v that told how the source is; nil: there is none.
func (p *Pipeline) settledBefore(ctx context.Context, collection string, v *ibid.Visit, known past) (*ibid.Visit, error) {
	if last, asked := known.last[v.Seed]; asked && (last == nil || last.Health.Settled() && last.Began.Before(v.Began)) {
		return last, nil
	}
	return p.o.Catalog.SettledBefore(ctx, collection, v.Seed, v.Began)
}

func (p *Pipeline) told() {
	if p.o.Told != nil {
		p.o.Told()
	}
}
