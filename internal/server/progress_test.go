package server

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
)

func deskNow() time.Time { return now }

// course is what is told of a job of the demo's document, one after the other.
func course() []Job {
	j := Job{ID: "job1", Collection: "default", Document: "1c1517ea914c6730", State: JobWaiting}
	running, rescuing, done := j, j, j
	running.State, running.Done, running.Total = JobRunning, 1, 3
	rescuing.State, rescuing.Stage, rescuing.Done, rescuing.Total = JobRunning, ibid.VisitRescue, 0, 2
	done.State, done.Finished = JobDone, now
	return []Job{j, running, running, rescuing, done}
}

// watch follows a job, and returns the events. It must be called in a bubble.
func watch(ctx context.Context, h http.Handler) string {
	r := httptest.NewRequestWithContext(ctx, "GET", "/uploads/job1/events", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Header().Get("Content-Type") + "\n" + w.Body.String()
}

func TestProgressIsToldAsItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := watch(t.Context(), deskOf(&desk{jobs: course()}))
		var says []string
		for line := range strings.Lines(got) {
			if _, text, ok := strings.Cut(line, `data: {"says":"`); ok {
				text, _, _ = strings.Cut(text, `"`)
				says = append(says, text)
			}
		}
		want := "It waits for its turn.|Fetching the sources: 1 of 3|Looking in other archives: 0 of 2 sources|Done: what could be kept is kept."
		if strings.Join(says, "|") != want || !strings.HasPrefix(got, "text/event-stream\n") {
			t.Errorf("%s", got)
		}
		// Of the second reference a work is lost; that is said when all was tried.
		before, after, _ := strings.Cut(got, `"Done: `)
		if !strings.Contains(before, `{"id":"r1","outcome":"rescued","glyph":"◆","word":"rescued"}`) || strings.Contains(before, `"lost"`) || !strings.Contains(after, `{"id":"r2","outcome":"lost"`) {
			t.Errorf("%s", got)
		}
	})
}

func TestProgressOfNothingNewKeepsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := watch(t.Context(), deskOf(&desk{jobs: course()[:1]}))
		if n := strings.Count(got, "\n:\n"); n < 30 || strings.Count(got, "event:") != 1 {
			t.Errorf("%d signs of life in %v:\n%.500s", n, watchTime, got)
		}
	})
}

func TestProgressOfAPageIsShownOnceItIsFetched(t *testing.T) {
	fetching := Job{ID: "job1", Collection: "default", URI: "https://example.org/a", State: JobRunning}
	failed := Job{ID: "job1", Collection: "default", URI: "https://example.org/a", State: JobFailed, Error: "the site answers 404 Not Found"}
	for name, next := range map[string]Job{"read": course()[1], "failed": failed} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := watch(t.Context(), deskOf(&desk{jobs: []Job{fetching, next}})); !strings.Contains(got, `"reload":true`) {
					t.Errorf("%s", got)
				}
			})
		})
	}
}

func TestProgressPages(t *testing.T) {
	waiting, done := deskOf(&desk{jobs: course()[:1]}), deskOf(&desk{jobs: course()[4:]})
	failed := deskOf(&desk{jobs: []Job{{ID: "job1", URI: "https://example.org/", State: JobFailed, Error: "the site answers 404 Not Found"}}})
	const refresh = `<noscript><meta http-equiv="refresh" content="3"></noscript>`
	for _, tt := range []struct {
		name   string
		h      http.Handler
		path   string
		status int
		says   []string
		never  string
	}{
		{"waiting", waiting, "/uploads/job1", 200, []string{refresh, "It waits for its turn.", `data-follow="/uploads/job1/events?page=1"`}, "lost"},
		{"done", done, "/uploads/job1", 200, []string{`data-follow=""`, `href="/documents/1c1517ea914c6730"`, "✗"}, refresh},
		{"done, in French", done, "/uploads/job1?lang=fr", 200, []string{"Terminé"}, refresh},
		{"failed", failed, "/uploads/job1", 200, []string{"It could not be done.", "the site answers 404 Not Found", `href="/upload"`}, refresh},
		{"no such job", done, "/uploads/job2", 404, []string{"It is not here"}, refresh},
		{"no such page", done, "/uploads/job1?page=2", 404, []string{"It is not here"}, refresh},
		{"no name", done, "/uploads/%00", 400, []string{"no name is like this"}, refresh},
		{"events of no such job", done, "/uploads/job2/events", 404, []string{"It is not here"}, refresh},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(t, tt.h, "GET", tt.path)
			if w.Code != tt.status {
				t.Fatalf("status %d:\n%s", w.Code, w.Body)
			}
			for _, want := range tt.says {
				if !strings.Contains(w.Body.String(), want) || strings.Contains(w.Body.String(), tt.never) {
					t.Errorf("it does not say %q, or says %q:\n%s", want, tt.never, w.Body)
				}
			}
			checkHTML(t, w.Body.String())
		})
	}
}

