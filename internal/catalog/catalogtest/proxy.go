package catalogtest

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between a test and its server, and loses what it is told to lose.
type Proxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	fault Fault
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

// Fault is what a Proxy does when it sees a COMMIT.
type Fault int

// The Faults. Each happens once.
const (
	// None passes everything on.
	None Fault = iota
	// LoseCommit cuts the connection before the COMMIT gets to the server.
	LoseCommit
	// LoseAnswer cuts it when the server has committed and its answer is under way.
	LoseAnswer
)

// StartProxy puts a Proxy before the server of dsn, and returns dsn by way of it.
func StartProxy(t testing.TB, dsn string) (*Proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, server: u.Host, conns: map[net.Conn]bool{}}
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.Cut()
		p.wg.Wait()
	})
	u.Host = l.Addr().String()
	return p, u.String()
}

// Next has the next COMMIT meet a Fault.
func (p *Proxy) Next(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// Cut cuts all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		p.wg.Go(func() { p.serve(client, server) })
	}
}

// serve passes on what client and server say to each other, until one of them ends or a Fault does.
func (p *Proxy) serve(client, server net.Conn) {
	lose := make(chan struct{})
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, client)
		delete(p.conns, server)
	}()
	var wg sync.WaitGroup
	wg.Go(func() {
		pass(client, server, func(said []byte) bool {
			switch p.faultFor(said) {
			case LoseCommit:
				return false
			case LoseAnswer:
				close(lose)
			default:
			}
			return true
		})
	})
	wg.Go(func() {
		pass(server, client, func([]byte) bool {
			select {
			case <-lose:
				return false // the server has answered, so it has committed
			default:
				return true
			}
		})
	})
	wg.Wait()
}

// faultFor is the Fault for what a client says: a simple query "commit", as pgx sends it.
func (p *Proxy) faultFor(said []byte) Fault {
	if !bytes.HasPrefix(said, []byte("Q")) || !bytes.HasSuffix(said, []byte("commit\x00")) {
		return None
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.fault
	p.fault = None
	return f
}

// pass copies from one connection to the other while may says yes, then closes both.
func pass(from, to net.Conn, may func([]byte) bool) {
	defer from.Close() //nolint:errcheck // a test
	defer to.Close()   //nolint:errcheck // a test
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !may(buf[:n]) {
			return
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}
