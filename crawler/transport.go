package crawler

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// wire makes one HTTP request at a time and records it. It knows nothing of Colly, robots or visits.
type wire struct {
	o         Options
	transport *http.Transport
	spools    *spools
	hashers   hashers
	buffers   sync.Pool
	texts     sync.Pool // of pages, for reading
	gzips     sync.Pool
}

func newWire(o Options) *wire {
	w := &wire{o: o, spools: newSpools(o.SpoolDir, o.SpoolMemory)}
	w.texts.New = func() any { return new([]byte) }
	w.buffers.New = func() any { return new([64 << 10]byte) }
	w.transport = &http.Transport{
		DialContext:            w.dial,
		DialTLSContext:         w.dialTLS,
		DisableCompression:     true, // We ask for codings ourselves and keep them as sent.
		MaxIdleConnsPerHost:    max(o.PerHost.Parallelism, 2),
		MaxIdleConns:           4 * max(o.Concurrency, 16),
		IdleConnTimeout:        15 * time.Second,
		MaxResponseHeaderBytes: o.MaxHeader + 64<<10, // Our own limit is met first.
		ReadBufferSize:         16 << 10,
		// HTTP/1.1 only: over HTTP/2 there are no bytes of a message to record.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	return w
}

func (w *wire) close() { w.transport.CloseIdleConnections() }

func (w *wire) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := w.connect(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return newTap(conn, nil), nil
}

func (w *wire) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, w.o.Timeout.Connect)
	defer cancel()
	conn, err := w.o.Dial(ctx, network, addr)
	if err == nil || ibid.ClassOf(err) != "" {
		return conn, err
	}
	class := ibid.ClassConnect
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		class = ibid.ClassTimeoutConnect
	}
	return nil, &ibid.Error{Kind: ibid.KindNetwork, Op: "connect to", URI: addr, Class: class, Err: err}
}

// dialTLS accepts every certificate and says on record what is wrong with it: a cited page behind a
// certificate that ran out is archived and noted, not lost.
func (w *wire) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := w.connect(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	host = strings.TrimSuffix(host, ".")
	below := &transportEnd{Conn: conn}
	secured := tls.Client(below, &tls.Config{
		ServerName:         host,
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: true,             //nolint:gosec // verified below, noted and not refused
		MinVersion:         tls.VersionTLS10, //nolint:gosec // old sites are noted, not lost
	})
	ctx, cancel := context.WithTimeout(ctx, w.o.Timeout.TLS)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close() // The handshake's error says more.
		return nil, &ibid.Error{Kind: ibid.KindNetwork, Op: "secure the connection to", URI: addr, Class: handshakeClass(ctx, err), Err: err}
	}
	t := newTap(secured, w.facts(secured.ConnectionState(), host))
	t.below = below
	return t, nil
}

func handshakeClass(ctx context.Context, err error) ibid.Class {
	switch {
	case ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded):
		return ibid.ClassTimeoutTLS
	case strings.Contains(err.Error(), "protocol version"):
		return ibid.ClassTLSVersion
	}
	return ibid.ClassTLSHandshake
}

func (w *wire) facts(s tls.ConnectionState, host string) *ibid.TLS {
	leaf := s.PeerCertificates[0] // A finished handshake of a client always has one.
	sum := sha256.Sum256(leaf.Raw)
	facts := &ibid.TLS{
		Version: tls.VersionName(s.Version), Cipher: tls.CipherSuiteName(s.CipherSuite),
		Certificate: ibid.Digest("sha256:" + hex.EncodeToString(sum[:])), NotAfter: leaf.NotAfter.UTC(),
	}
	facts.Problem = w.problem(s, leaf, host)
	return facts
}

func (w *wire) problem(s tls.ConnectionState, leaf *x509.Certificate, host string) ibid.Class {
	chain := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		chain.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: w.o.RootCAs, Intermediates: chain, CurrentTime: w.o.Now()})
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return ibid.ClassTLSExpired
	case err != nil:
		return ibid.ClassTLSUnverified
	case leaf.VerifyHostname(host) != nil:
		return ibid.ClassTLSWrongHost
	case s.Version < tls.VersionTLS12:
		return ibid.ClassTLSVersion
	}
	return ""
}

// record starts a recording with these limits. It is given back with release.
func (w *wire) record(t Timeout, maxBody int64) *recording {
	return &recording{timeout: t, now: w.o.Now, msg: &message{
		maxHead: w.o.MaxHeader, maxBody: maxBody,
		spool: w.spools.new(), block: w.hashers.get(), payload: w.hashers.get(),
	}}
}

// exchange makes the request and reads the whole response through the tap, into rec. An error is why nothing was
// received (an ibid.Error), the end of ctx, or a failure of our spool.
func (w *wire) exchange(ctx context.Context, req *http.Request, rec *recording) error {
	// A bound over everything, dialling included: the recording's own limits are met before.
	t := rec.timeout
	limited, cancel := context.WithTimeout(ctx, t.Connect+t.TLS+t.Total+time.Second)
	defer cancel()
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if conn, ok := info.Conn.(*tap); ok && !conn.attach(rec) {
			cancel()
		}
	}}
	resp, err := w.transport.RoundTrip(req.WithContext(httptrace.WithClientTrace(limited, trace))) //nolint:bodyclose // drain closes it
	if err == nil {
		err = w.drain(resp)
	}
	storage := rec.finish(err)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case storage != nil:
		return storage
	case rec.conn == nil || rec.msg.spool.size == 0:
		return rec.nothing(err)
	}
	return nil
}

// drain reads the body to its end: the tap records what passes.
func (w *wire) drain(resp *http.Response) error {
	defer func() { _ = resp.Body.Close() }() // Nothing is left in it that matters.
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	buf := w.buffers.Get().(*[64 << 10]byte)
	defer w.buffers.Put(buf)
	for {
		if _, err := resp.Body.Read(buf[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// nothing is the error of a request that no byte answered.
func (r *recording) nothing(err error) error {
	if ibid.ClassOf(err) != "" {
		return err
	}
	class := r.msg.class
	if r.conn == nil {
		class = ibid.ClassConnect
	}
	if err == nil || errors.Is(err, errStopped) {
		err = errors.New("the server closed the connection without an answer")
	}
	return &ibid.Error{Kind: ibid.KindNetwork, Op: "fetch", Class: class, Err: err}
}

// release gives back the memory of rec: its Blocks are gone.
func (w *wire) release(rec *recording) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	m := rec.msg
	m.spool.release()
	if m.block != nil {
		w.hashers.put(m.block)
		w.hashers.put(m.payload)
		m.block, m.payload = nil, nil
	}
}
