package citeform

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
)

// writeText writes a citation a line, in a style for people.
func writeText(w io.Writer, items []Item, o Options) error {
	style := map[Style]func(*Item) string{"": apa, APA: apa, Chicago: chicago, MLA: mla, OSCOLA: oscola}[o.Style]
	if style == nil {
		return fmt.Errorf("there is no style %q", o.Style)
	}
	for i := range items {
		if _, err := io.WriteString(w, style(&items[i])+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// captured is the day of a capture, to be said in prose.
func (c *Copy) captured() ibid.Date { return ibid.Date(c.day()) }

// site is what a page is part of: its publisher, or else its host.
func (it *Item) site() string { return cmp.Or(it.Publisher, it.host()) }

// apart is the site, unless it is the only author: no style names it twice.
func (it *Item) apart() string {
	if site := it.site(); len(it.Authors) != 1 || !strings.EqualFold(it.Authors[0], site) {
		return site
	}
	return ""
}

// what describes a source that has no title.
func (it *Item) what() string {
	switch k := kindOf(it); {
	case k.csl == "report":
		return "Report"
	case k.csl == "dataset":
		return "Data set"
	case k.published:
		return "Document"
	case !isPage(it.MediaType):
		return "Document"
	}
	return "Web page"
}

// innerQuotes makes the quotation marks of a title those within quotation marks: double ones single, or single ones double.
func innerQuotes(s string, single bool) string {
	outer, inner := []string{"“", "”"}, []string{"‘", "’"}
	if !single {
		// An apostrophe looks like a closing mark: only pairs around words are changed.
		return pairedQuotes(s)
	}
	s = strings.NewReplacer(outer[0], inner[0], outer[1], inner[1], "„", inner[0]).Replace(s)
	open := true
	return strings.Map(func(r rune) rune {
		if r != '"' {
			return r
		}
		open = !open
		if !open {
			return '‘'
		}
		return '’'
	}, s)
}

// pairedQuotes turns ‘…’ into “…” where both marks are there.
func pairedQuotes(s string) string {
	if strings.Count(s, "‘") == 1 {
		if before, rest, _ := strings.Cut(s, "‘"); strings.Contains(rest, "’") {
			end := strings.LastIndex(rest, "’")
			return before + "“" + rest[:end] + "”" + rest[end+len("’"):]
		}
	}
	return s
}

// listed joins names: "A", "A and B", "A, B, and C".
func listed(all []string, and string, serial bool) string {
	switch n := len(all); {
	case n < 2:
		return strings.Join(all, "")
	case n == 2 && !serial:
		return all[0] + " " + and + " " + all[1]
	case !serial:
		return strings.Join(all[:n-1], ", ") + " " + and + " " + all[n-1]
	default:
		return strings.Join(all[:n-1], ", ") + ", " + and + " " + all[n-1]
	}
}
