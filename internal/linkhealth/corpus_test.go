package linkhealth

import (
	"flag"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/ibid-archive/ibid"
)

var corpus = flag.String("corpus", "", "folder of HTML pages, all of them alive, for TestRealPagesAreLive")

// TestRealPagesAreLive reads a folder of real pages, none of which is dead, and says what reading them costs beside their
// parse.
func TestRealPagesAreLive(t *testing.T) {
	if *corpus == "" {
		t.Skip("no folder of real pages given: go test ./internal/linkhealth -run TestRealPages -corpus FOLDER")
	}
	folder := os.DirFS(*corpus)
	var parse, read time.Duration
	pages := 0
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(path.Ext(name), ".htm") {
			return err
		}
		raw, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		encoding, _, _ := charset.DetermineEncoding(raw, "text/html")
		body, err := encoding.NewDecoder().Bytes(raw)
		if err != nil {
			return err
		}
		pages++
		began := time.Now()
		p := pageOf(t, string(body))
		parse += time.Since(began)
		if own := Read(p).Canonical; own != "" {
			p.URI = own
		}
		began = time.Now()
		s := Read(p)
		read += time.Since(began)
		v := &ibid.Visit{Seed: p.URI, Verdict: ibid.Archived, Hops: []string{p.URI}, Final: &ibid.Capture{URI: p.URI, Status: http.StatusOK}}
		j := Judge(Look{Visit: v, Signs: s})
		if j.Health != ibid.HealthLive {
			t.Errorf("%s: %s, %v", name, j.Health, j.Evidence)
		}
		uri, probe := WantsProbe(Look{Visit: v, Signs: s}, "seed")
		t.Logf("%-70s %5d words  %s  %q %q  marks %v probe %v %s", name, s.Text.Words(), s.Language, s.Title, s.Heading, s.Marks, probe, uri)
		if d, ok := Compare(s, s); ok && d.Score != 0 {
			t.Errorf("%s drifts from itself: %v", name, d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages == 0 {
		t.Fatal("no pages in that folder")
	}
	t.Logf("%d pages: parsed in %v, read in %v, %.1f %%", pages, parse, read, 100*read.Seconds()/parse.Seconds())
}
