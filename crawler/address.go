package crawler

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/ibid-archive/ibid"
)

var (
	errNotHTTP = errors.New("only http and https addresses are fetched")
	errNoHost  = errors.New("it has no usable host")
	errNoPort  = errors.New("its port is not from 0 to 65535")
	errTooLong = errors.New("it is longer than the limit")
)

// address makes ref, found at base, into what is asked for: absolute, http or https, without fragment,
// userinfo and default port, with the host in lower case and ASCII. Base may be nil.
func (c *Crawler) address(base *url.URL, ref string) (*url.URL, error) {
	ref = strings.Trim(ref, " \t\r\n\f\x00")
	if len(ref) > c.o.MaxURL {
		return nil, errTooLong
	}
	u, err := parseLenient(ref)
	if err != nil {
		return nil, err
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, errNotHTTP
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err != nil {
		if host, err = idna.Lookup.ToASCII(host); err != nil && !plainHost(u.Hostname()) {
			return nil, errNoHost
		} else if err != nil {
			host = strings.ToLower(u.Hostname())
		}
	}
	if host == "" {
		return nil, errNoHost
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && p != defaultPort(u.Scheme) {
		if _, err := strconv.ParseUint(p, 10, 16); err != nil {
			return nil, errNoPort
		}
		host += ":" + p
	}
	clean := *u
	clean.Host, clean.User, clean.Fragment, clean.RawFragment = host, nil, "", ""
	if clean.Path == "" {
		clean.Path = "/"
	}
	if len(clean.String()) > c.o.MaxURL {
		return nil, errTooLong
	}
	return &clean, nil
}

// parseLenient reads what url.Parse refuses in addresses that browsers take: white space within, a '%'
// that escapes nothing, control characters (WHATWG URL, 4.4).
func parseLenient(ref string) (*url.URL, error) {
	u, err := url.Parse(ref)
	if err == nil {
		return u, nil
	}
	var b strings.Builder
	for i := 0; i < len(ref); i++ {
		switch c := ref[i]; {
		case c == '\t' || c == '\n' || c == '\r':
		case c <= ' ' || c == 0x7f || c == '%' && !escapes(ref[i:]):
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return url.Parse(b.String())
}

func escapes(s string) bool {
	return len(s) >= 3 && strings.Trim(s[1:3], "0123456789abcdefABCDEF") == ""
}

// plainHost says whether h, which IDNA refuses, is still a name that people use: with '_', or odd hyphens.
func plainHost(h string) bool {
	return h != "" && strings.Trim(strings.ToLower(h), "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// authority is the host and port by which politeness and robots.txt go.
func authority(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return u.Host + ":" + defaultPort(u.Scheme)
}

// addressClass is the class on record for an address that cannot be asked for.
func addressClass(err error) ibid.Class {
	switch {
	case errors.Is(err, errNotHTTP):
		return ibid.ClassSchemeRefused
	case errors.Is(err, errTooLong):
		return ibid.ClassURLTooLong
	}
	return ibid.ClassAddressRefused
}

// display is raw without userinfo, for logs, records and reasons: secrets are in no sentence of ours.
func display(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return raw
}
