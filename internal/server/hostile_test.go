package server

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/ibid-archive/ibid"
)

// maxPageSize is how large a page may be, in bytes.
const maxPageSize = 50 << 10

// checkHTML holds that a page is well formed and carries nothing of strangers that a browser would act on.
func checkHTML(t *testing.T, page string) {
	t.Helper()
	checkTags(t, page)
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, labels := map[string]bool{}, 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.DataAtom == atom.H1 {
			labels++
		}
		checkElement(t, n, ids)
	}
	if labels != 1 {
		t.Errorf("it has %d headings of the first level", labels)
	}
}

// checkTags holds that all that is opened is closed, in order.
func checkTags(t *testing.T, page string) {
	t.Helper()
	void := []string{"meta", "link", "input", "br", "hr", "img"}
	var open []string
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("%v are not closed", open)
			}
			return
		case html.StartTagToken, html.EndTagToken:
			tag, _ := z.TagName()
			switch name := string(tag); {
			case slices.Contains(void, name):
			case kind == html.StartTagToken:
				open = append(open, name)
			case len(open) == 0 || open[len(open)-1] != name:
				t.Fatalf("</%s> closes %v", name, open)
			default:
				open = open[:len(open)-1]
			}
		}
	}
}

var ownLink = regexp.MustCompile(`^(/|#|\?)`)

func checkElement(t *testing.T, n *html.Node, ids map[string]bool) {
	t.Helper()
	switch n.DataAtom {
	case atom.Iframe:
		if sandbox, ok := lookUp(n, "sandbox"); !ok || sandbox != "" || !strings.HasPrefix(attribute(n, "src"), "http://replay.test/") {
			t.Errorf("it frames %q", attribute(n, "src"))
		}
	case atom.Object, atom.Embed, atom.Base, atom.Style, atom.Img:
		t.Errorf("it has a <%s>", n.Data)
	case atom.Script:
		if !strings.HasPrefix(attribute(n, "src"), "/assets/") || n.FirstChild != nil {
			t.Errorf("it has a script that is not ours")
		}
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		case a.Key == "id":
			if ids[a.Val] {
				t.Errorf("the id %q is there twice", a.Val)
			}
			ids[a.Val] = true
		case a.Key == "href" && n.DataAtom == atom.A && !ownLink.MatchString(a.Val):
			if !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") || attribute(n, "rel") != "external noreferrer" {
				t.Errorf("it leads to %q", a.Val)
			}
		case a.Key == "href" && strings.HasPrefix(a.Val, "//"), a.Key == "action" && !strings.HasPrefix(a.Val, "/"):
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		}
	}
}

func attribute(n *html.Node, key string) string {
	value, _ := lookUp(n, key)
	return value
}

