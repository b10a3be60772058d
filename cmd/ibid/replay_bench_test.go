package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/server"
)

var rangeSize = flag.Int64("range", 256<<20, "the size of the file of BenchmarkRange, in bytes: 2147483648 is what is promised")

const (
	benchPages = 200
	// benchReaders read at once.
	benchReaders = 16
	// maxGrowth is how much more memory may be in use while a large file is sent, in bytes.
	maxGrowth = 32 << 20
)

// benchArchive is an archive that is served, from the two origins.
type benchArchive struct{ app, replay string }

// startBench archives what answer says at these paths, and serves it.
func startBench(b *testing.B, answer http.HandlerFunc, paths []string) (a benchArchive, uris []string) {
	b.Helper()
	site := httptest.NewServer(answer)
	defer site.Close()
	dir, address := b.TempDir(), strings.TrimPrefix(site.URL, "http://")
	for _, path := range paths {
		uris = append(uris, "http://www.source.example"+path)
	}
	seeds := filepath.Join(dir, "seeds.txt")
	if err := os.WriteFile(seeds, []byte(strings.Join(uris, "\n")), 0o600); err != nil {
		b.Fatal(err)
	}
	env := []string{"IBID_NETWORK_ALLOW=" + address, "IBID_NETWORK_CONNECT_TO=www.source.example:80:" + address, "IBID_CRAWL_PER_HOST_DELAY=0s", noRescue + "=false"}
	c := configs.Default()
	c.Store = filepath.Join(dir, "store")
	c.Server.Listen, c.Server.ReplayListen = "127.0.0.1:0", "127.0.0.1:0"
	if out, errs, code := runWith(b, env, nil, "--store", c.Store, "archive", "--seeds", seeds); code != ibid.ExitOK {
		b.Fatalf("it ends with %d: %s%s", code, out, errs)
	}
	ctx, cancel := context.WithCancel(b.Context())
	p := &program{stdout: io.Discard, stderr: io.Discard, flags: new(globals), log: slog.New(slog.DiscardHandler), now: time.Now}
	h, err := p.open(ctx, c, toRead)
	if err != nil {
		b.Fatal(err)
	}
	l, err := h.listen(ctx)
	if err != nil {
		b.Fatal(err)
	}
	shown, err := p.replayed(h, l)
	if err != nil {
		b.Fatal(err)
	}
	o := reading(h, p)
	o.Protocols = shown.Protocols
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(ctx, l.app, server.New(o), p.log) })
	served.Go(func() { _ = server.Serve(ctx, l.replay, unnamed(p.gate(h), shown.Replay()), p.log) })
	b.Cleanup(func() {
		cancel()
		served.Wait()
		if err := h.close(); err != nil {
			b.Error(err)
		}
	})
	return benchArchive{"http://" + l.app.Addr().String(), "http://" + l.replay.Addr().String()}, uris
}

// BenchmarkReplay is what pywb was measured by: captures as they were sent, pages of 60 KB that are rewritten, and questions to the
// CDX API, over HTTP, by 16 readers at once. Those, in the same process, cost as much again as the answers that are not rewritten.
func BenchmarkReplay(b *testing.B) {
	var paths []string
	for i := range benchPages {
		paths = append(paths, "/page/"+strconv.Itoa(i))
	}
	a, uris := startBench(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><title>%s</title>", filepath.Base(r.URL.Path)) //nolint:gosec // a test site
		for i := range 200 {
			fmt.Fprintf(w, `<div class="item"><h2><a href="/node/%d?page=%d&amp;lang=en">Session %d</a></h2><p style="background: url('/p%d.gif')">The second meeting took place in Bangkok, and what was said there is kept &ndash; in English, French and Spanish. %s</p></div>`+"\n", i, i, i, i, strings.Repeat("x", 90))
		}
	}, paths)
	at := "/web/" + time.Now().UTC().Format("20060102150405")
	for name, address := range map[string]func(uri string) string{
		"id":        func(uri string) string { return a.replay + at + "id_/" + uri },
		"rewritten": func(uri string) string { return a.replay + at + "/" + uri },
		"cdx":       func(uri string) string { return a.app + "/cdx?url=" + uri },
		"timegate":  func(uri string) string { return a.app + "/timegate/" + uri },
	} {
		b.Run(name, func(b *testing.B) {
			var all []string
			for _, uri := range uris {
				all = append(all, address(uri))
			}
			load(b, all)
		})
	}
}

// load asks for all of them, again and again.
func load(b *testing.B, all []string) {
	b.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: benchReaders}
	defer transport.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	var next atomic.Int64
	b.SetParallelism(benchReaders / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var own []time.Duration
		for pb.Next() {
			began := time.Now()
			if err := ask(b.Context(), transport, all[int(next.Add(1))%len(all)], ""); err != nil {
				b.Error(err)
				return
			}
			own = append(own, time.Since(began))
		}
		mu.Lock()
		defer mu.Unlock()
		took = append(took, own...)
	})
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "answers/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

var errAnswer = errors.New("another answer was wanted")

// ask reads an answer to its end; a redirect is one.
func ask(ctx context.Context, from http.RoundTripper, address, part string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if part != "" {
		r.Header.Set("Range", part)
	}
	res, err := from.RoundTrip(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	if res.StatusCode >= 400 || part != "" && res.StatusCode != http.StatusPartialContent {
		err = fmt.Errorf("%w: %s of %s", errAnswer, res.Status, address)
	}
	return errors.Join(err, res.Body.Close())
}

// BenchmarkRange sends the second half of a large file. Memory does not grow with it.
func BenchmarkRange(b *testing.B) {
	block := make([]byte, 1<<20)
	for i, x := 0, uint32(1); i < len(block); i++ {
		x = x*1664525 + 1013904223 // as good as random: it does not get smaller
		block[i] = byte(x >> 24)
	}
	a, uris := startBench(b, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/large.zip" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Length", strconv.FormatInt(*rangeSize, 10))
		for sent := int64(0); sent < *rangeSize; sent += int64(len(block)) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}, []string{"/large.zip"})
	half := *rangeSize / 2
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	peak, done := watchMemory(b)
	b.SetBytes(*rangeSize - half)
	for b.Loop() {
		if err := ask(b.Context(), transport, a.replay+"/web/"+time.Now().UTC().Format("20060102150405")+"id_/"+uris[0], fmt.Sprintf("bytes=%d-", half)); err != nil {
			b.Fatal(err)
		}
	}
	done()
	growth := int64(*peak) - int64(before.HeapInuse) //nolint:gosec // far from the bounds
	b.ReportMetric(float64(growth)/(1<<20), "growth-MiB")
	if growth > maxGrowth {
		b.Errorf("the memory in use grew by %d MiB", growth>>20)
	}
}

// watchMemory finds out the most memory that is in use until done is called.
func watchMemory(b *testing.B) (peak *uint64, done func()) {
	b.Helper()
	peak = new(uint64)
	ctx, cancel := context.WithCancel(b.Context())
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			*peak = max(*peak, now.HeapInuse)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
	return peak, func() {
		cancel()
		watching.Wait()
	}
}
