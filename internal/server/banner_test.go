package server

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestBanner(t *testing.T) {
	face := NewFace(func() time.Time { return now }, slog.New(slog.DiscardHandler))
	shown := Banner{
		Capture: demoShelf().captures[1].Capture, At: at("2026-11-24T09:00:00Z"), Live: true, Verdict: ibid.Truncated,
		Show: "http://replay.test/web/20261124090000/" + deadURI, Origin: "http://replay.test", Switch: "/web/20261124090000on_/" + deadURI,
		Raw: "http://replay.test/web/20261124090000id_/" + deadURI, Calendar: "/web/*/" + deadURI,
		First: &Beside{"/web/20090528031205/" + deadURI, at("2009-05-28T03:12:05Z")}, Prev: &Beside{"/web/20090528031205/" + deadURI, at("2009-05-28T03:12:05Z")},
	}
	banner := func(b Banner, language string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/web/20261124090000/"+deadURI, nil)
		r.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		face.Banner(w, r, 404, &b)
		return w
	}
	w := banner(shown, "en")
	checkGolden(t, "banner", w.Body.Bytes())
	checkHTML(t, w.Body.String())
	if csp := w.Header().Get("Content-Security-Policy"); w.Code != 404 || !strings.Contains(csp, "frame-src http://replay.test") || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("status %d, policy %q", w.Code, csp)
	}
	checked := shown
	checked.LastFixity, checked.Live, checked.Verdict, checked.Capture.Truncated = at("2026-11-23T12:00:00Z"), false, ibid.Archived, ""
	checked.Capture.Origin = "web.archive.org"
	w = banner(checked, "fr")
	for _, want := range []string{"Dernier contrôle d’intégrité: <time", "23 novembre 2026", "il y a 24 heures", "reprise de web.archive.org", "archivée"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, w.Body)
		}
	}
	pdf := shown
	pdf.NoSandbox, pdf.Switch = true, ""
	if got := banner(pdf, "en").Body.String(); !strings.Contains(got, `target="_blank" rel="external noreferrer">Open the document by itself`) || strings.Contains(got, "sandbox=") || strings.Contains(got, "its scripts") {
		t.Errorf("a PDF:\n%s", got)
	}
	for name, text := range hostile {
		b := shown
		b.Capture = ibid.Capture{URI: text, Origin: ibid.Origin(text), MediaType: ibid.MediaType(text), Digest: ibid.Digest(text), Class: ibid.Class(text)}
		b.Live = false
		got := banner(b, "es").Body.String()
		checkHTML(t, got)
		for _, bad := range []string{"\u202e", "\x1b", "<script>alert", "<img", "\xff"} {
			if strings.Contains(got, bad) || len(got) > maxPageSize {
				t.Errorf("%s: it has %q or %d bytes:\n%s", name, bad, len(got), got)
			}
		}
	}
}

func TestFaceOfFailures(t *testing.T) {
	face := NewFace(time.Now, slog.New(slog.DiscardHandler))
	held := &ibid.Error{Kind: ibid.KindPolicy, Op: "show", URI: "http://a.example/<b>", Err: errors.New("it is held, and may not be shown here")}
	for _, tt := range []struct {
		says   string
		status int
	}{
		{"http://a.example/&lt;b&gt;", http.StatusUnavailableForLegalReasons},
		{"The fault is on this side", http.StatusServiceUnavailable},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/web/2009/http://a.example/", nil)
		w := httptest.NewRecorder()
		face.Fail(w, r, tt.status, held)
		if w.Code != tt.status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(w.Body.String(), tt.says) {
			t.Errorf("%d: %d %s\n%s", tt.status, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
}
