package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
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
	// Pages are the pages for people; nil: there are none.
	Pages *Pages
	// Now is the clock on the wall; nil is time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// New returns the handler of all addresses.
func New(o Options) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &figures{ask: o.Figures})
	s := &server{Options: o}
	if s.Now == nil {
		s.Now = time.Now
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { s.text(w, http.StatusOK, "alive\n") })
	mux.HandleFunc("GET /readyz", s.ready)
	if o.Feed != nil {
		mux.HandleFunc("GET /feed.atom", s.feed)
	}
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)}))
	mux.HandleFunc("/", s.nothing)
	if o.Pages == nil {
		return guarded(mux)
	}
	s.renderer = newRenderer(s.Now)
	s.addPages(mux)
	return guarded(s.calendarFirst(mux))
}

type server struct {
	Options
	renderer *renderer
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.text(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
		return
	}
	s.text(w, http.StatusOK, "ready\n")
}

func (s *server) text(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // whoever asked may be gone
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

// Serve answers on l until ctx ends; then it takes nothing more and lets what is under way finish, for 5 s at most.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
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
