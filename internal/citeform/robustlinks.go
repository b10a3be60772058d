package citeform

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Spec says which Robust Links are written.
type Spec string

// The Specs.
const (
	// Spec2020: one archived version, and its date (robustlinks.mementoweb.org/spec).
	Spec2020 Spec = "2020"
	// Spec2025: the date that was meant, and all archived versions with their dates (the draft of March 2025).
	Spec2025 Spec = "2025"
)

// writeRobustLinks writes a link a line. One to a source of which nothing is archived says only what it leads to.
func writeRobustLinks(w io.Writer, items []Item, o Options) error {
	for i := range items {
		it := &items[i]
		text := it.Title
		if text == "" {
			text = it.URI
		}
		lang := ""
		if it.Language != "" {
			lang = fmt.Sprintf(` hreflang="%s"`, attribute(it.Language))
		}
		_, err := fmt.Fprintf(w, "<a href=\"%s\"%s%s>%s</a>\n", attribute(linkURL(it.URI)), lang, robustAttributes(it, o.Spec), html.EscapeString(text))
		if err != nil {
			return err
		}
	}
	return nil
}

// robustAttributes are the attributes of a robust link, each with a space before it; empty where no date is known to the day.
func robustAttributes(it *Item, spec Spec) string {
	date := versionDate(it, spec)
	if date == "" {
		return ""
	}
	s := fmt.Sprintf(` data-originalurl="%s" data-versiondate="%s"`, attribute(linkURL(it.URI)), date)
	if urls := versionURLs(it, spec); urls != "" {
		s += fmt.Sprintf(` data-versionurl="%s"`, attribute(urls))
	}
	return s
}

// versionDate is the date that the link is about: with Spec2025 that of the citation, else that of the version.
// A date that is not known to the day cannot be written, and none is invented.
func versionDate(it *Item, spec Spec) string {
	cited := ""
	if d := cmp.Or(it.Accessed, it.CitedOn); len(dateParts(d)) == 3 {
		cited = isoDay(d)
	}
	c := it.copy()
	if c == nil || spec == Spec2025 && cited != "" {
		return cited
	}
	return c.Time.UTC().Format(time.RFC3339)
}

func versionURLs(it *Item, spec Spec) string {
	var parts []string
	for i := range it.Copies {
		c := &it.Copies[i]
		if spec != Spec2025 {
			return linkURL(c.URI)
		}
		parts = append(parts, linkURL(c.URI), c.Time.UTC().Format(time.RFC3339))
	}
	return strings.Join(parts, " ")
}

// linkURL is an address without the bytes that none may have (RFC 3986, 2), which some programs take for the end of it.
func linkURL(uri string) string { return escapedIn(uri, "\"<>\\^`{|}") }

// attribute escapes s for an attribute in quotes, in ASCII: a page may be in any encoding.
func attribute(s string) string {
	var b strings.Builder
	for _, r := range html.EscapeString(s) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}
