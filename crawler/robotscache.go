package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	robotsTTL   = 24 * time.Hour  // RFC 9309, 2.4
	robotsRetry = 5 * time.Minute // when it could not be read
	robotsTime  = 30 * time.Second
	robotsHops  = 5 // RFC 9309, 2.3.1.2
	// maxRobots bounds how many hosts' rules are kept in memory.
	maxRobots = 10_000
)

// robotsCache knows what the robots.txt of each host says: asked once, by one Visit while others wait.
type robotsCache struct {
	mu    sync.Mutex
	hosts map[string]*robotsEntry
	now   func() time.Time
}

type robotsEntry struct {
	turn   chan struct{} // who has its one place may look and ask
	now    func() time.Time
	rules  *robots // nil: unreachable, for the reason err
	err    error
	digest ibid.Digest
	until  time.Time
}

// decision is what a robots.txt means for one address. err is nil when it may be fetched.
type decision struct {
	word   string
	digest ibid.Digest
	err    error
}

// decide asks the robots.txt of the host of r. An error is fatal to the Crawl.
func (rc *robotsCache) decide(ctx context.Context, v *visit, r request) (decision, error) {
	if v.c.o.IgnoreRobots {
		return decision{word: "ignored"}, nil
	}
	e := rc.entry(r.uri.Scheme + "://" + r.uri.Host)
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return decision{}, context.Cause(ctx)
	}
	defer func() { <-e.turn }()
	if !v.c.o.Now().Before(e.until) {
		if err := e.ask(ctx, v, r); err != nil {
			return decision{}, err
		}
	}
	path := r.uri.EscapedPath()
	if r.uri.RawQuery != "" {
		path += "?" + r.uri.RawQuery
	}
	switch {
	case e.rules == nil:
		return decision{"unreachable", e.digest, e.err}, nil
	case !e.rules.allows(path):
		return decision{"denied", e.digest, &ibid.Error{
			Kind: ibid.KindPolicy, Op: "fetch", URI: r.uri.String(), Class: ibid.ClassRobotsDenied,
			Err: errors.New("the site's robots.txt does not allow it"),
		}}, nil
	}
	// Each time anew: the gates forget a host that nobody asked for a while.
	v.c.gates.slower(authority(r.uri), e.rules.delay)
	return decision{word: "allowed", digest: e.digest}, nil
}

func (rc *robotsCache) entry(host string) *robotsEntry {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if rc.hosts == nil || len(rc.hosts) >= maxRobots {
		// Those who hold entries of the old map go on with them.
		rc.hosts = map[string]*robotsEntry{}
	}
	e := rc.hosts[host]
	if e == nil {
		e = &robotsEntry{turn: make(chan struct{}, 1), now: rc.now}
		rc.hosts[host] = e
	}
	return e
}

// ask fetches the file, over redirects, and keeps what it says.
func (e *robotsEntry) ask(ctx context.Context, v *visit, r request) error {
	next := request{uri: &url.URL{Scheme: r.uri.Scheme, Host: r.uri.Host, Path: "/robots.txt"}, role: ibid.RoleRobots, main: r.main}
	for range robotsHops + 1 {
		a, err := v.fetch(ctx, next)
		if err != nil {
			return err
		}
		to := ""
		if a.err == nil {
			to = a.location()
		}
		target, bad := v.c.address(next.uri, to)
		if to == "" || bad != nil {
			e.judge(v.c, a, r.uri)
			a.close()
			return nil
		}
		a.close()
		next.via, next.uri = next.uri.String(), target
	}
	e.keep(&robots{}, nil, robotsTTL) // Too many hops: as if there were none (RFC 9309, 2.3.1.2).
	return nil
}

// judge says what the last answer means: a file, none (4xx), or "not now" (5xx, 429, nothing readable).
func (e *robotsEntry) judge(c *Crawler, a *answer, host *url.URL) {
	e.digest = ""
	if a.x != nil && a.x.Status == http.StatusOK {
		e.digest = a.x.PayloadDigest
	}
	switch {
	case a.err != nil && (a.sends == 0 || a.class() == ibid.ClassTLSHandshake):
		e.keep(nil, a.err, robotsRetry) // No connection: the page itself would fare no better.
	case a.err != nil || a.x.Status == 0:
		e.keep(nil, unreachable(host, reason(a.class())), robotsRetry)
	case a.x.Status >= 500 || a.x.Status == http.StatusTooManyRequests:
		why := fmt.Sprintf("its robots.txt answers %d, which means: not now", a.x.Status)
		e.keep(nil, unreachable(host, why), robotsRetry)
	case a.x.Status >= 200 && a.x.Status < 300:
		file := make([]byte, min(a.body.body.Size(), robotsLimit))
		n, err := a.body.body.ReadAt(file, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			e.keep(nil, unreachable(host, "its robots.txt could not be read"), robotsRetry)
			return
		}
		rules := parseRobots(file[:n], c.o.Product)
		e.keep(rules, nil, robotsTTL)
	default:
		e.keep(&robots{}, nil, robotsTTL)
	}
}

func (e *robotsEntry) keep(rules *robots, err error, ttl time.Duration) {
	e.rules, e.err, e.until = rules, err, e.now().Add(ttl)
}

func unreachable(host *url.URL, why string) error {
	return &ibid.Error{Kind: ibid.KindNetwork, Op: "fetch from", URI: host.Host, Class: ibid.ClassRobotsUnreachable, Err: errors.New(why)}
}
