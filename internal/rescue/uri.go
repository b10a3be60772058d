package rescue

import (
	"net/url"
	"slices"
	"strings"
)

// maxURI bounds an address in bytes.
const maxURI = 8 << 10

// clean returns uri without fragment and default port, its host in lower case. What is no absolute http address, or
// carries credentials or bytes that no address has, is not ok.
func clean(uri string) (string, bool) {
	uri, _, _ = strings.Cut(strings.TrimSpace(uri), "#")
	if len(uri) > maxURI || strings.ContainsFunc(uri, func(c rune) bool { return c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' }) {
		return "", false
	}
	uri = escapeStray(uri)
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":")
	if u.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	rest := uri[len(u.Scheme)+len("://"):]
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[i:]
	} else {
		rest = ""
	}
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	return u.Scheme + "://" + host + rest, true
}

// escapeStray escapes what is no percent-encoding.
func escapeStray(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			b.WriteString("%25")
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// looseKey is alike for addresses that web archives file under one key (SURT): without scheme, "www", letter case, last
// slash, session ids and the order of the query.
func looseKey(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	host := bareHost(u.Host)
	if port := u.Port(); port == "80" || port == "443" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	path, _ := cutPathSession(u.EscapedPath())
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	params := strings.Split(u.RawQuery, "&")
	params = slices.DeleteFunc(params, func(p string) bool { return p == "" || isSessionParam(p) })
	for i, p := range params {
		if plain, err := url.QueryUnescape(p); err == nil {
			params[i] = plain
		}
	}
	slices.Sort(params)
	return strings.ToLower(host + strings.TrimSuffix(path, "/") + "?" + strings.Join(params, "&"))
}

// bareHost drops "www.", "www2." and the like.
func bareHost(host string) string {
	host = strings.ToLower(host)
	if rest, ok := strings.CutPrefix(host, "www"); ok {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(rest, "0123456789"), "."); ok && strings.Contains(rest, ".") {
			return rest
		}
	}
	return host
}

// indexFold is where sub, which is ASCII, begins in s, whatever the case; -1: nowhere. Making s lower case first would move
// places in bytes that are no UTF-8.
func indexFold(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}

// cutPathSession drops ";jsessionid=..." and the like, wherever in the path they stand.
func cutPathSession(path string) (string, bool) {
	for _, name := range []string{";jsessionid=", ";phpsessid=", ";sid="} {
		i := indexFold(path, name)
		if i < 0 {
			continue
		}
		end := strings.IndexByte(path[i:], '/')
		if end < 0 {
			return path[:i], true
		}
		return path[:i] + path[i+end:], true
	}
	return path, false
}

// isSessionParam knows parameters that only name a session: those long enough not to be a page.
func isSessionParam(param string) bool {
	name, value, _ := strings.Cut(strings.ToLower(param), "=")
	switch name {
	case "phpsessid", "jsessionid", "sessionid", "cfid", "cftoken":
		return true
	case "sid", "s", "session":
		return len(value) >= 16
	}
	return strings.HasPrefix(name, "aspsessionid")
}