// TestProgressNamesWhatItLists holds that a person can tell the references of a list from each other.
func TestProgressNamesWhatItLists(t *testing.T) {
	const address = "https://example.org/a"
	for _, tt := range []struct {
		name string
		ref  ibid.Reference
		want string
	}{
		{"a note", ibid.Reference{URI: address, Title: "First", Locator: ibid.Locator{Kind: ibid.Footnote, Label: "7"}}, `>footnote 7<span class="hidden"> (r1)</span></a> <bdi class="address">example.org/a</bdi>`},
		{"words of a link", ibid.Reference{URI: address, Title: "First", Locator: ibid.Locator{Kind: ibid.Link}}, `><bdi>First</bdi><span class="hidden"> (r1)</span></a> <bdi class="address">example.org/a</bdi>`},
		{"an address alone", ibid.Reference{URI: address, Locator: ibid.Locator{Kind: ibid.Inline}}, `><bdi>example.org/a</bdi><span class="hidden"> (r1)</span></a></li>`},
		{"a sentence", ibid.Reference{Context: "As it says", Locator: ibid.Locator{Kind: ibid.Inline}}, `><bdi>As it says</bdi><span class="hidden"> (r1)</span></a></li>`},
		{"nothing", ibid.Reference{Locator: ibid.Locator{Kind: ibid.Inline}}, `>inline<span class="hidden"> (r1)</span></a></li>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.ref.ID = "r1"
			page := progressPage{Pager: pager{1, shownAPage, 1}, Document: Document{References: []Cited{{Reference: tt.ref}}}}
			w := httptest.NewRecorder()
			s := &server{Options: Options{Now: deskNow, Log: slog.New(slog.DiscardHandler)}, renderer: newRenderer(deskNow)}
			s.render(w, httptest.NewRequestWithContext(t.Context(), "GET", "/uploads/job1", nil), answer{page: "progress", data: page})
			if !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("it does not say %s:\n%s", tt.want, w.Body)
			}
		})
	}
}

// TestProgressEndsWithTheServer holds that whoever follows a job does not keep a server from stopping.
func TestProgressEndsWithTheServer(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, deskOf(&desk{jobs: course()[:1]}), slog.New(slog.DiscardHandler)) }()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+l.Addr().String()+"/uploads/job1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // of a test
	events := bufio.NewReader(answer.Body)
	if line, err := events.ReadString('\n'); line != "event: progress\n" {
		t.Fatalf("%q, %v", line, err)
	}
	stop()
	if rest, err := io.ReadAll(events); err != nil { // cut off, it would not end as it should
		t.Errorf("%q, %v", rest, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestProgressIsToldToSoManyOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := deskOf(&desk{jobs: course()[:1]})
		ctx, gone := context.WithCancel(t.Context())
		for range watchers {
			go watch(ctx, h)
		}
		synctest.Wait()
		if w := ask(t, h, "GET", "/uploads/job1/events"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("status %d", w.Code)
		}
		gone()
		synctest.Wait()
		if got := watch(t.Context(), deskOf(&desk{jobs: course()})); !strings.Contains(got, "Done") {
			t.Errorf("%s", got)
		}
	})
}
