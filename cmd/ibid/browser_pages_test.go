package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/internal/chromiumtest"
	"github.com/ibid-archive/ibid/internal/server"
)

const (
	// axeVariable names the file axe.min.js of axe-core, and picturesVariable the folder where pictures of all pages are
	// put; "make browser" sets both.
	axeVariable      = "IBID_AXE"
	picturesVariable = "IBID_PICTURES"
	// maxSent bounds a page with all that it loads, in bytes.
	maxSent = 50 << 10
)

// seenPage is one to be looked at; pattern is its route, empty for those that are found outside of the routes.
type seenPage struct{ name, pattern, path string }

// pages are all that there are.
func (s *seen) pages() []seenPage {
	document := s.find("/documents", `href="(/documents/[0-9a-f]+[^"/]*)"[^I]{0,80}Inter-regional`)
	job, _ := s.archives("note.md", "# A note\n\nSee <"+brussels+"> and "+manila+".\n")
	return []seenPage{
		{"home", "GET /{$}", "/"},
		{"search", "GET /search", "/search"},
		{"search-words", "GET /search", "/search?q=dialogue"},
		{"search-nothing", "GET /search", "/search?q=zyzzyva"},
		{"documents", "GET /documents", "/documents"},
		{"document", "GET /documents/{id}", document},
		{"reference", "GET /references/{id}", s.find(document, `href="(/references/[^"]+)"`)},
		{"collections", "GET /collections", "/collections"},
		{"collection", "GET /collections/{name}", "/collections/default"},
		{"schedules", "GET /schedules", "/schedules"},
		{"trust", "GET /trust", "/trust"},
		{"upload", "GET /upload", "/upload"},
		{"upload-choice", "GET /documents/{id}/archive", document + "/archive"},
		{"upload-progress", "GET /uploads/{id}", "/uploads/" + job},
		{"sign-in", "GET /signin", "/signin"},
		{"calendar", "GET /web/*/", "/web/*/" + brussels},
		{"calendar-empty", "", "/web/*/http://nothing.example/"},
		{"comparison", "GET /compare", "/compare?url=" + url.QueryEscape(brussels) + "&from=20090611054321&to=" + s.find("/web/*/"+brussels, `/web/(20[2-9]\d{11})/`)},
		{"memento", "", "/web/20090611054321/" + brussels},
		{"memento-missing", "", "/web/2009/http://nothing.example/"},
		{"nothing", "", "/nothing"},
	}
}

// noPages are routes that answer with something else.
var noPages = []string{"/", "GET /assets/", "GET /documents/{id}/{report}", "GET /documents/{id}/robust", "GET /export/{file}", "GET /references/{id}/{form}", "GET /uploads/{id}/events", "GET /feed.atom", "GET /healthz", "GET /metrics", "GET /readyz"}

func isPage(pattern string) bool {
	return (strings.HasPrefix(pattern, "GET ") || pattern == "/") && !strings.Contains(pattern, " /api/") && !strings.Contains(pattern, " /save") && !slices.Contains(noPages, pattern)
}

// checkEveryPageIsThere holds that no route is forgotten.
func (s *seen) checkEveryPageIsThere(all []seenPage) {
	routes := server.New(server.Options{
		Pages: &server.Pages{}, API: &server.API{}, Feed: func(context.Context, io.Writer, string) error { return nil }, Log: slog.New(slog.DiscardHandler),
	}).Patterns()
	for _, pattern := range routes {
		if isPage(pattern) && !slices.ContainsFunc(all, func(p seenPage) bool { return p.pattern == pattern }) {
			s.Errorf("%s is in no row: a page is looked at, and what is none stands in noPages", pattern)
		}
	}
}

// looks opens every page, narrow and wide, light and dark.
func (s *seen) looks() {
	axe, err := os.ReadFile(os.Getenv(axeVariable)) //nolint:gosec // where "make browser" put it
	if err != nil {
		s.Fatalf("%s names no axe.min.js: %v", axeVariable, err)
	}
	all := s.pages()
	s.checkEveryPageIsThere(all)
	tab := s.Tab(s.T)
	for _, p := range all {
		s.Run(p.name, func(t *testing.T) {
			s := s.with(t)
			s.Asked()
			tab.Open(s.app + p.path)
			s.onlyOurs(p.path)
			s.isSmall(tab)
			chromiumtest.Eval[any](tab, string(axe)+"\n;0")
			for _, width := range []int64{360, 1440} {
				for _, scheme := range []string{"light", "dark"} {
					tab.Show(width, 900, scheme)
					s.isUsable(tab, fmt.Sprintf("%s-%d-%s", p.name, width, scheme))
				}
			}
		})
	}
}

// isSmall holds that a page is small, with all that it loads itself; what is in a frame is no part of it.
func (s *seen) isSmall(tab *chromiumtest.Tab) {
	sent := chromiumtest.Eval[int](tab, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
		.filter(e => e.initiatorType != "iframe").reduce((sum, e) => sum + e.decodedBodySize, 0)`)
	if sent == 0 || sent > maxSent {
		s.Errorf("it has %d bytes", sent)
	}
}

// isUsable holds that nothing keeps anybody from using a page as it is seen now, and keeps a picture of it.
func (s *seen) isUsable(tab *chromiumtest.Tab, name string) {
	s.Helper()
	// The frame of a memento is not ours: what is archived is shown as it was.
	found := chromiumtest.Eval[string](tab, `axe.run({exclude: [["iframe"]]}, {iframes: false, resultTypes: ["violations"]}).then(r =>
		r.violations.map(v => v.id + ": " + v.help + "\n  " + v.nodes.map(n => n.html + "\n    " + n.failureSummary).join("\n  ")).join("\n"))`)
	if found != "" {
		s.Errorf("%s: axe finds %s", name, found)
	}
	if over := chromiumtest.Eval[int](tab, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
		s.Errorf("%s: it is %d px too wide", name, over)
	}
	if cut := chromiumtest.Eval[string](tab, `innerWidth > 768 ? "" : [...document.querySelectorAll(".wide")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel).join(", ")`); cut != "" {
		s.Errorf("%s: on a phone a part of these tables is out of sight: %s", name, cut)
	}
	if dir := os.Getenv(picturesVariable); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), tab.Picture(), 0o644); err != nil { //nolint:gosec // pictures for all
			s.Fatal(err)
		}
	}
}
