package server

import (
	"net/http"
	"strings"
	"testing"
)

func TestFilesOfADocument(t *testing.T) {
	h := serverOf(demoShelf())
	for _, tt := range []struct {
		name, path      string
		status          int
		mediaType, says string
		disposition     string
	}{
		{"a report", "/documents/1c1517ea914c6730/report.json", 200, "application/json", `"ID":"1c1517ea914c6730"`, `attachment; filename=1c1517ea914c6730.json`},
		{"citations", "/documents/1c1517ea914c6730/citations.apa.txt", 200, "text/plain; charset=utf-8", "Cited in", `attachment; filename=1c1517ea914c6730.apa.txt`},
		{"citations in no form", "/documents/1c1517ea914c6730/citations.exe", 404, "text/html; charset=utf-8", "It is not here", ""},
		{"a robust copy", "/documents/1c1517ea914c6730/robust", 200, "application/octet-stream", "<script>", `attachment; filename="a \"note\".html"`},
		{"a package", "/export/1c1517ea914c6730.wacz", 200, "application/wacz", "PK of 1c", `attachment; filename=1c1517ea914c6730.wacz`},
		{"a package of a collection", "/export/papers.wacz", 200, "application/wacz", "PK of papers", "attachment; filename=papers.wacz"},
		{"no such package", "/export/none.wacz", 404, "text/html; charset=utf-8", "It is not here", ""},
		{"a package of another kind", "/export/papers.zip", 404, "text/html; charset=utf-8", "It is not here", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(t, h, "GET", tt.path)
			if w.Code != tt.status || w.Header().Get("Content-Type") != tt.mediaType || !strings.Contains(w.Body.String(), tt.says) || w.Header().Get("Content-Disposition") != tt.disposition {
				t.Errorf("status %d, %v:\n%s", w.Code, w.Header(), w.Body)
			}
			if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%v", w.Header())
			}
		})
	}
}

// TestPackagesAreTakenInParts asks as readers in a browser do, from a page elsewhere.
func TestPackagesAreTakenInParts(t *testing.T) {
	h := serverOf(demoShelf())
	elsewhere := []string{"Origin: https://reader.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"}
	for _, tt := range []struct {
		name, method  string
		header        []string
		status        int
		body, content string
	}{
		{"whole", "GET", nil, 200, "PK of papers", ""},
		{"the head", "HEAD", nil, 200, "", ""},
		{"a part", "GET", []string{"Range: bytes=3-4"}, 206, "of", "bytes 3-4/12"},
		{"its end", "GET", []string{"Range: bytes=-6"}, 206, "papers", "bytes 6-11/12"},
		{"a part of the same", "GET", []string{"Range: bytes=0-1", `If-Range: "tag-papers"`}, 206, "PK", "bytes 0-1/12"},
		{"a part of another", "GET", []string{"Range: bytes=0-1", `If-Range: "tag-before"`}, 200, "PK of papers", ""},
		{"a part beyond its end", "GET", []string{"Range: bytes=99-"}, 416, "invalid range", "bytes */12"},
		{"as before", "GET", []string{`If-None-Match: "tag-papers"`}, 304, "", ""},
		{"may it be asked", "OPTIONS", []string{"Access-Control-Request-Method: GET", "Access-Control-Request-Headers: range"}, 204, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(t, h, tt.method, "/export/papers.wacz", append(tt.header, elsewhere...)...)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) || w.Header().Get("Content-Range") != tt.content || w.Body.Len() > 0 && tt.body == "" {
				t.Errorf("status %d, %v: %q", w.Code, w.Header(), w.Body)
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%v", w.Header())
			}
		})
	}
	o := options()
	o.Pages, o.LocalOnly = demoShelf().pages(), true
	if w := ask(t, New(o), "GET", "http://127.0.0.1/export/papers.wacz", elsewhere...); w.Code != http.StatusForbidden {
		t.Errorf("from elsewhere, of whoever may do everything here: %d", w.Code)
	}
}
