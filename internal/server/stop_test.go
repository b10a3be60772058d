package server

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are in memory, so that time can be virtual.
type pipes struct {
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), ended: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { p.once.Do(func() { close(p.ended) }); return nil }

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

func (p *pipes) dial() net.Conn {
	mine, theirs := net.Pipe()
	p.conns <- theirs
	return mine
}

// TestServeStopsInTime stops a server while a reader is slow, another gets an endless answer, and one waits for what takes a while:
// only the last gets all of it, and nobody keeps the server from stopping.
func TestServeStopsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ready *server
		mux := http.NewServeMux()
		mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
			for stop := stopping(r.Context()); ; {
				select {
				case <-stop:
					return
				case <-time.After(time.Second):
					_, _ = io.WriteString(w, "data: x\n\n")
					_ = http.NewResponseController(w).Flush()
				}
			}
		})
		mux.HandleFunc("/deaf", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		mux.HandleFunc("/soon", func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(3 * time.Second) //nolint:forbidigo // virtual time
			_, _ = io.WriteString(w, "done")
		})
		mux.HandleFunc("/readyz", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second) //nolint:forbidigo // virtual time
			ready.ready(w, r)
		})
		ready = &server{Options: options()}
		l := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- Serve(ctx, l, mux, slog.New(slog.DiscardHandler)) }()
		answers := map[string]chan string{}
		for _, path := range []string{"/events", "/deaf", "/soon", "/readyz"} {
			answers[path] = make(chan string, 1)
			c := l.dial()
			go func() {
				_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n")
				b, _ := io.ReadAll(bufio.NewReader(c))
				answers[path] <- string(b)
			}()
		}
		slow := l.dial()
		_, _ = io.WriteString(slow, "GET / HT")
		time.Sleep(500 * time.Millisecond) //nolint:forbidigo // virtual time
		began := time.Now()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 9*time.Second {
			t.Errorf("it stopped after %s", took)
		}
		for path, want := range map[string]string{"/soon": "done", "/readyz": "not ready: stopping", "/events": "200 OK"} {
			if got := <-answers[path]; !strings.Contains(got, want) {
				t.Errorf("%s: %q", path, got)
			}
		}
		if err := slow.Close(); err != nil {
			t.Error(err)
		}
	})
}
