package testsite

import (
	"context"
	"fmt"

	"strings"
	"time"
)

// hour is n hours after the beginning of the year 2000.
func hour(n int) time.Time {
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
}

// indexCases are archives whose CDX index is wrong.
func indexCases() []*hostileCase {
	c := func(name, note string, s script) *hostileCase { return onArchive(name, note, nil, s, nil) }
	json := func(body string) script { return answer("Content-Type: application/json\r\n", body) }
	return []*hostileCase{
		c("cdx-10gb", "10 GB of rows", times(cdxHead+cdxNames, cdxRow+",\n", 10<<30/len(cdxRow), cdxRow+"]")),
		c("cdx-endless-row", "one value without end", endless(cdxHead+`[["`, "a")),
		c("cdx-deep", "brackets within brackets without end", endless(cdxHead, "[")),
		c("cdx-cut", "the array does not end", json(cdxNames+cdxRow)),
		c("cdx-html", "a page instead of rows", htmlPage("<!DOCTYPE html><html><title>One moment</title></html>")),
		c("cdx-resume-loop", "the resume key is always the same", json(cdxNames+cdxRow+`,[],["example%2Csource%29%2F+20090528031206"]]`)),
		c("cdx-resume-forever", "there is always another resume key", func(_ context.Context, x *exchange) error {
			return x.send(whole("200 OK", "Content-Type: application/json\r\n", cdxNames+cdxRow+fmt.Sprintf(`,[],["example%%2Csource%%29%%2F+%014d"]]`, 20090528031206+x.n)))
		}),
		c("cdx-no-columns", "rows shorter than their head", json(cdxNames+`["example,source)/"],[],["x"],{}]`)),
		c("cdx-nonsense", "timestamps and statuses that are none", json(cdxNames+strings.NewReplacer("20090528031205", "99999999999999", `"200"`, `"-20e9"`).Replace(cdxRow)+"]")),
		c("cdx-future", "a capture of the year 2199", json(cdxNames+strings.ReplaceAll(cdxRow, "2009", "2199")+"]")),
		c("cdx-other-source", "a row of another address than was asked for", json(cdxNames+strings.NewReplacer("example,source)", "example,other)", "source.example", "other.example").Replace(cdxRow)+"]")),
		c("cdx-bomb", "1 GB of spaces in a megabyte of gzip", bomb("application/json")),
	}
}

// mementoCases are archives that say what they hold, and do not give it.
func mementoCases() []*hostileCase {
	listing := answer("Content-Type: application/json\r\n", cdxNames+cdxRow+"]")
	c := func(name, note string, s script) *hostileCase { return onArchive(name, note, nil, listing, s) }
	const dated = "Memento-Datetime: Thu, 28 May 2009 03:12:05 GMT\r\nContent-Type: text/html\r\n"
	to := func(name, timestamp string) string {
		return whole("302 Found", "Location: http://"+name+hostileDomain+"/web/"+timestamp+"id_/"+HostileArchiveSource+"\r\n", "")
	}
	return []*hostileCase{
		c("memento-loop", "two timestamps that lead to each other", func(_ context.Context, x *exchange) error {
			if strings.HasPrefix(x.target, "/web/20090528031205") {
				return x.send(to("memento-loop", "20090529031205"))
			}
			return x.send(to("memento-loop", "20090528031205"))
		}),
		c("memento-redirects-forever", "each timestamp leads to the next", func(_ context.Context, x *exchange) error {
			return x.send(to("memento-redirects-forever", hour(int(x.n)).Format(stamp)))
		}),
		c("memento-elsewhere", "a redirect to a host of the local network", redirectTo("http://127.0.0.1:22/web/20090528031205id_/http://source.example/")),
		c("memento-undated", "bytes without Memento-Datetime: it cannot be said what they are", htmlPage("<html>of today</html>")),
		c("memento-misdated", "a Memento-Datetime that is no date", answer("Memento-Datetime: last summer\r\nContent-Type: text/html\r\n", "<html>x</html>")),
		c("memento-future", "a Memento-Datetime of the year 2199", answer("Memento-Datetime: Tue, 01 Jan 2199 00:00:00 GMT\r\n", "<html>x</html>")),
		c("memento-10gb", "10 GB of HTML", times("HTTP/1.1 200 OK\r\n"+dated+"Connection: close\r\n\r\n<html>", "<p>more", 10<<30/7, "")),
		c("memento-empty", "200 and no bytes", answer(dated, "")),
		c("memento-cut", "it ends before its length", raw("HTTP/1.1 200 OK\r\n"+dated+"Content-Length: 5000\r\n\r\n<html>")),
		c("memento-headers", "original headers without end", endless("HTTP/1.1 200 OK\r\n"+dated, "X-Archive-Orig-X: y\r\n")),
		c("memento-injects", "original headers that would split a rebuilt head", answer(dated+"X-Archive-Orig-Location: /a%0d%0aSet-Cookie: a=b\r\nX-Archive-Orig-X Y: z\r\n", "<html>x</html>")),
		c("memento-hangs", "nothing, after the head", hang("HTTP/1.1 200 OK\r\n"+dated+"\r\n")),
	}
}
