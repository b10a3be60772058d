package citation

import (
	"encoding/xml"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	ibid "github.com/ibid-archive/ibid"
)

// jats reads an article in the Journal Article Tag Suite (ANSI/NISO Z39.96): its text with its notes, and its reference lists. What the
// article says about itself, its licence among it, is not cited.
type jats struct {
	c     *collector
	g     *graft
	depth int // of sections
	// label is the entry or note whose label is being read.
	label *html.Node
	// bare says that the parts of a reference stand without punctuation between them.
	bare bool
	// field is the property of the article whose text is being read.
	field string
	date  [3]string
}

// readJATS reads an article in JATS.
func readJATS(c *collector, text string) error {
	j := &jats{c: c, g: &graft{}}
	j.g.onText = j.text
	if err := grafted(strings.NewReader(text), j.g, j.start); err != nil {
		return unreadableIn(c.name, err)
	}
	c.document.Title = folded(c.document.Title)
	if date := ibid.Date(strings.Trim(j.date[0]+"-"+twoDigits(j.date[1])+"-"+twoDigits(j.date[2]), "-")); date.Valid() {
		c.document.Date = date
	}
	return j.g.read(c)
}

// text takes the text that is a property of the article or a label.
func (j *jats) text(name, text string) bool {
	switch {
	case j.field == "title":
		j.c.document.Title += text
	case j.field == "date":
		for i, part := range []string{"year", "month", "day"} {
			if name == part && j.date[i] == "" {
				j.date[i] = strings.TrimSpace(text)
			}
		}
	case name == "pub-id" && j.g.at.DataAtom == atom.A: // an accession number is no title
		j.g.write(" ")
	case name == "label" && j.label != nil:
		if label := strings.Trim(folded(text), "[]()."); label != "" {
			setAttribute(j.label, "value", label)
		}
	default:
		return false
	}
	return true
}

func setAttribute(n *html.Node, key, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, attr(key, value))
}

// start is the vocabulary of JATS.
func (j *jats) start(g *graft, e *xml.StartElement) {
	switch e.Name.Local {
	case "article":
		j.c.document.Language = languageTag(xmlAttr(e, "lang"))
	case "journal-meta", "permissions", "self-uri", "related-article", "related-object", "contrib-group", "aff", "author-notes", "article-id",
		"article-categories", "kwd-group", "counts", "custom-meta-group", "history", "funding-group", "disp-formula", "inline-formula", "math",
		"tex-math", "code", "preformat", "graphic", "inline-graphic", "media", "supplementary-material", "object-id", "trans-title-group", "subtitle":
		g.drop()
	case "pub-date":
		j.property("date")
	case "article-title", "chapter-title", "data-title":
		j.articleTitle(g)
	case "sec", "ref-list", "app", "ack", "abstract", "fn-group", "boxed-text":
		j.depth++
		g.push(atom.Div)
		g.onEnd(func() { j.depth-- })
	case "title":
		g.heading(j.depth + 1)
	case "p", "td", "th", "list-item", "disp-quote", "caption", "tr", "verse-line":
		g.push(map[bool]atom.Atom{true: atom.P, false: atom.Div}[e.Name.Local == "p"])
	case "fn":
		g.aside(ibid.Footnote, "")
		j.labelled(g)
	case "ref":
		g.entry(ibid.Bibliography, xmlAttr(e, "id"))
		j.labelled(g)
	default:
		j.inline(g, e)
	}
}

func (j *jats) property(name string) {
	j.field = name
	j.g.onEnd(func() { j.field = "" })
}

// articleTitle is the title of the article itself, or that of one that it cites.
func (j *jats) articleTitle(g *graft) {
	for i := len(g.open) - 2; i >= 0; i-- {
		switch g.open[i].name {
		case "article-meta":
			if j.c.document.Title == "" {
				j.property("title")
			} else {
				g.drop()
			}
			return
		case "ref":
			g.write(" “")
			g.onEnd(func() { g.write("” ") })
			return
		}
	}
}

func (j *jats) labelled(g *graft) {
	outer := j.label
	j.label = g.at
	g.onEnd(func() { j.label = outer })
}

// inline is the part of the vocabulary that stands in paragraphs and references.
func (j *jats) inline(g *graft, e *xml.StartElement) {
	switch e.Name.Local {
	case "ext-link", "uri":
		if href := xmlAttr(e, "href"); href != "" {
			if doiPrefix(href) > 0 {
				href = "https://doi.org/" + href
			}
			g.push(atom.A, attr("href", href))
		}
	case "pub-id":
		if href := xmlAttr(e, "href"); href != "" && doiPrefix(href) == 0 {
			g.push(atom.A, attr("href", href)) // an accession number, with the page of it
			return
		}
		j.pubID(g, xmlAttr(e, "pub-id-type"))
	case "xref":
		if kind := xmlAttr(e, "ref-type"); kind == "bibr" || kind == "fn" || kind == "table-fn" {
			g.drop()
		}
	case "italic":
		if i := len(g.open) - 2; i < 0 || g.open[i].name != "comment" { // what is set off in a comment is no title
			g.push(atom.I)
		}
	case "sup":
		g.push(atom.Sup)
	case "element-citation":
		j.bare = true
		g.onEnd(func() { j.bare = false })
	case "date-in-citation":
		j.dateInCitation(g, e)
	case "source", "year", "volume", "issue", "fpage", "lpage", "surname", "given-names", "publisher-name", "comment", "name", "collab":
		j.part(g, e.Name.Local)
	}
}

// part sets a part of a reference apart from the one before; the names of authors are written as lists of them are printed.
func (j *jats) part(g *graft, name string) {
	switch {
	case j.bare && name == "given-names":
		g.write(", ")
	case j.bare && name == "name":
		g.write(" ")
		g.onEnd(func() { g.write("; ") })
	default:
		g.write(" ")
	}
}

// dateInCitation is the day on which the author looked, unless it is said to be another one.
func (j *jats) dateInCitation(g *graft, e *xml.StartElement) {
	g.write(" ")
	if kind := xmlAttr(e, "content-type"); kind == "" || strings.Contains(kind, "access") {
		g.write("accessed ")
	}
}

// pubID makes a link of a DOI, and names what other identifiers are.
func (j *jats) pubID(g *graft, kind string) {
	switch kind {
	case "doi":
		g.write(" doi:")
	case "pmid":
		g.write(" PMID ")
	case "pmcid", "pmc":
		g.write(" PMCID ")
	case "arxiv":
		g.write(" arXiv:")
	default:
		g.drop()
	}
	g.onEnd(func() { g.write(" ") })
}
