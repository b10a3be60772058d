package pipeline

import (
	"context"
	"maps"

	"github.com/ibid-archive/ibid"
)

// Counts are what this process has done since its start.
type Counts struct {
	Visits          map[Result]int64
	Captures, Bytes int64
	// Lost are the Jobs that had to be left to other processes.
	Lost int64
}

// Result is what came of a look.
type Result struct {
	Verdict ibid.Verdict
	Class   ibid.Class
}

// Counts returns what this process has done since its start.
func (p *Pipeline) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.counts
	c.Visits, c.Lost = maps.Clone(c.Visits), p.queue.Lost()
	return c
}

func (p *Pipeline) count(visits []ibid.Visit, captures int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts.Visits == nil {
		p.counts.Visits = map[Result]int64{}
	}
	for i := range visits {
		p.counts.Visits[Result{visits[i].Verdict, visits[i].Class}]++
	}
	p.counts.Captures += int64(captures)
	p.counts.Bytes += bytes
}

// Jobs returns how many Jobs of the queue are in each state.
func (p *Pipeline) Jobs(ctx context.Context) (map[string]int64, error) { return p.queue.Counts(ctx) }
