package citeform

import (
	"cmp"
	"strings"
)

// apa is an entry of a list of references.
func apa(it *Item) string {
	who := apaAuthors(names(it.Authors))
	title := cmp.Or(it.Title, "["+it.what()+"]")
	when := "(n.d.)."
	if p := dateParts(it.issued()); len(p) > 0 {
		when = "(" + year(it.issued())
		if len(p) > 1 {
			when += ", " + strings.TrimSuffix(strings.TrimSuffix(monthFirst(it.issued()), year(it.issued())), ", ")
		}
		when = strings.TrimSpace(when) + ")."
	}
	lead := ended(title) + " " + when
	if who != "" {
		lead = ended(who) + " " + when + " " + ended(title)
	}
	s := joinNonEmpty(" ", lead, ended(it.apart()))
	if c := it.copy(); c != nil {
		return s + " " + linkURL(it.URI) + " [Archived " + monthFirst(c.captured()) + ", at " + linkURL(c.URI) + "]"
	}
	if d := monthFirst(it.Accessed); d != "" {
		return s + " Retrieved " + d + ", from " + linkURL(it.URI)
	}
	return s + " " + linkURL(it.URI)
}

// apaAuthors lists up to twenty; of more, the first nineteen and the last.
func apaAuthors(all []name) string {
	list := make([]string, len(all))
	for i, n := range all {
		list[i] = n.initialled()
	}
	if n := len(list); n > 20 {
		return strings.Join(list[:19], ", ") + ", . . . " + list[n-1]
	}
	return listed(list, "&", true)
}

// chicago is an entry of a bibliography.
func chicago(it *Item) string {
	var all []string
	for i, n := range names(it.Authors) {
		if i == 0 {
			all = append(all, n.inverted())
		} else {
			all = append(all, n.direct())
		}
	}
	who := listed(all, "and", true)
	if len(all) > 10 {
		who = strings.Join(all[:7], ", ") + ", et al."
	}
	title := it.what() + "."
	if it.Title != "" {
		title = "“" + ended(innerQuotes(it.Title, true)) + "”"
	}
	s := joinNonEmpty(" ", ended(who), title, ended(it.apart()), ended(monthFirst(it.issued())))
	if d := monthFirst(it.Accessed); d != "" {
		s += " Accessed " + d + "."
	}
	s += " " + linkURL(it.URI) + "."
	if c := it.copy(); c != nil {
		s += " Archived " + monthFirst(c.captured()) + ", at " + linkURL(c.URI) + "."
	}
	return s
}

// mla is an entry of a list of works cited. The archive is the second container.
func mla(it *Item) string {
	who := ""
	switch all := names(it.Authors); {
	case len(all) == 1:
		who = all[0].inverted()
	case len(all) == 2:
		who = all[0].inverted() + ", and " + all[1].direct()
	case len(all) > 2:
		who = all[0].inverted() + ", et al."
	}
	title := it.what() + "."
	if it.Title != "" {
		title = "“" + ended(innerQuotes(it.Title, true)) + "”"
	}
	s := joinNonEmpty(" ", ended(who), title, joinNonEmpty(", ", it.apart(), mlaDate(dayFirst(it.issued())), linkURL(it.URI))+".")
	if c := it.copy(); c != nil {
		s += " " + joinNonEmpty(", ", c.Archive, mlaDate(dayFirst(c.captured())), linkURL(c.URI)) + "."
	}
	if d := dayFirst(it.Accessed); d != "" {
		s += " Accessed " + mlaDate(d) + "."
	}
	return s
}

// mlaDate shortens the months that MLA shortens: all but May, June and July.
func mlaDate(s string) string {
	return strings.NewReplacer("January", "Jan.", "February", "Feb.", "March", "Mar.", "April", "Apr.", "August", "Aug.", "September", "Sept.",
		"October", "Oct.", "November", "Nov.", "December", "Dec.").Replace(s)
}

// oscola is a footnote.
func oscola(it *Item) string {
	var all []string
	for _, n := range names(it.Authors) {
		all = append(all, n.direct())
	}
	who := listed(all, "and", false)
	if len(all) > 3 {
		who = all[0] + " and others"
	}
	title := it.what()
	if it.Title != "" {
		title = "‘" + innerQuotes(it.Title, false) + "’"
	}
	s := joinNonEmpty(", ", who, title)
	if in := joinNonEmpty(", ", it.apart(), dayFirst(it.issued())); in != "" {
		s += " (" + in + ")"
	}
	s += " <" + linkURL(it.URI) + ">"
	if d := dayFirst(it.Accessed); d != "" {
		s += " accessed " + d
	}
	if c := it.copy(); c != nil {
		s += ", archived " + dayFirst(c.captured()) + " at <" + linkURL(c.URI) + ">"
	}
	return ended(s)
}
