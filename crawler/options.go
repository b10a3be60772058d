package crawler

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/ibid-archive/ibid"
)

// Sink takes each Exchange as it ends. The Blocks of x are valid until Write returns. An error is a
// failure of our own storage: it ends the Crawl. The calls of one Crawl come one at a time.
type Sink interface {
	Write(ctx context.Context, x *ibid.Exchange) (ibid.Capture, error)
	// Held returns the Capture of an address that the server may be asked to confirm instead of sending it again, by
	// its validators (RFC 9110, 13); nil: there is none. It is safe for concurrent use.
	Held(ctx context.Context, seed *ibid.Seed, uri string, role ibid.Role) *ibid.Capture
}

// Page is the last answer of a Seed, as Options.Describe gets it.
type Page struct {
	URI string
	// Seed is the URI of the Seed that it is the last answer of.
	Seed   string
	Status int
	Header http.Header
	// Asked is when it was asked for.
	Asked time.Time
	// MediaType is the declared one; what is not declared is sniffed (WHATWG MIME Sniffing).
	MediaType ibid.MediaType
	// Doc is the page as a tree, parsed once; nil unless it is HTML.
	Doc *goquery.Document
	// Body is the payload with its content codings undone, at rest; Size is its length in bytes.
	Body *io.SectionReader
	Size int64
	// Complete says that Body is the whole payload: nothing was cut, and all of it could be decoded.
	Complete bool
}

// Described is what Options.Describe makes of a Page.
type Described struct {
	Description *ibid.Description
	// Seen goes to the Visit as it is.
	Seen any
}

// Timeout bounds the waits of one request. Zero fields get the defaults of New.
type Timeout struct {
	Connect time.Duration // look-up and TCP, in Options.Dial
	TLS     time.Duration // handshake
	Header  time.Duration // from the request to the end of the response head
	Idle    time.Duration // between two reads of a body
	Total   time.Duration // from the request to the end of the body
}

// PerHost is the politeness towards one host (name and port), over all Crawls of a Crawler.
type PerHost struct {
	// Parallelism is how many requests are under way at once; default 2.
	Parallelism int
	// Delay is the least time between two starts; a longer Crawl-delay of robots.txt counts instead.
	Delay time.Duration
}

// Options configure a Crawler. Zero values are the defaults that New names.
type Options struct {
	// UserAgent is the header; Product the token looked for in robots.txt (RFC 9309, 2.2.1). Default "ibid".
	UserAgent, Product string
	// Dial opens connections: netguard's DialContext. It is required.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// RootCAs verify servers; nil is the system's.
	RootCAs *x509.CertPool
	Timeout Timeout
	// MaxHeader bounds a response head with all interim responses before it, in bytes: default 1 MiB.
	// MaxBody bounds the body on the wire (1 GiB), MaxDecoded the same without content codings (128 MiB).
	MaxHeader, MaxBody, MaxDecoded int64
	// MaxRedirects (20) are followed; Tries (3) are made of a request; MaxURL (8192) bytes an address may have.
	MaxRedirects, Tries, MaxURL int
	// Concurrency is how many requests are under way at once, over all hosts: default 32.
	Concurrency int
	PerHost     PerHost
	// IgnoreRobots fetches no robots.txt and obeys none; each Visit says so.
	IgnoreRobots bool
	// SpoolDir holds what of a response does not fit into SpoolMemory bytes (256 KiB), as unlinked files.
	SpoolDir    string
	SpoolMemory int64
	// Describe is asked what the last page of each Seed says of itself; it may be nil.
	Describe func(ctx context.Context, p *Page) Described
	// Now is the clock on the wall, for what is dated or is compared with a date: by default time.Now. What only takes a
	// while is not measured by it.
	Now func() time.Time
	Log *slog.Logger
}

func (o Options) withDefaults() (Options, error) {
	if o.Dial == nil {
		return o, &ibid.Error{Kind: ibid.KindInternal, Op: "make a crawler", Err: errors.New("Options.Dial is missing")}
	}
	setDefault(&o.Product, "ibid")
	setDefault(&o.UserAgent, o.Product)
	setDefault(&o.Timeout.Connect, 5*time.Second)
	setDefault(&o.Timeout.TLS, 5*time.Second)
	setDefault(&o.Timeout.Header, 5*time.Second)
	setDefault(&o.Timeout.Idle, 5*time.Second)
	setDefault(&o.Timeout.Total, 10*time.Minute)
	setDefault(&o.MaxHeader, 1<<20)
	setDefault(&o.MaxBody, 1<<30)
	setDefault(&o.MaxDecoded, 128<<20)
	setDefault(&o.MaxRedirects, 20)
	setDefault(&o.Tries, 3)
	setDefault(&o.MaxURL, 8192)
	setDefault(&o.Concurrency, 32)
	setDefault(&o.PerHost.Parallelism, 2)
	setDefault(&o.SpoolMemory, 256<<10)
	setDefault(&o.SpoolDir, os.TempDir())
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
