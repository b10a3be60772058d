package server

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

// What is said of strangers' text: a page has room for so many characters of it.
const (
	maxTitle   = 120
	maxContext = 240
	maxAddress = 70
)

// plain makes foreign text safe to stand among ours: what reverses the reading or is no text is shown as such. The
// template escapes the rest.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c' {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// plainLines is plain for text of several lines.
func plainLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	return strings.Join(lines, "\n")
}

// clip cuts s to n characters, and shows that it did.
func clip(n int, s string) string {
	s = plain(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:n-1]), " ") + "…"
}

// short is an address as people know it again: without its scheme, the middle left out where it is long.
func short(uri string) string {
	s := plain(strings.TrimPrefix(strings.TrimPrefix(uri, "http://"), "https://"))
	r := []rune(s)
	if len(r) <= maxAddress {
		return s
	}
	head := maxAddress / 2
	return string(r[:head]) + "…" + string(r[len(r)-(maxAddress-head-1):])
}

// live is uri if a browser can be led there, and else empty.
func live(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return uri
}

// broken is an address whose slashes something on the way has merged.
var broken = regexp.MustCompile(`^(https?):/([^/])`)

// addressPattern is what looks like a host, with or without what follows.
var addressPattern = regexp.MustCompile(`^[\pL\pN]([\pL\pN-]*\.)+[\pL][\pL\pN-]+(:\d+)?([/?].*)?$`)

// addressOf is the address that q is, with the scheme that people leave out; ok is false for words.
func addressOf(q string) (uri string, ok bool) {
	q = strings.TrimSpace(q)
	switch {
	case strings.ContainsFunc(q, unicode.IsSpace):
		return "", false
	case strings.Contains(q, "://"):
		return q, true
	case broken.MatchString(q):
		return broken.ReplaceAllString(q, "$1://$2"), true
	case addressPattern.MatchString(q):
		return "http://" + q, true
	}
	return "", false
}

// bare is uri without its fragment, which no server ever sees.
func bare(uri string) string {
	uri, _, _ = strings.Cut(uri, "#")
	return uri
}

// pieces are text around the first of what is marked in it.
type pieces struct{ Before, Marked, After string }

// marked finds the citation in its context, cut to what a page has room for.
func marked(context string, citations ...string) pieces {
	context = plain(context)
	for _, c := range citations {
		c = plain(c)
		before, after, found := strings.Cut(context, c)
		if c == "" || !found {
			continue
		}
		if n := utf8.RuneCountInString(before); n > maxContext/2 {
			before = "…" + string([]rune(before)[n-maxContext/2:])
		}
		return pieces{before, c, clip(maxContext/2, after)}
	}
	return pieces{Before: clip(maxContext, context)}
}

// Addresses of our own pages.

func (k DocumentKey) query() string {
	if k.Collection == "" || k.Collection == ibid.DefaultCollection {
		return ""
	}
	return "?collection=" + url.QueryEscape(k.Collection)
}

func (k DocumentKey) path() string { return "/documents/" + url.PathEscape(k.ID) + k.query() }

// referencePath joins the IDs of a Document and of a Reference in it.
func referencePath(k DocumentKey, reference string) string {
	return "/references/" + url.PathEscape(k.ID+"."+reference) + k.query()
}

func collectionPath(name string) string { return "/collections/" + url.PathEscape(name) }

// calendarPath is the page of all captures of an address.
func calendarPath(uri string) string { return "/web/*/" + bare(uri) }

// mementoPath is where the Memento m is read here.
func mementoPath(m *ibid.Memento) string {
	return "/web/" + ibid.Timestamp14(m.Timestamp) + "/" + bare(m.URI)
}

// comparePath is the page that compares two Captures, of two addresses or of one.
func comparePath(from, to *ibid.Memento) string {
	q := url.Values{"url": {bare(from.URI)}, "from": {ibid.Timestamp14(from.Timestamp)}, "to": {ibid.Timestamp14(to.Timestamp)}}
	if bare(from.URI) != bare(to.URI) {
		q.Set("with", bare(to.URI))
	}
	return "/compare?" + q.Encode()
}

// searchPath is the search for an address, which shows a period of its calendar.
func searchPath(uri, period string) string {
	q := url.Values{"q": {uri}}
	if period != "" {
		q.Set("period", period)
	}
	return "/search?" + q.Encode()
}

// wordOf is the word by which messages know v: an Outcome, a Health, a kind.
func wordOf(v any) string {
	switch v {
	case ibid.VisitCapture:
		return "capture"
	case ScheduleRun:
		return "run now"
	}
	return fmt.Sprint(v)
}

// shortDigest is as much of a digest as tells two apart at a glance.
func shortDigest(d ibid.Digest) string {
	hex := plain(d.Hex())
	return hex[:min(12, len(hex))]
}

// cost is about how many bytes a link to uri takes in a page.
func cost(uri string) (n int) {
	for i := range len(uri) {
		switch c := uri[i]; {
		case c == '&':
			n += len("&amp;")
		case c <= ' ' || c >= utf8.RuneSelf || strings.IndexByte(`"'<>`, c) >= 0:
			n += len("%20")
		default:
			n++
		}
	}
	return n
}

// isShort says whether a list of pages may link to uri however long it is.
func isShort(uri string) bool { return cost(uri) <= 600 }

// languageTag is tag if it is one (BCP 47), and else empty.
func languageTag(tag string) string {
	if !tagPattern.MatchString(tag) {
		return ""
	}
	return tag
}

var tagPattern = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
