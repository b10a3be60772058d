package testsite

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cited is the date of the note of the demo.
var cited = time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC)

const (
	pid866    = "http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866"
	brussels  = "http://www.gfmd-fmmd.org/"
	manila    = "http://gfmd2008.org/"
	theWeb    = "web.archive.org"
	thePortal = "arquivo.pt"
)

func loadDemo(t *testing.T) *Web {
	t.Helper()
	w, err := Demo()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestDemoDocumentAsksForTwelveThings(t *testing.T) {
	name, body := DemoDocument()
	if name != "background-note.md" {
		t.Error(name)
	}
	var got []string
	for _, m := range regexp.MustCompile(`<(http[^>]+)>`).FindAllSubmatch(body, -1) {
		got = append(got, string(m[1]))
	}
	if !slices.Equal(got, []string{pid866, brussels, manila}) || bytes.Count(body, []byte("http")) != 3 || bytes.ContainsRune(body, '@') {
		t.Errorf("cited:\n%s", strings.Join(got, "\n"))
	}
	for _, text := range []string{"date: 2009-06-04", "2007 Session 3.4", "2008 Session 2.2", "2008 Session 3.3",
		"available in English, French and Spanish from the Document Libraries"} {
		if bytes.Count(body, []byte(text)) != 1 {
			t.Errorf("the note lacks %q", text)
		}
	}
}

func TestDemoIsAsTheWebIsToday(t *testing.T) {
	_, c := startWeb(t, loadDemo(t))
	const gfmd, clone = "http://www.gfmd.org", "http://gfmd-forum.example"
	tests := []struct {
		url    string
		status int
		text   string
	}{
		{pid866, 404, "no longer kept"},
		{"http://www.iom.int/2009-global-iscm-meeting", 200, ""},
		{"http://www.iom.int/2005-first-consultation", 200, "First consultation among regional dialogues"},
		{brussels, 200, "This domain is for sale!"},
		{brussels + "en/node/46", 200, "This domain is for sale!"},
		{brussels + "es/system/files/GFMD07_Session_3-4_es.pdf", 200, "This domain is for sale!"},
		{gfmd + "/meetings/belgium2007", 200, `<a href="/files/2007/rt34-fr.pdf">FR</a>`},
		{gfmd + "/files/2007/rt34-en.pdf", 200, "/Lang (en)"},
		{gfmd + "/files/2007/rt34-fr.pdf", 200, "/Lang (fr)"},
		{gfmd + "/files/2007/rt34-es.pdf", 404, "Page not found"},
		{gfmd + "/files/2008/rt22-en.pdf", 404, ""},
		{gfmd + "/files/2008/rt33-es.pdf", 404, ""},
		{gfmd + "/es/docs/philippines-2008/rt-33", 200, "Diálogos regionales, foros interregionales"},
		{clone + "/files/2008/rt22-es.pdf", 200, "/Lang (es)"},
		{clone + "/files/2008/rt33-es.pdf", 200, "/Lang (es)"},
	}
	for _, tt := range tests {
		resp, body := get(t, c, tt.url, "")
		if resp.StatusCode != tt.status || !bytes.Contains(body, []byte(tt.text)) {
			t.Errorf("%s: %s\n%.200s", tt.url, resp.Status, body)
		}
	}
	if _, err := c.Get(manila); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%s: %v", manila, err)
	}
	resp, body := get(t, c, gfmd+"/meetings/philippines2008", "")
	if resp.StatusCode != 200 || bytes.Contains(body, []byte(".pdf\">RT")) || !bytes.Contains(body, []byte(`/es/docs/philippines-2008/rt-33`)) {
		t.Errorf("%s", body)
	}
}

func TestDemoPagesHaveWhatTheyShow(t *testing.T) { showsAll(t, loadDemo(t), 12) }

// usable says whether a capture is of the source, and not of what took its place.
func usable(t *testing.T, w *Web, archive string, c Captured) bool {
	t.Helper()
	if c.Status != 200 || c.Unplayable {
		return false
	}
	body, err := w.Bytes(archive, c.URI, c.Timestamp)
	if err != nil {
		t.Fatal(err)
	}
	return !regexp.MustCompile(`is for sale|Incapsula incident|Account Suspended`).Match(body)
}

// daysFrom is how long after the note c was captured, in whole days.
func daysFrom(t *testing.T, c Captured) int {
	t.Helper()
	at, err := time.Parse(stamp, c.Timestamp)
	if err != nil {
		t.Fatal(err)
	}
	return int(math.Round(at.Sub(cited).Hours() / 24))
}

