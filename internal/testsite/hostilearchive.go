package testsite

import (
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// HostileArchive is a web archive that answers wrongly, or without end.
type HostileArchive struct {
	Archive
	// Note says what it does. Whatever a client asks of it must cost a bounded time and memory, and end in one clear
	// line, unless the note says what it is to find.
	Note string
}

// HostileArchiveSource is the address that a client asks them all for.
const HostileArchiveSource = "http://source.example/"

const groupArchive = "archive"

// HostileArchives starts a HostileServer of its own, whose hosts are web archives. Whoever starts it closes it.
func HostileArchives() (*HostileServer, error) { return hostile(hostilePace, archiveCases) }

// Archives lists the hosts that are web archives, by name. Those of Hostile are none.
func (s *HostileServer) Archives() []HostileArchive {
	var out []HostileArchive
	for _, c := range s.cases {
		if c.archive != nil {
			out = append(out, HostileArchive{Archive: *c.archive, Note: c.Note})
		}
	}
	slices.SortFunc(out, func(a, b HostileArchive) int { return strings.Compare(a.ID, b.ID) })
	return out
}

const (
	linkHead = "HTTP/1.1 200 OK\r\nContent-Type: application/link-format\r\nConnection: close\r\n\r\n"
	cdxHead  = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
	original = "<" + HostileArchiveSource + `>; rel="original",` + "\n"
	cdxRow   = `["example,source)/","20090528031205","http://source.example/","text/html","200","AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","1000"]`
	cdxNames = `[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],` + "\n"
)

// onArchive makes an archive: timemap and memento answer what their names say; with cdx, it has an index.
func onArchive(name, note string, timemap, cdx, memento script) *hostileCase {
	root := "http://" + name + hostileDomain
	c := onHTTP(groupArchive, name, failed, "*", note, func(ctx context.Context, x *exchange) error {
		switch {
		case strings.HasPrefix(x.target, "/cdx/") && cdx != nil:
			return cdx(ctx, x)
		case strings.HasPrefix(x.target, "/web/timemap/") && timemap != nil:
			return timemap(ctx, x)
		case strings.HasPrefix(x.target, "/web/2") && memento != nil:
			return memento(ctx, x)
		}
		return x.send(whole("404 Not Found", "", ""))
	})
	c.archive = &Archive{ID: name, Name: name, TimeMap: root + "/web/timemap/link/", TimeGate: root + "/web/", Raw: "id_", Rate: 6000}
	if cdx != nil {
		c.archive.CDX = root + "/cdx/search/cdx"
	}
	return c
}

// archiveCases is the table of HostileArchives.
func archiveCases(string) []*hostileCase {
	return slices.Concat(timeMapCases(), indexCases(), mementoCases())
}

// entry is the link of a memento on a host of ours.
func entry(name, timestamp, date string) string {
	return fmt.Sprintf("<http://%s%s/web/%s/%s>; rel=\"memento\"; datetime=%q,\n", name, hostileDomain, timestamp, HostileArchiveSource, date)
}

func timeMapCases() []*hostileCase {
	const day, stamped = "Thu, 28 May 2009 03:12:05 GMT", "20090528031205"
	page := func(name string, n int) string {
		return original + fmt.Sprintf("<http://%s%s/web/timemap/link/%d/%s>; rel=\"timemap\"; type=\"application/link-format\"\n",
			name, hostileDomain, n, HostileArchiveSource)
	}
	c := func(name, note string, s script) *hostileCase { return onArchive(name, note, s, nil, nil) }
	return []*hostileCase{
		c("timemap-10gb", "10 GB of entries", times(linkHead+original, entry("timemap-10gb", stamped, day), 10<<30/len(entry("timemap-10gb", stamped, day)), "")),
		c("timemap-million", "a million entries, in order", timeMapOf("timemap-million", 1_000_000)),
		c("timemap-endless-link", "one address without end", endless(linkHead+"<http://", "a")),
		c("timemap-endless-quote", "one quoted date without end", endless(linkHead+original+`<http://x.example/>; rel="memento"; datetime="`, "a")),
		c("timemap-self", "a TimeMap that lists itself as its only page", answer("Content-Type: application/link-format\r\n", page("timemap-self", 1))),
		c("timemap-next-forever", "each page leads to another one", func(_ context.Context, x *exchange) error {
			return x.send(whole("200 OK", "Content-Type: application/link-format\r\n", page("timemap-next-forever", int(x.n)+1)))
		}),
		c("timemap-html", "a page that asks for patience, called a TimeMap", answer("Content-Type: application/link-format\r\n", "<!DOCTYPE html><html><title>One moment</title><p>Loading, please wait.</html>")),
		c("timemap-html-type", "the same, called what it is", htmlPage("<!DOCTYPE html><html><title>One moment</title><p>Loading, please wait.</html>")),
		c("timemap-future", "all its mementos are of the year 2199", answer("Content-Type: application/link-format\r\n", original+entry("timemap-future", "21990101000000", "Tue, 01 Jan 2199 00:00:00 GMT"))),
		c("timemap-elsewhere", "its mementos are on a host of the local network", answer("Content-Type: application/link-format\r\n",
			original+`<http://127.0.0.1:22/web/20090528031205/http://source.example/>; rel="memento"; datetime="Thu, 28 May 2009 03:12:05 GMT"`+"\n")),
		c("timemap-garbage", "bytes that are no text", endless(linkHead, "\x00\xff\xfe<>\"\\;,=")),
		c("timemap-bomb", "1 GB of spaces in a megabyte of gzip", bomb("application/link-format")),
		c("timemap-trickle", "one byte now and then", trickle(linkHead, " ")),
		c("timemap-hangs", "nothing, after the head", hang(linkHead)),
		c("timemap-headers", "headers without end", endless("HTTP/1.1 200 OK\r\n", "Link: <http://x.example/>; rel=\"memento\"\r\n")),
		c("timemap-cut", "it ends in the middle of an entry", raw("HTTP/1.1 200 OK\r\nContent-Type: application/link-format\r\nContent-Length: 5000\r\n\r\n"+original+"<http://timemap-cut")),
		c("throttle-forever", "429 with a Retry-After of a year, each time", raw(whole("429 Too Many Requests", "Retry-After: 31536000\r\n", ""))),
		c("throttle-nonsense", "429 with a Retry-After that is none", raw(whole("429 Too Many Requests", "Retry-After: -5 minutes\r\n", ""))),
		c("unavailable", "503, each time", raw(whole("503 Service Unavailable", "", ""))),
	}
}

// timeMapOf sends n entries, an hour apart from 1 January 2000 on, as they are made.
func timeMapOf(name string, n int) script {
	return func(_ context.Context, x *exchange) error {
		if err := x.send(linkHead + original); err != nil {
			return err
		}
		var block strings.Builder
		for i := range n {
			at := hour(i)
			block.WriteString(entry(name, at.Format(stamp), at.Format(http.TimeFormat)))
			if block.Len() > 64<<10 || i == n-1 {
				if err := x.send(block.String()); err != nil {
					return err
				}
				block.Reset()
			}
		}
		return nil
	}
}

// bomb answers a gigabyte of spaces in gzip.
func bomb(mediaType string) script {
	return func(_ context.Context, x *exchange) error {
		if err := x.send("HTTP/1.1 200 OK\r\nContent-Type: " + mediaType + "\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"); err != nil {
			return err
		}
		w := gzip.NewWriter(x)
		if err := repeat(w, " ", 1<<30); err != nil {
			return err
		}
		return w.Close()
	}
}