func lookUp(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// hostile are texts that strangers could put into titles, contexts, addresses and reasons.
var hostile = map[string]string{
	"a script":            `<script>alert(1)</script>`,
	"an attribute":        `"><img src=x onerror=alert(1)>' onmouseover='alert(1)`,
	"a template":          `{{.}} {{template "x"}} ${alert(1)} %d %s`,
	"javascript":          `javascript:alert(1)`,
	"an address of files": `file:///etc/passwd`,
	"data":                `data:text/html,<script>alert(1)</script>`,
	"no scheme":           `//evil.example/`,
	"right to left":       "مذكرة عن الهجرة الدولية",
	"an override":         "safe\u202egnp.exe\u202c \u2066isolated",
	"controls":            "a\x00b\x1b[31mc\x7f\r\nd",
	"not UTF-8":           "a\xff\xfe\xc0b",
	"a comment":           `<!-- --><![CDATA[ ]]></main></body></html>`,
	"an address of 2,000": "http://long.example/" + strings.Repeat("a%20é<>\"'&/", 180),
	"a title of 300":      strings.Repeat("Ünïcödé 題名 ", 30),
	"one long word":       strings.Repeat("w", 3000),
	"nothing":             "",
}

// hostileShelf has text wherever strangers could put it, n times, in a collection of that name.
func hostileShelf(text, collection string, n int) *shelf {
	s := demoShelf()
	state := s.cited[0].State
	state.Memento = &ibid.Memento{URI: text, Timestamp: now, Origin: ibid.Origin(text), MediaType: ibid.MediaType(text), Digest: ibid.Digest(text), DistanceDays: pointer(1 << 30)}
	state.Metadata = &ibid.Description{Title: text, Authors: []string{text, text}, Language: text}
	state.Reason, state.Class, state.Health = text, ibid.Class(text), ibid.HealthGone
	state.Evidence = slices.Repeat([]ibid.Evidence{{Text: text}}, min(n, 100))
	state.Tried = slices.Repeat([]ibid.Attempt{{What: text, Result: text}}, min(n, 100))
	state.Provenance = &ibid.Provenance{Archive: ibid.Origin(text), URIM: text, Reasons: []string{text}}
	state.Holdings = []ibid.Holding{{Archive: ibid.Origin(text), Problem: text}}
	state.Successor, state.Drift = &ibid.Successor{URI: text}, &ibid.Drift{Title: text}
	ref := ibid.Reference{URI: text, Cited: text, Context: "before " + text + " after", Title: text, Locator: ibid.Locator{Kind: ibid.LocatorKind("link"), Label: text}}
	successor := state
	successor.Memento = nil
	work := Work{ibid.Work{Title: text, Label: text}, []Edition{{Language: text, URI: text, State: state}, {Language: text, State: successor}}}
	s.cited, s.documents, s.plans, s.hits, s.captures, s.looks = nil, nil, nil, nil, nil, nil
	doc := DocumentLine{Collection: collection, Document: ibid.Document{ID: "d", Source: text, Title: text, Language: text, Date: ibid.Date(text)}, Tally: s.collections[0].Tally}
	visit := ibid.Visit{Began: now, Health: ibid.HealthGone, Reason: text, Final: &ibid.Capture{URI: text, Timestamp: now, Digest: ibid.Digest(text)}}
	for i := range n {
		ref.ID = fmt.Sprintf("r%d", i+1)
		s.cited = append(s.cited, Cited{Reference: ref, Works: []Work{work}, State: state})
		s.documents = append(s.documents, doc)
		s.plans = append(s.plans, Plan{Collection: collection, URI: text, Schedule: text, Zone: text, Reason: text, Next: now, Offset: 60})
		s.hits = append(s.hits, Hit{DocumentKey{collection, "d"}, "r1", text, text, text}, Hit{URI: text, Title: text, Excerpt: text})
		s.looks = append(s.looks, Look{visit, ChangeOther, visit.Final.Memento("")})
		s.captures = append(s.captures, Captured{collection, ibid.Capture{URI: "http://", MediaType: ibid.MediaType(text), Origin: ibid.Origin(text), Timestamp: now.Add(-time.Duration(i) * time.Hour)}})
	}
	slices.Reverse(s.captures)
	s.forms = Forms{COinS: []string{text}, Tags: []Tag{{"citation_title", text}}, Local: true}
	for _, file := range []string{"apa.txt", "chicago.txt", "mla.txt", "oscola.txt", "bibtex.bib", "biblatex.bib", "ris.ris", "csl.json", "cs1.txt", "robustlinks.html", "pwid.txt"} {
		s.forms.All = append(s.forms.All, Form{file, file, "text/plain", text + "\n" + text + "\r\n"})
	}
	side := Side{s.captures[0], text, text, 3, true, true}
	side.URI, side.Digest = text, ibid.Digest(text)
	s.comparison = Comparison{URI: text, With: text, Left: side, Right: side, Choices: s.captures, Others: s.captures, Changes: n, Rows: slices.Repeat([]TextRow{
		{Left: []TextPiece{{text, false}, {text, true}}, Right: []TextPiece{{text, true}}}, {Left: []TextPiece{{text, false}}, Same: true}, {Skipped: 3},
	}, min(n, 300))}
	s.comparison.Right.Digest = "other"
	s.moments = nil
	for i := range 16 {
		s.moments = append(s.moments, ibid.HealthMoment{When: now.AddDate(0, i, 0), Told: n + 16, Rotten: n, Drifted: i, Untold: 1 + i})
	}
	s.collections = []Collection{{Name: collection, Title: text, Schedule: text, Zone: text, Tally: doc.Tally}, {Name: "other", Title: text}}
	s.needs = slices.Repeat([]Need{{DocumentKey{collection, "d"}, "r1", text, text, ibid.OutcomeLost, ibid.HealthGone, text}}, min(n, 8))
	s.recent = slices.Repeat([]Kept{{collection, text, text, ibid.Memento{URI: text, Origin: ibid.Origin(text)}, true}}, min(n, 8))
	return s
}

// takingOf answers with the pages of s, and takes documents: there is a job for the first.
func takingOf(s *shelf) http.Handler {
	o := options()
	d := &desk{jobs: []Job{{ID: "job1", Collection: s.collections[0].Name, Document: "d", State: JobFailed, Error: s.documents[0].Title}}}
	o.Pages, o.API, o.Now = s.pages(), d.api(), deskNow
	return New(o)
}

var hostilePaths = []string{"/upload?collection=%22%3E%3Cscript%3Ealert", "/documents/d/archive", "/uploads/job1", "/", "/documents", "/documents/d", "/references/d.r1", "/collections", "/collections/other", "/schedules", "/trust", "/search?q=x", "/web/*/http://long.example/", "/compare?url=http://long.example/"}

func TestHostileTextIsOnlyShown(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			h := takingOf(hostileShelf(text, text, 2))
			for _, path := range hostilePaths {
				w := ask(t, h, "GET", path)
				if w.Code != http.StatusOK {
					t.Errorf("%s: status %d", path, w.Code)
				}
				checkHTML(t, w.Body.String())
				for _, bad := range []string{"\u202e", "\x1b", "<script>alert", "<img", "\xff"} {
					if strings.Contains(w.Body.String(), bad) {
						t.Errorf("%s has %q:\n%s", path, bad, w.Body)
					}
				}
			}
		})
	}
}

// TestLongListsStaySmall holds that no page of a list of 10,000 rows is larger than it may be.
func TestLongListsStaySmall(t *testing.T) {
	for name, text := range map[string]string{
		"addresses of 2,000": "http://long.example/a?b=" + strings.Repeat("path/%C3%A9&c=", 141), "titles of 300": hostile["a title of 300"], "right to left": strings.Repeat(hostile["right to left"], 12),
	} {
		h := takingOf(hostileShelf(text, "c", 10_000))
		for _, path := range append(slices.Clone(hostilePaths), "/documents?page=300", "/documents/d?page=1000", "/uploads/job1?page=333", "/schedules?page=7", "/web/*/"+
			"http://long.example/"+strings.Repeat("a", 1980), "/search?q=http://long.example/&period=2026&page=3") {
			w := ask(t, h, "GET", path)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %s: status %d", name, path, w.Code)
			}
			if t.Logf("%s: %.60s: %d bytes", name, path, w.Body.Len()); w.Body.Len() > maxPageSize {
				t.Errorf("%s: %.60s: it has %d bytes", name, path, w.Body.Len())
			}
			checkHTML(t, w.Body.String())
		}
	}
}
