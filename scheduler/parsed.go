package scheduler

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// mostParsed bounds how many schedules are kept parsed. A million Seeds share a few.
const mostParsed = 4096

// parsed keeps the schedules that were parsed before.
type parsed struct {
	zone func(name string) (*time.Location, error)

	mu  sync.Mutex
	all map[rule]*Schedule
	// lost are the zones for which an offset stands in since newlyLost was last called.
	lost []string
}

// rule is what the parsing of a schedule depends on.
type rule struct {
	schedule, zone string
	// lost is set when the zone is not known any more, and offset is then used in its place.
	lost   bool
	offset int
}

// schedule returns the schedule of p. When its zone is not known any more, the offset that it last had stands
// in for it, and note says so.
func (c *parsed) schedule(p ibid.Plan) (s *Schedule, note string, err error) {
	name, expression := splitZone(p.Schedule, p.Zone)
	r := rule{schedule: expression, zone: name}
	if s := c.find(r); s != nil {
		return s, "", nil
	}
	location, err := c.zone(name)
	if err != nil {
		r.lost, r.offset = true, p.Offset
		note = fmt.Sprintf("the time zone %.80q is not known any more: times are taken as %s, which it last was", name, distance(p.Offset))
		if s := c.find(r); s != nil {
			return s, note, nil
		}
		location = time.FixedZone(distance(p.Offset), p.Offset)
	}
	if s, err = parseIn(expression, location); err != nil {
		return nil, "", err
	}
	c.keep(r, s)
	return s, note, nil
}

func (c *parsed) find(r rule) *Schedule {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[r]
}

func (c *parsed) keep(r rule, s *Schedule) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= mostParsed {
		c.all = make(map[rule]*Schedule)
	}
	c.all[r] = s
	if r.lost && !slices.Contains(c.lost, r.zone) {
		c.lost = append(c.lost, r.zone)
	}
}

func (c *parsed) newlyLost() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lost := c.lost
	c.lost = nil
	return lost
}
