package metadata

import xhtml "golang.org/x/net/html"

// attributes are those attributes of one element that metadata can stand in, read in one pass.
type attributes struct {
	id, name, property, httpEquiv, content string
	rel, href, hreflang, kind              string
	lang, datetime, role                   string
	itemprop, itemtype, itemid             string
	typeof, resource                       string
	stamp                                  string // an attribute that can hold a date
	itemscope                              bool
	hint                                   hint
}

func attributesOf(n *xhtml.Node) attributes {
	var a attributes
	for i := range n.Attr {
		v := n.Attr[i].Val
		switch n.Attr[i].Key {
		case "class":
			a.hint |= hintsOf(v)
		case "id":
			a.id = v
			a.hint |= hintsOf(v)
		case "name":
			a.name = v
		case "property":
			a.property = v
		case "http-equiv":
			a.httpEquiv = v
		case "content":
			a.content = v
		case "rel":
			a.rel = v
		case "href":
			a.href = v
		case "hreflang":
			a.hreflang = v
		case "type":
			a.kind = v
		case "lang", "xml:lang":
			a.lang = firstOf(a.lang, v)
		case "datetime":
			a.datetime = v
		case "role":
			a.role = v
		case "title", "data-date", "data-datetime", "data-utime", "data-timestamp", "data-published":
			if a.stamp == "" || n.Attr[i].Key != "title" {
				a.stamp = v
			}
		default:
			a.item(n.Attr[i].Key, v)
		}
	}
	return a
}

// item takes the attributes of microdata (HTML, 5.2) and RDFa Lite (W3C, 2).
func (a *attributes) item(key, v string) {
	switch key {
	case "itemprop":
		a.itemprop = v
	case "itemtype":
		a.itemtype = v
	case "itemid":
		a.itemid = v
	case "itemscope":
		a.itemscope = true
	case "typeof":
		a.typeof = v
	case "resource", "about":
		a.resource = v
	}
}
