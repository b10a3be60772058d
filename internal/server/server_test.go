package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options() Options {
	return Options{
		Ready: func(context.Context) error { return nil },
		Figures: func(context.Context) (Figures, error) {
			return Figures{
				Visits: map[Result]int64{{ibid.Archived, ""}: 7, {ibid.Failed, ibid.ClassDNS}: 2}, Captures: 31, Bytes: 4096, Lost: 2,
				Jobs: map[string]int64{"running": 3}, Plans: 12, Overdue: 1, SpoolUsed: 5, SpoolLimit: 10, Objects: 9, Audited: 8, Single: 3, Damaged: 1,
				Unsecured: time.Unix(1.8e9, 0), Canary: time.Unix(1.7e9, 5e8),
			}, nil
		},
		Feed: func(_ context.Context, w io.Writer, collection string) error {
			_, err := io.WriteString(w, "<feed>"+collection+"</feed>")
			return err
		},
		Log: slog.New(slog.DiscardHandler),
	}
}

func TestAnswers(t *testing.T) {
	down := &ibid.Error{Kind: ibid.KindStorage, Op: "ask", URI: "the catalogue", Err: errors.New("connection refused")}
	broken := options()
	broken.Ready = func(context.Context) error { return down }
	broken.Feed = func(context.Context, io.Writer, string) error { return down }
	broken.Figures = func(context.Context) (Figures, error) { return Figures{Captures: 31, CanaryFailing: true}, down }
	for _, tt := range []struct {
		name, method, path, accept string
		o                          Options
		status                     int
		says                       []string
	}{
		{"alive", "GET", "/healthz", "", options(), 200, []string{"alive"}},
		{"alive without a catalogue", "GET", "/healthz", "", broken, 200, []string{"alive"}},
		{"ready", "GET", "/readyz", "", options(), 200, []string{"ready"}},
		{"not ready", "GET", "/readyz", "", broken, 503, []string{"not ready: cannot ask the catalogue: connection refused"}},
		{"figures", "GET", "/metrics", "", options(), 200, []string{
			`ibid_visits_total{class="",verdict="archived"} 7`, `ibid_visits_total{class="dns",verdict="failed"} 2`, "ibid_captures_total 31",
			`ibid_queue_jobs{state="running"} 3`, "ibid_schedule_overdue 1", "ibid_spool_limit_bytes 10", "ibid_queue_leases_lost_total 2", "ibid_objects 9", "ibid_objects_audited 8", "ibid_objects_single 3", "ibid_objects_damaged 1", "ibid_unsecured_oldest_timestamp_seconds 1.8e+09", "ibid_canary_read_timestamp_seconds 1.7000000005e+09", "ibid_canary_failing 0", "go_goroutines", "ibid_figures_failing 0",
		}},
		{"figures without a catalogue", "GET", "/metrics", "", broken, 200, []string{"ibid_captures_total 31", "ibid_canary_failing 1", "ibid_figures_failing 1"}},
		{"the feed", "GET", "/feed.atom?collection=papers", "", options(), 200, []string{"<feed>papers</feed>"}},
		{"no feed", "GET", "/feed.atom", "application/json", broken, 503, []string{`"kind":"storage"`, `"uri":"/feed.atom"`}},
		{"nothing there", "GET", "/nothing", "", options(), 404, []string{"there is nothing at this address"}},
		{"nothing there, in JSON", "GET", "/nothing", "application/json", options(), 404, []string{`"status":404`, `"error":{"kind":"not-found"`}},
		{"another method", "POST", "/healthz", "", options(), 405, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, nil)
			r.Host, r.RemoteAddr = "127.0.0.1:8470", "127.0.0.1:50000"
			r.Header.Set("Accept", tt.accept)
			w := httptest.NewRecorder()
			New(tt.o).ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			for _, want := range tt.says {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, w.Body)
				}
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Content-Security-Policy") == "" {
				t.Errorf("header %v", w.Header())
			}
		})
	}
}

func TestServeStopsAndLeavesNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, New(options()), slog.New(slog.DiscardHandler)) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != 200 {
		t.Errorf("%d, %v", resp.StatusCode, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := Serve(t.Context(), l, New(options()), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("serving on a closed listener succeeds")
	}
}
