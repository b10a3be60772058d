package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/server"
)

func jobIn(t *testing.T, w *httptest.ResponseRecorder) server.Job {
	t.Helper()
	var j server.Job
	if err := json.Unmarshal(w.Body.Bytes(), &j); err != nil || w.Code != http.StatusAccepted || w.Header().Get("Location") != "/api/v1/jobs/"+j.ID {
		t.Fatalf("%d, %v, %v\n%s", w.Code, w.Header(), err, w.Body)
	}
	return j
}

func TestADocumentThatIsSentIsArchived(t *testing.T) {
	s := startAPI(t, "")
	in := "/api/v1/collections/notes/documents"
	body := "# Another\n\nSee " + s.site + "/two and " + s.site + "/three.\n"
	first := jobIn(t, s.call("POST", in+"?name=other.md", "writer", body, "Idempotency-Key", "k1", "Content-Type", "text/markdown"))
	if first.Document == "" || first.Collection != "notes" {
		t.Errorf("%+v", first)
	}
	again := jobIn(t, s.call("POST", in+"?name=other.md", "writer", body, "Idempotency-Key", "k1", "Content-Type", "text/markdown"))
	if again.ID != first.ID {
		t.Errorf("the same again is %s, and was %s", again.ID, first.ID)
	}
	if w := s.call("POST", in+"?name=other.md", "writer", body+"more", "Idempotency-Key", "k1", "Content-Type", "text/markdown"); w.Code != http.StatusConflict {
		t.Errorf("something else with the same key: %d", w.Code)
	}
	if other := jobIn(t, s.call("POST", in+"?name=other.md", "admin", body, "Idempotency-Key", "k1", "Content-Type", "text/markdown")); other.ID == first.ID {
		t.Error("the key of somebody else counts")
	}
	job := s.await(first.ID)
	if job["state"] != "done" {
		t.Fatalf("%v", job)
	}
	sum := s.get(job["result"].(string), "")["summary"].(map[string]any)
	if sum["captured"] != 2.0 || sum["references"] != 2.0 {
		t.Errorf("%v", sum)
	}
	page := jobIn(t, s.call("POST", in, "writer", `{"uri":"`+s.site+`/page"}`, "Content-Type", "application/json"))
	if job := s.await(page.ID); job["state"] != "done" || s.get(job["result"].(string), "")["document"].(map[string]any)["source"] != s.site+"/page" {
		t.Errorf("a citing page: %v", job)
	}
	lost := jobIn(t, s.call("POST", in, "writer", `{"uri":"`+s.site+`/gone"}`, "Content-Type", "application/json"))
	if job := s.await(lost.ID); job["state"] != "failed" || job["error"] == nil {
		t.Errorf("a citing page that is gone: %v", job)
	}
}

func TestListsAreReadAPartAtATime(t *testing.T) {
	s := startAPI(t, "")
	for _, path := range []string{"/api/v1/collections", "/api/v1/collections/notes/documents/" + s.document + "/references", "/api/v1/collections/notes/checks?url=" + url.QueryEscape(s.site+"/one")} {
		t.Run(path, func(t *testing.T) {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			whole := s.get(path, "admin")["items"].([]any)
			var parts []any
			for next := path + sep + "limit=1"; next != ""; {
				w := s.call("GET", next, "admin", "")
				var part struct{ Items []any }
				if err := json.Unmarshal(w.Body.Bytes(), &part); err != nil || len(part.Items) > 1 {
					t.Fatalf("%s: %v\n%s", next, err, w.Body)
				}
				parts = append(parts, part.Items...)
				next, _, _ = strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), ">")
			}
			if a, b := fmt.Sprint(parts), fmt.Sprint(whole); a != b || len(whole) == 0 {
				t.Errorf("parts %s\nwhole %s", a, b)
			}
		})
	}
}

