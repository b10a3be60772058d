package metadata

import (
	"slices"
	"strings"
)

// authors takes the names of the first source that has any but the site's own.
func (d *describer) authors() {
	sources := []func() ([]string, string){
		d.highwireAuthors,
		func() ([]string, string) { return d.thingAuthors(d.main) },
		func() ([]string, string) {
			return d.metaAuthors(oneName, "dc.creator", "dcterms.creator", "dc.creator.personalname", "dc.creator.corporatename",
				"dc.contributor.author")
		},
		func() ([]string, string) {
			return d.metaAuthors(manyNames, "article:author", "author", "parsely-author", "sailthru.author", "article.author",
				"byl", "dcsext.author", "book:author", "http-equiv:author", "article:author:name", "authors", "byline", "cxenseparse:author", "mediator_author", "article:author_name", "creator")
		},
		func() ([]string, string) { return d.thingAuthors(d.item) },
		func() ([]string, string) { return d.thingAuthors(d.page.loose) },
		d.cardAuthors,
		d.labelledAuthors,
		d.bylineAuthors,
		d.bylikeAuthors,
		d.account,
	}
	var site choice
	for _, source := range sources {
		names, from := source()
		names = distinct(names)
		if persons := d.withoutSites(names); len(persons) > 0 {
			d.out.Authors = persons
			d.say("authors", from)
			return
		}
		if len(names) > 0 && site.text == "" {
			site = choice{names[0], from}
		}
	}
	if site.text != "" {
		d.out.Authors = []string{site.text}
		d.say("authors", site.from)
	}
}

// withoutSites drops the names of the site itself: it is the author only where no other is named.
func (d *describer) withoutSites(names []string) []string {
	sites := d.siteNames()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, ok := sites[squash(name)]
		return ok
	})
}

// distinct drops repeated names, keeps the order and bounds the number.
func distinct(names []string) []string {
	seen := make(map[string]bool, len(names))
	out := names[:0]
	for _, name := range names {
		key := nameKey(name)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		if out = append(out, name); len(out) == maxAuthors {
			break
		}
	}
	return out
}

func (d *describer) highwireAuthors() ([]string, string) {
	if names, from := d.metaAuthors(oneName, "citation_author", "bepress_citation_author", "eprints.creators_name",
		"wkhealth_author"); len(names) > 0 {
		return names, from
	}
	text, key := d.page.meta.first("citation_authors")
	return splitNames(text, oneName), key
}

// metaAuthors takes all values of the first key that holds a name.
func (d *describer) metaAuthors(style nameStyle, keys ...string) ([]string, string) {
	for _, key := range keys {
		var names []string
		for _, value := range d.page.meta.all(key) {
			names = append(names, splitNames(value, style)...)
			if len(names) > 2*maxAuthors {
				break
			}
		}
		if len(names) > 0 && !(len(names) == 1 && d.isSiteHandle(names[0])) {
			return names, key
		}
	}
	return nil, ""
}

// cardAuthors reads the labelled data of a Twitter card: much of the web that runs on WordPress has
// twitter:label1 "Written by" and the name in twitter:data1.
func (d *describer) cardAuthors() ([]string, string) {
	for _, n := range []string{"1", "2"} {
		label, value := d.page.meta.text("twitter:label"+n), d.page.meta.text("twitter:data"+n)
		if label != "" && withoutLabel(label+" X") == "X" {
			if names := splitNames(value, manyNames); len(names) > 0 {
				return names, "twitter:data" + n
			}
		}
	}
	return nil, ""
}

// account is that of whom the page declares as its creator, where nothing has a name. The reader of
// Description.From sees that it is one.
func (d *describer) account() ([]string, string) {
	const key = "twitter:creator"
	handle := strings.TrimPrefix(clean(d.page.meta.text(key), maxName), "@")
	if !hasLetter(handle) || isAddress(handle) || notAName(handle) || strings.Contains(handle, "@") {
		return nil, ""
	}
	return []string{handle}, key
}

// isSiteHandle says whether a name is only the site's account elsewhere.
func (d *describer) isSiteHandle(name string) bool {
	handle := strings.TrimPrefix(d.page.meta.text("twitter:site"), "@")
	return handle != "" && !strings.Contains(name, " ") && strings.EqualFold(handle, name) && name == strings.ToLower(name)
}

// thingAuthors takes the authors of one item of structured data.
func (d *describer) thingAuthors(t *thing) ([]string, string) {
	if t == nil {
		return nil, ""
	}
	for _, property := range []string{"author", "creator"} {
		var names []string
		for i := range t.props {
			p := &t.props[i]
			if p.name != property || len(names) > 2*maxAuthors {
				continue
			}
			style := manyNames
			if p.item != nil && p.item.isOrganisation() {
				style = oneName
			}
			names = append(names, splitNames(d.page.named(p), style)...)
		}
		if len(names) > 0 {
			return names, t.source(property)
		}
	}
	return nil, ""
}

// heading is the main heading of the page, or nil.
func (d *describer) heading() *heading {
	if h := d.page.firstHeading(1); h != nil {
		return h
	}
	return d.page.firstHeading(2)
}

// nearHeading says whether a place lies close enough to the main heading to speak of the page.
func (d *describer) nearHeading(pos, before, after int) bool {
	h := d.heading()
	return h == nil || pos >= h.pos-before && pos <= h.pos+after
}
