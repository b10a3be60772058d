package cdx

import (
	"slices"
	"strings"
)

// SURT returns the key of uri in the Internet Archive's form: the host reversed, without "www" and its
// digits; path and query in lower case, without session ids; the query sorted. The scheme is dropped.
// An address without a host is its own key. The error is of KindInput.
func SURT(uri string) (string, error) {
	p, ok := split(uri)
	if !ok {
		u, err := parse(uri)
		if err != nil {
			return "", err
		}
		if u.Hostname() == "" {
			return strings.TrimRight(u.Href(true), " "), nil
		}
		p = parts{host: u.Hostname(), port: u.Port(), path: u.Pathname()}
		p.query = strings.TrimPrefix(u.Search(), "?")
	}
	b := make([]byte, 0, len(uri)+8)
	b = appendHost(b, withoutWWW(strings.TrimSuffix(p.host, ".")))
	if p.port != "" {
		b = append(append(b, ':'), p.port...)
	}
	b = append(b, ')')
	b = append(b, keyPath(p.path)...)
	if q := keyQuery(p.query); q != "" {
		b = append(append(b, '?'), q...)
	}
	return string(b), nil
}

func appendHost(b []byte, host string) []byte {
	for {
		dot := strings.LastIndexByte(host, '.')
		b = append(b, host[dot+1:]...)
		if dot < 0 {
			return b
		}
		b = append(b, ',')
		host = host[:dot]
	}
}

// withoutWWW drops "www.", "www2." and the like from the front of a host that goes on behind it.
func withoutWWW(host string) string {
	rest, ok := strings.CutPrefix(host, "www")
	if !ok {
		return host
	}
	rest = strings.TrimLeft(rest, "0123456789")
	if tail, ok := strings.CutPrefix(rest, "."); ok && tail != "" {
		return tail
	}
	return host
}

func keyPath(path string) string {
	path = strings.ToLower(unescape(path))
	if i := strings.Index(path, ";jsessionid="); i >= 0 && isID(path[i+12:], 32) {
		path = path[:i] + path[i+12+32:]
	}
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if path = strings.TrimSuffix(path, "/"); path == "" {
		return "/"
	}
	return path
}

func keyQuery(query string) string {
	if query == "" {
		return ""
	}
	params := strings.Split(strings.ToLower(unescape(query)), "&")
	params = dropSessions(params)
	slices.Sort(params)
	return strings.Join(params, "&")
}

// dropSessions takes out the parameters that only name a session.
func dropSessions(params []string) []string {
	kept := params[:0]
	for i, p := range params {
		name, value, _ := strings.Cut(p, "=")
		switch {
		case (name == "jsessionid" || name == "phpsessid" || name == "sid") && len(value) == 32 && isID(value, 32):
		case strings.HasPrefix(name, "aspsessionid") && len(name) == 20 && len(value) == 24 && isID(value, 24):
		case name == "cfid" && i+1 < len(params) && strings.HasPrefix(params[i+1], "cftoken="):
		case name == "cftoken" && i > 0:
		default:
			kept = append(kept, p)
		}
	}
	return kept
}

// isID says whether s begins with n letters and digits.
func isID(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for i := range n {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// unescape undoes the percent-encoding of characters that need none (RFC 3986, 2.3).
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, ok := fromHex(s[i+1], s[i+2]); ok && isUnreserved(c) {
				b = append(b, c)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

func fromHex(hi, lo byte) (byte, bool) {
	const digits = "0123456789abcdef"
	h, l := strings.IndexByte(digits, hi|0x20), strings.IndexByte(digits, lo|0x20)
	if h < 0 || l < 0 {
		return 0, false
	}
	return byte(h<<4 | l), true //nolint:gosec // two hexadecimal digits
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
