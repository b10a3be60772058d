package replay

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// link is one entry of a Link header or of a TimeMap (RFC 8288; RFC 7089, 2.2 and 5). Zero times are left out.
type link struct {
	uri, rel, kind        string
	datetime, from, until time.Time
}

func (l *link) append(b []byte) []byte {
	b = append(b, '<')
	b = append(b, encodeRef(l.uri)...)
	b = fmt.Appendf(b, `>; rel="%s"`, l.rel)
	if l.kind != "" {
		b = fmt.Appendf(b, `; type="%s"`, l.kind)
	}
	for _, t := range []struct {
		name string
		at   time.Time
	}{{"datetime", l.datetime}, {"from", l.from}, {"until", l.until}} {
		if !t.at.IsZero() {
			b = fmt.Appendf(b, `; %s="%s"`, t.name, httpTime(t.at))
		}
	}
	return b
}

// httpTime is t as HTTP writes it (RFC 9110, 5.6.7).
func httpTime(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// encodeRef encodes what may not stand in a URI-Reference within angle brackets (RFC 8288, 3; RFC 3986): brackets, quotes,
// spaces, controls, what is not ASCII. Commas and semicolons stay: they are part of addresses that would be others
// without, and an angle bracket ends before them or after.
func encodeRef(uri string) string {
	const hex = "0123456789ABCDEF"
	clean := true
	for i := range len(uri) {
		clean = clean && plainRef(uri[i])
	}
	if clean {
		return uri
	}
	var b strings.Builder
	for i := range len(uri) {
		if c := uri[i]; plainRef(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func plainRef(c byte) bool { return c > ' ' && c < 0x7f && strings.IndexByte("<>\"\\^`{|}", c) < 0 }

// places makes the addresses of what is about one original, below the origin base.
type places struct{ base string }

func (p places) memento(e *cdx.Entry, modifier string) string {
	return p.base + mementoPath(e, modifier)
}

// mementoPath is the address of a memento on either origin.
func mementoPath(e *cdx.Entry, modifier string) string {
	return "/web/" + ibid.Timestamp14(e.Timestamp) + modifier + "/" + encodeRef(e.URI)
}

func (p places) timeGate(uri string) string { return p.base + "/timegate/" + encodeRef(uri) }

func (p places) timeMap(format, uri string) string {
	return p.base + "/timemap/" + format + "/" + encodeRef(uri)
}

// linkFormat is the media type of TimeMaps (RFC 6690; RFC 7089, 5).
const linkFormat = "application/link-format"

// mementoLinks are those of mementos that are there, each once, with all its relations, by time.
func (p places) mementoLinks(n neighbours, own *cdx.Entry) []link {
	var links []link
	for _, m := range []struct {
		e   *cdx.Entry
		rel string
	}{{n.first, "first"}, {n.prev, "prev"}, {own, ""}, {n.next, "next"}, {n.last, "last"}} {
		if m.e == nil {
			continue
		}
		uri := p.memento(m.e, "")
		i := indexLink(links, uri)
		if i < 0 {
			links = append(links, link{uri: uri, datetime: m.e.Timestamp, rel: "memento"})
			i = len(links) - 1
		}
		if m.rel != "" {
			rel := strings.TrimSuffix(links[i].rel, "memento")
			links[i].rel = rel + m.rel + " memento"
		}
	}
	return links
}

func indexLink(links []link, uri string) int {
	for i := range links {
		if links[i].uri == uri {
			return i
		}
	}
	return -1
}

// header is the value of a Link header field.
func header(links []link) string {
	var b []byte
	for i := range links {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = links[i].append(b)
	}
	return string(b)
}

// aboutLinks are those to the original, its TimeGate, if that is asked for, and its TimeMap.
func (p places) aboutLinks(uri string, n neighbours, gate bool) []link {
	links := []link{{uri: uri, rel: "original"}}
	if gate {
		links = append(links, link{uri: p.timeGate(uri), rel: "timegate"})
	}
	m := link{uri: p.timeMap("link", uri), rel: "timemap", kind: linkFormat}
	if n.first != nil && n.last != nil {
		m.from, m.until = n.first.Timestamp, n.last.Timestamp
	}
	return append(links, m)
}
