package configs

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/ibid-archive/ibid/scheduler"
)

// problem is a value that cannot work, and the key that holds it.
type problem struct {
	key string
	err error
}

func (p *problem) Error() string { return p.key + ": " + p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

// Validate says whether the values can work together, and names the first key that cannot. Load calls it;
// whoever changes a Config afterwards, by a flag, calls it again. What an item of network.allow or
// network.connect_to must look like is for the dialer to say.
func (c Config) Validate() error {
	if p := c.problem(); p != nil {
		return wrong("as given", p)
	}
	return nil
}

func (c Config) problem() *problem {
	for _, check := range []struct {
		key string
		err error
	}{
		{"store", storeProblem(c.Store)},
		{"s3.endpoint", endpointProblem(c.S3.Endpoint)},
		{"s3.region", oneLine(c.S3.Region)},
		{"verify.every", c.Verify.problem()},
		{"verify.rate", between(c.Verify.Rate, 0, 1<<50)},
		{"catalog", catalogProblem(c.Catalog)},
		{"signing.key", oneLine(c.Signing.Key)},
		{"s3.object_lock.days", between(c.S3.ObjectLock.Days, 1, maxLockDays)},
		{"custody.timestamp.url", baseProblem(c.Custody.Timestamp.URL)},
		{"network.contact", oneLine(c.Network.Contact)},
		{"network.ports", portsProblem(c.Network.Ports)},
		{"network.resolver", resolverProblem(c.Network.Resolver)},
		{"network.timeout.connect", moreThanNothing(c.Network.Timeout.Connect)},
		{"network.timeout.tls", moreThanNothing(c.Network.Timeout.TLS)},
		{"network.timeout.header", moreThanNothing(c.Network.Timeout.Header)},
		{"network.timeout.idle", moreThanNothing(c.Network.Timeout.Idle)},
		{"network.timeout.total", moreThanNothing(c.Network.Timeout.Total)},
		{"network.max_header", atLeast(c.Network.MaxHeader, 1<<10)},
		{"network.max_body", atLeast(c.Network.MaxBody, 1)},
		{"network.max_decoded", atLeast(c.Network.MaxDecoded, 1)},
		{"network.max_redirects", between(c.Network.MaxRedirects, 0, 1000)},
		{"network.tries", between(c.Network.Tries, 1, 100)},
		{"crawl.concurrency", between(c.Crawl.Concurrency, 1, 10_000)},
		{"crawl.per_host.parallelism", between(c.Crawl.PerHost.Parallelism, 1, 1000)},
		{"crawl.depth", between(c.Crawl.Depth, 0, 100)},
		{"crawl.max_pages", between(c.Crawl.MaxPages, 1, 1_000_000)},
		{"spool.max", atLeast(c.Spool.Max, 1<<20)},
		{"spool.memory", between(c.Spool.Memory, 0, 1<<30)},
		{"health.strikes", between(c.Health.Strikes, 1, 100)},
		{"push.endpoint", baseProblem(c.Push.Endpoint)},
		{"server.auth", c.Server.authProblem()},
		{"schedule", scheduler.Check(c.Schedule)},
		{"timezone", zoneProblem(c.Timezone)},
		{"scheduler.jitter", between(c.Scheduler.Jitter, 0, Duration(30*time.Minute))},
		{"scheduler.adaptive.factor", between(c.Scheduler.Adaptive.Factor, 1, 16)},
		{"scheduler.adaptive.min", atLeast(c.Scheduler.Adaptive.Min, Duration(time.Hour))},
		{"scheduler.adaptive.max", atLeast(c.Scheduler.Adaptive.Max, c.Scheduler.Adaptive.Min)},
		{"server.listen", listenProblem(c.Server.Listen)},
		{"server.replay_listen", c.Server.replayProblem()},
		{"server.url", originProblem(c.Server.URL)},
		{"server.trusted_proxies", c.Server.proxiesProblem()},
		{"server.replay_url", originProblem(c.Server.ReplayURL)},
		{"server.replay_assets", c.Server.assetsProblem()},
	} {
		if check.err != nil {
			return &problem{check.key, check.err}
		}
	}
	if p := c.copiesProblem(); p != nil {
		return p
	}
	if p := c.Rescue.problem(); p != nil {
		return p
	}
	if p := collectionsProblem(c.Collections); p != nil {
		return p
	}
	return c.Notify.problem()
}

// maxLockDays is a century: a slip of the finger cannot be taken back.
const maxLockDays = 36525

func storeProblem(store string) error {
	bucket, _, isBucket := BucketOf(store)
	switch {
	case store == "":
		return errors.New("it is empty: name a directory, or a bucket as s3://BUCKET/PREFIX")
	case isBucket && bucket == "":
		return fmt.Errorf("%q names no bucket: s3://BUCKET or s3://BUCKET/PREFIX does", store)
	case !isBucket && strings.Contains(store, "://"):
		return fmt.Errorf("%q is neither a directory nor a bucket: name a directory, or a bucket as s3://BUCKET/PREFIX", store)
	}
	return oneLine(store)
}

func (s Server) authProblem() error {
	if s.Auth == AuthNone && !IsLoopback(s.Listen) {
		return fmt.Errorf("without tokens only this machine is listened to, and server.listen is %q: 127.0.0.1:8470 would do", s.Listen)
	}
	return nil
}

// IsLoopback says whether HOST:PORT is an address that only this machine reaches. A name is none: it can mean another
// address tomorrow.
func IsLoopback(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().Unmap().IsLoopback()
}

func endpointProblem(endpoint string) error {
	if strings.Contains(endpoint, "/") {
		return fmt.Errorf("%q is not HOST or HOST:PORT; whether by HTTPS says s3.secure", endpoint)
	}
	return oneLine(endpoint)
}

func catalogProblem(catalog string) error {
	path, sqlite := strings.CutPrefix(catalog, "sqlite:")
	postgres := strings.HasPrefix(catalog, "postgres://") || strings.HasPrefix(catalog, "postgresql://")
	if catalog != "" && !postgres && (!sqlite || path == "") {
		return errors.New("it is not of the form sqlite:PATH or postgres://USER@HOST/DATABASE")
	}
	return oneLine(catalog)
}

// oneLine refuses what would split a header, a log line or a path: contact goes into every request.
func oneLine(s string) error {
	if strings.ContainsAny(s, "\r\n\x00") {
		return errors.New("it must be one line of text")
	}
	return nil
}

func portsProblem(ports []int) error {
	for _, p := range ports {
		if p < 1 || p > 65535 {
			return fmt.Errorf("%d is not a port: they go from 1 to 65535", p)
		}
	}
	return nil
}

func resolverProblem(resolver string) error {
	if resolver == "" {
		return nil
	}
	if _, err := netip.ParseAddrPort(resolver); err != nil {
		return fmt.Errorf("%q is not ADDRESS:PORT, as in \"192.0.2.53:53\"", resolver)
	}
	return nil
}

func zoneProblem(name string) error {
	_, err := scheduler.Zone(name)
	return err
}

func moreThanNothing(d Duration) error {
	if d <= 0 {
		return errors.New("it must be more than 0: waiting has to end")
	}
	return nil
}

func atLeast[T Size | Duration](s, least T) error {
	if s < least {
		return fmt.Errorf("it is %v and must be at least %v", s, least)
	}
	return nil
}

func between[T int | Size | Duration](v, low, high T) error {
	if v < low || v > high {
		return fmt.Errorf("it is %v and must be from %v to %v", v, low, high)
	}
	return nil
}
