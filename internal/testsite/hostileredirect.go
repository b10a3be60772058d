package testsite

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// redirectCases end, loop or grow. Each hop is kept.
func redirectCases() []*hostileCase {
	c := func(name, want, class, note string, s script) *hostileCase {
		return onHTTP(groupRedirect, name, want, class, note, s)
	}
	end := htmlPage("<title>the end</title>")
	const stopped = failed + "|" + noted
	return []*hostileCase{
		c("redirect-self", stopped, "redirect-loop|redirect-limit", "to itself", redirectTo("/")),
		c("redirect-two", stopped, "redirect-loop|redirect-limit", "to another and back", byPath(map[string]script{"/": redirectTo("/b"), "/b": redirectTo("/")})),
		c("redirect-loop-grown", stopped, "redirect-loop|redirect-limit|url-too-long", "to itself with one more parameter", growing("&again=1", false)),
		c("redirect-doubling", stopped, "url-too-long|redirect-limit|header-too-large", "to an address twice as long", growing("", true)),
		c("redirect-chain-30", stopped, "redirect-limit", "30 hops", chain(30, end)),
		c("redirect-chain-5", archived, "", "5 hops and an end", chain(5, end)),
		c("redirect-relative", archived, "", "a relative Location", byPath(map[string]script{"/": redirectTo("a/../b?x"), "/b": end})),
		c("redirect-fragment", archived, "", "a Location with a fragment", byPath(map[string]script{"/": redirectTo("/b#part"), "/b": end})),
		c("redirect-utf-8", archived, "", "a Location with bytes above 127", utf8Redirect(end)),
		c("redirect-space", archived+"|"+noted, "redirect-invalid", "a Location with a space", byPath(map[string]script{"/": redirectTo("/a b"), "/a%20b": end})),
		c("redirect-userinfo", archived, "", "a Location with a name and password: followed without them, stored nowhere",
			byPath(map[string]script{"/": redirectTo("http://user:pw-3141@redirect-userinfo" + hostileDomain + "/b"), "/b": end})),
		c("redirect-invalid", stopped, "redirect-invalid", "a Location that is no address", redirectTo("http://[::1")),
		c("redirect-port", stopped, "redirect-invalid|connect|address-refused", "a port that is none", redirectTo("http://redirect-port"+hostileDomain+":99999/")),
		c("redirect-control", stopped, "redirect-invalid|malformed-header", "a control character in the Location", redirectTo("/a\x01b")),
		c("redirect-missing", archived+"|"+noted+"|"+failed, "redirect-invalid", "no Location", raw(whole("302 Found", "Content-Type: text/html\r\n", "<p>where?"))),
		c("redirect-empty", archived+"|"+stopped, "redirect-invalid|redirect-loop", "an empty Location", redirectTo("")),
		c("redirect-304-chain", archived, "", "301, 303, 307 and 308", kinds(end)),
		c("redirect-choices", archived+"|"+noted, "*", "300 with no Location", raw(whole("300 Multiple Choices", "Content-Type: text/html\r\n", "<a href=/b>b</a>"))),
	}
}

func chain(hops int, end script) script {
	return func(ctx context.Context, x *exchange) error {
		n, _ := strconv.Atoi(strings.TrimPrefix(x.target, "/"))
		if n == hops {
			return end(ctx, x)
		}
		return redirectTo("/"+strconv.Itoa(n+1))(ctx, x)
	}
}

func kinds(end script) script {
	scripts := map[string]script{"/308": end}
	at := "/"
	for _, status := range []string{"301", "303", "307", "308"} {
		scripts[at] = raw(whole(status+" Moved", "Location: /"+status+"\r\n", ""))
		at = "/" + status
	}
	scripts["/308"] = end
	return byPath(scripts)
}

// growing redirects to the address asked for and more, or twice as much.
func growing(more string, double bool) script {
	return func(ctx context.Context, x *exchange) error {
		to := x.target
		if !strings.Contains(to, "?") {
			to += "?start=1"
		}
		if double {
			_, query, _ := strings.Cut(to, "?")
			more = "&" + query
		}
		return redirectTo(to+more)(ctx, x)
	}
}

func utf8Redirect(end script) script {
	return func(ctx context.Context, x *exchange) error {
		if x.target == "/" {
			return redirectTo("/r\xc3\xa9union")(ctx, x)
		}
		return end(ctx, x)
	}
}

