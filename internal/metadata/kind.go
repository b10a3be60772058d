package metadata

import "strings"

// kind says what the page is, in the words of schema.org where they fit, else in its own.
func (d *describer) kind() {
	kind, from := d.kindOf()
	if kind = clean(kind, maxName); kind != "" {
		d.out.Type = kind
		d.say("type", from)
	}
}

func (d *describer) kindOf() (kind, from string) {
	for _, t := range []*thing{d.main, d.item} {
		if t.rank() >= 2 {
			s, from := t.field("@type")
			return schemaName(s), from
		}
	}
	for _, c := range []struct{ key, kind string }{
		{"citation_dissertation_institution", "Thesis"}, {"citation_dissertation_name", "Thesis"},
		{"citation_technical_report_institution", "Report"}, {"citation_technical_report_number", "Report"},
		{"citation_inbook_title", "Chapter"}, {"citation_conference_title", "ScholarlyArticle"}, {"citation_conference", "ScholarlyArticle"},
		{"citation_journal_title", "ScholarlyArticle"}, {"citation_journal_abbrev", "ScholarlyArticle"}, {"citation_arxiv_id", "ScholarlyArticle"},
		{"citation_isbn", "Book"}, {"citation_title", "ScholarlyArticle"},
	} {
		if d.page.meta.text(c.key) != "" {
			return c.kind, c.key
		}
	}
	if s, key := d.page.meta.first("dc.type", "dcterms.type"); s != "" {
		return s, key
	}
	if s, key := d.page.meta.first("og:type"); s != "" {
		return openGraphKind(s), key
	}
	if s, from := d.main.field("@type"); s != "" {
		return schemaName(s), from
	}
	return "", ""
}

// openGraphKind says a type of Open Graph in the words of schema.org.
func openGraphKind(s string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "article":
		return "Article"
	case "blog", "website":
		return "WebSite"
	case "book", "books.book":
		return "Book"
	case "profile":
		return "ProfilePage"
	case "product":
		return "Product"
	case "video", "video.other", "video.movie", "video.episode":
		return "VideoObject"
	}
	return s
}
