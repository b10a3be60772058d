package citation

import (
	"fmt"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	ibid "github.com/ibid-archive/ibid"
)

// readHTML reads a page: what its head says about it, then the citations of its content.
func readHTML(c *collector, text string) error {
	root, err := parsedHTML(text)
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: c.name, Err: fmt.Errorf("its HTML cannot be read: %w", err)}
	}
	doc := goquery.NewDocumentFromNode(root)
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		c.rebase(href)
	}
	c.document.Title = pageTitle(doc)
	c.document.Language = pageLanguage(doc)
	c.document.Date = pageDate(doc)
	p := &page{c: c}
	content := doc.Find("#mw-content-text").First()
	p.wiki = content.Length() > 0
	if !p.wiki {
		content = doc.Find("main, [role=main]")
		if content.Length() != 1 {
			content = doc.Find("body").First()
		}
		p.inContent = !content.Is("body")
	}
	p.showPre = mostlyPre(content)
	for _, n := range content.Nodes {
		p.block(n, place{})
	}
	return c.err
}

// parsedHTML parses a page. x/net/html refuses trees that are deeper than 512 elements, and takes quadratic time on many tags of html
// and body, each of which may have more attributes for the one element; of those pages only what is read here is kept, which has neither.
func parsedHTML(text string) (*html.Node, error) {
	if !manyRoots(text) {
		if root, err := html.Parse(strings.NewReader(text)); err == nil {
			return root, nil
		}
	}
	return html.Parse(strings.NewReader(flattened(text)))
}

// maxRoots bounds the tags of html and body of a page: pages that are put together out of others have some.
const maxRoots = 1000

// manyRoots says whether text has more of them.
func manyRoots(text string) bool {
	roots := 0
	for i := strings.IndexByte(text, '<'); i >= 0 && roots <= maxRoots; {
		text = text[i+1:]
		if hasPrefixFold(text, "html") || hasPrefixFold(text, "body") {
			roots++
		}
		i = strings.IndexByte(text, '<')
	}
	return roots > maxRoots
}

// pageTitle is the title that the page gives itself, best first.
func pageTitle(doc *goquery.Document) string {
	for _, name := range []string{"citation_title", "dc.title", "dcterms.title", "og:title"} {
		if title := metaContent(doc, name); title != "" {
			return title
		}
	}
	title, heading := folded(doc.Find("head title, title").First().Text()), folded(doc.Find("h1").First().Text())
	if title == "" || heading != "" && strings.HasPrefix(title, heading) { // the rest is the name of the site
		return heading
	}
	return title
}

func pageLanguage(doc *goquery.Document) string {
	tag := doc.Find("html").AttrOr("lang", doc.Find("html").AttrOr("xml:lang", ""))
	for _, name := range []string{"content-language", "dc.language", "citation_language"} {
		if tag == "" {
			tag = metaContent(doc, name)
		}
	}
	return languageTag(tag)
}

// languageTag is tag in the form of BCP 47, or empty if it is none: "en_US" becomes "en-US".
func languageTag(tag string) string {
	tag, _, _ = strings.Cut(strings.TrimSpace(strings.ReplaceAll(tag, "_", "-")), ",")
	primary, _, _ := strings.Cut(tag, "-")
	if len(primary) < 2 || len(primary) > 3 || len(tag) > 35 {
		return ""
	}
	for i := range len(tag) {
		if !isAlnum(tag[i]) && tag[i] != '-' {
			return ""
		}
	}
	return tag
}

func pageDate(doc *goquery.Document) ibid.Date {
	names := []string{
		"citation_publication_date", "citation_date", "article:published_time", "dcterms.issued", "dc.date.issued",
		"dc.date", "dcterms.date", "date",
	}
	for _, name := range names {
		if date := metadataDate(metaContent(doc, name)); date != "" {
			return date
		}
	}
	return metadataDate(doc.Find("time[pubdate], article time[datetime]").First().AttrOr("datetime", ""))
}

// metadataDate reads a date as metadata has it: RFC 3339, or one of the forms of running text.
func metadataDate(s string) ibid.Date {
	s = strings.TrimSpace(s)
	if date := ibid.Date(s); date.Valid() {
		return date
	}
	date, _ := dateAt(strings.ReplaceAll(strings.ToLower(s), "/", "-"), ambiguous)
	return date
}

// metaContent is the content of the first meta element with that name, property or http-equiv.
func metaContent(doc *goquery.Document, name string) string {
	content := ""
	doc.Find("meta[content]").EachWithBreak(func(_ int, meta *goquery.Selection) bool {
		for _, key := range []string{"name", "property", "http-equiv"} {
			if value, ok := meta.Attr(key); ok && strings.EqualFold(value, name) {
				content = folded(meta.AttrOr("content", ""))
			}
		}
		return content == ""
	})
	return content
}

// mostlyPre says whether the text of a page stands in <pre>: a plain text that was wrapped, not samples of code.
func mostlyPre(content *goquery.Selection) bool {
	pre := 0
	content.Find("pre").Each(func(_ int, s *goquery.Selection) {
		if s.Find("code").Length() == 0 {
			pre += len(s.Text())
		}
	})
	return pre > 0 && pre > len(content.Text())*7/10
}
