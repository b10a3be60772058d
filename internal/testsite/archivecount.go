package testsite

import (
	"slices"
	"sync"
	"time"
)

// Asked is one request that an archive got.
type Asked struct {
	// Kind is what was asked for: one of the Asked constants.
	Kind string
	URL  string
	At   time.Time
	// Refused says that it was answered with 429.
	Refused bool
}

// turnstile counts what an archive is asked on one Server, and says when it is too much.
type turnstile struct {
	mu      sync.Mutex
	asked   []Asked
	since   int       // requests answered since the last 429
	until   time.Time // everything before is refused
	command int       // how many more are refused on command
	wait    time.Duration
}

// pass counts a request and returns how long the client has to wait, or 0. Who comes back too early waits anew.
func (t *turnstile) pass(a *archive, q Asked) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := time.Duration(0)
	switch {
	case t.command > 0:
		t.command--
		wait = t.wait
	case a.after > 0 && (t.since >= a.after || q.At.Before(t.until)):
		t.since, t.until = 0, q.At.Add(a.retry)
		wait = a.retry
	default:
		t.since++
	}
	q.Refused = wait > 0
	t.asked = append(t.asked, q)
	return wait
}

func (s *Server) turnstile(a *archive) *turnstile { return s.turnstiles[a.ID] }

// Throttle makes the archive with that ID answer its next n requests with 429 and a Retry-After of wait, in whole seconds.
// It says whether there is such an archive.
func (s *Server) Throttle(archive string, n int, wait time.Duration) bool {
	t := s.turnstiles[archive]
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.command, t.wait = n, wait
	return true
}

// Asked lists what the archive with that ID was asked so far, in the order in which it came. With kinds, only those.
func (s *Server) Asked(archive string, kinds ...string) []Asked {
	t := s.turnstiles[archive]
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.asked), func(q Asked) bool { return len(kinds) > 0 && !slices.Contains(kinds, q.Kind) })
}

// Busiest is the highest number of requests that came within any span of that length, its end not included: a budget
// of N a minute was kept if Busiest(asked, time.Minute) is N or less.
func Busiest(asked []Asked, span time.Duration) int {
	most, first := 0, 0
	for i, q := range asked {
		for q.At.Sub(asked[first].At) >= span {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
