package replay

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Index finds what is held.
type Index interface {
	// Holders are the collections that hold captures.
	Holders(ctx context.Context) ([]string, error)
	// Entries goes through what q asks for, in the order of Positions. None is no error.
	Entries(ctx context.Context, q cdx.Query) iter.Seq2[cdx.Entry, error]
	// Count counts it.
	Count(ctx context.Context, q cdx.Query) (int64, error)
}

// Records opens what is held.
type Records interface {
	// Open opens the payload of e, through revisits. KindNotFound: it is not there. KindFixity: it is not what it was;
	// reading can end with it too, in the place of the last byte.
	Open(ctx context.Context, e cdx.Entry) (*Record, error)
}

// Record is an opened payload.
type Record struct {
	// Header is as sent; empty for a record without an HTTP head.
	Header http.Header
	Status int
	// Body is the payload as sent, content codings kept.
	Body io.ReadCloser
	// Decoded is Body with the content codings undone, up to so many bytes; 0 is no bound. Only one of the two is read.
	Decoded func(limit int64) (io.Reader, error)
}

// Decision says what may be done with a Capture.
type Decision int

// The Decisions. What is blocked is listed, and answered with 451 (RFC 7725); what is excluded is not there.
const (
	Open Decision = iota
	Block
	Exclude
)

// Access decides what whoever asks may have: the one place where that is said, for listings and bytes alike.
type Access func(r *http.Request, e *cdx.Entry) Decision

// Origin is where a handler is reached.
type Origin struct {
	// URL is the origin as readers see it, "https://replay.example.org". Empty: it follows from the request.
	URL string
	// Port is that of the listener.
	Port string
}

// base is the origin as whoever sent r sees it; own says that r was sent to it.
func (o Origin) base(r *http.Request, own bool) string {
	if o.URL != "" {
		return strings.TrimSuffix(o.URL, "/")
	}
	scheme, host := "http://", r.Host
	if r.TLS != nil {
		scheme = "https://"
	}
	if own {
		return scheme + host
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return scheme + net.JoinHostPort(strings.Trim(host, "[]"), o.Port)
}

// Options are what a Service is made of. Index, Records, Access, Page, Fail and the two Origins are needed.
type Options struct {
	Index   Index
	Records Records
	Access  Access
	// Destroyed says whether that of which nothing is held was destroyed: it is answered with 410 then. nil: nothing was.
	Destroyed func(r *http.Request, uri string) bool
	// Application and Replay are the two origins. They must differ.
	Application, Replay Origin
	// Page writes the page that frames a memento, with a policy (CSP) under which it shows Frame.ReplayOrigin in its frame.
	Page func(w http.ResponseWriter, r *http.Request, status int, f *Frame)
	// Fail answers with an error for a person.
	Fail func(w http.ResponseWriter, r *http.Request, status int, err error)
	// Tickets let readers with a credential see on the one origin what they may see on the other; nil: nobody needs that.
	Tickets Tickets
	// Assets are the files of ReplayWeb.page; nil: there is no interactive view.
	Assets fs.FS
	Now    func() time.Time
	Log    *slog.Logger
}

// Tickets carry who may see what from the application's origin, which gets credentials, to the one that gets none.
type Tickets interface {
	// Issue returns what lets whoever sent r see e and its collection on the other origin, as part of a path; empty: anybody may.
	Issue(r *http.Request, e *cdx.Entry) string
	// Admit returns the context in which Access decides for who has that ticket. KindPolicy: it does not count.
	Admit(ctx context.Context, ticket string) (context.Context, error)
}

// Service answers for an archive. It is safe for concurrent use.
type Service struct {
	o Options
}

// New returns a Service. The error is of KindInternal: something is missing.
func New(o Options) (*Service, error) {
	if o.Index == nil || o.Records == nil || o.Access == nil || o.Page == nil || o.Fail == nil {
		return nil, &ibid.Error{Kind: ibid.KindInternal, Op: "serve the archive", Err: errors.New("it needs an Index, Records, an Access, a Page and a Fail")}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{o}, nil
}

// Protocols returns the handler for the application's origin: /web/, /timegate/, /timemap/ and /cdx. Other addresses, and
// those of /web/* which are for pages, go to next. It looks at addresses as they were sent: a ServeMux would make one
// slash of the two in "http://".
func (s *Service) Protocols(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := s.protocol(rawPath(r))
		switch {
		case answer == nil:
			next.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			s.fail(w, r, badRequest(r.Method, "only GET and HEAD are answered here"))
		case len(r.RequestURI) > maxAddress:
			s.fail(w, r, badRequest("the address", "it is too long"))
		default:
			if err := answer(w, r); err != nil {
				s.fail(w, r, err)
			}
		}
	})
}

// maxAddress bounds the address of a request, in bytes.
const maxAddress = 32 << 10

// routes are the addresses that Protocols answers: exactly, or all that begin so.
func (s *Service) routes() []route {
	return []route{
		{"/web/", s.web}, {"/timegate/", s.timeGate}, {"/timemap/", s.timeMap}, {"/cdx", s.cdx}, {"/cdx/search/cdx", s.cdx},
	}
}

type route struct {
	path   string
	answer func(http.ResponseWriter, *http.Request) error
}

// Patterns are the patterns (net/http.ServeMux) of what Protocols answers.
func (s *Service) Patterns() []string {
	var all []string
	for _, route := range s.routes() {
		all = append(all, "GET "+route.path)
	}
	return all
}

func (s *Service) protocol(path string) func(http.ResponseWriter, *http.Request) error {
	for _, calendar := range []string{"/web/*", "/web/%2A", "/web/%2a"} {
		if strings.HasPrefix(path, calendar) || path == "/web/" {
			return nil
		}
	}
	tail, _, _ := strings.Cut(path, "?")
	for _, route := range s.routes() {
		if tail == route.path || strings.HasSuffix(route.path, "/") && strings.HasPrefix(path, route.path) {
			return route.answer
		}
	}
	return nil
}
