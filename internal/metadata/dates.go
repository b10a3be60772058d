package metadata

import (
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// The keys of dates, best first. Groups part what a source means by them.
var (
	publishedHighwire = []string{"citation_publication_date", "citation_date", "citation_online_date", "citation_year", "bepress_citation_date",
		"eprints.date", "wkhealth_date"}
	publishedMeta = []string{"article:published_time", "published_time", "og:published_time", "og:pubdate", "rnews:datepublished",
		"datepublished", "dcterms.issued", "dc.date.issued", "dcterms.available", "dc.date.available", "prism.publicationdate",
		"article:published", "article.published", "publication_date", "publicationdate", "publish_date", "publish-date",
		"publishdate", "publisheddate", "published_date", "published-date", "pubdate", "pub_date", "pub-date", "publish_time", "publishtime",
		"sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "cse_publicationdate", "originalpublicationdate",
		"article_date_original", "article.created", "article:post_date", "article:create_at", "displaydate", "display_date", "release_date",
		"iso-8601-publish-date", "bt:pubdate", "ptime", "pdate", "dcsext.articlefirstpublished", "shareaholic:article_published_time",
		"dcterms.date", "dc.date", "dcterms.created", "dc.date.created", "dc.created", "date", "http-equiv:date", "created", "creation_date",
		"date_published", "article-publication-date", "book:release_date", "video:release_date", "og:article_published_time", "mediator_published_time",
		"cxenseparse:pubdate", "article:publication_date", "dc.date.publication"}
	modifiedMeta = []string{"article:modified_time", "og:modified_time", "modified_time", "dcterms.modified", "dc.date.modified", "dc.modified",
		"og:updated_time", "article:modified", "article.updated", "last-modified", "lastmodified", "last_modified", "last-updated",
		"lastmod", "datemodified", "modified", "http-equiv:last-modified", "revision_date", "revised", "updated", "date_modified",
		"bt:moddate", "dateupdate", "dc.date.updated", "dcterms.dateupdated", "prism.modificationdate", "dc.date.x-metadatalastmodified", "article_date_updated"}
)

// dates chooses when the page was published and when it was last changed.
func (d *describer) dates() {
	d.modified()
	d.published()
}

// take sets a date field from its first value that is a date; it reports whether it did.
func (d *describer) take(field *ibid.Date, name, value, from string) bool {
	date := parseDate(value, d.order)
	if date == "" || !d.past(date) {
		return false
	}
	*field = date
	d.say(name, from)
	return true
}

// past says whether a date lies before the page was served, give or take: issues of journals are
// dated ahead by months.
func (d *describer) past(date ibid.Date) bool {
	t, ok := date.Time()
	return ok && t.Before(d.now.AddDate(1, 0, 0))
}

func (d *describer) published() {
	out := &d.out.Published
	for _, key := range publishedHighwire {
		if d.take(out, "published", d.page.meta.text(key), key) {
			d.refine()
			return
		}
	}
	if s, from := d.main.field("datePublished"); d.take(out, "published", s, from) {
		return
	}
	for _, key := range publishedMeta {
		if d.take(out, "published", d.page.meta.text(key), key) {
			d.refine()
			return
		}
	}
	d.publishedInPage()
}

// publishedInPage looks for a date in the page itself, where no <meta> declares one.
func (d *describer) publishedInPage() {
	out := &d.out.Published
	for _, t := range []*thing{d.item, d.page.loose} {
		if s, from := t.field("datePublished"); d.take(out, "published", s, from) {
			return
		}
	}
	if s, from := d.main.field("dateCreated", "uploadDate"); d.take(out, "published", s, from) {
		return
	}
	if d.isHome() {
		return // dates on a front page are those of what it points to
	}
	date, source := d.bestMark()
	if fromURL := dateInPath(d.uri.Path); fromURL != "" && d.past(fromURL) {
		// An address that has the day proves it; one that has the month yields to a day in that month.
		if date == "" || !strings.HasPrefix(string(date), string(fromURL)) {
			date, source = fromURL, "url"
		}
	}
	if date != "" {
		*out = date
		d.say("published", source)
	}
}

// isHome says whether the page is the front page of its host.
func (d *describer) isHome() bool {
	return d.uri.Host != "" && strings.Trim(d.uri.Path, "/") == "" && d.uri.RawQuery == ""
}

// refine replaces a year or a month by a day within it that another declaration gives.
func (d *describer) refine() {
	now := d.out.Published
	if len(now) >= len("2006-01-02") {
		return
	}
	for _, key := range append([]string{"citation_online_date"}, publishedMeta...) {
		date := parseDate(d.page.meta.text(key), d.order)
		if len(date) >= len("2006-01-02") && strings.HasPrefix(string(date), string(now)+"-") {
			d.out.Published = date
			d.say("published", key)
			return
		}
	}
}

func (d *describer) modified() {
	out := &d.out.Modified
	for _, key := range modifiedMeta {
		if d.take(out, "modified", d.page.meta.text(key), key) {
			return
		}
	}
	for _, t := range []*thing{d.main, d.item, d.page.loose} {
		if s, from := t.field("dateModified"); d.take(out, "modified", s, from) {
			return
		}
	}
	if date, source := d.bestModified(); date != "" {
		*out = date
		d.say("modified", source)
		return
	}
	d.lastModified()
}

// lastModified takes the header of that name (RFC 9110, 8.8.2), unless it is no older than a minute:
// then the page was made for the request, and the header says nothing.
func (d *describer) lastModified() {
	t, err := http.ParseTime(d.header.Get("Last-Modified"))
	if err != nil || t.Year() < 1990 || t.After(d.now.Add(-time.Minute)) {
		return
	}
	d.out.Modified = ibid.DateOf(t)
	d.say("modified", "http last-modified")
}

// dateInPath reads /2009/06/04/, /2009-06-04-title, /20090604/ and, less precise, /2009/06/ in the path
// of an address.
func dateInPath(path string) ibid.Date {
	segments := strings.Split(path[:min(len(path), 1000)], "/")
	for i, s := range segments {
		if len(s) < 4 || !hasYear(s[:4]) {
			continue
		}
		if len(s) == 4 && i+1 < len(segments) {
			if date := dateInSegments(s, segments[i+1:]); date != "" {
				return date
			}
			continue
		}
		if len(s) >= 10 && (s[4] == '-' || s[4] == '_') && s[7] == s[4] && (len(s) == 10 || !digit(s[10])) {
			if date := parseDate(strings.ReplaceAll(s[:10], "_", "-"), orderUnknown); date != "" {
				return date
			}
		}
		if len(s) == 8 {
			if date := parseCompact(s); date != "" {
				return date
			}
		}
	}
	return ""
}

// dateInSegments reads the month and the day after the year in a path; 2009/jun/04 is usual too.
func dateInSegments(year string, rest []string) ibid.Date {
	month := rest[0]
	if m := monthOf(month); m == 0 && (len(month) > 2 || len(month) == 0) {
		return ""
	}
	if len(rest) > 1 && len(rest[1]) > 0 && len(rest[1]) <= 2 {
		if date := parseDate(year+"-"+month+"-"+rest[1], orderUnknown); date != "" {
			return date
		}
	}
	if len(rest) > 1 && len(month) == 2 && digit(month[0]) {
		return parseDate(year+"-"+month, orderUnknown)
	}
	return ""
}
