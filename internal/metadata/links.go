package metadata

import (
	"net/url"
	"strings"
)

// baseAddress is what relative addresses of the page are relative to.
func (d *describer) baseAddress() *url.URL {
	if d.page.base != "" && len(d.page.base) <= maxAddress {
		if u, err := d.uri.Parse(strings.TrimSpace(d.page.base)); err == nil && u.Host != "" {
			return u
		}
	}
	return d.uri
}

// resolve returns the absolute web address that ref names on this page, or nil.
func (d *describer) resolve(ref string) *url.URL {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxAddress {
		return nil
	}
	u, err := d.base.Parse(ref)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	u.User = nil
	return u
}

// links takes the canonical address and the addresses of the other languages.
func (d *describer) links() {
	fromHeader := headerLinks(d.header["Link"])
	for _, l := range d.page.links {
		if hasWord(l.rel, "canonical") && d.setCanonical(l.href, "link canonical") {
			break
		}
	}
	for _, l := range fromHeader {
		if hasWord(l.rel, "canonical") {
			d.setCanonical(l.href, "http link")
		}
	}
	d.setCanonical(d.page.meta.text("og:url"), "og:url")
	d.setCanonical(d.main.field("url"))
	d.alternates(d.page.links, "link hreflang", false)
	d.alternates(fromHeader, "http link", false)
	if len(d.out.Alternates) == 0 {
		d.alternates(d.page.links, "a hreflang", true)
	}
}

// setCanonical sets the canonical address unless there is one; it reports whether there is.
func (d *describer) setCanonical(ref, from string) bool {
	if d.out.Canonical == "" {
		if u := d.resolve(ref); u != nil {
			u.Fragment = ""
			d.out.Canonical = u.String()
			d.say("canonical", from)
		}
	}
	return d.out.Canonical != ""
}

// alternates adds the links that name a language; those of anchors, or those of <link> and headers.
func (d *describer) alternates(links []link, from string, anchors bool) {
	for _, l := range links {
		if l.hreflang == "" || l.anchor != anchors || !anchors && !hasWord(l.rel, "alternate") {
			continue
		}
		tag := "x-default"
		if !strings.EqualFold(l.hreflang, tag) {
			tag = bcp47(l.hreflang)
		}
		u := d.resolve(l.href)
		if tag == "" || u == nil || len(d.out.Alternates) >= maxAlternates {
			continue
		}
		if d.out.Alternates == nil {
			d.out.Alternates = map[string]string{}
			d.say("alternates", from)
		}
		if _, ok := d.out.Alternates[tag]; !ok {
			d.out.Alternates[tag] = u.String()
		}
	}
}

// headerLinks reads Link headers (RFC 8288, 3): <address>; rel="alternate"; hreflang="fr".
func headerLinks(values []string) []link {
	var out []link
	for _, v := range values {
		for len(v) > 0 && len(out) < maxLinks {
			_, rest, ok := strings.Cut(v, "<")
			if !ok {
				break
			}
			href, rest, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			params, next := cutOutsideQuotes(rest)
			out = append(out, headerLink(href, params))
			v = next
		}
	}
	return out
}

func headerLink(href, params string) link {
	l := link{href: href}
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "rel":
			l.rel = strings.ToLower(value)
		case "hreflang":
			l.hreflang = value
		}
	}
	return l
}

// cutOutsideQuotes cuts s at its first comma that stands outside of quotes.
func cutOutsideQuotes(s string) (before, after string) {
	quoted := false
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

// isThisPage says whether an address is that of the page, scheme and trailing slash aside.
func (d *describer) isThisPage(address string) bool {
	u := d.resolve(address)
	if u == nil {
		return false
	}
	key := addressKey(u)
	if d.uri.Host != "" && key == addressKey(d.uri) {
		return true
	}
	for _, l := range d.page.links {
		if hasWord(l.rel, "canonical") {
			if c := d.resolve(l.href); c != nil && addressKey(c) == key {
				return true
			}
		}
	}
	return false
}

func addressKey(u *url.URL) string {
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.TrimSuffix(u.Path, "/") + "?" + u.RawQuery
}

// isHeading says whether a text is what the page calls itself in its heading or in its titles.
func (d *describer) isHeading(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxTitle {
		return false
	}
	text = cleanMarkup(text, maxTitle)
	if h := d.page.firstHeading(1); h != nil && strings.EqualFold(h.text, text) {
		return true
	}
	if len(text) < 8 {
		return false // too short for the beginning of a title to prove anything
	}
	return strings.HasPrefix(d.page.titleTag, text) || strings.HasPrefix(d.page.meta.text("og:title"), text)
}
