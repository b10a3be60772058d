package citation

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var corpus = flag.String("corpus", "", "score against the documents of this folder, which has a gold.json")

// Thresholds of the score over all formats that are read.
const (
	wantMust      = 0.99
	wantHard      = 0.8
	wantPrecision = 0.98
)

// goldDocument says what a document of the corpus cites.
type goldDocument struct {
	File    string   `json:"file"`
	Format  string   `json:"format"`
	Must    []string `json:"must"`     // to be reported
	Hard    []string `json:"hard"`     // right, but harder to find
	May     []string `json:"may"`      // neither right nor wrong
	MustNot []string `json:"must_not"` // wrong forms seen in practice
	DOIs    []string `json:"dois"`
}

// score counts addresses over documents.
type score struct {
	documents, must, mustFound, hard, hardFound, reported, wrong, forbidden, dois, doisFound int
}

func (s *score) add(o score) {
	s.documents += o.documents
	s.must, s.mustFound = s.must+o.must, s.mustFound+o.mustFound
	s.hard, s.hardFound = s.hard+o.hard, s.hardFound+o.hardFound
	s.reported, s.wrong, s.forbidden = s.reported+o.reported, s.wrong+o.wrong, s.forbidden+o.forbidden
	s.dois, s.doisFound = s.dois+o.dois, s.doisFound+o.doisFound
}

func (s *score) String() string {
	return fmt.Sprintf("%4d  %.3f of %5d  %.3f of %4d   %.3f  %9d  %.3f of %4d", s.documents,
		share(s.mustFound, s.must), s.must, share(s.hardFound, s.hard), s.hard,
		share(s.reported-s.wrong, s.reported), s.forbidden, share(s.doisFound, s.dois), s.dois)
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// TestScore scores what is read from the documents of a folder against its gold.json, and prints the table.
func TestScore(t *testing.T) {
	if *corpus == "" {
		t.Skip("no corpus: run it with -corpus FOLDER, which has a gold.json")
	}
	root, err := os.OpenRoot(*corpus)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	data, err := fs.ReadFile(root.FS(), "gold.json")
	if err != nil {
		t.Fatal(err)
	}
	var gold map[string]goldDocument
	if err := json.Unmarshal(data, &gold); err != nil {
		t.Fatal(err)
	}
	table, total := make(map[string]*score), &score{}
	for _, key := range slices.Sorted(maps.Keys(gold)) {
		g := gold[key]
		body, err := fs.ReadFile(root.FS(), g.File)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if table[g.Format] == nil {
			table[g.Format] = &score{}
		}
		s := scoreDocument(t, key, g, body)
		table[g.Format].add(s)
		total.add(s)
	}
	fmt.Println("format    docs  must             hard            precision  forbidden  dois")
	for _, format := range slices.Sorted(maps.Keys(table)) {
		fmt.Printf("%-9s %s\n", format, table[format])
	}
	fmt.Printf("%-9s %s\n", "all", total)
	if share(total.mustFound, total.must) < wantMust || share(total.hardFound, total.hard) < wantHard ||
		share(total.reported-total.wrong, total.reported) < wantPrecision || total.forbidden > 0 || total.documents == 0 {
		t.Errorf("below the thresholds: must %.2f, hard %.2f, precision %.2f, forbidden 0", wantMust, wantHard, wantPrecision)
	}
}

func scoreDocument(t *testing.T, key string, g goldDocument, body []byte) score {
	t.Helper()
	got := make(map[string]bool)
	result, err := Read(context.Background(), Source{Name: g.File, Body: body}, Options{PDF: readerOfPDFs()})
	if err != nil {
		t.Logf("%s: %v", key, err)
	} else {
		for _, ref := range result.References {
			got[normal(ref.URI)] = ref.URI != ""
		}
	}
	delete(got, normal(""))
	must, hard, may := normalSet(g.Must), normalSet(g.Hard), normalSet(g.May)
	dois, gotDOIs := make(map[string]bool), make(map[string]bool)
	for _, doi := range g.DOIs {
		dois[strings.ToLower(doi)] = true
	}
	s := score{documents: 1, must: len(must), hard: len(hard), reported: len(got), dois: len(dois)}
	for uri := range got {
		doi := normalDOI(uri)
		gotDOIs[doi] = true
		if !must[uri] && !hard[uri] && !may[uri] && !dois[doi] {
			s.wrong++
			t.Logf("%s: wrong %s", key, uri)
		}
	}
	s.mustFound, s.hardFound, s.doisFound = common(t, key, must, got), common(t, key, hard, got), common(t, key, dois, gotDOIs)
	for uri := range normalSet(g.MustNot) {
		if got[uri] && !must[uri] && !hard[uri] && !may[uri] {
			s.forbidden++
			t.Logf("%s: forbidden %s", key, uri)
		}
	}
	return s
}

// common counts those of want that are in got, and names the others.
func common(t *testing.T, key string, want, got map[string]bool) int {
	t.Helper()
	n := 0
	for uri := range want {
		if got[uri] {
			n++
		} else {
			t.Logf("%s: missing %s", key, uri)
		}
	}
	return n
}

func normalSet(uris []string) map[string]bool {
	set := make(map[string]bool)
	for _, uri := range uris {
		set[normal(uri)] = true
	}
	return set
}

// normal is an address with scheme and host in lower case, "/" for an empty path, and without its fragment.
func normal(uri string) string {
	uri, _, _ = strings.Cut(strings.TrimSpace(uri), "#")
	scheme, rest, found := strings.Cut(uri, "://")
	if !found {
		return uri
	}
	n := strings.IndexAny(rest, "/?")
	if n < 0 {
		return strings.ToLower(uri) + "/"
	}
	path := rest[n:]
	if path[0] == '?' {
		path = "/" + path
	}
	return strings.ToLower(scheme+"://"+rest[:n]) + path
}

var doiPattern = regexp.MustCompile(`10\.\d{4,9}/\S+`)

func normalDOI(uri string) string {
	if plain, err := url.PathUnescape(uri); err == nil {
		uri = plain
	}
	return strings.ToLower(strings.TrimRight(doiPattern.FindString(uri), ".,;)"))
}
