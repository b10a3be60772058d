package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

var (
	kills = flag.Int("kills", 10, "how often TestKilledRunsLoseNothing kills the program (make crash: 200); TestKilledCommandsLoseNothing kills each command a fifth as often")
	fates = flag.Uint64("fates", 1, "seed of the moments at which it is killed")
)

const crashSources = 500

// crashWeb is a web of 500 sources on 5 hosts: 1 in 10 has the same bytes, 1 in 20 is a 404, 1 in 20 redirects, and
// 1 in 25 has images that are slow to come, so that its Visit lasts longer than several commits.
func crashWeb(w http.ResponseWriter, r *http.Request) {
	var n int
	if _, err := fmt.Sscanf(r.URL.Path, "/s/%d", &n); err != nil {
		http.NotFound(w, r)
		return
	}
	time.Sleep(2 * time.Millisecond) // so that kills fall into work, not only between
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch {
	case strings.HasSuffix(r.URL.Path, ".png"):
		select {
		case <-time.After(600 * time.Millisecond):
		case <-r.Context().Done(): // nobody waits for it any more
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, crashPage(n)+strings.Repeat(r.URL.Path, 20_000*(n%2))) //nolint:gosec // a test web
	case n%25 == 9:
		_, _ = io.WriteString(w, crashPage(n)+fmt.Sprintf(`<img src="/s/%[1]d/a.png"><img src="/s/%[1]d/b.png"><img src="/s/%[1]d/c.png">`, n))
	case n%20 == 7:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, "<title>gone %d</title>", n)
	case n%20 == 13:
		http.Redirect(w, r, fmt.Sprintf("/s/%d/end", n), http.StatusMovedPermanently)
	case n%10 == 3:
		_, _ = io.WriteString(w, crashPage(0))
	default:
		_, _ = io.WriteString(w, crashPage(n))
	}
}

