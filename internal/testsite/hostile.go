package testsite

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// hostileDomain is the domain of all hosts of a HostileServer: the threat "gzip-bomb" is the host
// gzip-bomb.hostile.test. Each has a host of its own so that one that hangs holds up no other.
const hostileDomain = ".hostile.test"

// hostilePace is the time between two bytes of what trickles.
const hostilePace = 50 * time.Millisecond

// HostileServer misbehaves on loopback, one host a threat, until it is closed. It holds no large body:
// what is large is made as it is sent.
type HostileServer struct {
	// CAFile is a PEM file with the authority that signed the certificates which are meant to be trusted.
	CAFile string

	threats  []Threat
	cases    map[string]*hostileCase // by name
	plain    net.Listener
	secure   net.Listener
	canary   *canary
	ca       *authority
	pace     time.Duration
	stop     context.CancelFunc
	running  sync.WaitGroup
	mu       sync.Mutex
	requests map[string]int // by "name/path"
}

// hostileCase is a threat and what its host does.
type hostileCase struct {
	Threat
	// script answers one request; it is nil where no server of ours is to be reached.
	script script
	// hello does something to the handshake of a TLS host: it returns the configuration for it.
	hello func(context.Context, *HostileServer, net.Conn) (*tls.Config, error)
	// archive is how a configuration names the host, if it is a web archive.
	archive *Archive
	asked   atomic.Int64
}

// script answers one request by writing on x. An error is a client that went away.
type script func(ctx context.Context, x *exchange) error

// exchange is one request as a script sees it.
type exchange struct {
	net.Conn
	host   string
	target string
	// n counts the requests of this case from 1; those for robots.txt do not count.
	n int64
	// raw is the connection below TLS, or Conn itself.
	raw  net.Conn
	pace time.Duration
}

// Hostile starts the servers. Whoever starts them closes them.
func Hostile() (*HostileServer, error) { return hostile(hostilePace, hostileCases) }

// hostile starts the servers for a table; that gets the port that nobody may reach.
func hostile(pace time.Duration, table func(canary string) []*hostileCase) (*HostileServer, error) {
	ctx, stop := context.WithCancel(context.Background())
	s := &HostileServer{cases: map[string]*hostileCase{}, pace: pace, stop: stop, requests: map[string]int{}}
	if err := s.start(ctx, table); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *HostileServer) start(ctx context.Context, table func(canary string) []*hostileCase) error {
	var err error
	if s.ca, err = newAuthority(); err != nil {
		return err
	}
	if s.CAFile, err = s.ca.writeFile(); err != nil {
		return err
	}
	if s.canary, err = startCanary(); err != nil {
		return err
	}
	if s.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	if s.secure, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	for _, c := range table(s.canary.port()) {
		s.threats = append(s.threats, c.Threat)
		s.cases[c.Name] = c
	}
	s.running.Go(func() { s.accept(ctx, s.plain, s.servePlain) })
	s.running.Go(func() { s.accept(ctx, s.secure, s.serveTLS) })
	return nil
}

// Close stops all, what hangs included, and waits for it.
func (s *HostileServer) Close() error {
	s.stop()
	var errs []error
	for _, ln := range []net.Listener{s.plain, s.secure} {
		if ln != nil {
			errs = append(errs, ln.Close())
		}
	}
	s.running.Wait()
	if s.canary != nil {
		errs = append(errs, s.canary.close())
	}
	if s.CAFile != "" {
		errs = append(errs, os.Remove(s.CAFile))
	}
	return errors.Join(errs...)
}

// Threats is the table: what to ask for, and what a crawler should make of it.
func (s *HostileServer) Threats() []Threat { return slices.Clone(s.threats) }

// ConnectTo gives the entries for network.connect_to. One of them, not-allowed, leads to the canary.
func (s *HostileServer) ConnectTo() []string {
	var out []string
	for name, c := range s.cases {
		if c.script == nil && c.hello == nil {
			continue
		}
		for port, ln := range map[string]net.Listener{"80": s.plain, "443": s.secure} {
			out = append(out, name+hostileDomain+":"+port+":"+ln.Addr().String())
		}
	}
	out = append(out, "not-allowed"+hostileDomain+":80:127.0.0.1:"+s.canary.port())
	slices.Sort(out)
	return out
}

// Allow gives the entries for network.allow: the two ports of the servers, and never the canary's.
func (s *HostileServer) Allow() []string {
	return []string{s.plain.Addr().String(), s.secure.Addr().String()}
}

// Canary is the number of connections to the port that nobody may reach. It must stay 0.
func (s *HostileServer) Canary() int { return s.canary.count() }

// Requests is the number of requests that the host of a threat got for a path, robots.txt included.
func (s *HostileServer) Requests(name, path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[name+path]
}

func (s *HostileServer) accept(ctx context.Context, ln net.Listener, serve func(context.Context, net.Conn)) {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		s.running.Go(func() {
			// Closing the connection ends every read and write of a script when the server is closed.
			release := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer release()
			serve(ctx, conn)
			_ = conn.Close()
		})
	}
}

func (s *HostileServer) servePlain(ctx context.Context, conn net.Conn) { s.serve(ctx, conn, conn) }

// serve answers one request and no more. raw is the connection below conn.
func (s *HostileServer) serve(ctx context.Context, conn, raw net.Conn) {
	x, err := readRequest(conn)
	if err != nil {
		return
	}
	x.raw, x.pace = raw, s.pace
	name := strings.TrimSuffix(x.host, hostileDomain)
	path, _, _ := strings.Cut(x.target, "?")
	s.mu.Lock()
	s.requests[name+path]++
	s.mu.Unlock()
	c := s.cases[name]
	switch {
	case c == nil || c.script == nil || path == "/robots.txt" && c.Group != groupRobots:
		// An error here is a client that went away; nobody is left to tell.
		_ = x.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	default:
		if path != "/robots.txt" {
			x.n = c.asked.Add(1)
		}
		_ = c.script(ctx, x)
	}
}

// readRequest reads a request's head, of at most 64 KiB, and no body.
func readRequest(conn net.Conn) (*exchange, error) {
	x := &exchange{Conn: conn}
	r := bufio.NewReaderSize(conn, 64<<10)
	for first := true; ; first = false {
		text, err := r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		line := strings.TrimRight(string(text), "\r\n")
		if first {
			part := strings.Split(line, " ")
			if len(part) != 3 {
				return nil, errors.New("this is not a request")
			}
			x.target = part[1]
			continue
		}
		if line == "" {
			return x, nil
		}
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, "host") {
			x.host = strings.ToLower(strings.TrimSpace(value))
			if name, _, err := net.SplitHostPort(x.host); err == nil {
				x.host = name
			}
		}
	}
}

func (x *exchange) send(s string) error {
	_, err := x.Write([]byte(s))
	return err
}
