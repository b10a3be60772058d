// Package cdx has the index form of captures: SURT keys, canonical addresses and CDXJ lines.
//
// Keys are in the Internet Archive's form, so that pywb and others find what they look for. They merge
// addresses that differ (www, letter case, session ids): a hit counts only when its full URL is equal too.
package cdx

import (
	"errors"
	"strings"

	"github.com/nlnwa/whatwg-url/url"

	"github.com/ibid-archive/ibid"
)

// Canonical returns the form of uri under which it is asked for, stored and compared: parsed as browsers do
// (WHATWG URL), absolute, without fragment, userinfo and default port. The error is of KindInput.
func Canonical(uri string) (string, error) {
	if _, ok := split(uri); ok {
		return uri, nil
	}
	u, err := parse(uri)
	if err != nil {
		return "", err
	}
	u.SetUsername("")
	u.SetPassword("")
	return strings.TrimRight(u.Href(true), " "), nil
}

func parse(uri string) (*url.Url, error) {
	u, err := url.NewParser().Parse(strings.TrimSpace(uri))
	if err == nil && u.Hostname() == "" && (u.Scheme() == "http" || u.Scheme() == "https") {
		err = errors.New("it names no host")
	}
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "use as an address", URI: uri, Err: err}
	}
	return u, nil
}

// parts are what a key is made of.
type parts struct {
	host, port, path, query string
}

// split takes an address apart that is in its canonical form already and needs no thought: most are. It
// says false for all that are not surely so.
func split(uri string) (parts, bool) {
	rest, ok := strings.CutPrefix(uri, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(uri, "http://"); !ok {
			return parts{}, false
		}
	}
	slash := strings.IndexByte(rest, '/')
	if slash <= 0 || !plainHost(rest[:slash]) {
		return parts{}, false
	}
	p := parts{host: rest[:slash], path: rest[slash:]}
	for i := range len(p.path) {
		if !plainByte(p.path[i]) {
			return parts{}, false
		}
	}
	p.path, p.query, _ = strings.Cut(p.path, "?")
	return p, !strings.Contains(p.path, "/.")
}

// plainHost says whether host is a name in lower case, not a number, without a port.
func plainHost(host string) bool {
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.' && i > 0 && host[i-1] != '.':
		default:
			return false
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && last[0] >= 'a' && !strings.Contains(host, "xn--") && !strings.Contains(host, "--")
}

// plainByte says whether c stands for itself in a path and a query alike.
func plainByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '-' <= c && c <= ';': // -./0123456789:;
		return true
	}
	return c == '_' || c == '~' || c == '?' || c == '&' || c == '=' || c == '+' || c == ',' || c == '@' || c == '!' || c == '$' ||
		c == '(' || c == ')' || c == '*'
}