// TestClientsOfSavePageNow sends what they send.
func TestClientsOfSavePageNow(t *testing.T) {
	s := startAPI(t, "")
	id, secret, _ := strings.Cut(strings.TrimPrefix(s.tokens["writer of notes"], "ibid_"), "_")
	header := []string{"Authorization", "LOW " + id + ":" + secret, "Accept", "application/json", "Content-Type", "application/x-www-form-urlencoded"}
	save := func(form url.Values) server.Saved {
		t.Helper()
		w := s.call("POST", "/save", "", form.Encode(), header...)
		var saved server.Saved
		if err := json.Unmarshal(w.Body.Bytes(), &saved); err != nil || w.Code != 200 || saved.JobID == "" {
			t.Fatalf("%d, %v: %s", w.Code, err, w.Body)
		}
		s.await(saved.JobID)
		w = s.call("GET", "/save/status/"+saved.JobID, "", "", header...)
		if err := json.Unmarshal(w.Body.Bytes(), &saved); err != nil || w.Code != 200 {
			t.Fatalf("%d, %v: %s", w.Code, err, w.Body)
		}
		return saved
	}
	for _, tt := range []struct {
		name, path, capture, within, status, ext string
		http                                     int
	}{
		{"a page", "/saved", "", "", "success", "", 200},
		{"a page that is held", "/saved", "", "30d", "success", "", 200},
		{"one that is gone", "/gone", "", "", "error", "error:not-found", 404},
		{"one that is gone, wanted all the same", "/gone", "1", "", "success", "", 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			form := url.Values{"url": {s.site + tt.path}, "capture_all": {tt.capture}, "capture_outlinks": {"1"}, "delay_wb_availability": {"1"}}
			if tt.within != "" {
				form.Set("if_not_archived_within", tt.within)
			}
			got := save(form)
			if got.Status != tt.status || got.Extended != tt.ext || got.HTTPStatus != tt.http || got.Original != s.site+tt.path || len(got.Timestamp) != 14 {
				t.Errorf("%+v", got)
			}
		})
	}
	// What must not be asked is refused when it is dialled.
	got := save(url.Values{"url": {"http://169.254.169.254/latest/meta-data/"}})
	if got.Status != "error" || got.Extended != "error:blocked-url" {
		t.Errorf("%+v", got)
	}
	n, err := s.h.catalog.Counts(t.Context(), "default")
	if err != nil || n.Captures != 0 {
		t.Errorf("a token of one collection saves elsewhere: %+v, %v", n, err)
	}
}

// TestWithoutTokensOnlyThisMachineIsAnswered holds server.auth: none against what a web site can have the browser of its
// reader do.
func TestWithoutTokensOnlyThisMachineIsAnswered(t *testing.T) {
	s := startAPI(t, "server: {auth: none}\n")
	const pause = "/api/v1/collections/notes/schedules/pause"
	for _, tt := range []struct {
		name, method, path, host string
		header                   []string
		want                     int
	}{
		{"private", "GET", "/api/v1/collections/desk", "127.0.0.1:8470", nil, 200},
		{"by name", "GET", "/api/v1/collections/desk", "localhost:8470", nil, 200},
		{"by IPv6", "GET", "/api/v1/collections/desk", "[::1]:8470", nil, 200},
		{"writing", "POST", pause, "127.0.0.1:8470", nil, 200},
		{"from a page of ours", "POST", pause, "127.0.0.1:8470", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"a site whose name leads here", "GET", "/api/v1/collections/desk", "evil.example:8470", nil, 403},
		{"a page elsewhere writes", "POST", pause, "127.0.0.1:8470", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a page elsewhere writes, of old", "POST", pause, "127.0.0.1:8470", []string{"Origin", "https://evil.example"}, 403},
		{"a page elsewhere loads", "GET", "/api/v1/collections/desk", "127.0.0.1:8470", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"a replayed page loads", "GET", "/api/v1/collections/desk", "127.0.0.1:8470", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"a link is followed", "GET", "/api/v1/collections/desk", "127.0.0.1:8470", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a frame is loaded", "GET", "/api/v1/collections/desk", "127.0.0.1:8470", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, nil)
			r.Host = tt.host
			for i := 0; i+1 < len(tt.header); i += 2 {
				r.Header.Set(tt.header[i], tt.header[i+1])
			}
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("status %d, want %d: %s", w.Code, tt.want, w.Body)
			}
		})
	}
}

// TestWhatWasAskedForOutlivesItsProcess: a request that nobody has worked is taken up by the next one.
func TestWhatWasAskedForOutlivesItsProcess(t *testing.T) {
	s := startAPI(t, "")
	r := requestFor(s, "left-behind")
	if _, _, err := s.h.catalog.AddRequest(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	// Any other request wakes the requester, as the start of a process does.
	jobIn(t, s.call("POST", "/api/v1/collections/notes/documents?name=b.md", "writer", "# B\n\nSee "+s.site+"/b"))
	began := time.Now()
	if job := s.await(r.ID); job["state"] != "done" {
		t.Errorf("%v after %v", job, time.Since(began))
	}
}
