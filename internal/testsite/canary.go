package testsite

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// canary listens on a port of loopback, over IPv4 and where there is one over IPv6, and counts who comes.
type canary struct {
	listeners []net.Listener
	running   sync.WaitGroup
	seen      atomic.Int64
}

func startCanary() (*canary, error) {
	c := &canary{}
	four, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.listeners = append(c.listeners, four)
	// Without IPv6, or with the port taken there, IPv4 alone has to do.
	if six, err := net.Listen("tcp6", "[::1]:"+c.port()); err == nil {
		c.listeners = append(c.listeners, six)
	}
	for _, ln := range c.listeners {
		c.running.Go(func() { c.serve(ln) })
	}
	return c, nil
}

func (c *canary) port() string {
	_, port, _ := net.SplitHostPort(c.listeners[0].Addr().String())
	return port
}

func (c *canary) count() int { return int(c.seen.Load()) }

func (c *canary) close() error {
	var errs []error
	for _, ln := range c.listeners {
		errs = append(errs, ln.Close())
	}
	c.running.Wait()
	return errors.Join(errs...)
}

func (c *canary) serve(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		// The connection alone is the fault: nothing is said on it.
		c.seen.Add(1)
		_ = conn.Close()
	}
}
