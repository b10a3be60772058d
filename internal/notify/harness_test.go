package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/notify"
)

var errSome = errors.New("some reason")

// secretText is the secret of the test vector of Standard Webhooks.
const secretText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func secrets(t *testing.T) []notify.Secret {
	t.Helper()
	s, err := notify.ParseSecrets(secretText)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pipes is a network in memory: what waits on it lets the virtual time of a test go on.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, errors.New("connection refused")
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

// serve serves h on a network in memory until the test ends, and returns the way there.
func serve(t *testing.T, h http.HandlerFunc) notify.DialFunc {
	t.Helper()
	p := newPipes()
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Hour}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(p) })
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	return p.dial
}

// webhook is the Channel of an endpoint reached by dial.
func webhook(t *testing.T, name string, dial notify.DialFunc, f notify.Filter) *notify.Webhook {
	t.Helper()
	w, err := notify.NewWebhook(notify.WebhookOptions{
		Name: name, URL: "http://hooks.example/in?token=hidden", Secrets: secrets(t), Filter: f, Base: "https://ibid.example/", Dial: dial,
		UserAgent: "Ibid/test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// run runs a Notifier until the function that it returns is called, or the test ends.
func run(t *testing.T, o notify.Outbox, channels ...notify.Channel) (n *notify.Notifier, stop func()) {
	t.Helper()
	n, err := notify.Open(t.Context(), notify.Options{Outbox: o, Channels: channels, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(stop)
	return n, stop
}
