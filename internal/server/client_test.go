package server

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// TestOnlyProxiesAreBelieved is the table of who says what about a request, and what counts of it.
func TestOnlyProxiesAreBelieved(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, tt := range []struct {
		name, remote string
		header       []string
		address      string
		https        bool
		host         string
		request      string // empty: one of ours
		local        bool
	}{
		{name: "a reader", remote: "192.0.2.7:1", address: "192.0.2.7", host: "127.0.0.1:8470"},
		{name: "this machine", remote: "127.0.0.1:1", address: "127.0.0.1", host: "127.0.0.1:8470", local: true},
		{
			name: "a reader who claims", remote: "192.0.2.7:1", address: "192.0.2.7", host: "127.0.0.1:8470",
			header: []string{"X-Forwarded-For", "127.0.0.1", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example", "X-Request-Id", "mine"},
		},
		{
			name: "a proxy at this machine that is not listed", remote: "127.0.0.1:1", address: "127.0.0.1", host: "127.0.0.1:8470",
			header: []string{"X-Forwarded-For", "192.0.2.7"},
		},
		{
			name: "a proxy", remote: "10.1.2.3:1", address: "192.0.2.7", host: "ibid.example", https: true, request: "abc-1",
			header: []string{"X-Forwarded-For", "192.0.2.7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "ibid.example", "X-Request-Id", "abc-1"},
		},
		{
			name: "two proxies, and what the reader made up", remote: "[::1]:1", address: "2001:db8::9", host: "127.0.0.1:8470",
			header: []string{"X-Forwarded-For", "127.0.0.1, 2001:db8::9 , 10.9.9.9"},
		},
		{
			name: "a proxy that passes nonsense on", remote: "10.1.2.3:1", address: "10.1.2.3", host: "127.0.0.1:8470",
			header: []string{"X-Forwarded-For", "unknown", "X-Forwarded-Proto", "gopher", "X-Forwarded-Host", "a b/c", "X-Request-Id", "a b\"c"},
		},
		{name: "a proxy that says http", remote: "10.1.2.3:1", address: "10.1.2.3", host: "127.0.0.1:8470", header: []string{"X-Forwarded-Proto", "http"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &server{Options: Options{Proxies: trusted}}
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
			r.Host, r.RemoteAddr = "127.0.0.1:8470", tt.remote
			for i := 0; i+1 < len(tt.header); i += 2 {
				r.Header.Set(tt.header[i], tt.header[i+1])
			}
			r = s.proxied(r)
			c := ClientOf(r.Context())
			if c.Address.String() != tt.address || isHTTPS(r) != tt.https || r.Host != tt.host || isLocal(r) != tt.local {
				t.Errorf("%+v, https %t, host %q, local %t", c, isHTTPS(r), r.Host, isLocal(r))
			}
			if tt.request != "" && c.Request != tt.request || tt.request == "" && len(c.Request) != 16 {
				t.Errorf("the request is %q", c.Request)
			}
		})
	}
}

// A request has one name: in the header of its answer, in what it says of an error, and in each line of the log.
func TestARequestHasOneName(t *testing.T) {
	var log bytes.Buffer
	o := options()
	o.Log = slog.New(LogHandler(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	o.Pages = demoShelf().pages()
	o.Pages.Home = func(context.Context) (Home, error) { return Home{}, context.DeadlineExceeded }
	h := New(o)
	for accept, says := range map[string]string{"application/json": `"request":"`, "text/html": "<code>"} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		id := w.Header().Get("X-Request-Id")
		if w.Code != http.StatusInternalServerError || len(id) != 16 || !strings.Contains(w.Body.String(), says+id) {
			t.Errorf("%d %q: %s", w.Code, id, w.Body)
		}
		if n := strings.Count(log.String(), `"request":"`+id+`"`); n != 2 { // the failure, and the answer
			t.Errorf("%d lines of the log name %q:\n%s", n, id, &log)
		}
	}
	if strings.Contains(log.String(), "192.0.2.1") {
		t.Error("the log names the address of a reader")
	}
}

// Each answer is counted by what it is of, on both origins.
func TestAnswersAreTimed(t *testing.T) {
	o := options()
	o.Pages = demoShelf().pages()
	h := New(o)
	archived := h.Archived(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }))
	for path, of := range map[string]http.Handler{"/documents": h, "/search?page=0&q=http://a.example/": h, "/web/2009/a": archived} {
		of.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	for _, want := range []string{
		`ibid_http_request_seconds_count{of="page",status="2xx"} 1`, `ibid_http_request_seconds_count{of="page",status="4xx"} 1`,
		`ibid_http_request_seconds_count{of="replay",status="4xx"} 1`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("it does not say %s", want)
		}
	}
}

// TestFiguresAreForOperators is who sees /metrics: this machine, and who may.
func TestFiguresAreForOperators(t *testing.T) {
	o := options()
	o.Identify = func(ctx context.Context, authorization string) (context.Context, error) {
		return context.WithValue(ctx, whoKey{}, authorization), nil
	}
	o.MayOperate = func(ctx context.Context) error {
		if ctx.Value(whoKey{}) == "Bearer good" {
			return nil
		}
		return badInput("this", "no")
	}
	h := New(o)
	for _, tt := range []struct {
		name, remote, host string
		header             []string
		status             int
	}{
		{"this machine", "127.0.0.1:1", "localhost:8470", nil, 200},
		{"this machine by IPv6", "[::1]:1", "[::1]:8470", nil, 200},
		{"by another name", "127.0.0.1:1", "ibid.example", nil, 400},
		{"by a proxy", "127.0.0.1:1", "localhost:8470", []string{"X-Forwarded-For", "192.0.2.1"}, 400},
		{"another machine", "192.0.2.1:1", "localhost:8470", nil, 400},
		{"another machine with a token", "192.0.2.1:1", "ibid.example", []string{"Authorization", "Bearer good"}, 200},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil)
		r.Host, r.RemoteAddr = tt.host, tt.remote
		for i := 0; i+1 < len(tt.header); i += 2 {
			r.Header.Set(tt.header[i], tt.header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s: %d", tt.name, w.Code)
		}
	}
}
