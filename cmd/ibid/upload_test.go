package main

import (
	"net/url"
	"strings"
	"testing"
)

// TestUploadByForm sends a document as a browser without scripts does, and archives some of what it cites.
func TestUploadByForm(t *testing.T) {
	t.Parallel()
	s := startAPI(t, "")
	body := "--b\r\nContent-Disposition: form-data; name=\"collection\"\r\n\r\nnotes" +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"document\"; filename=\"thesis.md\"\r\n\r\n# A thesis\n\nSee " + s.site + "/two and " + s.site + "/three and " + s.site + "/gone.\r\n--b--\r\n"
	w := s.call("POST", "/upload", "writer", body, "Content-Type", "multipart/form-data; boundary=b", "Accept", "text/html")
	choose := w.Header().Get("Location")
	if w.Code != 303 || !strings.HasSuffix(choose, "/archive?collection=notes") {
		t.Fatalf("%d, to %q:\n%s", w.Code, choose, w.Body)
	}
	page := s.call("GET", choose, "writer", "").Body.String()
	if !strings.Contains(page, "3 references were found in it") || strings.Count(page, `type="checkbox"`) != 3 {
		t.Errorf("to choose from:\n%s", page)
	}
	w = s.call("POST", choose, "writer", url.Values{"reference": {"r1", "r3"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	progress := w.Header().Get("Location")
	if w.Code != 303 || !strings.HasPrefix(progress, "/uploads/") {
		t.Fatalf("%d, to %q:\n%s", w.Code, progress, w.Body)
	}
	events := s.call("GET", progress+"/events", "writer", "") // ends when the job is over
	last := events.Body.String()[strings.LastIndex(strings.TrimSpace(events.Body.String()), "event:"):]
	if !strings.Contains(last, `"over":true`) || events.Header().Get("Content-Type") != "text/event-stream" {
		t.Errorf("%s", events.Body)
	}
	over := s.call("GET", progress, "writer", "").Body.String()
	for _, want := range []string{"A thesis", "Done: what could be kept is kept.", "o-captured", "o-lost", "o-pending"} {
		if !strings.Contains(over, want) {
			t.Errorf("it does not say %q:\n%s", want, over)
		}
	}
	document := strings.Replace(choose, "/archive", "", 1)
	if !strings.Contains(over, `href="`+document+`"`) || strings.Count(s.call("GET", document, "writer", "").Body.String(), `class="o-captured"`) != 1 {
		t.Errorf("it does not lead to %s, or that does not tell yet", document)
	}
	w = s.call("POST", "/upload", "writer", strings.Replace(body, "# A thesis", "MZ\x00\x01\xff", 1), "Content-Type", "multipart/form-data; boundary=b", "Accept", "text/html")
	if w.Code != 400 || !strings.Contains(w.Body.String(), "thesis.md") || !strings.Contains(w.Body.String(), `role="alert"`) {
		t.Errorf("no document: %d\n%s", w.Code, w.Body)
	}
}
