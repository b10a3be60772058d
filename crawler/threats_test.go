package crawler_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/netguard"
	"github.com/ibid-archive/ibid/internal/testsite"
)

const (
	// together is how many threats are met at once.
	together = 16
	// tries is Options.Tries: no address of a threat is asked for more often.
	tries = 3
	// wholeTable bounds the time that the table takes, and rowTime that of one row.
	wholeTable = slowdown * 25 * time.Second
	rowTime    = slowdown * 20 * time.Second
	// maxGrowth bounds what the resident memory grows by in bytes, the servers' part included. The race
	// detector takes several times as much for itself.
	maxGrowth = slowdown * 512 << 20
)

// TestThreats meets every hostile host of the table: each gets a clear verdict with its class, nothing reaches
// what is not public, and neither time, memory nor goroutines run away.
func TestThreats(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole table takes seconds")
	}
	before := goleak.IgnoreCurrent()
	resetPeak()
	resident := memory(t, "VmRSS:")
	began := time.Now()
	meetAll(t)
	took := time.Since(began)
	goleak.VerifyNone(t, before)
	growth := memory(t, "VmHWM:") - resident
	t.Logf("%.1f s, resident memory grew by %d MiB at most", took.Seconds(), growth>>20)
	if took > wholeTable {
		t.Errorf("it took %s", took)
	}
	if growth > maxGrowth {
		t.Errorf("resident memory grew by %d MiB", growth>>20)
	}
}

// meetAll runs a subtest for each row, as many at once as are allowed, and closes all that it opened.
func meetAll(t *testing.T) {
	s, err := testsite.Hostile()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	c := newThreatCrawler(t, s)
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	var g errgroup.Group
	g.SetLimit(together)
	for _, threat := range s.Threats() {
		g.Go(func() error {
			t.Run(threat.Name, func(t *testing.T) { meet(t, c, s, threat) })
			return nil
		})
	}
	_ = g.Wait() // Each subtest reports for itself.
	if n := s.Canary(); n != 0 {
		t.Errorf("the canary saw %d connections", n)
	}
}

