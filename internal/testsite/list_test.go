package testsite

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

func startReadingList(t *testing.T) *http.Client {
	t.Helper()
	w, err := ReadingList()
	if err != nil {
		t.Fatal(err)
	}
	_, c := startWeb(t, w)
	return c
}

func TestReadingListCites(t *testing.T) {
	name, body := ReadingListDocument()
	if name != "reading-list.md" {
		t.Error(name)
	}
	want := []string{
		"http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866",
		"http://www.gfmd-fmmd.org/",
		"http://gfmd2008.org/",
		"http://www.iom.int/jahia/webdav/shared/shared/mainsite/policy_and_research/rcp/fourteen_rooms_2009.pdf",
		"http://www.iom.int/jahia/Jahia/lang/en/pid/1892",
		"http://www.gfmd-fmmd.org/en/node/46",
		"http://www.gfmd-fmmd.org/fr/system/files/GFMD07_Session_3-4_fr.pdf",
		"http://gfmd2008.org/index.php?option=com_docman&task=doc_download&gid=12&Itemid=26",
		"http://www.iom.int/jahia/webdav/shared/shared/mainsite/policy_and_research/rcp/fourteen_rooms_2009.pdf",
		"http://www.gfmd.org/meetings/philippines2008",
	}
	var got []string
	for _, m := range regexp.MustCompile(`<(http[^>]+)>`).FindAllSubmatch(body, -1) {
		got = append(got, string(m[1]))
	}
	if !slices.Equal(got, want) {
		t.Errorf("cited:\n%s", strings.Join(got, "\n"))
	}
	for _, text := range []string{"2007 Session 3.4", "2008 Session 2.2", "2008 Session 3.3", "(accessed 12 May 2009)",
		"available in English, French and Spanish from the Document Libraries"} {
		if !bytes.Contains(body, []byte(text)) {
			t.Errorf("the note lacks %q", text)
		}
	}
}

func TestReadingListAnswersWhatIsCited(t *testing.T) {
	c := startReadingList(t)
	const iom, jahia = "http://www.iom.int", "http://www.iom.int/jahia/Jahia"
	tests := []struct {
		url    string
		status int
		key    string // a header
		value  string // what it holds
		text   string // what the body holds
	}{
		{jahia + "/policy-research/regional-consultative-processes/pid/866", 404, "Content-Type", "text/html", "Jahia - Page not found"},
		{"http://www.gfmd-fmmd.org/", 410, "Content-Type", "text/html", "410 Gone"},
		{"http://gfmd2008.org/", 404, "Content-Type", "text/html", "404 Not Found"},
		{"http://www.gfmd2008.org/", 404, "Content-Type", "text/html", "404 Not Found"},
		{jahia + "/lang/en/pid/1892", 301, "Location", jahia + "/inter-regional-meeting", ""},
		{jahia + "/inter-regional-meeting", 302, "Location", "/2009-global-iscm-meeting", ""},
		{iom + "/2009-global-iscm-meeting", 200, "Content-Encoding", "gzip", "Bangkok 2009"},
		{jahia + "/pid/8/lang/en", 200, "ETag", "pid8-en", "DC.title"},
		{jahia + "/lang/fr/pid/8", 200, "Content-Type", "charset=windows-1252", "dialogues r\xe9gionaux"},
		{"http://www.gfmd-fmmd.org/en/node/46", 200, "Content-Type", "charset=utf-8", "| <a href=\"/fr/system/files/GFMD07_Session_3-4_fr.pdf\">FR</a> ]"},
		{"http://www.gfmd-fmmd.org/en/send/send/46", 200, "Server", "Apache/2.2.3", "/en/node/46"},
		{"http://www.gfmd.org/meetings/philippines2008", 200, "ETag", "1617283945", "citation_title"},
		{"http://www.gfmd.org/meetings/belgium2007", 200, "Server", "nginx", "Session 3.4"},
		{iom + "/robots.txt", 200, "Content-Type", "text/plain", "Disallow: /jahia/engineName/"},
	}
	for _, tt := range tests {
		resp, body := get(t, c, tt.url, "")
		if resp.Header.Get("Content-Encoding") == "gzip" {
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if resp.StatusCode != tt.status || !strings.Contains(resp.Header.Get(tt.key), tt.value) || !bytes.Contains(body, []byte(tt.text)) {
			t.Errorf("%s: %s %v\n%.300s", tt.url, resp.Status, resp.Header, body)
		}
	}
}

func TestReadingListPapersInThreeLanguages(t *testing.T) {
	c := startReadingList(t)
	papers := map[string][3]string{
		"3.4": {"http://www.gfmd-fmmd.org/en/system/files/GFMD07_Session_3-4_en.pdf", "http://www.gfmd-fmmd.org/fr/system/files/GFMD07_Session_3-4_fr.pdf",
			"http://www.gfmd-fmmd.org/es/system/files/GFMD07_Session_3-4_es.pdf"},
		"2.2": {download("12"), download("13"), download("14")},
		"3.3": {download("21"), download("22"), download("23")},
	}
	for session, urls := range papers {
		for i, lang := range []string{"en", "fr", "es"} {
			resp, body := get(t, c, urls[i], "")
			if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/pdf" {
				t.Errorf("%s: %s %v", urls[i], resp.Status, resp.Header)
			}
			if strings.Contains(urls[i], "docman") && !strings.Contains(resp.Header.Get("Content-Disposition"), session) {
				t.Errorf("%s: named %q", urls[i], resp.Header.Get("Content-Disposition"))
			}
			if err := checkPDF(body); err != nil {
				t.Errorf("%s: %v", urls[i], err)
			}
			if !bytes.Contains(body, []byte("/Lang ("+lang+")")) || !bytes.Contains(body, []byte(session)) {
				t.Errorf("%s: not session %s in %s", urls[i], session, lang)
			}
		}
	}
}

