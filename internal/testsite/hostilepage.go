package testsite

import (
	"context"
	"fmt"
	"strings"
)

// robotsCases are hosts whose robots.txt (RFC 9309) is the threat.
func robotsCases() []*hostileCase {
	c := func(name, want, class, note string, robots script) *hostileCase {
		return onHTTP(groupRobots, name, want, class, note, byPath(map[string]script{
			"/": htmlPage("<title>behind robots.txt</title>"), "/robots.txt": robots,
		}))
	}
	text := func(body string) script { return answer("Content-Type: text/plain\r\n", body) }
	status := func(s string) script { return raw(whole(s, "Content-Type: text/plain\r\n", "no")) }
	unreachable := refused + "|" + failed
	bigRules := times("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n", "Disallow: /x\n", 40_000, "User-agent: *\nDisallow: /\n")
	return []*hostileCase{
		c("robots-denied", refused, "robots-denied", "the page itself gets no request", text("User-agent: *\nDisallow: /\n")),
		c("robots-404", archived, "", "404 allows all", status("404 Not Found")),
		c("robots-403", archived, "", "403 allows all", status("403 Forbidden")),
		c("robots-500", unreachable, "robots-unreachable", "5xx denies for now", status("500 Internal Server Error")),
		c("robots-503", unreachable, "robots-unreachable", "5xx denies for now", status("503 Service Unavailable")),
		c("robots-reset", unreachable, "robots-unreachable", "RST denies for now", reset("")),
		c("robots-silence", unreachable, "robots-unreachable", "silence denies for now", hang("")),
		c("robots-loop", archived+"|"+unreachable, "robots-unreachable", "a redirect to itself; after five hops it may count as absent", redirectTo("/robots.txt")),
		c("robots-html", archived, "", "a page instead of rules", htmlPage("<title>Welcome</title><p>Disallow: nothing")),
		c("robots-bom", refused, "robots-denied", "a byte order mark before the first rule", text("\xef\xbb\xbfUser-agent: *\nDisallow: /\n")),
		c("robots-cr", refused, "robots-denied", "lines end with CR alone", text("User-agent: *\rDisallow: /\r")),
		c("robots-big", archived, "", "the rule that forbids stands behind the first 500 KiB, which count", bigRules),
		c("robots-endless", archived, "", "rules without end; the first 500 KiB count", endless(okHead+"\r\n", "Disallow: /x\n")),
		c("robots-delay", archived, "", "a Crawl-delay of 30 years: capped", text("User-agent: *\nCrawl-delay: 946080000\n")),
		c("robots-delay-nan", archived, "", "Crawl-delays that are no numbers", text("User-agent: *\nCrawl-delay: NaN\nCrawl-delay: -5\nCrawl-delay: 1e999\n")),
		c("robots-pattern", archived, "", "a pattern that costs a backtracking matcher very much", text("User-agent: *\nDisallow: /"+strings.Repeat("*a", 2000)+"$\n")),
		onHTTP(groupRobots, "noarchive-header", archived+"|"+noted, "policy-noarchive", "kept, the wish on record",
			answer("Content-Type: text/html\r\nX-Robots-Tag: noarchive\r\n", "<title>please do not</title>")),
		onHTTP(groupRobots, "noarchive-meta", archived+"|"+noted, "policy-noarchive", "kept, the wish on record",
			htmlPage(`<meta name="robots" content="noarchive, nofollow"><title>please do not</title>`)),
	}
}

// trapCases have pages without end. They are asked for with a depth, and end with the budget.
func trapCases() []*hostileCase {
	c := func(name, note string, next func(target string, n int64) string) *hostileCase {
		trap := onHTTP(groupTrap, name, archived+"|"+noted, "budget-pages", note+"; the budget of pages ends it, and that is on record",
			func(_ context.Context, x *exchange) error {
				return x.send(whole("200 OK", "Content-Type: text/html\r\n",
					fmt.Sprintf(`<title>page %d</title><a href="%s">next</a>`, x.n, next(x.target, x.n))))
			})
		trap.Depth = 1000
		return trap
	}
	return []*hostileCase{
		c("trap-calendar", "a month leads to the next", func(_ string, n int64) string {
			return fmt.Sprintf("/calendar?year=%d&month=%d", 2009+n/12, 1+n%12)
		}),
		c("trap-path", "a relative link that grows the path", func(string, int64) string { return "more/" }),
		c("trap-session", "a new session in each link", func(_ string, n int64) string {
			return fmt.Sprintf("/index.php?PHPSESSID=%032x", n)
		}),
	}
}

// charsetCases lie about their text. The bytes stay; what is made of them is valid UTF-8.
func charsetCases() []*hostileCase {
	c := func(name, want, note, mediaType, body string) *hostileCase {
		header := ""
		if mediaType != "" {
			header = "Content-Type: " + mediaType + "\r\n"
		}
		return onHTTP(groupCharset, name, want, "charset-conflict", note, answer(header, body))
	}
	const either = archived + "|" + noted
	return []*hostileCase{
		c("charset-conflict", either, "header and page disagree", "text/html; charset=iso-8859-1", `<meta charset="utf-8"><title>Réunion</title>`),
		c("charset-bom-conflict", either, "header and byte order mark disagree: the mark wins", "text/html; charset=iso-8859-1", "\xef\xbb\xbf<title>Réunion</title>"),
		c("charset-utf-16-bom", either, "UTF-16 behind a header that says UTF-8", "text/html; charset=utf-8", string(encodeUTF16("<title>Réunion</title>"))),
		c("charset-utf-16-no-bom", either, "UTF-16 without a mark", "text/html; charset=utf-16le", string(encodeUTF16("<title>Réunion</title>")[2:])),
		c("charset-utf-7", either, "markup in UTF-7, which no one may decode", "text/html; charset=utf-7", "<title>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</title>"),
		c("charset-unknown", either, "a charset that nobody knows", "text/html; charset=x-klingon", "<title>x</title>"),
		c("charset-invalid-utf-8", either, "bytes that are no UTF-8", "text/html; charset=utf-8", "<title>R\xe9union \xc0\xaf \xed\xa0\x80 \xff</title>"),
		c("charset-odd-utf-16", either, "half a character at the end", "text/html; charset=utf-16le", "<\x00p\x00>\x00x"),
		c("text-bidi", archived, "the title is turned around by a control", "text/html; charset=utf-8", "<title>report\u202efdp.exe</title>"),
		c("text-controls", archived, "controls and an escape sequence in the title", "text/html; charset=utf-8", "<title>a\x00b\x1b[31mc\x07\x08d\u0085</title>"),
		c("text-long-title", archived, "a title of 1 MiB", "text/html; charset=utf-8", "<title>"+strings.Repeat("long ", 200<<10)+"</title>"),
		c("type-missing", archived, "no Content-Type", "", "<title>untyped</title>"),
		c("type-words", archived, "a Content-Type that is none", "a page, of course", "<title>typed</title>"),
		c("type-huge", archived, "a Content-Type of 100 KiB", "text/html; x="+strings.Repeat("x", 100<<10), "<title>typed</title>"),
		c("type-lie", archived, "HTML that says it is a picture", "image/png", "<title>a picture</title>"),
		c("type-lie-pdf", archived, "a page that says it is a PDF", "application/pdf", "<title>a PDF</title>"),
	}
}
