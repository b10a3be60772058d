package replay

import (
	"strings"

	"golang.org/x/net/html"
)

// keep rewrites the attributes of an element, and says whether it stays. Those that go have an empty Key.
func (rw *rewriter) keep(name string, attrs []html.Attribute, p *page) bool {
	switch name {
	case "script":
		if !rw.scripts {
			return false
		}
	case "base":
		if href := attr(attrs, "href"); href != "" && !p.based {
			p.based = true
			if to, _, err := resolveWeb(rw.base, href); err == nil {
				rw.base = to
			}
		}
		return false
	case "meta":
		if !rw.meta(attrs) {
			return false
		}
	case "link":
		if !rw.link(attrs) {
			return false
		}
	case "animate", "set", "animatemotion", "animatetransform", "animatecolor":
		if strings.HasSuffix(strings.ToLower(attr(attrs, "attributename")), "href") {
			return false
		}
	}
	for i := range attrs {
		rw.attribute(name, &attrs[i])
	}
	return true
}

// attr is the value of an attribute, by its name in lower case.
func attr(attrs []html.Attribute, key string) string {
	for i := range attrs {
		if strings.EqualFold(attrs[i].Key, key) {
			return attrs[i].Val
		}
	}
	return ""
}

// meta says whether a <meta> stays: not where it speaks for the server, or of an encoding that is no longer the page's.
func (rw *rewriter) meta(attrs []html.Attribute) bool {
	if hasAttr(attrs, "charset") || strings.EqualFold(attr(attrs, "name"), "referrer") {
		return false
	}
	equiv := strings.ToLower(strings.Trim(attr(attrs, "http-equiv"), controls))
	if equiv == "" || equiv == "content-language" || equiv == "x-ua-compatible" || equiv == "imagetoolbar" {
		return true
	}
	if equiv != "refresh" {
		return false
	}
	to := rw.refresh(attr(attrs, "content"))
	for i := range attrs {
		if attrs[i].Key == "content" {
			attrs[i].Val = to
		}
	}
	return to != ""
}

// idle are the relations of links that make a browser ask for more than the page shows.
var idle = map[string]bool{
	"dns-prefetch": true, "preconnect": true, "prefetch": true, "prerender": true, "preload": true, "modulepreload": true, "manifest": true,
	"import": true, "serviceworker": true, "pingback": true, "search": true, "expect": true, "compression-dictionary": true,
}

func (rw *rewriter) link(attrs []html.Attribute) bool {
	for rel := range strings.FieldsSeq(strings.ToLower(attr(attrs, "rel"))) {
		if idle[rel] {
			return false
		}
	}
	return true
}

// What the attributes hold that matter (HTML, "Attributes that are URLs", and what older browsers knew).
const (
	isAddress = iota + 1
	isSet
	isStyle
	isPage
	isGone
)

var attributes = map[string]int{
	"action": isAddress, "background": isAddress, "cite": isAddress, "data": isAddress, "dynsrc": isAddress, "formaction": isAddress,
	"href": isAddress, "longdesc": isAddress, "lowsrc": isAddress, "poster": isAddress, "profile": isAddress, "src": isAddress,
	"usemap": isAddress, "xlink:href": isAddress, "icon": isAddress, "manifest": isGone,

	"srcset": isSet, "imagesrcset": isSet,

	"style": isStyle, "fill": isStyle, "stroke": isStyle, "filter": isStyle, "mask": isStyle, "clip-path": isStyle, "cursor": isStyle,
	"marker": isStyle, "marker-start": isStyle, "marker-mid": isStyle, "marker-end": isStyle, "shape-inside": isStyle, "shape-subtract": isStyle,

	"srcdoc": isPage,

	// Digests of what is no longer the same, leave that nobody gives here, places to which a sandbox leads nobody, and what
	// would change how addresses are read.
	"allow": isGone, "archive": isGone, "attributionsrc": isGone, "classid": isGone, "codebase": isGone, "crossorigin": isGone, "csp": isGone,
	"formtarget": isGone, "integrity": isGone, "nonce": isGone, "ping": isGone, "referrerpolicy": isGone, "target": isGone, "xml:base": isGone,
}

// attribute rewrites one attribute of the element name.
func (rw *rewriter) attribute(name string, a *html.Attribute) {
	key := strings.ToLower(a.Key)
	if strings.HasPrefix(key, "on") && !rw.scripts {
		a.Key = ""
		return
	}
	if i := strings.LastIndexByte(key, ':'); i >= 0 && key[i+1:] == "href" { // whatever XML calls its namespace
		key = "href"
	}
	switch attributes[key] {
	case isAddress:
		rw.addressAttribute(name, a)
	case isSet:
		a.Val = rw.srcset(a.Val)
	case isStyle:
		a.Val = rw.css(a.Val)
	case isPage:
		a.Val = rw.inner(a.Val)
	case isGone:
		a.Key = ""
	default:
		if name == "param" && key == "value" && schemeOf(a.Val) != "" {
			a.Val = rw.addressOr(a.Val)
		}
	}
}

func (rw *rewriter) addressAttribute(name string, a *html.Attribute) {
	before := rw.before
	if name == "iframe" || name == "frame" {
		before = rw.beforeFrame
	}
	to, ok := rw.below(before, a.Val)
	if !ok {
		a.Key = ""
		return
	}
	if (name == "iframe" || name == "frame") && schemeOf(to) == "data" {
		to = "about:blank"
	}
	a.Val = to
}

// inner rewrites a page that stands in an attribute.
func (rw *rewriter) inner(s string) string {
	if rw.depth >= maxDepth {
		return ""
	}
	within := *rw
	within.before, within.depth = rw.beforeFrame, rw.depth+1
	var b strings.Builder
	if err := within.html(&b, strings.NewReader(s)); err != nil {
		return ""
	}
	return b.String()
}
