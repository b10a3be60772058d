package netguard

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// exception is one entry of Options.Allow; port 0 is every port.
type exception struct {
	prefix netip.Prefix
	port   uint16
}

func (e exception) covers(at netip.AddrPort) bool {
	return (e.port == 0 || e.port == at.Port()) && e.prefix.Contains(at.Addr().Unmap().WithZone(""))
}

func parseException(s string) (exception, error) {
	if p, ok := parsePrefix(s); ok {
		return exception{prefix: p}, nil
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return exception{}, errors.New(`is not an address or CIDR with an optional port, such as "127.0.0.1:8081"`)
	}
	p, ok := parsePrefix(host)
	n, err := strconv.ParseUint(port, 10, 16)
	if !ok || err != nil || n == 0 {
		return exception{}, errors.New(`is not an address or CIDR with an optional port, such as "127.0.0.1:8081"`)
	}
	return exception{prefix: p, port: uint16(n)}, nil
}

func parsePrefix(s string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}

// route is one entry of Options.ConnectTo. Empty fields match, or keep, anything.
type route struct {
	fromHost, fromPort, toHost, toPort string
}

func (r route) matches(host, port string) bool {
	return (r.fromHost == "" || r.fromHost == host) && (r.fromPort == "" || r.fromPort == port)
}

func (r route) target(host, port string) (string, string) {
	if r.toHost != "" {
		host = r.toHost
	}
	if r.toPort != "" {
		port = r.toPort
	}
	return host, port
}

func parseRoute(s string) (route, error) {
	f, err := splitColons(s)
	if err != nil || len(f) != 4 {
		return route{}, errors.New(`is not HOST:PORT:CONNECT-HOST:CONNECT-PORT`)
	}
	for i, v := range f {
		if v == "*" {
			f[i] = ""
		}
	}
	for _, port := range []string{f[1], f[3]} {
		if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
			return route{}, fmt.Errorf("has a port %q that is not from 1 to 65535", port)
		}
	}
	return route{normalHost(f[0]), f[1], normalHost(f[2]), f[3]}, nil
}

// splitColons splits at colons outside of brackets, and takes the brackets away.
func splitColons(s string) ([]string, error) {
	var fields []string
	for {
		if strings.HasPrefix(s, "[") {
			end := strings.IndexByte(s, ']')
			if end < 0 {
				return nil, errors.New("bracket is not closed")
			}
			fields, s = append(fields, s[1:end]), s[end+1:]
		} else {
			end := strings.IndexByte(s, ':')
			if end < 0 {
				end = len(s)
			}
			fields, s = append(fields, s[:end]), s[end:]
		}
		if s == "" {
			return fields, nil
		}
		if s[0] != ':' {
			return nil, errors.New("colon is missing")
		}
		s = s[1:]
	}
}

// normalHost is host in lower case without the dot of the root, so that rules and literals are known again.
func normalHost(host string) string {
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// literalHost turns the odd forms of an IPv4 address that other software understands (decimal, octal,
// hexadecimal, with fewer than four parts; WHATWG URL, "IPv4 parser") into the plain one, so that they
// are judged as the address that they mean. A host whose last label is a number but that is no address
// is an error: no such name exists, and what a resolver makes of it is not ours to find out.
func literalHost(host string) (string, error) {
	if host == "" {
		return "", errors.New("the host is empty")
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return host, nil
	}
	labels := strings.Split(host, ".")
	if _, ok := parseNumber(labels[len(labels)-1]); !ok {
		return host, nil
	}
	addr, ok := parseLegacyIPv4(labels)
	if !ok {
		return "", fmt.Errorf("%q is not an IPv4 address, nor a name", host)
	}
	return addr.String(), nil
}

func parseLegacyIPv4(labels []string) (netip.Addr, bool) {
	if len(labels) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, l := range labels {
		n, ok := parseNumber(l)
		last := i == len(labels)-1
		if !ok || !last && n > 255 || last && n >= 1<<(8*(5-len(labels))) {
			return netip.Addr{}, false
		}
		if last {
			sum += n
		} else {
			sum += n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// parseNumber reads a decimal, octal (0…) or hexadecimal (0x…) number, and says whether s is meant as one.
// What is no number of its base, or too large for one, is the largest: such a thing is in no address.
func parseNumber(s string) (uint64, bool) {
	base := 10
	digits := "0123456789"
	switch {
	case strings.HasPrefix(s, "0x"):
		s, base, digits = s[2:], 16, "0123456789abcdef"
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	case s == "":
		return 0, false
	}
	if strings.Trim(s, digits) != "" {
		return 0, false
	}
	if s == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		n = math.MaxUint64
	}
	return n, true
}
