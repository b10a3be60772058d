package testsite

import (
	"maps"
	"strings"
	"sync"
)

// Served is what a Server has been asked so far.
type Served struct {
	// Requests counts by URL, as it was asked for: "http://www.iom.int/jahia".
	Requests map[string]int
	// Peak is the highest number of requests of one host that were answered at the same time, by the
	// Host header of the request.
	Peak map[string]int
}

// Total is the number of all requests.
func (s Served) Total() int {
	n := 0
	for _, count := range s.Requests {
		n += count
	}
	return n
}

type counters struct {
	mu     *sync.Mutex
	open   *sync.WaitGroup
	served Served
	now    map[string]int
}

func newCounters() counters {
	return counters{
		mu: &sync.Mutex{}, open: &sync.WaitGroup{}, now: map[string]int{},
		served: Served{Requests: map[string]int{}, Peak: map[string]int{}},
	}
}

// begin counts a request; the function it returns is called when the request is answered.
func (c counters) begin(scheme, host, target string) func() {
	host = strings.ToLower(host)
	c.open.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served.Requests[scheme+"://"+host+target]++
	c.now[host]++
	c.served.Peak[host] = max(c.served.Peak[host], c.now[host])
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now[host]--
		c.open.Done()
	}
}

// wait returns when every request that was begun is answered.
func (c counters) wait() { c.open.Wait() }

// Served returns a copy of the counts.
func (s *Server) Served() Served {
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	return Served{Requests: maps.Clone(s.counters.served.Requests), Peak: maps.Clone(s.counters.served.Peak)}
}
