package citeform

import (
	"fmt"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
)

// writeRIS writes records of RIS, whose tags mean what their type says (specification of 2011). The archived version stands in
// L2, which programs show as a link, in AV, the location in an archive, and in words in N1.
func writeRIS(w io.Writer, items []Item, _ Options) error {
	var b strings.Builder
	line := func(tag, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s  - %s\r\n", tag, value)
		}
	}
	ids := keys(items)
	for i := range items {
		it := &items[i]
		line("TY", kindOf(it).ris)
		line("ID", ids[i])
		for _, n := range names(it.Authors) {
			line("AU", risName(n))
		}
		line("TI", it.Title)
		line("PY", year(it.issued()))
		line("DA", risDate(it.issued()))
		if kindOf(it).published {
			line("PB", it.Publisher)
		} else {
			line("T2", it.Publisher)
		}
		line("LA", it.Language)
		line("DO", oneLine(it.Identifiers["doi"]))
		serial, note := risNumbers(it)
		line("SN", serial)
		line("UR", linkURL(it.URI))
		line("Y2", risDate(it.Accessed))
		if kindOf(it).ris == "ELEC" {
			line("M1", risDate(it.Accessed)) // where web pages have it; many programs read Y2 of all types
		}
		if c := it.copy(); c != nil {
			line("L2", linkURL(c.URI))
			line("DB", c.Archive)
			line("AV", linkURL(c.URI))
			note = joinNonEmpty("; ", "Archived at "+linkURL(c.URI)+", "+c.day(), note)
		}
		line("N1", note)
		b.WriteString("ER  - \r\n\r\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// risNumbers are the ISBN and what the source is filed under, in the tag SN and in a note: SN is the number of a report, and the ISBN
// of all else, and what a type has no tag for is noted.
func risNumbers(it *Item) (serial, note string) {
	isbn, number := oneLine(it.Identifiers["isbn"]), it.number()
	if kindOf(it).ris != "RPRT" {
		return isbn, number
	}
	if isbn != "" {
		isbn = "ISBN " + isbn
	}
	return number, isbn
}

// risName keeps the comma of an organisation from dividing it: there is no sign for that, so it is taken out.
func risName(n name) string {
	if n.Literal != "" {
		return strings.ReplaceAll(n.Literal, ",", "")
	}
	return n.inverted()
}

// risDate is YYYY/MM/DD/, with what is not known left empty.
func risDate(d ibid.Date) string {
	p := dateParts(d)
	if p == nil {
		return ""
	}
	out := [3]string{}
	for i, n := range p {
		out[i] = fmt.Sprintf([]string{"%04d", "%02d", "%02d"}[i], n)
	}
	return strings.Join(out[:], "/") + "/"
}