func newThreatCrawler(t *testing.T, s *testsite.HostileServer) *crawler.Crawler {
	t.Helper()
	guard, err := netguard.New(netguard.Options{ConnectTo: s.ConnectTo(), Allow: s.Allow(), ConnectTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the CA file holds no certificate")
	}
	limits := testsite.HostileLimits()
	c, err := crawler.New(crawler.Options{
		UserAgent: "Mozilla/5.0 (compatible; ibid/1.0)", Dial: guard.DialContext, RootCAs: roots,
		Timeout: crawler.Timeout{
			Connect: 5 * time.Second, TLS: slowdown * 2 * time.Second, Header: slowdown * 2 * time.Second,
			Idle: slowdown * 1500 * time.Millisecond, Total: slowdown * 4 * time.Second,
		},
		MaxHeader: limits.Header, MaxBody: limits.Body, MaxDecoded: limits.Decoded, MaxRedirects: limits.Redirects,
		Tries: tries, SpoolDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.RetrySoon()
	return c
}

// meet looks at one threat with all that belongs to the page.
func meet(t *testing.T, c *crawler.Crawler, s *testsite.HostileServer, threat testsite.Threat) {
	ctx, cancel := context.WithTimeout(t.Context(), rowTime)
	defer cancel()
	scope := ibid.Scope{Requisites: true, Depth: threat.Depth, MaxPages: testsite.HostileLimits().Pages}
	work := &ibid.Job{ID: "job-" + threat.Name, Collection: ibid.DefaultCollection, Seeds: []ibid.Seed{{URI: threat.URL, Scope: scope}}}
	sink := &keeper{}
	var visits []*ibid.Visit
	err := c.Crawl(ctx, work, sink, func(_ context.Context, v *ibid.Visit) error {
		visits = append(visits, v)
		return nil
	})
	if err != nil || len(visits) != 1 {
		t.Fatalf("%d visits: %v", len(visits), err)
	}
	v := visits[0]
	t.Logf("%s %q, %d attempts, %.1f s", v.Verdict, v.Class, v.Attempts, v.Seconds)
	if !threat.Fits(string(v.Verdict), string(v.Class)) {
		t.Errorf("%s %q after %d attempts, want %s %q: %s\ntried %v", v.Verdict, v.Class, v.Attempts, threat.Want, threat.WantClass, threat.Note, v.Tried)
	}
	checkVisit(t, v, sink)
	checkAttempts(t, v, s, threat)
}

// checkVisit compares what a Visit says with what was stored.
func checkVisit(t *testing.T, v *ibid.Visit, sink *keeper) {
	t.Helper()
	kept := v.Verdict == ibid.Archived || v.Verdict == ibid.ArchivedNoted || v.Verdict == ibid.Truncated
	if kept != (v.Final != nil) {
		t.Errorf("%s with the final capture %v", v.Verdict, v.Final)
	}
	if (v.Class == "") != (v.Reason == "") {
		t.Errorf("class %q for the reason %q", v.Class, v.Reason)
	}
	final := false
	for _, x := range sink.all {
		if v.Final != nil && x.URI == v.Final.URI && x.PayloadDigest == v.Final.Digest {
			final = final || (x.Truncated != "") == (v.Verdict == ibid.Truncated)
		}
		if strings.Contains(x.URI+x.request, "pw-3141") {
			t.Errorf("a password is on record: %s", x.URI)
		}
	}
	if kept && !final {
		t.Errorf("%s, and what is stored does not say so", v.Verdict)
	}
	if v.Verdict == ibid.Failed && answered(v.Class) && !sink.has(ibid.RoleSource, ibid.RoleRedirect) {
		t.Errorf("failed with %s, and what was received is not kept", v.Class)
	}
}

// answered says whether a failure of the class is one with bytes of an answer, which are kept.
func answered(class ibid.Class) bool {
	return slices.Contains([]ibid.Class{
		ibid.ClassMalformedStatus, ibid.ClassMalformedHeader, ibid.ClassMalformedLength, ibid.ClassMalformedChunk,
		ibid.ClassHeaderTooLarge, ibid.ClassRedirectLoop, ibid.ClassRedirectLimit, ibid.ClassRedirectInvalid,
	}, class)
}

// checkAttempts compares the attempts on record with what the host counted.
func checkAttempts(t *testing.T, v *ibid.Visit, s *testsite.HostileServer, threat testsite.Threat) {
	t.Helper()
	if !slices.Contains([]string{"coding", "http", "flood", "slow", "changing"}, threat.Group) {
		return
	}
	if n := s.Requests(threat.Name, "/"); n != v.Attempts || n > tries {
		t.Errorf("%d attempts are on record, the host got %d requests", v.Attempts, n)
	}
	if n := s.Requests(threat.Name, "/robots.txt"); n != 1 {
		t.Errorf("robots.txt was asked for %d times", n)
	}
}

// keeper is a Sink that reads all it is given, as a store does, and keeps of it what is judged.
type keeper struct {
	mu  sync.Mutex
	all []kept
}

func (*keeper) Held(context.Context, *ibid.Seed, string, ibid.Role) *ibid.Capture { return nil }

type kept struct {
	ibid.Exchange
	request string
}

func (k *keeper) Write(_ context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	request, err := io.ReadAll(x.Request.Reader())
	if err != nil {
		return ibid.Capture{}, err
	}
	sum := sha256.New()
	if n, err := io.Copy(sum, x.Response.Reader()); err != nil || n != x.Response.Size {
		return ibid.Capture{}, fmt.Errorf("%s: %d bytes of %d: %w", x.URI, n, x.Response.Size, err)
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != string(x.Response.Digest) {
		return ibid.Capture{}, fmt.Errorf("%s: the digest of what is stored is %s, not %s", x.URI, got, x.Response.Digest)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, kept{*x, string(request)})
	return ibid.Capture{
		URI: x.URI, Timestamp: x.Began, Status: x.Status, MediaType: x.MediaType, Digest: x.PayloadDigest, Length: x.PayloadLen,
		Role: x.Role, Truncated: x.Truncated, Class: x.Class,
	}, nil
}

func (k *keeper) has(roles ...ibid.Role) bool {
	return slices.ContainsFunc(k.all, func(x kept) bool { return slices.Contains(roles, x.Role) })
}

// resetPeak lets the kernel count the peak of resident memory anew (proc(5), clear_refs); where it cannot,
// the peak of the tests before counts, too.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// memory reads a size of this process in bytes from proc(5); it is 0 on systems without it.
func memory(t *testing.T, field string) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte(field))
	var kib int64
	if _, err := fmt.Fscan(bytes.NewReader(rest), &kib); err != nil {
		t.Errorf("%s: %v", field, err)
	}
	return kib << 10
}