func download(gid string) string {
	return "http://gfmd2008.org/index.php?option=com_docman&task=doc_download&gid=" + gid + "&Itemid=26"
}

// TestReadingListPagesHaveWhatTheyShow asks for every style sheet, script, picture, font and film that a page or
// a style sheet of the web names.
func TestReadingListPagesHaveWhatTheyShow(t *testing.T) {
	w, err := ReadingList()
	if err != nil {
		t.Fatal(err)
	}
	showsAll(t, w, 25)
}

// showsAll holds that w answers every part that a page of it names, archives left out, and that there are as many.
func showsAll(t *testing.T, w *Web, atLeast int) {
	t.Helper()
	_, c := startWeb(t, w)
	wanted := map[string]string{}
	for authority, s := range w.sites {
		if s.host.archive != nil {
			continue
		}
		for target, p := range s.pages {
			base := "http://" + strings.TrimSuffix(authority, ":80") + target
			for _, part := range partsOf(t, base, p) {
				wanted[part] = base
			}
		}
	}
	if len(wanted) < atLeast {
		t.Errorf("only %d parts are named", len(wanted))
	}
	for _, address := range slices.Sorted(maps.Keys(wanted)) {
		if resp, _ := get(t, c, address, ""); resp.StatusCode != 200 {
			t.Errorf("%s, named by %s: %s", address, wanted[address], resp.Status)
		}
	}
}

var partNames = regexp.MustCompile(`(?:src|poster)="([^"]+)"|<link[^>]* rel="(?:stylesheet|icon|shortcut icon)"[^>]* href="([^"]+)"|` +
	`<link href="([^"]+)" rel="stylesheet"|url\(["']?([^"')]+)|@import "([^"]+)"|srcset="(\S+) [^,]+, (\S+) `)

// partsOf are the addresses of the style sheets, scripts, pictures, fonts and films that p names.
func partsOf(t *testing.T, base string, p *page) []string {
	t.Helper()
	media := p.header.Get("Content-Type")
	if p.header.Get("Content-Encoding") != "" && media == "" || !strings.HasPrefix(media, "text/html") && media != "text/css" {
		return nil
	}
	body, err := (&capture{page: p, header: p.header}).decoded()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range partNames.FindAllStringSubmatch(string(body), -1) {
		for _, ref := range m[1:] {
			if ref != "" {
				out = append(out, mustURL(base).ResolveReference(mustURL(ref)).String())
			}
		}
	}
	return out
}

// TestBundledTextsAreWellFormed finds slips of the pen: text before the first file, bytes that are no UTF-8,
// directives below a head's end, and a part that nothing includes.
func TestBundledTextsAreWellFormed(t *testing.T) {
	names, err := fs.Glob(bundled, "*/*.txtar")
	if err != nil || len(names) != 9 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := bundled.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		archive := txtar.Parse(text)
		if !utf8.Valid(text) || len(archive.Comment) == 0 || len(archive.Files) < 10 {
			t.Errorf("%s: %d files, comment %q", name, len(archive.Files), archive.Comment)
		}
		for _, f := range archive.Files {
			if part, ok := strings.CutPrefix(f.Name, "#"); ok && !bytes.Contains(text, []byte(`virtual="`+part+`"`)) {
				t.Errorf("%s: no file includes %s", name, f.Name)
			}
			if m := regexp.MustCompile(`(?m)^@(pdf|image|woff|mp4|like|was|coding|charset|bare|unplayable|revisit)\b`).FindIndex(f.Data); m != nil && !bytes.HasPrefix(f.Data, []byte("HTTP ")) {
				t.Errorf("%s: %s has a directive but no head", name, f.Name)
			}
		}
	}
}

func TestBundledWebsAreTheSameEachTime(t *testing.T) {
	for name, load := range map[string]func() (*Web, error){"demo": Demo, "reading list": ReadingList} {
		one, err := load()
		if err != nil {
			t.Fatal(err)
		}
		two, err := load()
		if err != nil {
			t.Fatal(err)
		}
		if total := sameBodies(t, one, two); total > 4<<20 {
			t.Errorf("the %s holds %d bytes", name, total)
		}
	}
}

// sameBodies compares all bodies of two webs, and returns the length of them all.
func sameBodies(t *testing.T, one, two *Web) int64 {
	t.Helper()
	total := int64(0)
	for authority, s := range one.sites {
		for target, p := range s.pages {
			var a, b bytes.Buffer
			if err := p.body.write(&a); err != nil {
				t.Fatal(err)
			}
			if err := two.sites[authority].pages[target].body.write(&b); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Errorf("%s%s differs", authority, target)
			}
			total += p.body.size
		}
	}
	return total
}
