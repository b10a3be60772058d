package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// newTransport connects to the operator's own server, which need not be on a public address: what
// documents and sites name never comes here.
func newTransport(roots *x509.CertPool, timeout time.Duration) eager {
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 15 * time.Second}
	return eager{&http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &lively{Conn: c, silence: silence * timeout}, nil
		},
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: timeout,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     timeout,
		WriteBufferSize:     64 << 10,
		ReadBufferSize:      64 << 10,
		DisableCompression:  true, // bytes are wanted as they are stored
	}}
}

// lively is a connection that is given up when nothing passes over it in either direction for a while, and
// never while something still moves. What was written may lie in buffers of the system for as long as a slow line
// takes for it.
type lively struct {
	net.Conn
	silence time.Duration
	// unseen is what was written since something was last read: how much of it has gone out cannot be seen.
	unseen atomic.Int64
}

// maxUnseen is about what the system buffers for a connection.
const maxUnseen = 4 << 20

// extend moves the deadline of both directions: it also holds for a Read that waits for the answer already.
func (c *lively) extend() error {
	buffered := time.Duration(min(c.unseen.Load(), maxUnseen)/slowest) * time.Second
	return c.SetDeadline(time.Now().Add(c.silence + buffered))
}

func (c *lively) Read(p []byte) (int, error) {
	if err := c.extend(); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.unseen.Store(0)
	return n, err
}

func (c *lively) Write(p []byte) (int, error) {
	c.unseen.Add(int64(len(p)))
	if err := c.extend(); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
