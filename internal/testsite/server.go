package testsite

import (
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// closedPort is a port of loopback on which nothing listens: tcpmux (RFC 1078), out of use.
const closedPort = "1"

// Server serves a Web on loopback until it is closed.
type Server struct {
	// CAFile is a PEM file with the throw-away authority that signed the certificates of all hosts. It is
	// removed by Close. It is empty when no site of the Web is served over TLS.
	CAFile string

	web      *Web
	plain    net.Listener
	secure   net.Listener // nil when CAFile is empty
	names    *nameServer
	servers  []*http.Server
	counters counters
	running  sync.WaitGroup
	// turnstiles of the archives, by ID.
	turnstiles map[string]*turnstile
}

// Start listens on 127.0.0.1 and serves. Whoever starts a Server closes it.
func (w *Web) Start() (*Server, error) {
	s := &Server{web: w, counters: newCounters(), turnstiles: map[string]*turnstile{}}
	for id := range w.archives {
		s.turnstiles[id] = &turnstile{}
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start() error {
	var err error
	if s.names, err = startNameServer(); err != nil {
		return err
	}
	if s.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	s.serve(s.plain, "http")
	if !s.web.needsTLS() {
		return nil
	}
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	if s.CAFile, err = ca.writeFile(); err != nil {
		return err
	}
	if s.secure, err = ca.listen(); err != nil {
		return err
	}
	s.serve(s.secure, "https")
	return nil
}

func (s *Server) serve(ln net.Listener, scheme string) {
	h := &http.Server{
		Handler:           s.handler(scheme),
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	s.servers = append(s.servers, h)
	s.running.Go(func() {
		// Serve ends with ErrServerClosed, or with the error of a listener that Close has closed.
		_ = h.Serve(ln)
	})
}

// Close stops the Server, breaks what it is answering, and waits for it to end.
func (s *Server) Close() error {
	var errs []error
	for _, h := range s.servers {
		errs = append(errs, h.Close())
	}
	if s.names != nil {
		errs = append(errs, s.names.close())
	}
	if s.CAFile != "" {
		errs = append(errs, os.Remove(s.CAFile))
	}
	s.running.Wait()
	s.counters.wait()
	return errors.Join(errs...)
}

// ConnectTo gives the entries for network.connect_to, in curl's form HOST:PORT:127.0.0.1:PORT: one for each
// port of each host and alias. The ports 80 and 443 of a host on which the Web has nothing, and
// those of a refused host, lead to a port that is closed. Unknown hosts have no entry: see Resolver.
func (s *Server) ConnectTo() []string {
	var out []string
	for _, h := range s.web.hosts {
		if h.dead == "unknown" {
			continue
		}
		ports := map[string]string{"80": closedPort, "443": closedPort}
		for _, site := range s.web.sites {
			if site.host == h {
				ports[site.port] = s.port(site.scheme)
			}
		}
		for _, name := range append([]string{h.name}, h.aliases...) {
			for from, to := range ports {
				out = append(out, name+":"+from+":127.0.0.1:"+to)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Allow gives the entries for network.allow: all addresses that ConnectTo leads to.
func (s *Server) Allow() []string {
	seen := map[string]bool{}
	for _, entry := range s.ConnectTo() {
		seen[strings.Join(strings.Split(entry, ":")[2:], ":")] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// Resolver is the address of a name server, for network.resolver, that knows no name at all.
func (s *Server) Resolver() string { return s.names.addr() }

// Transport connects as ConnectTo says, trusting the certificates of the Server. It is for tests that
// have no crawler.
func (s *Server) Transport() (*http.Transport, error) {
	to := map[string]string{}
	for _, entry := range s.ConnectTo() {
		part := strings.Split(entry, ":")
		to[part[0]+":"+part[1]] = part[2] + ":" + part[3]
	}
	config, err := trusting(s.CAFile)
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		DisableCompression: true,
		TLSClientConfig:    config,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			addr = strings.ToLower(addr)
			if to[addr] == "" {
				host, _, _ := net.SplitHostPort(addr)
				return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
			}
			var d net.Dialer
			return d.DialContext(ctx, network, to[addr])
		},
	}, nil
}

func (s *Server) port(scheme string) string {
	ln := s.plain
	if scheme == "https" {
		ln = s.secure
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

func (w *Web) needsTLS() bool {
	for _, s := range w.sites {
		if s.scheme == "https" {
			return true
		}
	}
	return false
}
