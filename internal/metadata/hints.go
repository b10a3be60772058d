package metadata

// hint is what the class, id or rel of an element gives away about its content.
type hint uint16

const (
	hintDate hint = 1 << iota
	hintPublished
	hintModified
	hintAuthor
	hintUnrelated
	hintNeutral // speaks about the layout of the whole page: takes hintUnrelated back
	hintLink    // a link to an author
	hintAside   // unrelated, but a place where authors are introduced
	hintLabel   // the place of a time or a name, of no use alone: "meta", "info"
)

const maxClass = 300

// hintsOf reads the words of a class or id: "ArticleHeader__byline-dateline" has four. Each name in it
// is judged alone, so that "has-sidebar main" does not make an element a sidebar.
func hintsOf(attr string) hint {
	var word [16]byte
	var all, name hint
	n, lower := 0, false
	attr = attr[:min(len(attr), maxClass)]
	for i := 0; i <= len(attr); i++ {
		c := byte(' ')
		if i < len(attr) {
			c = attr[i]
		}
		upper := c >= 'A' && c <= 'Z'
		letter := upper || c >= 'a' && c <= 'z'
		if n > 0 && (!letter || upper && lower) {
			name |= hintOf(string(word[:n]))
			n = 0
		}
		if letter && n < len(word) {
			word[n] = c | 0x20
			n++
		}
		lower = letter && !upper
		if c == ' ' || c == '\t' || c == '\n' {
			all |= settled(name)
			name = 0
		}
	}
	return all
}

// settled takes back what a word about the whole layout forbids.
func settled(h hint) hint {
	if h&hintNeutral != 0 {
		h &^= hintUnrelated | hintAside | hintNeutral
	}
	return h
}

// hintOf judges one word in lower case.
func hintOf(word string) hint {
	switch word {
	case "date", "dates", "datetime", "time", "timestamp", "dateline", "datum", "fecha", "data", "tid", "dato", "day":
		return hintDate
	case "published", "publish", "pubdate", "publishdate", "publication", "posted", "postdate", "created",
		"entrydate", "publicationdate", "submitted", "issued", "released":
		return hintDate | hintPublished
	case "updated", "update", "modified", "lastmod", "changed", "revised", "maj":
		return hintDate | hintModified
	case "byline", "author", "authors", "authorname", "byauthor", "writer", "auteur", "autor", "autore", "verfasser",
		"auteurs", "autores", "autoren", "autori", "firma", "forfatter":
		return hintAuthor
	case "meta", "info", "details", "kicker", "credits", "postmeta":
		return hintLabel
	case "sidebar", "aside":
		return hintUnrelated | hintAside
	case "related", "comment", "comments", "disqus", "recommended", "recommendations", "widget", "widgets",
		"newsletter", "trending", "popular", "promo", "advert", "adverts", "breadcrumb", "breadcrumbs", "social",
		"share", "sharing", "carousel", "nav", "navbar", "navigation", "menu", "respond", "outbrain", "taboola",
		"teaser", "teasers", "latest", "masthead", "cookie", "popup", "modal", "references",
		"bday", "dtstart", "dtend", "vevent": // the date of what the page is about, not of the page
		return hintUnrelated
	case "has", "with", "no", "without", "not", "main", "page", "body", "layout", "enabled", "open", "closed":
		return hintNeutral
	}
	return 0
}
