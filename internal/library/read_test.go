package library

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what is expected of the listings anew")

// TestRead reads the listings of testdata/read: each file is a page with what it offers, one entry a line.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no listings", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			parts, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSpace(strings.Split(string(parts.Comment), "\n")[0])
			got := render(Read(parsed(t, string(parts.Files[0].Data)), base))
			if want := string(parts.Files[1].Data); got != want {
				if *update {
					parts.Files[1].Data = []byte(got)
					if err := os.WriteFile(file, txtar.Format(parts), 0o600); err != nil {
						t.Fatal(err)
					}
					return
				}
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

var claimNames = [...]string{"", "by place", "by address", "by name", "said", "found"}

// render writes a Listing in lines: row, title, label, languages, address.
func render(l Listing) string {
	var b strings.Builder
	for _, e := range l.Entries {
		fmt.Fprintf(&b, "%d %s", e.Row, e.Title)
		for _, s := range []string{labelText(e.Label), e.Kind, strings.TrimSpace(strings.Join(e.Languages, " ") + " " + claimNames[e.Claim])} {
			b.WriteString(" | " + s)
		}
		if e.Size > 0 {
			fmt.Fprintf(&b, " | %d bytes", e.Size)
		}
		b.WriteString(" | " + e.URI + "\n")
		if e.Details != "" {
			b.WriteString("  details " + e.Details + "\n")
		}
	}
	for _, m := range l.More {
		b.WriteString("more " + m + "\n")
	}
	for _, m := range l.Libraries {
		fmt.Fprintf(&b, "library %d %s\n", m.Weight, m.URI)
	}
	return strings.ReplaceAll(b.String(), " |  |", " | |")
}

func parsed(t testing.TB, page string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
