package metadata

import (
	"slices"
	"strings"
)

// publisher chooses who publishes the page: as the journal says it, as structured data says it, the
// name of the site, and last a part of the <title> that is the site's host.
func (d *describer) publisher() {
	for _, c := range d.publishers() {
		name := clean(withoutMail(agent(cleanMarkup(c.text, maxName))), maxName)
		if name == "" || !hasLetter(name) || isAddress(name) || isGeneric(name) || slices.Contains(d.out.Authors, name) && c.from == "dc.publisher" {
			continue
		}
		d.out.Publisher = name
		d.say("publisher", c.from)
		return
	}
}

// publishers lists the candidates, best first.
func (d *describer) publishers() []choice {
	var all []choice
	add := func(text, from string) {
		if text != "" {
			all = append(all, choice{text, from})
		}
	}
	m := &d.page.meta
	add(m.first("citation_publisher", "citation_dissertation_institution", "citation_technical_report_institution", "bepress_citation_publisher",
		"eprints.publisher"))
	d.thingPublishers(d.main, add)
	add(m.first("og:site_name", "application-name", "apple-mobile-web-app-title", "sitename"))
	add(m.first("dc.publisher", "dcterms.publisher", "dc.publisher.name", "dc.publisher.corporatename", "publisher", "article:publisher", "copyright-holder"))
	d.thingPublishers(d.item, add)
	d.thingPublishers(d.page.loose, add)
	for _, t := range d.page.ld {
		if t.isA("WebSite") {
			add(t.text("name"))
		}
	}
	for i := len(all) - 1; i >= 0 && all[i].from == "name"; i-- {
		all[i].from = "json-ld WebSite name"
	}
	for _, t := range slices.Concat(d.page.ld, d.page.items) {
		if t != d.main && t != d.item && !d.page.unrelated(t.region) {
			d.thingPublishers(t, add)
		}
	}
	add(d.hostInTitle(), "title")
	add(m.first("al:ios:app_name", "twitter:app:name:iphone", "al:android:app_name"))
	add(d.afterTitle(), "title")
	return all
}

// thingPublishers adds the publishers of an item that are not persons: templates put the editor there.
func (d *describer) thingPublishers(t *thing, add func(text, from string)) {
	if t == nil {
		return
	}
	for _, property := range []string{"publisher", "sourceOrganization", "provider"} {
		for i := range t.props {
			p := &t.props[i]
			if p.name != property || p.item != nil && d.page.resolve(p.item).isPerson() {
				continue
			}
			add(d.page.named(p), t.source(property))
		}
	}
}

// afterTitle returns what stands in the <title> after the title of the page, where that is proven by
// another source: nearly always the site's name. What looks like a section is passed over.
func (d *describer) afterTitle() string {
	title := cleanMarkup(d.page.titleTag, maxTitle)
	rest, ok := strings.CutPrefix(title, d.out.Title)
	if !ok || d.out.Title == "" || !beginsSeparated(rest, title) || d.out.From["title"] == "title" && !d.isMainHeading(d.out.Title) {
		return ""
	}
	parts := titleParts(" " + rest)
	name := parts[len(parts)-1]
	words := len(strings.Fields(name))
	if len(parts) < 2 || words == 0 || words > 5 || strings.ContainsAny(name, "0123456789:?!") || isSection(name) {
		return ""
	}
	return name
}

// beginsSeparated says whether the rest of a title begins like another part of it.
func beginsSeparated(rest, title string) bool {
	return strings.HasPrefix(rest, " ") || slices.ContainsFunc(separatorsOf(title), func(sep string) bool { return strings.HasPrefix(rest, sep) })
}

func isSection(s string) bool {
	switch strings.ToLower(s) {
	case "news", "blog", "articles", "press", "press releases", "publications", "world", "politics", "business", "sports", "opinion",
		"culture", "technology", "science", "health", "video", "videos", "podcast", "documents", "library", "print", "full text", "pdf":
		return true
	}
	return false
}

// hostInTitle returns the part of the page's titles that is its host: "Title | ARTE Radio" of
// arteradio.com.
func (d *describer) hostInTitle() string {
	host := names{}
	for _, name := range hostNames(d.host()) {
		host.add(name)
	}
	for _, title := range []string{d.page.titleTag, d.page.meta.text("og:title")} {
		parts := titleParts(clean(title, maxTitle))
		for i := len(parts) - 1; i >= 0; i-- {
			if len(parts) > 1 && len(parts[i]) > 0 && len(strings.Fields(parts[i])) <= 6 {
				if host.has(parts[i]) {
					return parts[i]
				}
			}
		}
	}
	return ""
}
