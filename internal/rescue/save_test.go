package rescue

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestSave(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string // of the POST, and of each poll
		urim    string
		kind    ibid.Kind
		polls   int
	}{
		"after a while":  {[]string{`{"url":"u","job_id":"spn2-1"}`, `{"status":"pending"}`, `{"status":"success","timestamp":"20260820090000","original_url":"https://site.example/paper"}`}, "https://web.archive.org/web/20260820090000/https://site.example/paper", "", 2},
		"for the moment": {[]string{`{"job_id":"j"}`, `{"status":"error","status_ext":"error:user-session-limit","message":"wait"}`}, "", ibid.KindNetwork, 1},
		"for good":       {[]string{`{"job_id":"j"}`, `{"status":"error","status_ext":"error:blocked-url"}`}, "", ibid.KindPolicy, 1},
		"no job":         {[]string{`{"message":"no"}`}, "", ibid.KindNetwork, 0},
		"another path":   {[]string{`{"job_id":"../../x"}`}, "", ibid.KindNetwork, 0},
		"a page":         {[]string{`<html>`}, "", ibid.KindNetwork, 0},
		"never":          {[]string{`{"job_id":"j"}`, `{"status":"pending"}`}, "", ibid.KindNetwork, 60},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				polls := 0
				s := NewSaver(SaverOptions{Key: "k", Secret: "s", Budget: newBudget(), UserAgent: "Ibid-test", Transport: trip(func(req *http.Request) *http.Response {
					if req.Header.Get("Authorization") != "LOW k:s" || req.Header.Get("Accept") != "application/json" {
						t.Errorf("%v", req.Header)
					}
					if req.Method == http.MethodPost {
						form, _ := io.ReadAll(req.Body)
						if string(form) != "if_not_archived_within=2592000s&skip_first_archive=1&url=http%3A%2F%2Fsite.example%2Fpaper" {
							t.Errorf("%s", form)
						}
						return reply(200, c.answers[0])
					}
					if !strings.HasPrefix(req.URL.Path, "/save/status/") {
						t.Error(req.URL)
					}
					polls++
					return reply(200, c.answers[min(polls, len(c.answers)-1)])
				})})
				saved, err := s.Save(t.Context(), testSite)
				if c.urim != "" {
					if err != nil || saved.URIM != c.urim {
						t.Errorf("%+v, %v", saved, err)
					}
				} else if ibid.KindOf(err) != c.kind {
					t.Errorf("%v is of kind %s", err, ibid.KindOf(err))
				}
				if polls < c.polls-1 || polls > c.polls+1 {
					t.Errorf("asked %d times", polls)
				}
			})
		})
	}
}

func TestNothingIsSavedWithoutKeys(t *testing.T) {
	if s := NewSaver(SaverOptions{Key: "k"}); s != nil {
		t.Error("a Saver without a secret")
	}
	var s *Saver
	if _, err := s.Save(t.Context(), testSite); ibid.KindOf(err) != ibid.KindPolicy {
		t.Error(err)
	}
}

func TestSavingRestsWhenItIsAskedTo(t *testing.T) {
	asked, b := 0, newBudget()
	s := NewSaver(SaverOptions{Key: "k", Secret: "s", Budget: b, PerMinute: 6000, Now: func() time.Time { return testNow }, Transport: trip(func(*http.Request) *http.Response {
		asked++
		return reply(429, "")
	})})
	for range 3 {
		if _, err := s.Save(t.Context(), testSite); ibid.KindOf(err) != ibid.KindNetwork {
			t.Error(err)
		}
	}
	if asked != 1 || !b.rest[saver].Equal(testNow.Add(time.Minute)) {
		t.Errorf("asked %d times, rests until %v", asked, b.rest[saver])
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Save(ctx, testSite); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
