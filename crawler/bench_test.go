package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// nullSink reads nothing: what is measured is the crawl alone.
type nullSink struct{}

func (nullSink) Held(context.Context, *ibid.Seed, string, ibid.Role) *ibid.Capture { return nil }

func (nullSink) Write(_ context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	return ibid.Capture{URI: x.URI, Digest: x.PayloadDigest, Status: x.Status}, nil
}

// sites are loopback hosts that answer each request with a page of 50 KB after a latency.
func sites(b *testing.B, hosts int, latency time.Duration) []*rawServer {
	b.Helper()
	page := "<html><head><title>t</title></head><body>" + strings.Repeat(`<p>Some <b>text</b> with a <a href="/l">link</a> and more words to it.</p>`, 700) + "</body></html>"
	answer := okText("text/html; charset=utf-8", page)
	list := make([]*rawServer, hosts)
	for i := range list {
		list[i] = serve(b, nil, map[string]script{"*": func(c net.Conn, _ <-chan struct{}) bool {
			if latency > 0 {
				time.Sleep(latency)
			}
			_, err := io.WriteString(c, answer)
			return err == nil
		}})
	}
	return list
}

func BenchmarkCapture(b *testing.B) {
	for _, latency := range []time.Duration{0, 100 * time.Millisecond} {
		b.Run(fmt.Sprintf("latency=%s", latency), func(b *testing.B) {
			const inFlight, perHost = 32, 2
			hosts := sites(b, inFlight/perHost, latency)
			c := newCrawler(b, Options{Concurrency: inFlight, PerHost: PerHost{Parallelism: perHost}}, hosts...)
			var failed atomic.Int64
			b.ResetTimer()
			var jobs sync.WaitGroup
			for i, s := range hosts {
				jobs.Go(func() {
					for n := i; n < b.N; n += len(hosts) * 50 {
						job := &ibid.Job{}
						for k := n; k < min(b.N, n+len(hosts)*50); k += len(hosts) {
							job.Seeds = append(job.Seeds, ibid.Seed{URI: s.url(fmt.Sprint("/", k))})
						}
						err := c.Crawl(b.Context(), job, nullSink{}, func(_ context.Context, v *ibid.Visit) error {
							if v.Verdict != ibid.Archived {
								failed.Add(1)
							}
							return nil
						})
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			jobs.Wait()
			if failed.Load() > 0 {
				b.Errorf("%d were not archived", failed.Load())
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "captures/s")
		})
	}
}

// BenchmarkRawClient is the yardstick: net/http, the bytes thrown away.
func BenchmarkRawClient(b *testing.B) {
	for _, latency := range []time.Duration{0, 100 * time.Millisecond} {
		b.Run(fmt.Sprintf("latency=%s", latency), func(b *testing.B) {
			const inFlight, perHost = 32, 2
			hosts := sites(b, inFlight/perHost, latency)
			transport := &http.Transport{MaxIdleConnsPerHost: perHost, DisableCompression: true}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			b.ResetTimer()
			var workers sync.WaitGroup
			for w := range inFlight {
				workers.Go(func() {
					for n := w; n < b.N; n += inFlight {
						if err := getAndDrop(client, hosts[n%len(hosts)].url("/x")); err != nil {
							b.Error(err)
						}
					}
				})
			}
			workers.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "captures/s")
		})
	}
}

func getAndDrop(client *http.Client, uri string) error {
	resp, err := client.Get(uri)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}
