package faulty

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo answers with what it was sent, or for a GET with a thousand letters.
type echo struct{ whole atomic.Int64 }

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	e.whole.Add(1)
	if r.Method == http.MethodGet {
		b = bytes.Repeat([]byte("a"), 1000)
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	_, _ = w.Write(b)
}

func start(t *testing.T) (*Proxy, *echo, *http.Client) {
	t.Helper()
	e := new(echo)
	server := httptest.NewServer(e)
	p, err := Start(server.URL, 7)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: new(http.Transport)}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return p, e, client
}

func ask(client *http.Client, method, url, body string) (status int, answer string, err error) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	in, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	b, err := io.ReadAll(in.Body)
	return in.StatusCode, string(b), errors.Join(err, in.Body.Close())
}

// Each fault is what it says: what the client sees, and whether the server has done its work.
func TestFaults(t *testing.T) {
	sent, letters := strings.Repeat("b", 1000), strings.Repeat("a", 1000)
	flips := func(was, is string) int {
		n := 0
		for i := range min(len(was), len(is)) {
			if was[i] != is[i] {
				n++
			}
		}
		return n
	}
	for name, c := range map[string]struct {
		faults Faults
		method string
		// fails: the client sees an error; done: the server has read the whole request.
		fails, done bool
		status      int
		check       func(answer string) bool
	}{
		"none":           {Faults{}, "PUT", false, true, 200, func(a string) bool { return a == sent }},
		"busy":           {Faults{Busy: 1}, "PUT", false, false, 503, func(a string) bool { return strings.Contains(a, "SlowDown") }},
		"cut upload":     {Faults{CutUpload: 1}, "PUT", true, false, 0, nil},
		"lost answer":    {Faults{LoseAnswer: 1}, "PUT", true, true, 0, nil},
		"flip upload":    {Faults{FlipUpload: 1}, "PUT", false, true, 200, func(a string) bool { return flips(sent, a) == 1 }},
		"flip download":  {Faults{FlipDownload: 1}, "GET", false, true, 200, func(a string) bool { return flips(letters, a) == 1 }},
		"cut download":   {Faults{CutDownload: 1}, "GET", true, true, 200, nil},
		"short download": {Faults{ShortDownload: 1}, "GET", false, true, 200, func(a string) bool { return a == letters[:500] }},
		"refused": {Faults{Refuse: func(*http.Request) *Answer { return &Answer{403, "no"} }}, "PUT", false, false, 403,
			func(a string) bool { return a == "no" }},
	} {
		t.Run(name, func(t *testing.T) {
			p, e, client := start(t)
			p.Set(c.faults)
			body := ""
			if c.method == "PUT" {
				body = sent
			}
			status, answer, err := ask(client, c.method, p.URL, body)
			if (err != nil) != c.fails || status != c.status && !c.fails {
				t.Errorf("status %d, %v", status, err)
			}
			if done := e.whole.Load() > 0; done != c.done {
				t.Errorf("the server has done its work: %v", done)
			}
			if c.check != nil && !c.check(answer) {
				t.Errorf("answer %.60q of %d bytes", answer, len(answer))
			}
		})
	}
}

// A share is about that share.
func TestShares(t *testing.T) {
	p, _, client := start(t)
	p.Set(Faults{Busy: 0.3})
	busy := 0
	for range 300 {
		status, _, err := ask(client, "PUT", p.URL, "x")
		if err != nil {
			t.Fatal(err)
		}
		if status == 503 {
			busy++
		}
	}
	if busy < 60 || busy > 120 || p.Requests("PUT") != 300 {
		t.Errorf("%d of %d busy", busy, p.Requests("PUT"))
	}
}

func TestDownAndUp(t *testing.T) {
	p, _, client := start(t)
	if err := p.Down(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ask(client, "GET", p.URL, ""); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("down: %v", err)
	}
	if err := p.Up(); err != nil {
		t.Fatal(err)
	}
	if status, _, err := ask(client, "GET", p.URL, ""); status != 200 || err != nil {
		t.Errorf("up: %d, %v", status, err)
	}
}

func TestHangAndThrottle(t *testing.T) {
	p, e, client := start(t)
	resume := p.Hang()
	var wg sync.WaitGroup
	wg.Go(func() {
		if status, _, err := ask(client, "GET", p.URL, ""); status != 200 || err != nil {
			t.Errorf("%d, %v", status, err)
		}
	})
	for p.Requests("GET") == 0 {
		time.Sleep(time.Millisecond) //nolint:forbidigo // until the request has come
	}
	if e.whole.Load() != 0 {
		t.Error("it went through")
	}
	resume()
	wg.Wait()
	p.Set(Faults{Rate: 5000, Latency: 50 * time.Millisecond})
	began := time.Now()
	if _, answer, err := ask(client, "GET", p.URL, ""); len(answer) != 1000 || err != nil || time.Since(began) < 200*time.Millisecond {
		t.Errorf("%d bytes in %v, %v", len(answer), time.Since(began), err)
	}
}
