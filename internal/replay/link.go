package replay

import (
	"fmt"
	"net/http"
	"net/url"
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

// encodeRef encodes what may not stand within angle brackets (RFC 8288, 3): the brackets, quotation marks, spaces, controls and
// what is not ASCII. Commas and semicolons stay: they are part of addresses that would be others without.
func encodeRef(uri string) string {
	const hex = "0123456789ABCDEF"
	if strings.IndexFunc(uri, unsafeRef) < 0 {
		return uri
	}
	var b strings.Builder
	for i := range len(uri) {
		if c := uri[i]; !unsafeRef(rune(c)) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func unsafeRef(c rune) bool { return c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == '"' }

// tail is uri as it stands at the end of an address of ours: as it is, or encoded whole where it has what is not allowed in
// the path of one (RFC 3986, 3.3), which browsers and servers would change on the way.
func tail(uri string) string {
	path, _, _ := strings.Cut(uri, "?")
	if strings.IndexFunc(uri, unsafeRef) < 0 && !strings.ContainsAny(uri, "\\^`{|}#") && validEscapes(path) {
		return uri
	}
	return strings.ReplaceAll(url.PathEscape(uri), ":", "%3A")
}

// validEscapes says whether two hexadecimal digits follow each "%".
func validEscapes(s string) bool {
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return true
		}
		if s = s[i+1:]; len(s) < 2 || !isHex(s[0]) || !isHex(s[1]) {
			return false
		}
	}
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// places makes the addresses of what is about one original, below the origin base.
type places struct{ base string }

func (p places) memento(e *cdx.Entry, modifier string) string {
	return p.base + mementoPath(e, modifier)
}

// mementoPath is the address of a memento on either origin.
func mementoPath(e *cdx.Entry, modifier string) string {
	return before(e, modifier) + tail(e.URI)
}

// before is what stands before an address for the memento of it nearest to the time of e.
func before(e *cdx.Entry, modifier string) string {
	return "/web/" + ibid.Timestamp14(e.Timestamp) + modifier + "/"
}

// withFragment is the end of an address with its fragment, if it has one.
func withFragment(tail, fragment string) string {
	if fragment == "" {
		return tail
	}
	return tail + "#" + encodeRef(fragment)
}

func (p places) timeGate(uri string) string { return p.base + "/timegate/" + tail(uri) }

func (p places) timeMap(format, uri string) string {
	return p.base + "/timemap/" + format + "/" + tail(uri)
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
