package metadata

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"

	"github.com/ibid-archive/ibid"
)

var corpus = flag.String("corpus", "", "folder with gold.json and the HTML pages that it speaks of, for TestScore")

// thresholds are the shares, in percent, below which TestScore fails.
var thresholds = map[string]float64{"title": 95, "language": 95, "authors": 85, "published": 85, "publisher": 85}

// goldPage is one entry of gold.json. Its values come from several projects, so each field has several names.
type goldPage struct {
	URL       string         `json:"url"`
	Canonical string         `json:"canonical"`
	Expected  map[string]any `json:"expected"`
	Hand      map[string]any `json:"hand"`
}

// want returns the first of those fields, hand before expected, and whether there is a value.
func (g *goldPage) want(names ...string) (any, bool) {
	for _, from := range []map[string]any{g.Hand, g.Expected} {
		for _, name := range names {
			if v, ok := from[name]; ok && v != nil && v != "" {
				return v, true
			}
		}
	}
	return nil, false
}

func (g *goldPage) address() string {
	if g.URL != "" {
		return g.URL
	}
	if s, ok := g.Expected["url"].(string); ok {
		return s
	}
	return g.Canonical
}

// TestScore measures the descriptions of a folder of real pages against what people say of them.
func TestScore(t *testing.T) {
	if *corpus == "" {
		t.Skip("no folder of real pages given: go test ./internal/metadata -run TestScore -corpus FOLDER")
	}
	raw, err := os.ReadFile(filepath.Join(*corpus, "gold.json"))
	if err != nil {
		t.Fatal(err)
	}
	var gold map[string]*goldPage
	if err := json.Unmarshal(raw, &gold); err != nil {
		t.Fatal(err)
	}
	table := map[string]*[2]int{}
	names := make([]string, 0, len(gold))
	for name := range gold {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		page, err := os.ReadFile(filepath.Join(*corpus, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		scorePage(t, table, name, gold[name], describe(t, page, gold[name].address()))
	}
	fmt.Printf("%-10s %6s %6s %7s %5s\n", "field", "gold", "right", "percent", "goal")
	for _, field := range []string{"title", "language", "authors", "published", "publisher"} {
		n := table[field]
		if n == nil {
			t.Errorf("no page has gold for %s", field)
			continue
		}
		share := 100 * float64(n[1]) / float64(n[0])
		fmt.Printf("%-10s %6d %6d %6.1f%% %4.0f%%\n", field, n[0], n[1], share, thresholds[field])
		if share < thresholds[field] {
			t.Errorf("%s: %.1f %% right, want %.0f %%", field, share, thresholds[field])
		}
	}
}

// describe parses a page as the crawler does and describes it.
func describe(t testing.TB, page []byte, uri string) *ibid.Description {
	t.Helper()
	return FromHTML(parsed(t, string(decoded(t, page))), uri, nil)
}

// decode turns a page that is not UTF-8 into it.
func decode(t testing.TB, page []byte) []byte {
	t.Helper()
	encoding, _, _ := charset.DetermineEncoding(page, "text/html")
	out, err := encoding.NewDecoder().Bytes(page)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func scorePage(t *testing.T, table map[string]*[2]int, name string, g *goldPage, got *ibid.Description) {
	t.Helper()
	count := func(field string, want any, got any, right bool) {
		if table[field] == nil {
			table[field] = &[2]int{}
		}
		table[field][0]++
		if right {
			table[field][1]++
			return
		}
		t.Logf("%s: %s\n   got  %q\n   want %q", name, field, got, want)
	}
	if want, ok := g.want("title"); ok {
		count("title", want, got.Title, sameTitle(got.Title, fmt.Sprint(want)))
	}
	if want, ok := g.want("language", "lang"); ok {
		count("language", want, got.Language, got.Language != "" && base(got.Language) == base(bcp47(fmt.Sprint(want))))
	}
	if want, ok := g.want("authors", "author", "byline"); ok {
		count("authors", want, got.Authors, sameAuthors(got.Authors, want))
	}
	if want, ok := g.want("date", "date_raw", "publishedTime"); ok {
		count("published", want, got.Published, sameDay(got.Published, fmt.Sprint(want)))
	}
	if want, ok := g.want("publisher", "siteName"); ok {
		a, b := squash(got.Publisher), squash(fmt.Sprint(want))
		count("publisher", want, got.Publisher, a == b || a != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)))
	}
}

// sameTitle says whether two titles are the same but for case, punctuation and the site's name after
// a separator: part of the gold keeps that name.
func sameTitle(got, want string) bool {
	if squash(got) == squash(want) {
		return true
	}
	if got == "" {
		return false
	}
	for _, cut := range cuts(want) {
		if squash(cut.before) == squash(got) {
			return true
		}
	}
	return false
}

func sameAuthors(got []string, want any) bool {
	var wanted []string
	switch w := want.(type) {
	case string:
		wanted = splitNames(w, manyNames)
	case []any:
		for _, name := range w {
			wanted = append(wanted, fmt.Sprint(name))
		}
	}
	keys := func(list []string) []string {
		var out []string
		for _, name := range list {
			out = append(out, nameKey(name))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(keys(got), keys(wanted))
}

// sameDay says whether two dates are the same as far as the gold goes, by the day in their own offset
// or in UTC.
func sameDay(got ibid.Date, want string) bool {
	wanted := parseDate(want, orderUnknown)
	n := min(len(wanted), len("2006-01-02"))
	if n == 0 || len(got) < n {
		return false
	}
	if got[:n] == wanted[:n] {
		return true
	}
	a, okA := got.Time()
	b, okB := wanted.Time()
	return okA && okB && len(got) > 10 && len(wanted) > 10 && a.Format("2006-01-02") == b.Format("2006-01-02")
}
