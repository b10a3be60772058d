package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/chromiumtest"
)

// isInteractive opens a memento in the interactive view, which shows it and asks for nothing but what is archived.
func (s *seen) isInteractive() {
	s.Asked()
	tab := s.Tab(s.T)
	tab.Open(s.app + "/web/20090611054321/" + brussels)
	tab.Click("nav a[href*='ia_/']")
	tab.FrameText("met for the first time in Brussels")
	raw := 0
	for _, r := range s.Asked() {
		if !r.Allowed || r.Method != http.MethodGet || strings.HasPrefix(r.URL, s.app) && r.Site != "none" && r.Site != "same-origin" {
			s.Errorf("it asks for %+v", r)
		}
		if strings.HasPrefix(r.URL, s.replay+"/web/") && strings.Contains(r.URL, "id_/") {
			raw++
		}
	}
	if raw < 3 {
		s.Errorf("it asked for the bytes of %d captures", raw)
	}
}

// TestExportsInABrowser opens a package of the demo in ReplayWeb.page, with nothing there but it and the package: it shows
// what the document cites as it was then.
func TestExportsInABrowser(t *testing.T) {
	b := chromiumtest.Start(t)
	dir := t.TempDir()
	store, packed := filepath.Join(dir, "store"), filepath.Join(dir, "demo.wacz")
	for _, args := range [][]string{{"demo", "--once"}, {"export", "default", "-o", packed}} {
		if _, errs, code := runProgram(t, append([]string{"--store", store}, args...)...); code != ibid.ExitOK {
			t.Fatalf("%v ends with %d: %s", args, code, errs)
		}
	}
	files := http.NewServeMux()
	files.Handle("/replay/", http.StripPrefix("/replay/", http.FileServerFS(os.DirFS(os.Getenv(replayWebVariable)))))
	files.HandleFunc("/demo.wacz", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, packed) })
	files.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!DOCTYPE html><script src="/replay/ui.js"></script><replay-web-page source="/demo.wacz" url=%q ts=%q embed="default" replayBase="/replay/"></replay-web-page>`, r.FormValue("url"), r.FormValue("ts")) //nolint:gosec // of this test
	})
	site := httptest.NewServer(files)
	defer site.Close()
	b.Allow(strings.TrimPrefix(site.URL, "http://"))
	tab := b.Tab(t)
	for _, cited := range []struct{ uri, at, text string }{
		{pid866, "20090528031205", "meeting ended with a wish"}, {brussels, "20090611054321", "met for the first time in Brussels"}, {manila, "20081029043011", "handed over their conclusions this morning"},
	} {
		tab.Open(site.URL + "/page?ts=" + cited.at + "&url=" + cited.uri)
		tab.Text(cited.text)
	}
	for _, r := range b.Asked() {
		if !r.Allowed {
			t.Errorf("it asks for %+v", r)
		}
	}
}
