package crawler

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ibid-archive/ibid"
)

// errStopped is what the transport gets when we have seen enough of a response. Why is in the message.
var errStopped = errors.New("crawler: the recording has ended")

// tap is a connection that records what passes for the Exchange that has it. Over TLS it lies above the
// tls.Conn, and so sees HTTP in the clear.
type tap struct {
	net.Conn
	remote netip.AddrPort
	tls    *ibid.TLS
	below  *transportEnd // of a secured connection; nil in the clear

	mu  sync.Mutex
	rec *recording // nil while the connection is idle
}

// transportEnd notes when TCP ended below TLS. crypto/tls takes that for the end of the data, as many servers
// never send close_notify; but an attacker can do it, too (RFC 8446, 6.1).
type transportEnd struct {
	net.Conn
	ended atomic.Bool
}

func (e *transportEnd) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		e.ended.Store(true)
	}
	return n, err
}

// cutShort says whether the connection ended without its peer saying so.
func (t *tap) cutShort() bool { return t.below != nil && t.below.ended.Load() }

func newTap(conn net.Conn, facts *ibid.TLS) *tap {
	t := &tap{Conn: conn, tls: facts}
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		at := a.AddrPort()
		t.remote = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	}
	return t
}

func (t *tap) recording() *recording {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rec
}

// Write records before it sends: a fast server answers, and the Exchange can end, before Write returns.
func (t *tap) Write(p []byte) (int, error) {
	if rec := t.recording(); rec != nil {
		rec.sent(t, p)
	}
	return t.Conn.Write(p)
}

// Read gives the transport only what is of a message that somebody waits for. What comes after it or between is
// nobody's, and ends the connection without a word of the transport's in the log.
func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if rec := t.recording(); rec != nil {
		return rec.received(t, p[:n], err)
	}
	if n > 0 {
		return 0, io.EOF
	}
	return n, err
}

// attach makes rec the recording of what passes from now on, and says whether rec still records.
func (t *tap) attach(rec *recording) bool {
	if !rec.begin(t) {
		return false
	}
	t.mu.Lock()
	t.rec = rec
	t.mu.Unlock()
	return true
}

// detach ends the recording, unless the connection already serves another one: the transport may hand
// it on as soon as the body was read to its end.
func (t *tap) detach(rec *recording) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rec == rec {
		t.rec = nil
		_ = t.SetReadDeadline(time.Time{}) // A connection that cannot be set is found broken at its next use.
	}
}
