// Package smtpsink is a mail server for tests: it speaks SMTP over TCP, takes every mail and keeps it in memory.
package smtpsink

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"slices"
	"sync"
	"testing"
)

// Options say how the server behaves. The zero value takes mail in the clear, from everybody.
type Options struct {
	// STARTTLS offers it, and Implicit speaks TLS from the first byte on, both with a certificate for 127.0.0.1,
	// ::1, localhost and mail.example that Roots trusts.
	STARTTLS, Implicit bool
	// User and Password are wanted, by AUTH PLAIN, if there is a User.
	User, Password string
	// Answer, if not nil, is asked for each line of the client before anything else: what it returns is sent as
	// the reply, CRLF added, and the command has no other effect; "" leaves the line to the server. The end of the
	// mail is asked for as ".".
	Answer func(line string) string
}

// Message is a mail as it came.
type Message struct {
	// From and To are those of the envelope.
	From string
	To   []string
	// Data is head and body with CRLF, the doubled dots undone.
	Data []byte
	// TLS says that it came over TLS, and User who sent it.
	TLS  bool
	User string
}

// Sink is the server.
type Sink struct {
	o           Options
	listener    net.Listener
	certificate tls.Certificate
	roots       *x509.CertPool

	mu       sync.Mutex
	messages []Message
	lines    []string
	conns    map[net.Conn]bool
	// came is closed, and replaced, whenever a mail has come.
	came chan struct{}
}

// Start starts a Sink on a free port of loopback; it ends with the test.
func Start(t testing.TB, o Options) *Sink {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(t, o)
	s.listener = listener
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { s.Serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		s.hangUp()
		serving.Wait()
	})
	return s
}

// New returns a Sink that listens nowhere: its connections come by Serve.
func New(t testing.TB, o Options) *Sink {
	t.Helper()
	s := &Sink{o: o, conns: map[net.Conn]bool{}, came: make(chan struct{})}
	if o.STARTTLS || o.Implicit {
		var err error
		if s.certificate, s.roots, err = newCertificate(); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Addr is where the Sink listens, "127.0.0.1:port".
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// Roots trust the certificate; nil without TLS.
func (s *Sink) Roots() *x509.CertPool { return s.roots }

// Messages are the mails that have come so far.
func (s *Sink) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Lines are what clients said so far, mails left out.
func (s *Sink) Lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

// Wait waits until n mails have come, or ctx ends, and returns those that have.
func (s *Sink) Wait(ctx context.Context, n int) []Message {
	for {
		s.mu.Lock()
		messages, came := slices.Clone(s.messages), s.came
		s.mu.Unlock()
		if len(messages) >= n {
			return messages
		}
		select {
		case <-ctx.Done():
			return messages
		case <-came:
		}
	}
}

func (s *Sink) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	close(s.came)
	s.came = make(chan struct{})
}

func (s *Sink) heard(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

// hangUp closes the connections of clients that are still there.
func (s *Sink) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.Close()
	}
}
