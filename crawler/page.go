package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/ibid-archive/ibid"
)

const (
	// maxParse is how much of a page or style sheet is read for what it refers to, in bytes.
	maxParse = 8 << 20
	// parseTime bounds the building of one tree. Ordinary pages take milliseconds.
	parseTime = 5 * time.Second
	// maxRebuilt bounds how often formatting elements that were left open may be made anew, which is what
	// lets a small page become a tree of gigabytes (HTML, "reconstruct the active formatting elements").
	maxRebuilt = 2_000_000
)

// text makes UTF-8 of a page's bytes, for reading only. The charset is that of the byte order mark, the
// header or the page itself, in this order, or guessed; conflict says that two of them disagree.
func text(body []byte, contentType string) (utf8Text []byte, conflict bool) {
	enc, name, certain := charset.DetermineEncoding(body, contentType)
	if !certain && utf8.Valid(body) {
		name = "utf-8"
	}
	conflict = charsetConflict(body, contentType, name)
	mark := []byte("\uFEFF")
	if name == "utf-8" {
		body = bytes.TrimPrefix(body, mark)
		if !utf8.Valid(body) {
			body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
		}
		return body, conflict
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), true
	}
	return bytes.TrimPrefix(out, mark), conflict
}

func charsetConflict(body []byte, contentType, used string) bool {
	for _, label := range []string{headerCharset(contentType), metaCharset(body)} {
		if label == "" {
			continue
		}
		if _, name := charset.Lookup(label); name != "" && name != used {
			return true
		}
	}
	return false
}

func headerCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// metaCharset finds what a page says of its own charset in its first 1,024 bytes.
func metaCharset(body []byte) string {
	head := bytes.ToLower(body[:min(len(body), 1024)])
	meta := bytes.Index(head, []byte("<meta"))
	if meta < 0 {
		return ""
	}
	_, after, ok := bytes.Cut(head[meta:], []byte("charset="))
	if !ok {
		return ""
	}
	after = bytes.TrimLeft(after, `"' `)
	if end := bytes.IndexAny(after, "\"' ;/>"); end >= 0 {
		after = after[:end]
	}
	return string(after)
}

// page is a parsed answer.
type page struct {
	refs refs
	doc  *goquery.Document
	note ibid.Class
}

// parsePage reads an HTML page once, for links and requisites, if they are wanted, and for its description. A page that cannot be made a
// tree in bounded time and memory is read by the tokenizer, which has no stack, and noted.
func parsePage(body []byte, links bool) *page {
	p := &page{}
	root, err := parseTree(body)
	if err != nil {
		p.note = ibid.ClassLinksNotExtracted
	} else {
		p.doc = goquery.NewDocumentFromNode(root)
	}
	switch {
	case !links:
	case err != nil:
		p.refs.tokens(body)
	default:
		p.refs.tree(root)
	}
	if p.refs.capped && p.note == "" {
		p.note = ibid.ClassLinksCapped
	}
	return p
}

var (
	errHostilePage = errors.New("its formatting elements would be rebuilt without end")
	errParseTime   = errors.New("parsing took too long")
)

func parseTree(body []byte) (root *html.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("parse the page: %v", p)
		}
	}()
	if rebuilt(body) > maxRebuilt {
		return nil, errHostilePage
	}
	return html.Parse(&timedReader{bytes.NewReader(body), time.Now().Add(parseTime)})
}

// timedReader ends with an error when its time is over: the one way to stop html.Parse.
type timedReader struct {
	from io.Reader
	by   time.Time
}

func (t *timedReader) Read(p []byte) (int, error) {
	if time.Now().After(t.by) {
		return 0, errParseTime
	}
	return t.from.Read(p)
}

// rebuilt estimates how many formatting elements a parser has to make anew: for each start tag, as many as were
// left open. It is one pass over the bytes and errs to the high side. <a> and <nobr> close their like.
func rebuilt(body []byte) int {
	open, sum := 0, 0
	for {
		i := bytes.IndexByte(body, '<')
		if i < 0 || sum > maxRebuilt {
			return sum
		}
		body = body[i+1:]
		end := len(body) > 0 && body[0] == '/'
		if end {
			body = body[1:]
		}
		switch isTag, isFormatting := tagKind(body); {
		case !isTag:
		case !end:
			if isFormatting {
				open++
			}
			sum += open
		case isFormatting && open > 0:
			open--
		}
	}
}

// tagKind says whether a tag name begins b, and whether it is one of a formatting element.
func tagKind(b []byte) (isTag, isFormatting bool) {
	var name [8]byte
	n := 0
	for n < len(b) && n < len(name) {
		c := b[n] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		name[n] = c
		n++
	}
	switch string(name[:n]) {
	case "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u":
		return true, true
	}
	return n > 0, false
}
