package replay_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/replay"
)

// The interactive view is offered where its files are, and is the only thing for which a worker is installed.
func TestInteractiveView(t *testing.T) {
	files := fstest.MapFS{"sw.js": {Data: []byte("worker()")}, "LICENSE": {Data: []byte("AGPL")}, "ui.js": {Data: []byte("x")}}
	h := &held{}
	h.add(t, "http://a.example/", "20090604120000", "text/html", "page")
	h.add(t, "http://a.example/sw.js", "20090604120000", "text/javascript", "evil()")
	h.add(t, "http://blocked.example/", "20090604120000", "text/html", "page")
	o := options(h)
	o.Access = rules
	without := made(t, o)
	o.Assets = files
	with := made(t, o)
	const page, worker, framed = "/web/20090604120000ia_/http://a.example/", "Service-Worker: script", "Sec-Fetch-Dest: iframe"
	for _, tt := range []struct {
		name, host, path, header string
		s                        *replay.Service
		status                   int
		says, policy             string
	}{
		{"it is offered", appHost, "/web/20090604120000/http://a.example/", "", with, 200, `href="` + page + `"`, ""},
		{"it is framed", appHost, page, "", with, 200, `src="http://` + replayHost + page + `" referrerpolicy="no-referrer" sandbox="allow-scripts allow-same-origin"`, ""},
		{"its page", replayHost, page, framed, with, 200, `data-address="/replaywebpage/w/archive/20090604120000mp_/http://a.example/"`, "script-src http://" + replayHost + "/replaywebpage/;"},
		{"its page, alone", replayHost, page, "Sec-Fetch-Dest: document", with, 302, "", ""},
		{"its page of what is blocked", replayHost, "/web/20090604120000ia_/http://blocked.example/", framed, with, 451, "", "sandbox"},
		{"its page of what is not there", replayHost, "/web/20090604120000ia_/http://b.example/", framed, with, 404, "", "sandbox"},
		{"its script", replayHost, "/replaywebpage/show.js", "", with, 200, "addColl", "default-src 'none'"},
		{"its worker", replayHost, "/replaywebpage/sw.js", worker, with, 200, "worker()", "connect-src 'self'"},
		{"its licence", replayHost, "/replaywebpage/LICENSE", "", with, 200, "AGPL", "default-src 'none'"},
		{"another file", replayHost, "/replaywebpage/ui.js", "", with, 404, "", ""},
		{"a file elsewhere", replayHost, "/replaywebpage/../sw.js", "", with, 404, "", ""},
		{"a worker of an archived page", replayHost, "/web/20090604120000id_/http://a.example/sw.js", worker, with, 403, "", "sandbox"},
		{"it is not on the application's origin", appHost, "/replaywebpage/sw.js", "", with, 404, "", ""},
		{"no files", replayHost, "/replaywebpage/sw.js", worker, without, 403, "", "sandbox"},
		{"no files, no view", replayHost, page, framed, without, 200, "page", "sandbox"},
		{"no files, no frame", appHost, page, "", without, 307, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(t, tt.s, tt.host, tt.path, tt.header)
			got := text(t, res)
			if res.StatusCode != tt.status || !strings.Contains(got, tt.says) || !strings.Contains(res.Header.Get("Content-Security-Policy"), tt.policy) {
				t.Errorf("%d %v\n%s", res.StatusCode, res.Header, got)
			}
			if res.Header.Get("Service-Worker-Allowed") != "" || len(res.Header.Values("Content-Security-Policy")) > 1 {
				t.Errorf("header %v", res.Header)
			}
		})
	}
	if got := text(t, ask(t, without, appHost, "/web/20090604120000/http://a.example/")); strings.Contains(got, "ia_/") {
		t.Errorf("it is offered without its files: %s", got)
	}
	if w := newRecorder(t, with.Replay(), http.MethodPost, "/replaywebpage/sw.js"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	delete(files, "sw.js")
	if err := replay.CheckAssets(files); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("without its worker: %v", err)
	}
}
