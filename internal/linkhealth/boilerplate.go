package linkhealth

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// How strictly the frame of a page is left out. Where hardly any text is left, the next is tried: the text of a
// page may stand in what is called its menu.
const (
	byName    = iota // by element, role, and the names of classes
	byElement        // by element and role
	noFrame          // everything is text
)

// maxNames is how much of a class or id is looked at, in bytes.
const maxNames = 200

// framing says whether what is below n frames the page and is not its text: navigation, banners, what is repeated on
// each page of a site, and what is put over it.
func framing(n *html.Node, how int) bool {
	if how == noFrame {
		return false
	}
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Aside, atom.Menu, atom.Dialog:
		return true
	case atom.Header:
		return !within(n, atom.Article, atom.Main)
	case atom.Div, atom.Section, atom.Ul, atom.Ol, atom.Table, atom.Td, atom.P, atom.Form, atom.Dl, atom.Span, atom.A:
	default:
		return false
	}
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "class", "id":
			if how == byName && framingNames(a.Val) {
				return true
			}
		case "role":
			if framingRole(a.Val) {
				return true
			}
		case "hidden":
			return true
		case "aria-modal":
			return a.Val == "true"
		}
	}
	return false
}

// within says whether n stands in an element of one of these kinds, as far up as matters.
func within(n *html.Node, kinds ...atom.Atom) bool {
	for p, up := n.Parent, 0; p != nil && up < 50; p, up = p.Parent, up+1 {
		for _, kind := range kinds {
			if p.DataAtom == kind {
				return true
			}
		}
	}
	return false
}

func framingRole(role string) bool {
	switch role {
	case "navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar":
		return true
	}
	return false
}

// framingNames says whether a class or id is a usual name of what frames a page.
func framingNames(names string) bool {
	names = names[:min(len(names), maxNames)]
	for name := range strings.FieldsSeq(names) {
		if framingName(name) {
			return true
		}
	}
	return false
}

// framingName looks at the parts of one name. A name like "has-sidebar" is of what stands beside a sidebar.
func framingName(name string) bool {
	switch name {
	case "header", "site-header", "masthead", "topbar", "top-bar", "banner", "widget", "widgets", "modal", "popup", "ad", "ads",
		"adsbygoogle", "comments", "skip-link", "skip", "toolbar":
		return true
	}
	start := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '-' && name[i] != '_' {
			continue
		}
		part := name[start:i]
		if start == 0 && negating(part) {
			return false
		}
		if framingPart(part) {
			return true
		}
		start = i + 1
	}
	return false
}

func negating(part string) bool {
	switch part {
	case "has", "no", "with", "without", "js", "is", "not":
		return true
	}
	return false
}

// framingPart knows the parts of names. Few have other lengths and first letters: most are dismissed at once.
func framingPart(s string) bool {
	if len(s) < 3 || len(s) > 15 {
		return false
	}
	switch s[0] | 0x20 {
	case 'n', 'm', 's', 'f', 'b', 'c', 'g', 'o', 'd', 'r', 'a', 'p', 't':
	default:
		return false
	}
	switch s {
	case "nav", "navi", "navbar", "navigation", "menu", "menus", "mainmenu", "topmenu", "leftmenu", "submenu", "topnav", "mainnav", "subnav", "sidenav",
		"menubar", "sidebar", "sidebars", "footer", "breadcrumb", "breadcrumbs", "cookie", "cookies", "cookiebar", "cookiebanner",
		"cookieconsent", "cookienotice", "consent", "gdpr", "onetrust", "didomi", "newsletter", "social", "sharing", "share",
		"sharebar", "sharethis", "addthis", "related", "recommended", "advert", "advertising", "advertisement", "adslot", "sponsored", "promo", "pagination",
		"pager", "disqus", "toolbox":
		return true
	}
	return s == "Nav" || s == "Menu" || s == "Sidebar" || s == "Footer"
}
