package metadata

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
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
var thresholds = map[string]float64{"title": 95, "language": 98, "authors": 92, "published": 92, "publisher": 90}

// goldPage is one entry of gold.json. Its values come from several projects, so each field has several names.
type goldPage struct {
	URL       string         `json:"url"`
	Canonical string         `json:"canonical"`
	Expected  map[string]any `json:"expected"`
	Hand      map[string]any `json:"hand"`
}

// want returns the first of those fields, hand before expected, whether it is by hand, and whether there
// is a value.
func (g *goldPage) want(names ...string) (v any, hand, ok bool) {
	for i, from := range []map[string]any{g.Hand, g.Expected} {
		for _, name := range names {
			if v, ok := from[name]; ok && v != nil && v != "" {
				return v, i == 0, true
			}
		}
	}
	return nil, false, false
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

// tally counts for one field the pages with gold, those where we say exactly the same, and those that are
// right: the same but for what is known to be no fault.
type tally struct{ gold, same, right int }

// scores is the table of all fields, with the pages that are not exactly the same.
type scores struct {
	fields map[string]*tally
	misses []string
}

func (s *scores) count(field, page string, got, want any, same, right bool) {
	n := s.fields[field]
	if n == nil {
		n = &tally{}
		s.fields[field] = n
	}
	n.gold++
	verdict := "wrong"
	switch {
	case same:
		n.same++
		n.right++
		return
	case right:
		n.right++
		verdict = "near"
	}
	s.misses = append(s.misses, fmt.Sprintf("%-9s  %-5s  %s\n  got   %q\n  gold  %q", field, verdict, page, got, want))
}

// TestScore measures the descriptions of a folder of real pages against what people say of them.
func TestScore(t *testing.T) {
	if *corpus == "" {
		t.Skip("no folder of real pages given: go test ./internal/metadata -run TestScore -corpus FOLDER")
	}
	folder := *corpus
	if _, err := os.Stat(filepath.Join(folder, "metadata", "gold.json")); err == nil {
		folder = filepath.Join(folder, "metadata") // the folder of all corpora was given
	}
	raw, err := os.ReadFile(filepath.Join(folder, "gold.json"))
	if err != nil {
		t.Fatal(err)
	}
	var gold map[string]*goldPage
	if err := json.Unmarshal(raw, &gold); err != nil {
		t.Fatal(err)
	}
	table := &scores{fields: map[string]*tally{}}
	for _, name := range slices.Sorted(maps.Keys(gold)) {
		page, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		table.page(name, gold[name], describe(t, page, gold[name].address()))
	}
	table.print(t)
}

// print shows the table and the misses, and fails what is below its threshold.
func (s *scores) print(t *testing.T) {
	t.Helper()
	fmt.Printf("%-10s %6s %6s %6s %7s %5s\n", "field", "gold", "same", "right", "percent", "goal")
	for _, field := range []string{"title", "language", "authors", "published", "publisher"} {
		n := s.fields[field]
		if n == nil {
			t.Errorf("no page has gold for %s", field)
			continue
		}
		share := 100 * float64(n.right) / float64(n.gold)
		fmt.Printf("%-10s %6d %6d %6d %6.1f%% %4.0f%%\n", field, n.gold, n.same, n.right, share, thresholds[field])
		if share < thresholds[field] {
			t.Errorf("%s: %.1f %% right, want %.0f %%", field, share, thresholds[field])
		}
	}
	fmt.Printf("\nNot the same as the gold:\n%s\n", strings.Join(s.misses, "\n"))
}

// describe parses a page as the crawler does and describes it.
func describe(t testing.TB, page []byte, uri string) *ibid.Description {
	t.Helper()
	return FromHTML(parsed(t, string(decoded(t, page))), uri, nil, noon)
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

// page scores one page. A title by hand must be met to the letter. One that another tool has printed may
// end in the name of the site, which hand titles show to be no part of it; and a publisher's name may be
// longer or shorter by a legal form.
func (s *scores) page(name string, g *goldPage, got *ibid.Description) {
	if v, hand, ok := g.want("title"); ok {
		want := strings.Join(strings.Fields(fmt.Sprint(v)), " ")
		s.count("title", name, got.Title, want, got.Title == want, !hand && butForSite(got.Title, want))
	}
	if want, _, ok := g.want("language", "lang"); ok {
		same := got.Language != "" && base(got.Language) == base(bcp47(fmt.Sprint(want)))
		s.count("language", name, got.Language, want, same, same)
	}
	if want, _, ok := g.want("authors", "author", "byline"); ok {
		same := sameAuthors(got.Authors, want)
		s.count("authors", name, got.Authors, want, same, same)
	}
	if want, _, ok := g.want("date", "date_raw", "publishedTime"); ok {
		same := sameDay(got.Published, fmt.Sprint(want))
		s.count("published", name, got.Published, want, same, same)
	}
	if want, _, ok := g.want("publisher", "siteName"); ok {
		a, b := squash(got.Publisher), squash(fmt.Sprint(want))
		s.count("publisher", name, got.Publisher, want, got.Publisher == want, a != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)))
	}
}

// butForSite says whether want is got, a separator and a name.
func butForSite(got, want string) bool {
	return got != "" && slices.ContainsFunc(cuts(want), func(c cutting) bool { return c.before == got })
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
