package metadata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// choice is one value for a field with its source.
type choice struct{ text, from string }

// title chooses the page's title. Sources that are about the work come first, the <title> of the
// window last; the site's own name is no title, and is taken off where another source proves it.
func (d *describer) title() {
	sites := d.siteNames()
	all := d.titles()
	var chosen choice
	for _, c := range all {
		if chosen.text == "" {
			chosen = c
		}
		if !isGeneric(c.text) && !sites.has(c.text) && (c.from != "h2" || isGeneric(chosen.text)) {
			chosen = c
			break
		}
	}
	if chosen.text == "" {
		return
	}
	chosen = d.whole(chosen, all)
	d.out.Title = d.withoutSite(chosen.text, all, sites)
	d.say("title", chosen.from)
}

// titles lists the candidates, best first.
func (d *describer) titles() []choice {
	var all []choice
	add := func(text, from string) {
		if text = cleanMarkup(text, maxTitle); hasLetter(text) {
			all = append(all, choice{text, from})
		}
	}
	m := &d.page.meta
	add(m.first("citation_title", "bepress_citation_title", "eprints.title", "wkhealth_title"))
	add(d.headline())
	add(m.first("dc.title", "dcterms.title"))
	if d.main.rank() >= 2 {
		add(d.main.field("name"))
	}
	for _, key := range []string{"og:title", "twitter:title", "sailthru.title", "parsely-title", "article:title", "articletitle", "title", "headline"} {
		add(m.first(key))
	}
	add(d.item.field("headline"))
	add(d.page.entryTitle(), "html entry-title")
	add(d.fromTitleTag())
	if h := d.page.firstHeading(1); h != nil {
		add(h.text, "h1")
	}
	add(d.main.field("name"))
	if h := d.page.firstHeading(2); h != nil {
		add(h.text, "h2")
	}
	return all
}

// headline is that of the main item; its name where only that is what the page calls itself: Wikipedia
// puts a short description into the headline.
func (d *describer) headline() (text, from string) {
	text, from = d.main.field("headline")
	if name, source := d.main.field("name"); name != "" && text != "" && !d.isHeading(text) && d.isHeading(name) {
		return name, source
	}
	return text, from
}

// fromTitleTag returns the <title>; where the main heading is one of its parts, that part. Where two
// parts are headings, one is the site's and nothing tells which.
func (d *describer) fromTitleTag() (text, from string) {
	title := cleanMarkup(d.page.titleTag, maxTitle)
	if before, after, ok := strings.Cut(title, ": "); ok && d.isMainHeading(after) && (d.siteNames().has(before) || isInstitution(before)) {
		return after, "h1"
	}
	part, found := "", 0
	for _, p := range titleParts(title) {
		if p != title && len(p) >= 4 && d.isMainHeading(p) && !d.siteNames().has(p) {
			part = p
			found++
		}
	}
	if found == 1 {
		if p := d.underLogo(title, part); p != "" {
			return p, "html heading"
		}
		return part, "h1"
	}
	return title, "title"
}

// underLogo is the part of the page's title that its second heading is, where the first is only the last part of it:
// "Quay reopens | Harbour" over the headings "Harbour" and "Quay reopens".
func (d *describer) underLogo(title, logo string) string {
	h := d.page.firstHeading(2)
	if parts := titleParts(title); h != nil && parts[0] != logo && parts[len(parts)-1] == logo && strings.EqualFold(parts[0], h.text) {
		return parts[0]
	}
	return ""
}

// isMainHeading says whether an h1 of the page has exactly that text.
func (d *describer) isMainHeading(text string) bool {
	for i := range d.page.headings {
		h := &d.page.headings[i]
		if h.level == 1 && strings.EqualFold(h.text, text) && !d.page.unrelated(h.region) {
			return true
		}
	}
	return false
}

// whole replaces a title that was cut off by a longer candidate that begins with it.
func (d *describer) whole(c choice, all []choice) choice {
	stem := strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(c.text, "…"), "..."), " ")
	cut := stem != c.text
	if !cut && len(stem) < 50 {
		return c
	}
	for _, other := range all {
		rest, ok := strings.CutPrefix(other.text, stem)
		if !ok || rest == "" || strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "...") {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " ")); cut || unicode.IsLetter(r) && rest[0] != '(' {
			return other
		}
	}
	return c
}

// separators stand between a title and the name of its site.
var separators = []string{" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " › ", " « ", " ~ ", " / ", "｜", " : ", "|", " > ", " ‹ ", "：", " _ "}

// hanSeparators stand between them in Chinese and Japanese, without spaces.
var hanSeparators = append([]string{"_", "-", "－", "–", "—"}, separators...)

// separatorsOf returns the separators that are usual in the script of a title.
func separatorsOf(title string) []string {
	if strings.IndexFunc(title, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
		return hanSeparators
	}
	return separators
}

// titleParts cuts a title at its separators.
func titleParts(title string) []string {
	parts := splitAny(title, separatorsOf(title)...)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// withoutSite takes the site's name, and what follows it, off the end of a title, or off its start,
// if another source proves that it is the site's name or that the title is the rest.
func (d *describer) withoutSite(title string, all []choice, sites names) string {
	if before, after, ok := strings.Cut(title, ": "); ok && enough(after) && squash(before) == squash(d.page.meta.text("og:site_name")) {
		return after
	}
	for _, cut := range cuts(title) {
		if isGeneric(cut.before) && enough(cut.after) && !sites.has(cut.after) {
			return cut.after
		}
		if sites.has(cut.after) || sites.has(firstPart(cut.after)) {
			if enough(cut.before) {
				return cut.before
			}
		}
		if sites.has(cut.before) && enough(cut.after) && !sites.has(cut.after) {
			return cut.after
		}
		if d.proven(cut.before, title, all) {
			return cut.before
		}
	}
	return title
}

// firstPart is the part of s before its first separator.
func firstPart(s string) string { return titleParts(s)[0] }

// proven says whether another source has exactly that text as the title.
func (d *describer) proven(text, title string, all []choice) bool {
	if !enough(text) {
		return false
	}
	if d.isMainHeading(text) {
		return true
	}
	for _, c := range all {
		if c.text != title && strings.EqualFold(c.text, text) {
			return true
		}
	}
	return false
}

// enough says whether what is left can still be a title.
func enough(s string) bool { return utf8.RuneCountInString(s) >= 3 && hasLetter(s) && !isGeneric(s) }

type cutting struct{ before, after string }

// cuts lists every way to part a title at one separator, the earliest first.
func cuts(title string) []cutting {
	var out []cutting
	separators := separatorsOf(title)
	for i := 1; i < len(title) && len(out) < 20; i++ {
		for _, sep := range separators {
			if strings.HasPrefix(title[i:], sep) {
				out = append(out, cutting{strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(sep):])})
				break
			}
		}
	}
	return out
}

func hasLetter(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) >= 0 || strings.IndexFunc(s, unicode.IsDigit) >= 0
}

// isGeneric says whether a title is what editors and systems put where none was given.
func isGeneric(s string) bool {
	switch strings.ToLower(s) {
	case "home", "homepage", "home page", "untitled", "untitled document", "document", "index", "accueil", "inicio", "startseite",
		"welcome", "new page", "new page 1", "page", "title", "no title", "untitled page", "loading...", "redirecting...", "article",
		"close banner", "menu", "undefined", "null":
		return true
	}
	return false
}
