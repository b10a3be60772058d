package pipeline

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/fs"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/netguard"
)

const (
	benchHosts  = 32
	benchFlight = 32
)

// benchSite is a web of 50 KB pages, each with its own text, that answers after a latency.
func benchSite(b *testing.B, latency time.Duration) *httptest.Server {
	b.Helper()
	body := strings.Repeat("<p>Ships come and go, and some of them stay for the winter in the harbour of the town.</p>\n", 550)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if latency > 0 {
			time.Sleep(latency) // the latency of the site is what is measured
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<!doctype html><html lang=en><title>%s%s</title>%s", r.Host, r.URL.Path, body) //nolint:gosec // a test site
	}))
	b.Cleanup(srv.Close)
	return srv
}

// benchHouse is a whole Ibid, everything on but page requisites, that stores into store; nil: on disk.
func benchHouse(b *testing.B, site string, store blob.Store) *Pipeline {
	b.Helper()
	return benchHouseAt(b, site, store, catalogtest.Engine{}.New(b))
}

// benchHouseAt has its catalogue at dsn.
func benchHouseAt(b *testing.B, site string, store blob.Store, dsn string) *Pipeline {
	b.Helper()
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	dir := b.TempDir()
	if store == nil {
		onDisk, err := fs.New(dir)
		check(err)
		store = onDisk
	}
	cat, err := catalog.Open(b.Context(), dsn, catalog.Options{})
	check(err)
	b.Cleanup(func() { check(cat.Close()) })
	log := slog.New(slog.DiscardHandler)
	arch, err := archive.New(archive.Options{Store: store, SpoolDir: filepath.Join(dir, "spool"), Index: cat, Now: time.Now, Log: log})
	check(err)
	dialer, err := netguard.New(netguard.Options{Allow: []string{site}, ConnectTo: []string{"*:*:" + site}})
	check(err)
	cr, err := crawler.New(crawler.Options{
		Dial: dialer.DialContext, SpoolDir: dir, Concurrency: benchFlight,
		Describe: Describer(nil, nil),
	})
	check(err)
	b.Cleanup(func() { check(cr.Close()) })
	p, err := New(b.Context(), Options{
		Archive: arch, Catalog: cat, Crawler: cr, Workers: benchFlight, CommitEvery: time.Second, Log: log, Now: time.Now,
	})
	check(err)
	return p
}

func benchURIs(n int) []string {
	uris := make([]string, n)
	for i := range uris {
		uris[i] = fmt.Sprintf("http://h%02d.example/%d", i%benchHosts, i)
	}
	return uris
}

// BenchmarkSources is the main job from a list of addresses to the last commit: with fsync, catalogue, queue and
// metadata. The raw client beside it fetches the same and throws it away; only their ratio says something.
func BenchmarkSources(b *testing.B) {
	for _, latency := range []time.Duration{0, 100 * time.Millisecond} {
		b.Run(fmt.Sprint("ibid/", latency), func(b *testing.B) {
			benchSources(b, benchHouse(b, benchSite(b, latency).Listener.Addr().String(), nil))
		})
		b.Run(fmt.Sprint("raw/", latency), func(b *testing.B) { benchRaw(b, benchSite(b, latency)) })
	}
}

func benchSources(b *testing.B, p *Pipeline) {
	b.Helper()
	uris := benchURIs(max(b.N, benchHosts))
	b.ResetTimer()
	err := p.During(b.Context(), func(ctx context.Context) error {
		_, err := p.Sources(ctx, "default", uris, Watch{})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(uris))/b.Elapsed().Seconds(), "sources/s")
}

func benchRaw(b *testing.B, srv *httptest.Server) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{
		DisableCompression: true, MaxIdleConnsPerHost: 2,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, srv.Listener.Addr().String())
		},
	}}
	defer client.CloseIdleConnections()
	uris := make(chan string)
	var fetchers sync.WaitGroup
	b.ResetTimer()
	for range benchFlight {
		fetchers.Go(func() {
			for u := range uris {
				resp, err := client.Get(u) //nolint:noctx // the yardstick
				if err != nil {
					b.Error(err)
					continue
				}
				_, err = io.Copy(io.Discard, resp.Body)
				if err := resp.Body.Close(); err != nil {
					b.Error(err)
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	all := benchURIs(max(b.N, benchHosts))
	for _, u := range all {
		uris <- u
	}
	close(uris)
	fetchers.Wait()
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "sources/s")
}
