package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/server"
)

// apiServer is a server over a store of its own, in which a document is archived in the public collection "notes" and in
// the private one "desk".
type apiServer struct {
	t       *testing.T
	h       *house
	handler *server.Handler
	// archived is the handler of the origin of what is archived.
	archived http.Handler
	// fresh makes both anew: they know of no rule yet.
	fresh func()
	p     *program
	calls int
	// site is where the sources are, document the ID of the document.
	site, document string
	// tokens are texts by what they are.
	tokens map[string]string
}

func startAPI(t *testing.T, more string) *apiServer {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/robots.txt" || r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, "<title>A page</title><p>It cites <a href=\"/one\">one</a>.</p>")
	}))
	t.Cleanup(site.Close)
	dir := t.TempDir()
	config := filepath.Join(dir, "ibid.yaml")
	err := os.WriteFile(config, []byte(`
store: "`+filepath.Join(dir, "store")+`"
network: {allow: ["127.0.0.0/8"], tries: 1}
crawl: {per_host: {delay: 0s}}
rescue: {enabled: false}
collections:
  - {name: desk, visibility: private}
  - {name: notes, title: Notes}
`+more), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{stdout: io.Discard, stderr: io.Discard, now: time.Now, flags: &globals{Config: config}, log: slog.New(slog.DiscardHandler)}
	c, err := p.config()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	h, err := p.open(ctx, c, toWork)
	if err != nil {
		t.Fatal(err)
	}
	line, err := p.pipeline(ctx, h)
	if err != nil {
		t.Fatal(err)
	}
	asked := newRequester(h, line, p)
	worked, ended := make(chan error, 1), make(chan error, 1)
	go func() { worked <- line.Serve(ctx) }()
	go func() { ended <- asked.run(ctx) }()
	t.Cleanup(func() {
		stop()
		for _, end := range []chan error{ended, worked} {
			if err := <-end; err != nil {
				t.Error(err)
			}
		}
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	s := &apiServer{t: t, h: h, site: site.URL, p: p, tokens: map[string]string{"": "", "wrong": "ibid_0123456789ab_" + strings.Repeat("A", 43)}}
	s.fresh = func() {
		var err error
		if s.handler, s.archived, err = p.handlers(h, line, asked, listeners{fixedPort("8470"), fixedPort("8471")}); err != nil {
			t.Fatal(err)
		}
	}
	s.fresh()
	body := []byte("# A note\n\nSee " + site.URL + "/one and " + site.URL + "/gone.\n")
	for _, in := range []string{"notes", "desk"} {
		doc, err := line.Take(ctx, in, citation.Source{Name: "note.md", Body: body})
		if err == nil {
			err = line.Keep(ctx, in, doc.ID, noWatch)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.document = doc.ID
		now := time.Now()
		plan := ibid.Plan{PlanKey: ibid.PlanKey{Collection: in, Seed: site.URL + "/one"}, Schedule: "@daily", Zone: "UTC", Next: ibid.Next{Grid: now, Due: now.AddDate(1, 0, 0), At: now.AddDate(1, 0, 0)}}
		if err := h.catalog.PutPlans(ctx, []ibid.Plan{plan}); err != nil {
			t.Fatal(err)
		}
	}
	s.makeTokens()
	return s
}

func (s *apiServer) makeTokens() {
	s.t.Helper()
	for name, token := range map[string]ibid.Token{
		"expired": {Scope: ibid.ScopeAdmin, Expires: time.Now().Add(time.Hour)}, "revoked": {Scope: ibid.ScopeAdmin},
		"reader": {Scope: ibid.ScopeRead}, "writer": {Scope: ibid.ScopeWrite}, "admin": {Scope: ibid.ScopeAdmin},
		"writer of notes": {Scope: ibid.ScopeWrite, Collections: []string{"notes"}},
	} {
		token.Name = name
		text, token, err := access.Make(token, time.Now())
		if err != nil {
			s.t.Fatal(err)
		}
		if name == "expired" {
			token.Expires = time.Now().Add(-time.Second)
		}
		if err := s.h.catalog.PutToken(s.t.Context(), token); err != nil {
			s.t.Fatal(err)
		}
		if name == "revoked" {
			if _, err := s.h.catalog.RevokeToken(s.t.Context(), token.ID); err != nil {
				s.t.Fatal(err)
			}
		}
		s.tokens[name] = text
	}
}

// call is one request; as is the name of a token.
func (s *apiServer) call(method, path, as, body string, header ...string) *httptest.ResponseRecorder {
	return s.callOf(s.handler, method, path, as, body, header...)
}

func (s *apiServer) callOf(h http.Handler, method, path, as, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	s.calls++
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:1", s.calls/256, s.calls%256) // another address each time: nobody waits for tokens that failed before
	if token := s.tokens[as]; token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// fixedPort is a listener of which nothing but the port is asked.
type fixedPort string

func (fixedPort) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (fixedPort) Close() error              { return nil }
func (p fixedPort) Addr() net.Addr          { return p }
func (fixedPort) Network() string           { return "tcp" }
func (p fixedPort) String() string          { return "127.0.0.1:" + string(p) }

// get is the JSON of a path.
func (s *apiServer) get(path, as string) map[string]any {
	s.t.Helper()
	w := s.call("GET", path, as, "")
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
		s.t.Fatalf("%s: %d, %v\n%s", path, w.Code, err, w.Body)
	}
	return v
}

// rule makes an access rule, which counts at once.
func (s *apiServer) rule(r ibid.AccessRule) {
	s.t.Helper()
	r, err := s.h.archive.PutAccess(s.t.Context(), r)
	if err == nil {
		err = s.h.catalog.PutAccess(s.t.Context(), []ibid.AccessRule{r}, access.Normal)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.fresh()
}

// await waits until a job is over, and returns it.
func (s *apiServer) await(id string) map[string]any {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		job := s.get("/api/v1/jobs/"+id, "admin")
		if job["state"] == "done" || job["state"] == "failed" {
			return job
		}
		select {
		case <-tick.C:
		case <-s.t.Context().Done():
			s.t.Fatalf("it is never over: %v", job)
		}
	}
}

// finished records a job of the writer's that is over, and returns its ID.
func (s *apiServer) finished(collection string) string {
	s.t.Helper()
	id := "job-of-" + collection
	_, _, err := s.h.catalog.AddRequest(s.t.Context(), catalog.Request{ID: id, Collection: collection, Asker: "token x", URI: s.site + "/one", Created: time.Now(), Finished: time.Now()})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// requestFor is a request of nobody who is known, for one source.
func requestFor(s *apiServer, id string) catalog.Request {
	return catalog.Request{ID: id, Collection: "notes", Asker: "token y", URI: s.site + "/left", Created: time.Now()}
}
