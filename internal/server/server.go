package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	// readyTime bounds one look at whether all is there.
	readyTime = 5 * time.Second
	// stopTime is how long answers under way may take when the server stops.
	stopTime = 5 * time.Second
)

// Options are what a server tells.
type Options struct {
	// Ready says why no work can be done now; nil: it can.
	Ready func(ctx context.Context) error
	// Figures are what is counted.
	Figures func(ctx context.Context) (Figures, error)
	// Feed writes the Atom feed of a collection; the empty name is all of them. It may be nil.
	Feed func(ctx context.Context, w io.Writer, collection string) error
	// Identify finds out who sent a request, by its Authorization header, and returns the context in which all else is
	// asked for. KindCredential: the token does not count. nil: nobody is asked who they are.
	Identify func(ctx context.Context, authorization string) (context.Context, error)
	// Sessions let people sign in on the pages; nil: nobody can.
	Sessions *Sessions
	// MayOperate says that whoever asks may see the figures of all collections; nil: everybody may. It is not asked for
	// requests from this machine.
	MayOperate func(ctx context.Context) error
	// Proxies are those whose word for who sent a request counts.
	Proxies []netip.Prefix
	// HTTPS says that browsers reach us over HTTPS, whatever reaches us.
	HTTPS bool
	// LocalOnly says that there are no tokens, and that only this machine is answered.
	LocalOnly bool
	// API is what the API tells and takes; nil: there is none.
	API *API
	// Protocols answers for what is archived, and hands all else to next. It may be nil.
	Protocols func(next http.Handler) http.Handler
	// ProtocolPatterns are the patterns of what Protocols answers.
	ProtocolPatterns []string
	// Pages are the pages for people; nil: there are none.
	Pages *Pages
	// Now is the clock on the wall; nil is time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// New returns the handler of all addresses.
func New(o Options) *Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &figures{ask: o.Figures})
	s := &server{Options: o, latencies: newLatencies(), uploads: make(chan struct{}, uploads), watched: make(chan struct{}, watchers)}
	registry.MustRegister(s.latencies)
	mux := &routes{ServeMux: http.NewServeMux()}
	s.mux = mux
	if s.Now == nil {
		s.Now = time.Now
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { s.text(w, http.StatusOK, "alive\n") })
	mux.HandleFunc("GET /readyz", s.ready)
	if o.Feed != nil {
		mux.HandleFunc("GET /feed.atom", s.feed)
	}
	mux.Handle("GET /metrics", s.forOperators(promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)})))
	if o.API != nil {
		s.addAPI(mux)
	}
	mux.HandleFunc("/", s.nothing)
	var all http.Handler = mux
	if o.Protocols != nil {
		all, mux.patterns = o.Protocols(mux), append(mux.patterns, o.ProtocolPatterns...)
	}
	if o.Pages != nil {
		s.renderer = newRenderer(s.Now)
		s.addPages(mux)
		if o.Sessions != nil {
			s.addSessions(mux)
		}
		if o.API != nil {
			s.addForms(mux)
		}
		all, mux.patterns = s.calendarFirst(all), append(mux.patterns, "GET /web/*/")
	}
	return &Handler{Handler: s.measured("", guarded(s.protected(s.identified(all)))), patterns: mux.patterns, server: s}
}

type server struct {
	Options
	mux              *routes
	uploads, watched chan struct{}
	renderer         *renderer
	// latencies are how long answers took.
	latencies *prometheus.HistogramVec
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	select {
	case <-stopping(r.Context()):
		s.text(w, http.StatusServiceUnavailable, "not ready: stopping\n")
		return
	default:
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	err := s.Ready(ctx)
	switch {
	case err == nil:
		s.text(w, http.StatusOK, "ready\n")
	case isLocal(r):
		s.text(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
	default: // where things are is for those who may come to this machine
		s.Log.WarnContext(ctx, "not ready", "error", err)
		s.text(w, http.StatusServiceUnavailable, "not ready: the log of the server says why\n")
	}
}

func (s *server) text(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) //nolint:gosec // plain text, of which no browser makes anything else; whoever asked may be gone
}

// guarded sets what every answer says.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}

// stoppingKey is where the context of a request has what is closed when the server stops.
type stoppingKey struct{}

// stopping is closed when the server stops that answers; nil: nobody says.
func stopping(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return c
}

// Serve answers on l until ctx ends; then it takes nothing more and lets what is under way finish, for 5 s at most.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		// What is under way may finish; what has no end of its own ends with the server.
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), stoppingKey{}, ctx.Done())
		},
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		stopped <- errors.Join(srv.Shutdown(patience), srv.Close())
	})
	err := srv.Serve(l)
	if stop() || !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	if err := <-stopped; err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving on %s: %w", l.Addr(), err)
	}
	return nil
}
