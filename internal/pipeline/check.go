package pipeline

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/queue"
)

// CheckReport is how one source fares.
type CheckReport struct {
	URI      string          `json:"uri"`
	Health   ibid.Health     `json:"health"`
	Reason   string          `json:"reason,omitempty"`
	Evidence []ibid.Evidence `json:"evidence,omitempty"`
	Checked  time.Time       `json:"checked,omitzero"`
	Strikes  int             `json:"strikes"`
	GivenUp  bool            `json:"given_up"`
	Drift    *ibid.Drift     `json:"drift,omitempty"`
	Tried    []ibid.Attempt  `json:"tried,omitempty"`
}

// checkBatch is how many Seeds are listed at once.
const checkBatch = 1000

// Check asks the live web how sources fare, all that the Collection knows when none is named, and says it. Nothing is
// captured; that they were looked at counts.
func (p *Pipeline) Check(ctx context.Context, collection string, uris []string, w Watch) ([]CheckReport, error) {
	seeds := make([]ibid.Seed, 0, len(uris))
	for _, u := range uris {
		seeds = append(seeds, ibid.Seed{URI: u})
	}
	if len(uris) == 0 {
		var err error
		if seeds, err = p.allSeeds(ctx, collection); err != nil {
			return nil, err
		}
	}
	seeds = p.unique(seeds)
	if err := p.runSeeds(ctx, queue.Check, collection, "check", seeds, w); err != nil {
		return nil, err
	}
	out := make([]CheckReport, 0, len(seeds))
	for _, s := range seeds {
		r := CheckReport{URI: s.URI, Health: ibid.HealthUnknown}
		v, err := p.o.Catalog.LastLook(ctx, collection, s.URI)
		if err != nil {
			return nil, err
		}
		if v != nil {
			r.Health, r.Reason, r.Evidence, r.Checked = v.Health, v.Reason, v.Evidence, v.Began
			r.Strikes, r.GivenUp, r.Drift, r.Tried = v.Strikes, v.GivenUp, v.Drift, v.Tried
		}
		out = append(out, r)
	}
	return out, nil
}

func (p *Pipeline) allSeeds(ctx context.Context, collection string) (all []ibid.Seed, err error) {
	for after := ""; ; {
		batch, err := p.o.Catalog.SeedsOf(ctx, collection, after, checkBatch)
		if err != nil {
			return nil, err
		}
		for _, s := range batch {
			all = append(all, ibid.Seed{URI: s.URI})
		}
		if len(batch) < checkBatch {
			return all, nil
		}
		after = batch[len(batch)-1].URI
	}
}
