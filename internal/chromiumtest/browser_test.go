package chromiumtest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRecordsInABrowser holds that what a page asks for is on record, however it asks: what says that nothing was asked for
// relies on it.
func TestRecordsInABrowser(t *testing.T) {
	const page = `<img src="http://evil.example/image"><link rel=stylesheet href="http://evil.example/style"><iframe src="http://evil.example/frame"></iframe>
<script>fetch("http://evil.example/fetch",{mode:"no-cors"});navigator.sendBeacon("http://evil.example/beacon");new WebSocket("ws://socket.example/");
new Worker(URL.createObjectURL(new Blob(["fetch('http://evil.example/worker',{mode:'no-cors'})"])));open("http://evil.example/window")</script>`
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	defer site.Close()
	host := strings.TrimPrefix(site.URL, "http://")
	b := Start(t, host)
	tab := b.Tab(t)
	tab.Open(site.URL)
	asked := map[string]Request{}
	want := []string{site.URL + "/", "socket.example:80"}
	for _, name := range []string{"image", "style", "frame", "fetch", "beacon", "worker", "window"} {
		want = append(want, "http://evil.example/"+name)
	}
	for slices.ContainsFunc(want, func(u string) bool { return asked[u].URL == "" }) {
		for _, r := range b.Asked() {
			asked[r.URL] = r
		}
		Eval[any](tab, "new Promise(done => setTimeout(done, 50))")
	}
	for _, r := range asked {
		if r.Allowed != strings.HasPrefix(r.URL, site.URL) {
			t.Errorf("%+v", r)
		}
	}
	if first := asked[want[0]]; first.Site != "none" || first.Dest != "document" || first.Method != http.MethodGet {
		t.Errorf("%+v", first)
	}
}