// crashPage is a page of 2 to 18 KB that depends on n alone.
func crashPage(n int) string {
	h := fnv.New64a()
	fmt.Fprint(h, n)
	r := rand.New(rand.NewPCG(h.Sum64(), 1)) //nolint:gosec // a page, no secret
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html lang=en><title>Source %d</title>", n)
	for range 20 + r.IntN(160) {
		fmt.Fprintf(&b, "<p>%x %x %x %x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	}
	return b.String()
}

// crashHosts serves the web on n addresses, and returns what a run needs to reach them.
func crashHosts(t *testing.T, n int, web http.HandlerFunc) (seeds []string, allow string) {
	t.Helper()
	hosts := webHosts(t, n, web)
	for n := range crashSources {
		seeds = append(seeds, fmt.Sprintf("http://%s/s/%d", hosts[n%len(hosts)], n))
	}
	return seeds, strings.Join(hosts, ",")
}

// webHosts serves a web on n addresses, until the test ends.
func webHosts(t testing.TB, n int, web http.HandlerFunc) (hosts []string) {
	t.Helper()
	for i := range n {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.%d:0", 2+i))
		if err != nil {
			t.Skipf("this system has only one loopback address: %v", err)
		}
		srv := &http.Server{Handler: web, ReadHeaderTimeout: time.Minute}
		go func() { _ = srv.Serve(l) }()
		t.Cleanup(func() { _ = srv.Close() })
		hosts = append(hosts, l.Addr().String())
	}
	return hosts
}

// crashRun is one start of the program, as a process of its own.
type crashRun struct {
	dir, store string
	inputs     []string // what is archived
	env        []string
	acks       map[string]string // address -> digest, of all starts so far
}

func newCrashRun(t *testing.T, store string, seeds []string, allow string) *crashRun {
	t.Helper()
	dir := t.TempDir()
	list := filepath.Join(dir, "seeds.txt")
	if err := os.WriteFile(list, []byte(strings.Join(seeds, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return &crashRun{
		dir: dir, store: store, inputs: []string{"--seeds", list}, acks: map[string]string{},
		env: []string{asProgram + "=1", "IBID_NETWORK_ALLOW=" + allow, "IBID_CRAWL_PER_HOST_DELAY=0s"},
	}
}

// start runs the program and kills it as the fate says; it returns whether the run came to its end.
func (c *crashRun) start(t *testing.T, f fate) (finished bool) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, exe, append([]string{"--store", c.store, "archive", "--acks"}, c.inputs...)...) //nolint:gosec // this test itself
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if f.after > 0 {
		timer := time.AfterFunc(f.after, kill) // CommandContext kills with SIGKILL
		defer timer.Stop()
	}
	seen := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var uri, digest string
		if _, err := fmt.Sscanf(lines.Text(), "ACK %s %s", &uri, &digest); err != nil {
			continue
		}
		c.acks[uri] = digest
		if seen++; seen == f.acks {
			timer := time.AfterFunc(f.then, kill)
			defer timer.Stop()
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) && exit.ExitCode() == ibid.ExitIncomplete {
		return true // 404s are among the sources: something could not be kept
	}
	if ctx.Err() == nil {
		t.Fatalf("the program ended by itself: %v\n%s", err, errs.String())
	}
	return false
}

// fate is when a start is killed: after a time, or a moment after the k-th acknowledgement of it.
type fate struct {
	after, then time.Duration
	acks        int
}

// fateOf draws half of the moments from 5 ms to 3 s, spread over the logarithm, half close to a commit.
func fateOf(r *rand.Rand, i int) fate {
	if i%2 == 0 {
		return fate{after: time.Duration(5 * math.Pow(600, r.Float64()) * float64(time.Millisecond))}
	}
	return fate{acks: 1 + r.IntN(60), then: time.Duration(r.IntN(5000)) * time.Microsecond}
}

// TestKilledRunsLoseNothing kills the program again and again (threats: 5.2). Whatever was acknowledged
// is in the store and sound, nothing is recorded twice, and the run comes to its end.
func TestKilledRunsLoseNothing(t *testing.T) {
	t.Parallel()
	seeds, allow := crashHosts(t, 5, crashWeb)
	c := newCrashRun(t, filepath.Join(t.TempDir(), "store"), seeds, allow)
	r := rand.New(rand.NewPCG(*fates, 2)) //nolint:gosec // a test that can be repeated
	ends := 0
	for i := range *kills {
		if c.start(t, fateOf(r, i)) {
			ends++ // the next start is a run of its own
		}
	}
	if !c.start(t, fate{}) {
		t.Fatal("the undisturbed run did not come to its end")
	}
	t.Logf("%d kills, %d runs ended before their kill, %d acknowledged", *kills-ends, ends, len(c.acks))
	c.check(t, seeds, c.store)
}

// check holds the store, whose WARC files lie in dir, against everything that was acknowledged.
func (c *crashRun) check(t *testing.T, seeds []string, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "--store", c.store, "verify") //nolint:gosec // this test itself
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("verify ends with %v\n%s", err, out)
	}
	held := heldIn(t, dir)
	for uri, digest := range c.acks {
		if !held[uri].digests[ibid.Digest("sha256:"+digest)] {
			t.Errorf("acknowledged and not in the store: %s %s", uri, digest)
		}
	}
	for _, uri := range seeds {
		h := held[uri]
		runs := map[string]bool{}
		for _, run := range h.visits {
			if runs[run] {
				t.Errorf("%s was visited twice in run %s", uri, run)
			}
			runs[run] = true
		}
		if len(runs) == 0 || h.records != len(runs) {
			t.Errorf("%s has %d records of %d runs", uri, h.records, len(runs))
		}
	}
}

// held is what the store has of one address.
type held struct {
	digests           map[ibid.Digest]bool
	records, revisits int
	visits            []string // the run of each
}

// heldIn reads the WARC files of the store, with none of the code that wrote them but the reader of records.
func heldIn(t testing.TB, store string) map[string]held {
	t.Helper()
	all := map[string]held{}
	names, err := filepath.Glob(filepath.Join(store, "warc", "*", "*", "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name) //nolint:gosec // found above
		if err != nil {
			t.Fatal(err)
		}
		records := warc.NewReader(func(offset int64) (io.ReadCloser, error) {
			_, err := f.Seek(offset, io.SeekStart)
			return io.NopCloser(f), err
		})
		for {
			e, err := records.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, v := range visitsOf(t, e) {
				h := all[v.Seed]
				h.visits = append(h.visits, v.Run)
				all[v.Seed] = h
			}
			if e.Type != warc.Response && e.Type != warc.Revisit {
				continue
			}
			h := all[e.TargetURI]
			if h.digests == nil {
				h.digests = map[ibid.Digest]bool{}
			}
			h.digests[ibid.Digest(e.Header.Get("WARC-Payload-Digest"))] = true
			h.records++
			if e.Type == warc.Revisit {
				h.revisits++
			}
			all[e.TargetURI] = h
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// visitsOf are those that a record holds.
func visitsOf(t testing.TB, e *warc.Entry) (visits []ibid.Visit) {
	t.Helper()
	if !strings.HasPrefix(e.TargetURI, "urn:ibid:visits:") {
		return nil
	}
	for lines := json.NewDecoder(e.Block); lines.More(); {
		var v ibid.Visit
		if err := lines.Decode(&v); err != nil {
			t.Fatalf("a visit of %s: %v", e.TargetURI, err)
		}
		visits = append(visits, v)
	}
	return visits
}
