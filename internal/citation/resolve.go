package citation

import (
	"net/url"
	"strings"
)

// rebase makes relative links be resolved against href, if that is absolute together with the base so far.
func (c *collector) rebase(href string) {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil || href == "" {
		return
	}
	if c.base != nil {
		u = c.base.ResolveReference(u)
	}
	if u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		c.base, c.baseSize = u, len(u.Path)+len(u.RawQuery)
		clear(c.long)
	}
}

// longAddress is how many bytes make the work of an address worth keeping: a short destination costs no more than to look it up.
const longAddress = 256

// resolve makes the usable address out of the destination of a link; empty if it leads nowhere outside the document.
func (c *collector) resolve(href string) string {
	if len(href) > 4*maxAddress { // also without its white space it is too long
		return ""
	}
	if len(href)+c.baseSize < longAddress {
		return c.resolved(href)
	}
	uri, known := c.long[href]
	if !known && c.err == nil {
		uri = c.resolved(href)
		c.long[href] = uri
		if c.longSize += len(uri); c.longSize > maxKept {
			c.tooLong()
		}
	}
	return uri
}

// resolved is resolve without what is known.
func (c *collector) resolved(href string) string {
	href = strings.TrimSpace(href)
	if href == "" || href[0] == '#' {
		return ""
	}
	if uri, ok := linkAddress(href); ok {
		return uri
	}
	if strings.HasPrefix(href, "//") {
		scheme := "https:"
		if c.base != nil {
			scheme = c.base.Scheme + ":"
		}
		uri, _ := linkAddress(scheme + href)
		return uri
	}
	if i := strings.Index(href, "http"); i > 0 && i < 3 && !isAlnum(href[0]) { // "(http://…)" or "<http://…>" for a destination
		if uri, ok := repairAddress(href); ok {
			return uri
		}
	}
	if c.base == nil || hasScheme(href) {
		return ""
	}
	u, err := c.base.Parse(href)
	if err != nil || sameDocument(u, c.base) {
		return ""
	}
	uri, _ := linkAddress(u.String())
	return uri
}

func sameDocument(a, b *url.URL) bool {
	return a.Host == b.Host && a.Path == b.Path && a.RawQuery == b.RawQuery
}

// hasScheme says whether s begins with a scheme (RFC 3986, 3.1): "mailto:", "javascript:".
func hasScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c == ':' {
			return i > 0
		}
		if !isAlnum(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return false
}
