package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/replay"
)

// TestPrivateReplay follows who may read a private collection from the frame to the origin that gets no credential.
func TestPrivateReplay(t *testing.T) {
	s := startAPI(t, "")
	p := &program{now: time.Now, log: slog.New(slog.DiscardHandler)}
	get := func(h http.Handler, path, token string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RequestURI, r.URL.Path = path, path
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+s.tokens[token])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	captures, err := s.h.catalog.Mementos(t.Context(), "desk", s.site+"/one")
	if err != nil {
		t.Fatal(err)
	}
	path := "/web/" + captures[0].Timestamp.UTC().Format("20060102150405") + "/" + s.site + "/one"
	s.rule(ibid.AccessRule{Verb: ibid.AccessExclude, Collection: "notes"})
	shown, err := p.replayed(s.h, listeners{portOnly("8470"), portOnly("8471")})
	if err != nil {
		t.Fatal(err)
	}
	app, archived := identified(p, s, shown), unnamed(p.gate(s.h), shown.Replay())
	for token, status := range map[string]int{"": 404, "writer of notes": 404, "reader": 200, "admin": 200} {
		framed := get(app, path, token)
		if framed.Code != status {
			t.Errorf("%q: status %d, want %d", token, framed.Code, status)
		}
		if status != 200 {
			continue
		}
		found := regexp.MustCompile(`src="http://example.com:8471(/t/[^/"]+)(/web/[^"]+)"`).FindStringSubmatch(framed.Body.String())
		if found == nil {
			t.Fatalf("%q: it shows nothing with a ticket:\n%s", token, framed.Body)
		}
		ticket, page := found[1], found[2]
		if w := get(archived, ticket+page, ""); w.Code != 200 || !strings.Contains(w.Body.String(), `href="`+ticket+"/web/") {
			t.Errorf("%q: status %d:\n%s", token, w.Code, w.Body)
		}
		if w := get(archived, page, ""); w.Code != 404 {
			t.Errorf("%q: without the ticket: %d", token, w.Code)
		}
		if w := get(app, ticket+page, ""); w.Code == 200 {
			t.Errorf("%q: on the application's origin: %d", token, w.Code)
		}
	}
}

// identified is the application's origin, with what is archived only.
func identified(p *program, s *apiServer, shown *replay.Service) http.Handler {
	g := p.gate(s.h)
	next := shown.Protocols(http.NotFoundHandler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := identify(g)(r.Context(), r.Header.Get("Authorization"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// portOnly is a listener of which nothing but the port is asked.
type portOnly string

func (portOnly) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (portOnly) Close() error              { return nil }
func (p portOnly) Addr() net.Addr          { return p }
func (portOnly) Network() string           { return "tcp" }
func (p portOnly) String() string          { return "127.0.0.1:" + string(p) }
