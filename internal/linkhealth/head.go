package linkhealth

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHead bounds how many elements of a head are looked at.
const maxHead = 2000

// head reads the head of a page: its title, and the few declarations that tell how it fares.
func (s *scan) head(head *html.Node) {
	left := maxHead
	for n := head.FirstChild; n != nil && left > 0; n, left = n.NextSibling, left-1 {
		switch n.DataAtom {
		case atom.Title:
			s.titled(n)
		case atom.Script:
			s.script(n)
		case atom.Meta, atom.Link:
			s.meta(n)
		}
	}
}

// meta reads a meta or link element.
func (s *scan) meta(n *html.Node) {
	if n.DataAtom == atom.Link {
		if strings.EqualFold(attr(n, "rel"), "canonical") && s.canonical == "" {
			s.canonical = clip(strings.TrimSpace(attr(n, "href")), maxAddress)
		}
		return
	}
	if attr(n, "property") == "og:site_name" && s.siteName == "" {
		s.siteName = tidy(attr(n, "content"), maxTitle)
		return
	}
	switch what := attr(n, "http-equiv"); {
	case what == "":
	case strings.EqualFold(what, "content-language") && s.lang == "":
		s.lang = attr(n, "content")
	case strings.EqualFold(what, "refresh") && s.refresh == "":
		s.refresh = refreshTarget(attr(n, "content"))
		s.source(s.refresh)
	}
}

// refreshTarget reads `5; url=there` (HTML, "shared declarative refresh steps").
func refreshTarget(content string) string {
	_, after, ok := strings.Cut(clip(content, maxAddress), ";")
	if !ok {
		return ""
	}
	after = strings.TrimSpace(after)
	if len(after) > 4 && strings.EqualFold(after[:3], "url") {
		after = strings.TrimLeft(after[3:], " =")
	}
	return strings.Trim(after, `'" `)
}
