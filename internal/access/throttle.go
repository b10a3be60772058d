package access

import (
	"net/netip"
	"sync"
	"time"
)

// A token cannot be guessed; whoever tries keeps the catalogue busy and fills the log. The first few tries cost nothing, since
// people mistake themselves; then each that fails has to wait twice as long as the one before.
const (
	freeTries = 5
	firstWait = time.Second
	mostWait  = 15 * time.Minute
	// maxTriers bounds those that are remembered.
	maxTriers = 10_000
)

// throttle counts failed tries of somebody: of an address with one token, so that nobody else waits for it.
type throttle struct {
	now func() time.Time

	mu    sync.Mutex
	tries map[string]tried
}

type tried struct {
	n     int
	until time.Time
}

// wait is how long who has to wait before the next try.
func (t *throttle) wait(who string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, t.tries[who].until.Sub(t.now()))
}

// failed counts a try that failed, and returns how long to wait after it.
func (t *throttle) failed(who string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	of := t.tries[who]
	if now.Sub(of.until) > mostWait {
		of.n = 0 // it was long ago
	}
	of.n++
	wait := time.Duration(0)
	if over := of.n - freeTries; over > 0 {
		wait = min(firstWait<<min(over-1, 16), mostWait)
	}
	of.until = now.Add(wait)
	if _, known := t.tries[who]; !known && len(t.tries) >= maxTriers {
		t.forget(now)
	}
	t.tries[who] = of
	return wait
}

// forget makes room: for whom there is nothing to wait for any more or, if all wait, for anyone.
func (t *throttle) forget(now time.Time) {
	for who, of := range t.tries {
		if now.Sub(of.until) > mostWait {
			delete(t.tries, who)
		}
	}
	for who := range t.tries {
		if len(t.tries) < maxTriers {
			return
		}
		delete(t.tries, who)
	}
}

// network is what of an address one party has: an IPv4 address, or a /64 of IPv6.
func network(a netip.Addr) string {
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// TooMany is found in the error for a token that is not looked at, after too many that did not count.
type TooMany struct{ wait time.Duration }

// RetryAfter is how long to wait.
func (e *TooMany) RetryAfter() time.Duration { return e.wait }

// Error says how long to wait.
func (e *TooMany) Error() string {
	return "too many tokens did not count; try again in " + e.wait.Round(time.Second).String()
}
