package citeform

import (
	"io"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// writePWID writes a persistent web identifier a line (URN namespace pwid, registered 2022-11-15) of each item that is archived.
func writePWID(w io.Writer, items []Item, _ Options) error {
	for i := range items {
		if s := pwid(&items[i]); s != "" {
			if _, err := io.WriteString(w, s+"\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

// pwid names the version to cite: a page with all that belongs to it, or one file ("part"). Empty: none is archived where it can be
// named. The address stands in it with those bytes encoded that a URN may not have (RFC 8141, 2).
func pwid(it *Item) string {
	c := it.copy()
	if c == nil || c.ID == "" {
		return ""
	}
	coverage := "part"
	if isPage(it.MediaType) {
		coverage = "page"
	}
	return "urn:pwid:" + escapedIn(c.ID, ":/?#%") + ":" + c.Time.UTC().Format(time.RFC3339) + ":" + coverage + ":" + urnPart(it.URI)
}

func isPage(t ibid.MediaType) bool {
	return t == "" || t == "text/html" || t == "application/xhtml+xml"
}

func urnPart(uri string) string {
	var b strings.Builder
	for i := range len(uri) {
		if c := uri[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`%?#[]"<>\^{|}`+"`", c) >= 0 {
			b.WriteString(percent(c))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
