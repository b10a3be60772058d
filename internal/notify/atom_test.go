package notify_test

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/notify/notifytest"
)

func feed(t *testing.T, base string, events ...ibid.Event) []byte {
	t.Helper()
	var out bytes.Buffer
	f := notify.Feed{Title: "Ibid: what became of sources & <more>", Base: base, Path: "/feed.atom", Updated: notifytest.Noon()}
	if err := notify.WriteFeed(&out, f, events); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFeed(t *testing.T) {
	events := digestEvents()
	events[0].Text = "a ]]> & \x00 <b>"
	slices.Reverse(events)
	golden(t, "feed.atom", feed(t, "https://ibid.example:8443/", events...))
	golden(t, "feed-empty.atom", feed(t, ""))
}

// what RFC 4287 asks for: 4.1.1 and 4.1.2.
type atom struct {
	XMLName xml.Name
	ID      []string     `xml:"http://www.w3.org/2005/Atom id"`
	Title   []string     `xml:"http://www.w3.org/2005/Atom title"`
	Updated []string     `xml:"http://www.w3.org/2005/Atom updated"`
	Author  []string     `xml:"http://www.w3.org/2005/Atom author>name"`
	Entry   []atom       `xml:"http://www.w3.org/2005/Atom entry"`
	Content []string     `xml:"http://www.w3.org/2005/Atom content"`
	Link    []atomLinked `xml:"http://www.w3.org/2005/Atom link"`
}

type atomLinked struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

func TestFeedIsAtom(t *testing.T) {
	for name, events := range map[string][]ibid.Event{"none": nil, "some": digestEvents()} {
		var got atom
		if err := xml.Unmarshal(feed(t, "https://ibid.example", events...), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.XMLName.Local != "feed" || got.XMLName.Space != "http://www.w3.org/2005/Atom" || len(got.Author) != 1 || len(got.Entry) != len(events) {
			t.Errorf("%s: %+v", name, got)
		}
		seen := map[string]bool{}
		for _, e := range append(got.Entry, got) {
			if len(e.ID) != 1 || !strings.HasPrefix(e.ID[0], "tag:ibid.example,2026:ibid/") || seen[e.ID[0]] || len(e.Title) != 1 || len(e.Updated) != 1 {
				t.Errorf("%s: %+v", name, e)
				continue
			}
			seen[e.ID[0]] = true
			if _, err := time.Parse(time.RFC3339, e.Updated[0]); err != nil {
				t.Error(err)
			}
			for _, l := range e.Link {
				if !strings.HasPrefix(l.Href, "http") {
					t.Errorf("%s: link %q", name, l.Href)
				}
			}
		}
	}
}

func TestTheIDOfAnEntryStaysTheSame(t *testing.T) {
	for base, want := range map[string]string{
		"https://ibid.example": "tag:ibid.example,2026:ibid/evt-0001", "http://IBID.example:8470/": "tag:ibid.example,2026:ibid/evt-0001",
		"http://127.0.0.1:8470": "tag:127.0.0.1,2026:ibid/evt-0001", "http://[::1]:8470": "tag:localhost,2026:ibid/evt-0001",
		"": "tag:localhost,2026:ibid/evt-0001", "https://a,b.example/": "tag:localhost,2026:ibid/evt-0001",
	} {
		var got atom
		if err := xml.Unmarshal(feed(t, base, notifytest.Event(2), notifytest.Event(1)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Entry[1].ID[0] != want {
			t.Errorf("%s: %s, want %s", base, got.Entry[1].ID[0], want)
		}
	}
}
