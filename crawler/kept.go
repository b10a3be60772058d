package crawler

import (
	"net/url"

	"github.com/PuerkitoBio/goquery"

	"github.com/ibid-archive/ibid"
)

// KeptPage is a page that was not fetched here but lies somewhere already, read as a fetched one is.
type KeptPage struct {
	// Doc is nil when no tree could be made of it.
	Doc *goquery.Document
	// Needs are what the page needs to be shown, as absolute addresses, each once.
	Needs []Need
}

// Need is one thing that a page needs to be shown.
type Need struct {
	URI string
	// Sheet says that it is a style sheet, which may need more.
	Sheet bool
}

// ReadKept reads a page whose content codings are undone. contentType is the header, uri its address.
func (c *Crawler) ReadKept(body []byte, contentType, uri string) KeptPage {
	utf8Text, _ := text(body[:min(len(body), maxParse)], contentType)
	p := c.parse(utf8Text, true)
	return KeptPage{Doc: p.doc, Needs: c.needsAt(uri, &p.refs)}
}

// ReadKeptSheet lists what a style sheet needs in turn.
func (c *Crawler) ReadKeptSheet(body []byte, uri string) []Need {
	var r refs
	r.css(string(body[:min(len(body), maxParse)]))
	return c.needsAt(uri, &r)
}

func (c *Crawler) needsAt(uri string, found *refs) []Need {
	base, err := url.Parse(uri)
	if err != nil {
		return nil
	}
	at := baseOf(base, found)
	seen := map[string]bool{}
	var list []Need
	for _, r := range found.needs {
		u, err := c.address(at, r.raw)
		if err != nil || r.kind == frame || seen[u.String()] {
			continue
		}
		seen[u.String()] = true
		list = append(list, Need{URI: u.String(), Sheet: r.kind == sheet})
	}
	return list
}

// IsPage says whether t is a type that ReadKept reads.
func IsPage(t ibid.MediaType) bool { return t == "text/html" || t == "application/xhtml+xml" }
