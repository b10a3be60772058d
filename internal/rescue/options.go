package rescue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/ibid-archive/ibid"
)

// Budget keeps the pace of the archives for all processes together: a crash must not reset it. Archives are named by
// their ids.
type Budget interface {
	// Take waits for the next turn for a request of that kind, every apart. Its error ends the look-up.
	Take(ctx context.Context, archive, kind string, every time.Duration) error
	// Rest keeps everybody from asking the archive until then.
	Rest(ctx context.Context, archive string, until time.Time, why string) error
	// Resting returns until when the archive rests, and why; a time that has passed, or none: it does not.
	Resting(ctx context.Context, archive string) (until time.Time, why string, err error)
}

// Options are what a Rescuer needs. Zero limits mean the defaults, which are given with each.
type Options struct {
	// Archives are asked in this order where several have the same to offer.
	Archives []Archive
	// Transport makes the requests: what NewTransport returns over the guarded dialer.
	Transport http.RoundTripper
	// UserAgent says who asks, with an address for complaints.
	UserAgent string
	Budget    Budget
	// Judge looks at the content of an answer; nil: nothing is known of it.
	Judge func(context.Context, *Answer) Judgement
	// Migrations are where sites are known to have moved what they hold.
	Migrations []Migration
	// SpoolDir is where bodies lie until the Found is closed; empty: the system's.
	SpoolDir string

	// MaxBody bounds a body in bytes, as sent and decoded (1 GiB).
	MaxBody int64
	// MaxList bounds an answer that is a list, in bytes (32 MiB), and MaxEntries the entries of all answers of one
	// look-up (200,000).
	MaxList    int64
	MaxEntries int
	// MaxPages bounds the answers of one look-up in one archive (5).
	MaxPages int
	// ListTime and BodyTime bound one request for a list (1 min) and for a Memento (10 min), and Idle the time in
	// which no byte comes (30 s).
	ListTime, BodyTime, Idle time.Duration

	Now func() time.Time
	Log *slog.Logger
}

const (
	// maxRedirects bounds the redirects on the way to one Memento.
	maxRedirects = 10
	// maxTries bounds the Mementos that are fetched for one Wanted.
	maxTries = 12
	// patience is how long other archives are waited for when one has something. One that has a capture within near before
	// the date is not waited beyond.
	patience, near = 15 * time.Second, 30 * 24 * time.Hour
	// maxFailures is after how many failures in a row an archive rests, and dormancy for how long.
	maxFailures, dormancy = 3, time.Hour
)

func or[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

func (o Options) withDefaults() Options {
	or(&o.MaxBody, 1<<30)
	or(&o.MaxList, 32<<20)
	or(&o.MaxEntries, 200_000)
	or(&o.MaxPages, 5)
	or(&o.ListTime, time.Minute)
	or(&o.BodyTime, 10*time.Minute)
	or(&o.Idle, 30*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func (o *Options) check() error {
	bad := func(what string, err error) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "ask the archive", URI: what, Err: err}
	}
	if o.Transport == nil || o.Budget == nil {
		return &ibid.Error{Kind: ibid.KindInternal, Op: "make a rescuer", Err: errors.New("the transport or the budget is missing")}
	}
	seen := map[ibid.Origin]bool{}
	for _, a := range o.Archives {
		switch {
		case a.ID == "" || a.ID == ibid.OriginLive || seen[a.ID]:
			return bad(string(a.ID), errors.New("its id is missing, taken, or means the live web"))
		case a.CDX == "" && a.TimeMap == "" && a.TimeGate == "":
			return bad(string(a.ID), errors.New("it has neither cdx nor timemap nor timegate"))
		case a.CDX != "" && a.TimeGate == "":
			return bad(string(a.ID), errors.New("cdx needs timegate: where the captures are"))
		}
		seen[a.ID] = true
		for _, base := range []string{a.CDX, a.TimeMap, a.TimeGate} {
			if u, err := url.Parse(base); base != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
				return bad(string(a.ID), fmt.Errorf("%q is not an http address", base))
			}
		}
	}
	return nil
}

// maxHeader bounds the head of an answer in bytes.
const maxHeader = 256 << 10

// NewTransport returns what suits Options.Transport: no proxy, bytes as sent, bounded heads.
func NewTransport(dial func(ctx context.Context, network, addr string) (net.Conn, error)) *http.Transport {
	return &http.Transport{
		DialContext:            dial,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        15 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}