// holdings are the usable captures of one address, in all archives, nearest to the note first.
func holdings(t *testing.T, w *Web, uri string) (out []Captured) {
	t.Helper()
	for _, a := range w.Archives() {
		for _, c := range w.Captures(a.ID) {
			if surt(c.URI) == surt(uri) && usable(t, w, a.ID, c) {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(x, y Captured) int {
		return cmp.Compare(max(daysFrom(t, x), -daysFrom(t, x)), max(daysFrom(t, y), -daysFrom(t, y)))
	})
	return out
}

// TestDemoHoldsWhatIsToBeRescued holds that of each thing the capture that is expected is the nearest one that is
// usable, whichever side is looked at first.
func TestDemoHoldsWhatIsToBeRescued(t *testing.T) {
	w := loadDemo(t)
	tests := []struct {
		uri, urim string
		days      int
	}{
		{pid866, "http://web.archive.org/web/20090528031205/" + pid866, -7},
		{brussels, "http://arquivo.pt/wayback/20090611054321/" + brussels, 7},
		{manila, "http://web.archive.org/web/20081029043011/" + manila, -218},
		{brussels + "es/system/files/GFMD07_Session_3-4_es.pdf", "http://web.archive.org/web/20080301020304/" + brussels + "es/system/files/GFMD07_Session_3-4_es.pdf", -460},
		{download("12"), "http://web.archive.org/web/20081105041512/" + download("12"), -211},
		{download("13"), "http://arquivo.pt/wayback/20090115020304/" + download("13"), -140},
		{download("21"), "http://web.archive.org/web/20081105041520/" + download("21"), -211},
		{download("22"), "http://web.archive.org/web/20081106051632/" + download("22"), -210},
	}
	for _, tt := range tests {
		held := holdings(t, w, tt.uri)
		if len(held) == 0 || held[0].URIM != tt.urim || daysFrom(t, held[0]) != tt.days {
			t.Errorf("%s: %+v", tt.uri, held)
			continue
		}
		before := slices.IndexFunc(held, func(c Captured) bool { return daysFrom(t, c) <= 0 })
		if tt.days > 0 && before >= 0 || tt.days <= 0 && before != 0 {
			t.Errorf("%s: another one lies on the other side: %+v", tt.uri, held)
		}
	}
	for _, lost := range []string{download("14"), download("23"), brussels + "en/system/files/GFMD07_Session_3-4_en.pdf",
		brussels + "fr/system/files/GFMD07_Session_3-4_fr.pdf"} {
		if held := holdings(t, w, lost); len(held) != 0 {
			t.Errorf("%s is held: %+v", lost, held)
		}
	}
}

// TestDemoTraps holds that the archives have what a careless client takes.
func TestDemoTraps(t *testing.T) {
	w := loadDemo(t)
	newest := map[string]Captured{}
	near := map[int]string{}
	for _, c := range w.Captures(theWeb) {
		newest[surt(c.URI)] = c
		if days := daysFrom(t, c); surt(c.URI) == surt(brussels) && days > -30 && days < 30 {
			body, err := w.Bytes(theWeb, c.URI, c.Timestamp)
			if err != nil {
				t.Fatal(err)
			}
			near[c.Status] += string(body)
		}
	}
	for _, uri := range []string{pid866, brussels, manila} {
		if c := newest[surt(uri)]; c.Status != 404 {
			t.Errorf("the newest of %s: %+v", uri, c)
		}
	}
	if !strings.Contains(near[403], "Access Denied") || !strings.Contains(near[200], "Incapsula") || !strings.Contains(near[200], "is for sale") || near[404] == "" {
		t.Errorf("%v", near)
	}
	unplayable := slices.ContainsFunc(w.Captures(theWeb), func(c Captured) bool { return c.Unplayable && surt(c.URI) == surt(manila) && daysFrom(t, c) > -218 })
	if !unplayable {
		t.Error("no capture of Manila leads to another timestamp")
	}
}

// TestDemoListings holds that the libraries can be found and read in mementos: home page, listing, file.
func TestDemoListings(t *testing.T) {
	w := loadDemo(t)
	listing := "http://gfmd2008.org/index.php?option=com_docman&task=cat_view&gid=17&Itemid=26"
	for _, tt := range []struct{ archive, uri, timestamp, link string }{
		{thePortal, brussels, "20090611054321", `<a href="/en/node/46">Document library</a>`},
		{theWeb, brussels + "en/node/46", "20080214010203", `<a href="/es/system/files/GFMD07_Session_3-4_es.pdf">ES</a>`},
		{thePortal, brussels + "en/node/46", "20090611054410", `<a href="/es/system/files/GFMD07_Session_3-4_es.pdf">ES</a>`},
		{theWeb, manila, "20081029043011", strings.ReplaceAll(strings.TrimPrefix(listing, "http://gfmd2008.org"), "&", "&amp;")},
		{theWeb, listing, "20081102030405", `task=doc_download&amp;gid=14&amp;Itemid=26">(es)</a>`},
		{theWeb, listing, "20081102030405", `task=doc_download&amp;gid=22&amp;Itemid=26">(fr)</a>`},
	} {
		body, err := w.Bytes(tt.archive, tt.uri, tt.timestamp)
		if err != nil || !bytes.Contains(body, []byte(tt.link)) {
			t.Errorf("%s %s: %v\n%s", tt.archive, tt.uri, err, body)
		}
	}
}

// TestDemoRequisites holds that all parts of the three rescued pages are held by the same archive within a month of the
// page, but for one.
func TestDemoRequisites(t *testing.T) {
	w := loadDemo(t)
	for _, tt := range []struct{ archive, uri, timestamp, missing string }{
		{theWeb, pid866, "20090528031205", "http://www.iom.int/jahia/images/arrow.gif"},
		{thePortal, brussels, "20090611054321", ""},
		{theWeb, manila, "20081029043011", ""},
	} {
		a := w.archives[tt.archive]
		at, err := time.Parse(stamp, tt.timestamp)
		if err != nil {
			t.Fatal(err)
		}
		queue, seen, missing := []string{tt.uri}, map[string]bool{}, []string{}
		for len(queue) > 0 {
			uri := queue[0]
			queue = queue[1:]
			if seen[uri] {
				continue
			}
			seen[uri] = true
			c := a.nearest(surt(uri), at)
			if c == nil || c.at.Sub(at).Abs() > 31*24*time.Hour {
				missing = append(missing, uri)
				continue
			}
			page := *c.page
			page.header = c.header
			queue = append(queue, partsOf(t, uri, &page)...)
		}
		if strings.Join(missing, " ") != tt.missing || len(seen) < 5 {
			t.Errorf("%s: %d parts, missing %q", tt.uri, len(seen), missing)
		}
	}
}

// TestDemoArchivesAreReadByTheirTimeMaps goes from the list of archives to the bytes, as an aggregator does.
func TestDemoArchivesAreReadByTheirTimeMaps(t *testing.T) {
	w := loadDemo(t)
	s, c := startWeb(t, w)
	for _, a := range w.Archives() {
		for _, uri := range []string{pid866, brussels, manila, download("13")} {
			var want []string
			for _, held := range w.Captures(a.ID) {
				if surt(held.URI) == surt(uri) && !held.Unplayable {
					want = append(want, held.URIM)
					checkRaw(t, c, w, a, held)
				}
			}
			if got := readTimeMap(t, c, a.TimeMap+uri); !slices.Equal(got, want) {
				t.Errorf("%s of %s:\n%q\n%q", a.ID, uri, got, want)
			}
		}
	}
	if asked := s.Asked(thePortal, AskedTimeMap); len(asked) != 5 {
		t.Errorf("%d TimeMaps, not 4 and one second page: %+v", len(asked), asked)
	}
}

// readTimeMap returns the addresses of all mementos, those on further pages included.
func readTimeMap(t *testing.T, c *http.Client, address string) (out []string) {
	t.Helper()
	_, body := get(t, c, address, "")
	for _, m := range regexp.MustCompile(`<([^>]+)>; rel="([^"]+)"`).FindAllStringSubmatch(string(body), -1) {
		switch {
		case strings.Contains(m[2], "memento"):
			out = append(out, m[1])
		case m[2] == "timemap":
			out = append(out, readTimeMap(t, c, m[1])...)
		}
	}
	return out
}

// checkRaw compares what the archive gives with what it holds.
func checkRaw(t *testing.T, c *http.Client, w *Web, a Archive, held Captured) {
	t.Helper()
	want, err := w.Bytes(a.ID, held.URI, held.Timestamp)
	if err != nil {
		t.Fatal(err)
	}
	resp, got := get(t, c, strings.Replace(held.URIM, held.Timestamp, held.Timestamp+a.Raw, 1), "")
	if resp.StatusCode != held.Status || !bytes.Equal(got, want) || resp.Header.Get("Memento-Datetime") == "" {
		t.Errorf("%s: %s, %d bytes of %d", held.URIM, resp.Status, len(got), len(want))
	}
}
