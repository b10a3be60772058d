// Package netguard is the one dialer for everything that leaves: only public addresses are dialled.
//
// An archiver fetches addresses that strangers wrote into documents, so it is a machine for reaching what only
// its own host can reach (SSRF). The check is made on the resolved address that is about to be dialled, in
// net.Dialer.Control, and so covers redirects, DNS answers that change between look-up and dial, page
// requisites and robots.txt in one place. Denied are the special-purpose blocks of the IANA registries
// (RFC 6890): loopback, private, link-local (with the metadata services of clouds), shared address space,
// multicast, unspecified, IPv4-mapped, NAT64, 6to4 and unique local addresses; exceptions are given by
// address and port only. Proxies named in the environment are never used.
package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"github.com/ibid-archive/ibid"
)

// defaultConnectTimeout bounds the connecting when Options says nothing.
const defaultConnectTimeout = 5 * time.Second

// Options say where a Dialer may go. The zero value allows public addresses on ports 80 and 443.
type Options struct {
	// Allow are exceptions for what is not public: an IP address or CIDR prefix, with an optional port;
	// an IPv6 address with a port stands in brackets. Without a port, every port of it is allowed.
	Allow []string
	// ConnectTo are rules of curl's form HOST:PORT:CONNECT-HOST:CONNECT-PORT: what is asked of the first is
	// dialled at the second. An empty or "*" host and an empty port match any; an empty target keeps what
	// was asked. The first rule that matches counts. The target is guarded like any address.
	ConnectTo []string
	// Resolver is the ip:port of a DNS server; empty is the system's.
	Resolver string
	// ConnectTimeout bounds look-up and connecting together; 0 is 5 s.
	ConnectTimeout time.Duration
	// Ports are allowed on public addresses beside 80 and 443.
	Ports []int
}

// Dialer dials what its Options allow. It is safe for concurrent use.
type Dialer struct {
	allow  []exception
	routes []route
	guard  *ssrf.Guardian
	dialer net.Dialer
	// reached is when a connection was made last, in nanoseconds of Unix time; 0: never.
	reached atomic.Int64
}

// New returns a Dialer, or an ibid.Error of KindInput that names the option that cannot be used.
func New(o Options) (*Dialer, error) {
	d := &Dialer{dialer: net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 30 * time.Second}}
	if o.ConnectTimeout <= 0 {
		d.dialer.Timeout = defaultConnectTimeout
	}
	for _, s := range o.Allow {
		e, err := parseException(s)
		if err != nil {
			return nil, badOption("network.allow", s, err)
		}
		d.allow = append(d.allow, e)
	}
	for _, s := range o.ConnectTo {
		r, err := parseRoute(s)
		if err != nil {
			return nil, badOption("network.connect_to", s, err)
		}
		d.routes = append(d.routes, r)
	}
	ports := []uint16{80, 443}
	for _, p := range o.Ports {
		if p < 1 || p > 65535 {
			return nil, badOption("network.ports", fmt.Sprint(p), errors.New("is not a port from 1 to 65535"))
		}
		ports = append(ports, uint16(p))
	}
	d.guard = ssrf.New(ssrf.WithPorts(ports...))
	d.dialer.Control = d.control
	if o.Resolver != "" {
		if _, err := netip.ParseAddrPort(o.Resolver); err != nil {
			return nil, badOption("network.resolver", o.Resolver, errors.New("is not an ip:port"))
		}
		d.dialer.Resolver = resolverAt(o.Resolver, d.dialer.Timeout)
	}
	return d, nil
}

func badOption(key, value string, err error) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "use " + key, URI: value, Err: err}
}

// resolverAt asks the one DNS server that the operator named, which need not be public.
func resolverAt(server string, timeout time.Duration) *net.Resolver {
	plain := net.Dialer{Timeout: timeout}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return plain.DialContext(ctx, network, server)
	}}
}

// DialContext connects to addr, "host:port". Each error is an *ibid.Error whose Class is address-refused,
// dns, connect or timeout-connect; when ctx has ended, the chain holds ctx's error. Of a name with several
// addresses the refused ones are passed over.
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, failure(addr, ibid.ClassAddressRefused, ibid.KindPolicy, err)
	}
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return nil, failure(addr, ibid.ClassAddressRefused, ibid.KindPolicy, fmt.Errorf("network %q is not TCP", network))
	}
	host, port = d.reroute(normalHost(host), port)
	host, err = literalHost(host)
	if err != nil {
		return nil, failure(addr, ibid.ClassAddressRefused, ibid.KindPolicy, err)
	}
	conn, err := d.dialer.DialContext(ctx, network, net.JoinHostPort(host, port))
	if err != nil {
		return nil, classify(ctx, addr, err)
	}
	d.reached.Store(time.Now().UnixNano())
	return conn, nil
}

// Reached is when a connection was made last, to any host; zero: none ever was.
func (d *Dialer) Reached() time.Time {
	if at := d.reached.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}

// control is called with each address just before it is dialled.
func (d *Dialer) control(network, address string, raw syscall.RawConn) error {
	if at, err := netip.ParseAddrPort(address); err == nil && d.excepted(at) {
		return nil
	}
	if err := d.guard.Safe(network, address, raw); err != nil {
		return &refusal{address: address, err: err}
	}
	return nil
}

func (d *Dialer) excepted(at netip.AddrPort) bool {
	for _, e := range d.allow {
		if e.covers(at) {
			return true
		}
	}
	return false
}

func (d *Dialer) reroute(host, port string) (string, string) {
	for _, r := range d.routes {
		if r.matches(host, port) {
			return r.target(host, port)
		}
	}
	return host, port
}

// refusal is what control returns, so that classify can know it again inside net.OpError.
type refusal struct {
	address string
	err     error
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s is not a public address and port, and not in network.allow (%v)", r.address, r.err)
}

func (r *refusal) Unwrap() error { return r.err }

func classify(ctx context.Context, addr string, err error) error {
	if ctxErr := context.Cause(ctx); ctxErr != nil && !errors.Is(ctxErr, context.DeadlineExceeded) {
		return failure(addr, ibid.ClassConnect, ibid.KindNetwork, ctxErr)
	}
	var (
		refused *refusal
		noName  *net.DNSError
		timeout net.Error
	)
	switch {
	case errors.As(err, &refused):
		return failure(addr, ibid.ClassAddressRefused, ibid.KindPolicy, refused)
	case errors.As(err, &noName):
		return failure(addr, ibid.ClassDNS, ibid.KindNetwork, noName)
	case errors.As(err, &timeout) && timeout.Timeout():
		return failure(addr, ibid.ClassTimeoutConnect, ibid.KindNetwork, err)
	}
	return failure(addr, ibid.ClassConnect, ibid.KindNetwork, err)
}

func failure(addr string, class ibid.Class, kind ibid.Kind, err error) error {
	return &ibid.Error{Kind: kind, Op: "connect to", URI: strings.ToValidUTF8(addr, "\uFFFD"), Class: class, Err: err}
}
