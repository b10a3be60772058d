package pipeline

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	disk "github.com/ibid-archive/ibid/archive/blob/fs"
)

// BenchmarkAgain crawls 3,000 sources twice, of which none has changed. The second time must write less than 2 % of the
// WARC files of the first one. All that is in the store, with the indexes, is told beside it; each segment costs more
// than its records, so that a machine which is too busy to fill them pays some tenths.
func BenchmarkAgain(b *testing.B) {
	const sources = 3000
	srv := httptest.NewServer(http.HandlerFunc(serveCited))
	defer srv.Close()
	var warcs, all float64
	for b.Loop() {
		dir := b.TempDir()
		store, err := disk.New(dir)
		if err != nil {
			b.Fatal(err)
		}
		p := benchHouse(b, srv.Listener.Addr().String(), store)
		p.o.FullEvery, p.o.CommitEvery = time.Hour, 2*time.Second
		var before, after [2]int64
		err = p.During(b.Context(), func(ctx context.Context) error {
			for _, written := range []*[2]int64{&before, &after} {
				if _, err := p.Sources(ctx, "default", benchURIs(sources), Watch{}); err != nil {
					return err
				}
				if err := sizeOf(filepath.Join(dir, "warc"), written); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		warcs += 100 * float64(after[0]-before[0]) / float64(before[0])
		all += 100 * float64(after[1]-before[1]) / float64(before[1])
		b.Logf("first %d bytes in WARC, %d in all; again %d, %d", before[0], before[1], after[0]-before[0], after[1]-before[1])
	}
	warcs, all = warcs/float64(b.N), all/float64(b.N)
	b.ReportMetric(warcs, "%-of-WARC-bytes")
	b.ReportMetric(all, "%-of-all-bytes")
	if warcs >= 2 {
		b.Errorf("crawled again it writes %.2f %% of the WARC files, want less than 2 %%", warcs)
	}
}

// sizeOf counts the bytes of WARC files, and of all.
func sizeOf(dir string, n *[2]int64) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".warc.gz") {
			n[0] += info.Size()
		}
		n[1] += info.Size()
		return nil
	})
}

// serveCited is a web that citations may lead to: of 100 sources 74 are pages of 30 to 80 KB, which compress to a fifth, 5
// PDFs of 100 KB to 5 MB, 8 redirects, 5 are gone, 2 say so with a status of 200, 4 have the same bytes as others, and 2
// are images. What is there has validators.
func serveCited(w http.ResponseWriter, r *http.Request) {
	var n int
	if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err != nil {
		http.NotFound(w, r)
		return
	}
	random := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // no secret
	switch kind := n * 37 % 100; {
	case strings.HasSuffix(r.URL.Path, "/end"), kind < 74:
		answer(w, r, "text/html; charset=utf-8", func() []byte { return []byte(citedPage(random, 30_000+random.IntN(50_000))) })
	case kind < 79:
		answer(w, r, "application/pdf", func() []byte { return noise(random, int(100_000*math.Pow(50, random.Float64()))) })
	case kind < 87:
		http.Redirect(w, r, fmt.Sprintf("/%d/end", n), http.StatusMovedPermanently)
	case kind < 92:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, citedPage(random, 2000))
	case kind < 94:
		answer(w, r, "text/html", func() []byte { return []byte("<title>Page not found</title>" + citedPage(random, 3000)) })
	case kind < 98:
		answer(w, r, "text/html", func() []byte { return []byte(citedPage(rand.New(rand.NewPCG(1, 1)), 50_000)) }) //nolint:gosec // no secret
	default:
		answer(w, r, "image/jpeg", func() []byte { return noise(random, 20_000+random.IntN(200_000)) })
	}
}

// answer sends body, or says that it has not changed.
func answer(w http.ResponseWriter, r *http.Request, mediaType string, body func() []byte) {
	h := w.Header()
	etag := fmt.Sprintf(`"%x-%s"`, 0x5f3a9c1be2*len(r.URL.Path), strings.Trim(strings.ReplaceAll(r.URL.Path, "/", "-"), "-"))
	h.Set("ETag", etag)
	h.Set("Last-Modified", "Sun, 01 Mar 2026 11:00:00 GMT")
	h.Set("Server", "Apache/2.4.62 (Debian)")
	h.Set("Cache-Control", "max-age=3600")
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", mediaType)
	_, _ = w.Write(body())
}

func citedPage(r *rand.Rand, size int) string {
	words := strings.Fields(citedWords)
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html lang=en><title>On %x</title>", r.Uint64())
	for b.Len() < size {
		b.WriteString(citedMarkup)
		for range 14 {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(' ')
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

const citedMarkup = `<div class="row"><div class="col-md-8 offset-md-2 article__body"><p class="article__paragraph body-text">` +
	`<span class="article__marker" aria-hidden="true" data-track="scroll-depth" data-component="paragraph"></span>`

const citedWords = `the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you
	were all her she there would their we him been has when who will no more if out so up said what its about than into them
	can only other time new some could these two may first then do any like my now over such our man me even most made
	after also did many off before must well back through years where much your way down should because long each just
	state those people too mister how little good world make very year still see own work men day get here between both
	harbour migration report table figure ministry survey household remittance corridor border policy appendix annex`

func noise(r *rand.Rand, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}
