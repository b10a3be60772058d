package citeform

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/ibid-archive/ibid"
)

// writeCS1 writes templates of Wikipedia's Citation Style 1, one a line.
func writeCS1(w io.Writer, items []Item, _ Options) error {
	for i := range items {
		if _, err := io.WriteString(w, cs1(&items[i])+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func cs1(it *Item) string {
	var b strings.Builder
	k := kindOf(it)
	b.WriteString("{{" + k.cs1)
	param := func(name, value string) {
		if value != "" {
			b.WriteString(" |" + name + "=" + value)
		}
	}
	for i, n := range names(it.Authors) {
		at := ""
		if len(it.Authors) > 1 {
			at = fmt.Sprint(i + 1)
		}
		if n.Literal != "" {
			param("author"+at, wikiText(n.Literal))
			continue
		}
		param("last"+at, wikiText(joinNonEmpty(" ", n.Family, n.Suffix)))
		param("first"+at, wikiText(n.Given))
	}
	title := wikiText(it.Title)
	if title == "" {
		title = wikiText(it.host()) // the template asks for one
	}
	param("title", title)
	param("url", wikiURL(it.URI))
	param("date", cs1Date(it.issued()))
	if k.published {
		param("publisher", wikiText(it.Publisher))
	} else {
		param("website", wikiText(it.Publisher))
	}
	param("language", wikiText(it.Language))
	param("doi", wikiText(it.Identifiers["doi"]))
	param("isbn", wikiText(it.Identifiers["isbn"]))
	param("pmid", wikiText(it.Identifiers["pmid"]))
	param("pmc", wikiText(strings.TrimPrefix(it.Identifiers["pmcid"], "PMC")))
	param("arxiv", wikiText(it.Identifiers["arxiv"]))
	param("id", wikiText(it.number()))
	param("access-date", cs1Access(it.Accessed))
	b.WriteString(cs1Archive(it))
	return b.String() + "}}"
}

// cs1Archive are the parameters of the archived version, all three or none: the template refuses others. It refuses paths, too.
func cs1Archive(it *Item) string {
	c := it.copy()
	if c == nil || !c.absolute() {
		return ""
	}
	s := " |archive-url=" + wikiURL(c.URI) + " |archive-date=" + c.day()
	if status := urlStatus[it.Health]; status != "" {
		s += " |url-status=" + status
	}
	return s
}

// urlStatus is what readers of Wikipedia are told of a source. Of one of which nothing is known the template says nothing either.
var urlStatus = map[ibid.Health]string{
	ibid.HealthLive: "live", ibid.HealthMoved: "live", ibid.HealthBlocked: "live", ibid.HealthDrifted: "deviated",
	ibid.HealthSoft404: "dead", ibid.HealthGone: "dead", ibid.HealthUnreachable: "dead", ibid.HealthParked: "usurped",
}

// cs1Date is d in a form that the template takes: a year and month in figures it takes for a range of years.
func cs1Date(d ibid.Date) string {
	if len(dateParts(d)) == 2 {
		return dayFirst(d)
	}
	return isoDay(d)
}

// cs1Access is a whole day or nothing, as the template asks.
func cs1Access(d ibid.Date) string {
	if len(dateParts(d)) < 3 {
		return ""
	}
	return isoDay(d)
}

// wikiText escapes what wikitext and templates give a meaning of its own.
func wikiText(s string) string {
	return wikiEscapes.Replace(characterReference.ReplaceAllString(oneLine(s), "&amp;$1"))
}

var characterReference = regexp.MustCompile(`&(#?[0-9A-Za-z]+;)`)

var wikiEscapes = strings.NewReplacer(
	"<", "&lt;", ">", "&gt;", "[", "&#91;", "]", "&#93;", "{", "&#123;", "}", "&#125;", "|", "{{!}}", "''", "&#39;&#39;",
	"~~~", "&#126;&#126;&#126;", "://", "&#58;//", "__", "&#95;&#95;",
)

// wikiURL is an address for an external link or a parameter.
func wikiURL(uri string) string {
	return strings.ReplaceAll(escapedIn(uri, `[]{}|<>"`), "''", "%27%27")
}
