package crawler

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// recording is one Exchange while it is under way. The transport's goroutines write it, so it has a lock.
type recording struct {
	timeout Timeout
	now     func() time.Time

	mu       sync.Mutex
	conn     *tap
	request  []byte
	msg      *message
	began    time.Time // the instant before the request was sent, by the clock on the wall
	since    time.Time // the same, to measure from
	headBy   time.Time
	endBy    time.Time
	sends    int // how often the request was sent
	finished bool
	storage  error
}

// begin starts over on conn: also when the transport sends the request again by itself, because a
// connection that was kept alive failed. When our own time ran out that is no reason to.
func (r *recording) begin(conn *tap) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.finished || r.msg.truncated == ibid.TruncatedTime {
		return false
	}
	r.sends++
	r.conn = conn
	r.request = r.request[:0]
	r.msg.restart()
	r.began, r.since = r.now(), time.Now()
	r.headBy = r.since.Add(r.timeout.Header)
	r.endBy = r.since.Add(r.timeout.Total)
	r.setDeadline(conn, r.headBy)
	return true
}

func (r *recording) setDeadline(conn *tap, at time.Time) {
	if r.endBy.Before(at) {
		at = r.endBy
	}
	_ = conn.SetReadDeadline(at) // As in detach.
}

func (r *recording) sent(conn *tap, p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if conn == r.conn && !r.finished {
		r.request = append(r.request, p...)
	}
}

// received takes what a Read returned and says what the transport is to see of it.
func (r *recording) received(conn *tap, p []byte, err error) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if conn != r.conn || r.finished || r.msg.stage == complete {
		if len(p) > 0 {
			err = io.EOF
		}
		return 0, err
	}
	n, storage := r.msg.feed(p)
	if storage != nil {
		r.storage = storage
		r.msg.stop(ibid.ClassOf(storage), ibid.TruncatedUnspecified)
	}
	if r.msg.stage == broken {
		return n, errStopped
	}
	if err != nil {
		r.ended(err)
		return n, err
	}
	if r.msg.headDone() {
		r.setDeadline(conn, time.Now().Add(r.timeout.Idle))
	}
	return n, nil
}

// ended judges a connection that gives no more bytes.
func (r *recording) ended(err error) {
	m := r.msg
	begun := m.headDone() || len(m.head) > 0 || m.interim > 0
	switch {
	case m.stage == complete:
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.timedOut()
	case m.stage == untilClose && errors.Is(err, io.EOF) && !r.conn.cutShort():
		m.stage = complete
	case m.headDone():
		m.stop(ibid.ClassDisconnect, ibid.TruncatedDisconnect)
	case len(m.head) > 0 && !looksLikeHTTP(m.head):
		m.stop(ibid.ClassMalformedStatus, ibid.TruncatedUnspecified)
	case !begun && isAlert(err):
		m.stop(ibid.ClassTLSHandshake, ibid.TruncatedDisconnect)
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		m.stop(ibid.ClassConnectionReset, ibid.TruncatedDisconnect)
	case begun:
		m.stop(ibid.ClassDisconnect, ibid.TruncatedDisconnect)
	default:
		m.stop(ibid.ClassEmptyReply, ibid.TruncatedDisconnect)
	}
}

func (r *recording) timedOut() {
	switch {
	case !time.Now().Before(r.endBy):
		r.msg.stop(ibid.ClassLimitTime, ibid.TruncatedTime)
	case r.msg.headDone():
		r.msg.stop(ibid.ClassTimeoutIdle, ibid.TruncatedTime)
	default:
		r.msg.stop(ibid.ClassTimeoutHeader, ibid.TruncatedTime)
	}
}

// isAlert says whether err is a TLS alert of the server's: in TLS 1.3 one that refuses us, for want of a client's
// certificate, comes after our side of the handshake has ended (RFC 8446, 4.4.2.4, 6.2).
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

func looksLikeHTTP(head []byte) bool {
	const version = "HTTP/1."
	n := min(len(head), len(version))
	return string(head[:n]) == version[:n]
}

// finish closes the recording: nothing that still passes on the connection changes it any more. err is
// what the transport made of the response, for what only it objected to.
func (r *recording) finish(err error) error {
	r.mu.Lock()
	conn := r.conn
	r.finished = true
	m := r.msg
	if err != nil && m.stage != broken && (m.stage != complete || !fromNetwork(err)) {
		r.objected()
	}
	if !m.ended() {
		m.stop(ibid.ClassDisconnect, ibid.TruncatedDisconnect)
	}
	if kept := m.keepHead(); kept != nil && r.storage == nil {
		r.storage = kept
	}
	r.mu.Unlock()
	if conn != nil {
		conn.detach(r)
	}
	return r.storage
}

// fromNetwork says whether err tells of the connection rather than of what came over it.
func fromNetwork(err error) bool {
	var op net.Error
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// objected names what net/http refused and we did not. That all of it came by chance with the head makes
// no difference, so that the same answer always gets the same class.
func (r *recording) objected() {
	m := r.msg
	if m.stage == complete {
		m.stage = untilClose
	}
	switch {
	case m.headDone() && m.chunked:
		m.stop(ibid.ClassMalformedChunk, ibid.TruncatedUnspecified)
	case m.headDone():
		m.stop(ibid.ClassMalformedHeader, ibid.TruncatedUnspecified)
	case m.interim > 0:
		m.stop(ibid.ClassHeaderTooLarge, ibid.TruncatedUnspecified)
	case len(m.head) > 0 && !looksLikeHTTP(m.head):
		m.stop(ibid.ClassMalformedStatus, ibid.TruncatedUnspecified)
	case bytes.IndexByte(m.head, '\n') >= 0:
		if _, ok := parseStatusLine(m.head); !ok {
			m.stop(ibid.ClassMalformedStatus, ibid.TruncatedUnspecified)
			return
		}
		m.stop(ibid.ClassMalformedHeader, ibid.TruncatedUnspecified)
	default:
		m.stop(ibid.ClassConnectionReset, ibid.TruncatedDisconnect)
	}
}
