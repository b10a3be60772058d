package notify

import (
	"encoding/xml"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Feed is the head of an Atom feed (RFC 4287).
type Feed struct {
	// Title is what people read.
	Title string
	// Base is the address at which people reach this Ibid, and Path that of the feed on it: "/feed.atom".
	Base, Path string
	// Updated is when the feed of no Events changed last.
	Updated time.Time
}

// tagDate is the year in which these tags began to be minted (RFC 4151, 2.1).
const tagDate = "2026"

type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Author    string      `xml:"author>name"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID       string       `xml:"id"`
	Title    string       `xml:"title"`
	Updated  string       `xml:"updated"`
	Category atomCategory `xml:"category"`
	Links    []atomLink   `xml:"link"`
	Content  atomContent  `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomLink struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Href  string `xml:"href,attr"`
	Title string `xml:"title,attr,omitempty"`
}

// WriteFeed writes events, the latest first as Outbox.Recent returns them, as an Atom feed. The ids of its entries
// are tags (RFC 4151) of the host of Base: the same for the same Event for ever, wherever it is read.
func WriteFeed(w io.Writer, f Feed, events []ibid.Event) error {
	tag := tagOf(f.Base)
	out := atomFeed{ID: tag + "feed" + f.Path, Title: oneLine(f.Title, maxTitle), Author: "Ibid", Generator: "Ibid"}
	if self := absolute(f.Base, f.Path); self != "" {
		out.Links = []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: self}, {Rel: "alternate", Type: "text/html", Href: absolute(f.Base, "/")},
		}
	}
	for i, e := range events {
		if i == 0 || e.When.After(f.Updated) {
			f.Updated = e.When
		}
		out.Entries = append(out.Entries, entryOf(linked(e, f.Base), tag))
	}
	out.Updated = instant(f.Updated)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func entryOf(e ibid.Event, tag string) atomEntry {
	out := atomEntry{
		ID: tag + e.ID, Title: oneLine(label(e.Kind)+": "+e.Text, maxTitle), Updated: instant(e.When),
		Category: atomCategory{string(e.Kind)}, Content: atomContent{"text", content(e)},
	}
	for _, l := range []atomLink{
		{Rel: "alternate", Href: onlyWeb(e.Evidence)},
		{Rel: "related", Href: onlyWeb(e.Kept), Title: "as it was"},
		{Rel: "related", Href: onlyWeb(e.Seed), Title: "the source"},
	} {
		if l.Href != "" {
			out.Links = append(out.Links, l)
		}
	}
	return out
}

// content is the text of e and the Documents that cite its source, a line each.
func content(e ibid.Event) string {
	lines := []string{oneLine(e.Text, maxText)}
	for _, d := range e.Documents {
		if d.Title == "" {
			d.Title = d.ID
		}
		lines = append(lines, "cited by "+oneLine(d.Title, maxTitle))
	}
	return strings.Join(lines, "\n")
}

// tagOf is the beginning of tags minted by whoever has base. A host that cannot stand in one is "localhost".
func tagOf(base string) string {
	host := "localhost"
	if u, err := url.Parse(base); err == nil && u.Hostname() != "" &&
		strings.Trim(strings.ToLower(u.Hostname()), "abcdefghijklmnopqrstuvwxyz0123456789.-") == "" {
		host = strings.ToLower(u.Hostname())
	}
	return "tag:" + host + "," + tagDate + ":ibid/"
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