// refusedRedirectCases lead to where nobody may go: the hop is kept, the canary gets nothing.
func refusedRedirectCases(canary string) []*hostileCase {
	targets := []struct{ name, class, to string }{
		{"to-file", "scheme-refused", "file:///etc/passwd"},
		{"to-javascript", "scheme-refused", "javascript:alert(1)"},
		{"to-data", "scheme-refused", "data:text/html,<p>x"},
		{"to-ftp", "scheme-refused", "ftp://127.0.0.1:" + canary + "/"},
		{"to-gopher", "scheme-refused", "gopher://127.0.0.1:" + canary + "/_x"},
		{"to-mailto", "scheme-refused", "mailto:a@example.org"},
		{"to-loopback", "address-refused", "http://127.0.0.1:" + canary + "/"},
		{"to-localhost", "address-refused", "http://localhost:" + canary + "/"},
		{"to-relative-scheme", "address-refused", "//127.0.0.1:" + canary + "/"},
		{"to-decimal", "address-refused", "http://2130706433:" + canary + "/"},
		{"to-userinfo", "address-refused", "http://www.example.org@127.0.0.1:" + canary + "/"},
		{"to-ipv6", "address-refused", "http://[::1]:" + canary + "/"},
		{"to-mapped", "address-refused", "http://[::ffff:127.0.0.1]:" + canary + "/"},
		{"to-metadata", "address-refused", "http://169.254.169.254/latest/meta-data/"},
		{"to-private", "address-refused", "http://10.0.0.1/"},
		{"to-not-allowed", "address-refused", "http://not-allowed" + hostileDomain + "/"},
	}
	var cases []*hostileCase
	for _, r := range targets {
		c := onHTTP(groupRedirect, "redirect-"+r.name, refused+"|"+noted+"|"+failed, r.class, "redirects to "+r.to, redirectTo(r.to))
		cases = append(cases, c)
	}
	twice := onHTTP(groupRedirect, "redirect-second-hop", refused+"|"+noted+"|"+failed, "address-refused", "one good hop, then to the canary",
		byPath(map[string]script{"/": redirectTo("/b"), "/b": redirectTo("http://127.0.0.1:" + canary + "/")}))
	return append(cases, twice)
}

// changingCases answer one time so, another time otherwise.
func changingCases() []*hostileCase {
	c := func(name, want, class, note string, s script) *hostileCase {
		return onHTTP(groupChanging, name, want, class, note, s)
	}
	good := htmlPage("<title>good at last</title>")
	busy := func(status, after string) script {
		return raw(whole(status, "Content-Type: text/html\r\nRetry-After: "+after+"\r\n", "<p>busy"))
	}
	const stays = failed + "|" + noted
	return []*hostileCase{
		c("429-then-good", archived, "", "429 once; two tries on record", byRequest(busy("429 Too Many Requests", "1"), good)),
		c("503-then-good", archived, "", "503 once; two tries on record", byRequest(busy("503 Service Unavailable", "0"), good)),
		c("reset-then-good", archived, "", "RST once; two tries on record", byRequest(reset(""), good)),
		c("empty-then-good", archived, "", "no byte once; two tries on record", byRequest(raw(""), good)),
		c("429-always", stays, "server-busy", "429 without end", busy("429 Too Many Requests", "0")),
		c("503-always", stays, "server-busy", "503 without end", busy("503 Service Unavailable", "0")),
		c("retry-after-3000-years", stays, "server-busy", "Retry-After of 3,000 years: capped at a day, no worker waits for it", busy("503 Service Unavailable", "94608000000")),
		c("retry-after-overflow", stays, "server-busy", "Retry-After that no integer holds", busy("503 Service Unavailable", strings.Repeat("9", 40))),
		c("retry-after-date", stays, "server-busy", "Retry-After in the year 5026", busy("503 Service Unavailable", "Wed, 01 Jan 5026 00:00:00 GMT")),
		c("retry-after-words", stays, "server-busy", "Retry-After that is neither", busy("503 Service Unavailable", "soon")),
		c("same-etag-new-bytes", archived, "", "the ETag stays, the bytes do not: the digest decides", counting("ETag: \"same\"\r\n")),
		c("new-etag-same-bytes", archived, "", "the ETag changes, the bytes do not: a second look stores a revisit", sameBytes()),
		c("date-1970", archived, "", "a clock at the beginning of time: ours counts", dated("Thu, 01 Jan 1970 00:00:00 GMT")),
		c("date-2099", archived, "", "a clock far ahead: ours counts", dated("Thu, 31 Dec 2099 23:59:59 GMT")),
		c("date-words", archived, "", "dates that are none", dated("yesterday, about noon")),
	}
}

func counting(headers string) script {
	return func(_ context.Context, x *exchange) error {
		return x.send(whole("200 OK", "Content-Type: text/html\r\n"+headers, fmt.Sprintf("<title>answer %d</title>", x.n)))
	}
}

func sameBytes() script {
	return func(_ context.Context, x *exchange) error {
		return x.send(whole("200 OK", fmt.Sprintf("Content-Type: text/html\r\nETag: \"%d\"\r\n", x.n), "<title>the same</title>"))
	}
}

func dated(date string) script {
	return answer("Content-Type: text/html\r\nDate: "+date+"\r\nLast-Modified: "+date+"\r\nExpires: "+date+"\r\n", "<title>dated</title>")
}
