package crawler

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// maxRetryAfter is how long a server may make us wait within a run.
	maxRetryAfter = 30 * time.Second
	// recordedRetryAfter caps what is on record of a Retry-After: 3,000 years are a day.
	recordedRetryAfter = 24 * time.Hour
	// maxTried bounds the attempts on record of one Visit.
	maxTried = 100
)

// fetch asks for r, as often as Options.Tries allow, if robots.txt does. The answer says what came of it, and
// is the caller's to close. An error is fatal to the Crawl.
func (v *visit) fetch(ctx context.Context, r request) (*answer, error) {
	if r.role != ibid.RoleRobots {
		d, err := v.c.robots.decide(ctx, v, r)
		if err != nil {
			return nil, err
		}
		if r.role == ibid.RoleSource {
			v.Robots, v.RobotsDigest = d.word, d.digest
		}
		if d.err != nil {
			return &answer{visit: v, request: r, err: d.err}, nil
		}
	}
	for try := 1; ; try++ {
		a, err := v.once(ctx, r)
		if err != nil {
			return nil, err
		}
		try += max(a.sends-1, 0) // The transport sends again by itself when a connection that was kept fails.
		wait, again := v.c.retry(a, try)
		if r.role == ibid.RoleSource {
			v.Attempts = try
		}
		if r.main && (again || a.sends > 1 || a.class() != "") {
			v.tried(a)
		}
		if !again {
			return a, nil
		}
		a.close()
		if err := v.job.pause(ctx, wait, r.main); err != nil {
			return nil, err
		}
	}
}

// once asks for r once, when the host's turn has come.
func (v *visit) once(ctx context.Context, r request) (*answer, error) {
	a := &answer{visit: v, request: r, cookies: v.cookiesFor(r)}
	a.held = v.held(ctx, a) // before its turn, from which on the next one counts
	leave, err := v.c.gates.enter(ctx, authority(r.uri))
	if err != nil {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	defer leave()
	a.leave = leave
	if a.cookies = v.cookiesFor(r); a.cookies != "" { // some may have come meanwhile
		a.held = nil
	}
	if err := v.c.ask(ctx, a); err != nil {
		a.close()
		return nil, err
	}
	v.keepCookies(a)
	return a, nil
}

// held is what the server may be asked to confirm: not where its answer is read for what it refers to beside the
// source itself, nor where it can depend on the cookies of this Visit.
func (v *visit) held(ctx context.Context, a *answer) *ibid.Capture {
	readOn := a.kind == sheet || a.kind == manifest || a.kind == frame || v.seed.Scope.Depth > 0
	if a.role == ibid.RoleRobots || readOn || a.cookies != "" {
		return nil
	}
	return v.job.sink.Held(ctx, &v.seed, withoutFragment(a.uri), a.role)
}

// retry says whether and when to ask again after a. It notes a server that stays busy.
func (c *Crawler) retry(a *answer, try int) (time.Duration, bool) {
	wait := c.backoff(try)
	if a.err == nil && busy(a.x.Status) {
		asked, given := retryAfter(a.x.Header, c.o.Now())
		if given {
			wait = max(asked, c.backoff(1))
		}
		if try >= c.o.Tries || asked > maxRetryAfter {
			a.notes = slices.Insert(a.notes, 0, ibid.ClassServerBusy)
			return 0, false
		}
		return wait, true
	}
	return wait, try < c.o.Tries && temporary(a)
}

func busy(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// temporary says whether nothing usable came, for a reason that may pass within seconds.
func temporary(a *answer) bool {
	if a.err == nil && a.x.HeadLen > 0 {
		return false
	}
	switch a.class() {
	case ibid.ClassConnectionReset, ibid.ClassDisconnect, ibid.ClassEmptyReply,
		ibid.ClassTimeoutConnect, ibid.ClassTimeoutTLS, ibid.ClassTimeoutHeader, ibid.ClassTimeoutIdle:
		return true
	}
	return false
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3), capped at what is put on record.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := h.Get("Retry-After")
	if value == "" {
		return 0, false
	}
	if s, err := strconv.ParseUint(value, 10, 64); err == nil {
		if s > uint64(recordedRetryAfter/time.Second) {
			return recordedRetryAfter, true
		}
		return time.Duration(s) * time.Second, true //nolint:gosec // at most a day
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), recordedRetryAfter), true
	}
	// 20 digits and more are no date, but they do say "never".
	if len(value) > 19 && isDigits(value) {
		return recordedRetryAfter, true
	}
	return 0, false
}

func isDigits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// tried puts on record what came of an attempt.
func (v *visit) tried(a *answer) {
	if len(v.Tried) >= maxTried {
		return
	}
	t := ibid.Attempt{What: "GET " + a.uri.String(), When: v.c.o.Now().UTC(), Result: string(a.class())}
	if a.x != nil {
		t.When = a.x.Began.UTC()
		t.Result = fmt.Sprintf("%d %s", a.x.Status, a.class())
		if after, ok := retryAfter(a.x.Header, v.c.o.Now()); ok {
			t.Result += fmt.Sprintf(", Retry-After %s", after.Round(time.Second))
		}
	}
	if a.sends > 1 {
		t.Result += fmt.Sprintf(", sent %d times", a.sends)
	}
	v.Tried = append(v.Tried, t)
}
