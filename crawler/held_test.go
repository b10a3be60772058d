package crawler

import (
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestWhatIsHeldIsAskedFor(t *testing.T) {
	const notModified = "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"
	s := serve(t, nil, map[string]script{
		"/same": say(notModified), "/lies": say(notModified), "/changed": ok("text/html", "<title>New</title>", `ETag: "v2"`),
		"/page": ok("text/html", `<link rel=stylesheet href=/a.css><img src=/b.png>`), "/a.css": ok("text/css", "p{}"), "/b.png": say(notModified),
	})
	held := &ibid.Capture{URI: s.url("/same"), Status: 200, ETag: `"v1"`, LastModified: "Sun, 01 Mar 2026 11:00:00 GMT", RecordID: "urn:uuid:1"}
	var asked []string
	ask := func(uri string, role ibid.Role) *ibid.Capture {
		asked = append(asked, string(role)+" "+strings.TrimPrefix(uri, s.url("")))
		if strings.HasSuffix(uri, "/lies") {
			return nil
		}
		return held
	}
	c := newCrawler(t, fast(), s)
	for _, tt := range []struct {
		path, verdict string
		notModified   bool
	}{
		{"/same", "archived ", true},
		{"/lies", "failed malformed-status", false}, // a 304 that was not asked for
		{"/changed", "archived ", false},
	} {
		sink := &memSink{held: ask}
		v := visitOne(t, c, sink, s.url(tt.path))
		if got := string(v.Verdict) + " " + string(v.Class); got != tt.verdict || v.NotModified != tt.notModified {
			t.Errorf("%s: %s, not modified: %v", tt.path, got, v.NotModified)
		}
		x := sink.at(tt.path)[0]
		if sent := strings.Contains(x.request, "If-None-Match: \"v1\"\r\n") && strings.Contains(x.request, "If-Modified-Since: Sun, 01 Mar 2026 11:00:00 GMT\r\n"); sent != (tt.path != "/lies") {
			t.Errorf("%s: asked with %q", tt.path, x.request)
		}
		if (x.NotModified != nil) != tt.notModified {
			t.Errorf("%s: not modified: %v", tt.path, x.NotModified)
		}
	}
	asked = nil
	seed := ibid.Seed{URI: s.url("/page"), Scope: ibid.Scope{Requisites: true}}
	v := crawl(t, c, &memSink{held: ask}, seed)[seed.URI]
	if v.RequisitesWanted != 2 || v.RequisitesKept != 2 {
		t.Errorf("%d of %d requisites", v.RequisitesKept, v.RequisitesWanted)
	}
	if got := strings.Join(asked, ", "); got != "source /page, requisite /b.png" {
		t.Errorf("asked for %s: a style sheet is read for what it needs, and so has to come", got)
	}
}
