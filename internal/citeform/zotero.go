package citeform

import (
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid"
)

// maxTagged bounds the authors that a page names to programs: beyond, nobody reads them.
const maxTagged = 25

// zoteroTypes are the item types of Zotero by those of CSL. What is not here is a page.
var zoteroTypes = map[string]string{
	"report": "report", "book": "book", "thesis": "thesis", "dataset": "dataset", "article-newspaper": "newspaperArticle",
	"post-weblog": "blogPost", "article": "preprint",
}

// COinS is it as the title of a <span class="Z3988">: a ContextObject (ANSI/NISO Z39.88-2004) in the words of Dublin Core, as
// Zotero reads and writes it. It is not escaped for HTML.
func COinS(it Item) string {
	it = it.clean()
	var b strings.Builder
	b.WriteString("ctx_ver=Z39.88-2004&rft_val_fmt=info%3Aofi%2Ffmt%3Akev%3Amtx%3Adc")
	put := func(key, value string) {
		if value != "" {
			b.WriteString("&" + key + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
		}
	}
	kind := zoteroTypes[kindOf(&it).csl]
	if kind == "" {
		kind = "webpage"
	}
	put("rft.type", kind)
	put("rft.title", it.Title)
	for i, n := range names(it.Authors) {
		if i == 0 && n.Literal == "" {
			put("rft.aufirst", n.Given)
			put("rft.aulast", n.Family)
		}
		if i < maxTagged {
			put("rft.au", n.direct())
		}
	}
	if kindOf(&it).published {
		put("rft.publisher", it.Publisher)
	} else {
		put("rft.source", it.Publisher)
	}
	put("rft.date", isoDay(it.issued()))
	put("rft.language", it.Language)
	put("rft.identifier", linkURL(it.URI))
	if doi := oneLine(it.Identifiers["doi"]); doi != "" {
		put("rft_id", "info:doi/"+doi)
	}
	if pmid := oneLine(it.Identifiers["pmid"]); pmid != "" {
		put("rft_id", "info:pmid/"+pmid)
	}
	if isbn := oneLine(it.Identifiers["isbn"]); isbn != "" {
		put("rft_id", "urn:isbn:"+isbn)
	}
	if c := it.copy(); c != nil {
		put("rft.relation", linkURL(c.URI))
		put("rft.description", "Archived at "+linkURL(c.URI)+", "+c.day())
	}
	return b.String()
}

// Tag is a <meta> of a page: neither field is escaped.
type Tag struct{ Name, Content string }

// Tags are it as the tags of Highwire Press ("citation_title") that Zotero and search engines read.
func Tags(it Item) (tags []Tag) {
	it = it.clean()
	put := func(name, value string) {
		if value != "" {
			tags = append(tags, Tag{"citation_" + name, value})
		}
	}
	put("title", it.Title)
	for _, n := range names(it.Authors[:min(len(it.Authors), maxTagged)]) {
		put("author", n.inverted())
	}
	put("publication_date", slashed(it.issued()))
	put("online_date", slashed(it.Accessed))
	put("language", it.Language)
	switch kindOf(&it).csl {
	case "report":
		put("technical_report_institution", it.Publisher)
	case "thesis":
		put("dissertation_institution", it.Publisher)
	default:
		put("publisher", it.Publisher)
	}
	put("doi", oneLine(it.Identifiers["doi"]))
	put("isbn", oneLine(it.Identifiers["isbn"]))
	put("pmid", oneLine(it.Identifiers["pmid"]))
	put("public_url", linkURL(it.URI))
	return tags
}

// slashed is d as these tags have it: "2009/06/04", "2009/06", "2009".
func slashed(d ibid.Date) string { return strings.ReplaceAll(isoDay(d), "-", "/") }
