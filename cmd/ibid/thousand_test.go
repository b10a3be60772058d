package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// deadRate is what each archive allows: questions a minute. So many captures may be asked for besides.
var deadRate = flag.Int("dead-rate", 2400, "questions a minute to each archive in TestAThousandDeadReferences")

const (
	deadPerHost  = 10
	deadArchives = 3
	deadCaptured = "20090601000000"
)

// deadArchive is a web archive that has its third of the dead sources, and a book of what it was asked.
type deadArchive struct {
	n int
	*httptest.Server

	mu              sync.Mutex
	index, mementos []testsite.Asked
}

func deadURI(n int) string {
	return fmt.Sprintf("http://dead%03d.example/papers/%d.html", n/deadPerHost, n)
}

func (a *deadArchive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := testsite.Asked{URL: r.URL.String(), At: time.Now()}
	uri, isIndex := r.URL.Query().Get("url"), r.URL.Path == "/cdx"
	if !isIndex {
		_, uri, _ = strings.Cut(r.URL.Path, "id_/")
	}
	a.mu.Lock()
	if isIndex {
		a.index = append(a.index, q)
	} else {
		a.mementos = append(a.mementos, q)
	}
	a.mu.Unlock()
	var host, n int
	_, err := fmt.Sscanf(uri, "http://dead%03d.example/papers/%d.html", &host, &n)
	held := err == nil && n%deadArchives == a.n
	switch {
	case isIndex && held:
		fmt.Fprintf(w, `[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],["x",%q,%q,"text/html","200","-","1000"]]`, deadCaptured, uri) //nolint:gosec // a test web
	case isIndex:
		fmt.Fprint(w, "[]")
	case held:
		w.Header().Set("Memento-Datetime", "Mon, 01 Jun 2009 00:00:00 GMT")
		w.Header().Set("Link", "<"+uri+`>; rel="original"`)
		w.Header().Set("X-Archive-Orig-Content-Type", "text/html")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, crashPage(n))
	default:
		http.NotFound(w, r)
	}
}

// startDeadArchives serves the archives, and writes a configuration and a document with so many references to what only
// they have.
func startDeadArchives(t *testing.T, dir string, references int) (archives []*deadArchive, env []string) {
	t.Helper()
	var config, note strings.Builder
	config.WriteString("rescue:\n  migrations: []\n  archives:\n")
	to := []string{}
	for n := range deadArchives {
		a := &deadArchive{n: n}
		a.Server = httptest.NewServer(a)
		t.Cleanup(a.Close)
		archives = append(archives, a)
		fmt.Fprintf(&config, "    - id: archive%d\n      timegate: %[2]s/web/\n      cdx: %[2]s/cdx\n      rate: %[3]d\n      memento_rate: %[3]d\n", n, a.URL, *deadRate)
	}
	note.WriteString("---\ndate: 2009-06-04\n---\n")
	for n := range references {
		fmt.Fprintf(&note, "- Paper %d: <%s>\n", n, deadURI(n))
		if n%deadPerHost == 0 {
			to = append(to, fmt.Sprintf("dead%03d.example:80:127.0.0.1:1", n/deadPerHost))
		}
	}
	for name, text := range map[string]string{"ibid.yaml": config.String(), "note.md": note.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return archives, []string{
		"IBID_NETWORK_CONNECT_TO=" + strings.Join(to, ","), "IBID_NETWORK_ALLOW=127.0.0.1", "IBID_NETWORK_TRIES=1", "IBID_CRAWL_PER_HOST_DELAY=0s",
		"IBID_RESCUE_ENABLED=true",
	}
}

// TestAThousandDeadReferences kills a run over a thousand dead references again and again. It goes on where it was, asks no
// archive more than it allows, whatever process it is in, and has each source once.
func TestAThousandDeadReferences(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute, more under the race detector")
	}
	t.Parallel()
	const references = 1000
	dir := t.TempDir()
	archives, env := startDeadArchives(t, dir, references)
	c := &crashRun{
		store: filepath.Join(dir, "store"), acks: map[string]string{}, env: append(env, asProgram+"=1"),
		inputs: []string{"--config", filepath.Join(dir, "ibid.yaml"), filepath.Join(dir, "note.md")},
	}
	r := rand.New(rand.NewPCG(*fates, 4)) //nolint:gosec // a test that can be repeated
	killed, ended := 0, false
	for killed < *kills && !ended {
		if ended = c.start(t, fate{acks: 1 + r.IntN(60), then: time.Duration(r.IntN(1500)) * time.Millisecond}); !ended {
			killed++
		}
	}
	if killed < min(*kills, 3) {
		t.Errorf("the run ended after %d kills", killed)
	}
	if !ended && !c.start(t, fate{}) { // one that has ended would be a new one
		t.Fatal("the undisturbed run did not come to its end")
	}
	t.Logf("%d kills, %d acknowledged", killed, len(c.acks))
	for _, a := range archives {
		a.checkBudgets(t)
	}
	checkRescued(t, references, "--store", c.store)
	if len(c.acks) == 0 {
		t.Error("nothing was acknowledged")
	}
}

// checkBudgets holds that in any time as many requests came as the rate allows: a quarter of a minute's at once, and
// the rest evenly.
func (a *deadArchive) checkBudgets(t *testing.T) {
	t.Helper()
	for what, asked := range map[string][]testsite.Asked{"questions": a.index, "captures": a.mementos} {
		if len(asked) == 0 {
			t.Errorf("archive %d got no %s", a.n, what)
			continue
		}
		slices.SortFunc(asked, func(x, y testsite.Asked) int { return x.At.Compare(y.At) })
		for _, span := range []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, time.Minute} {
			allowed := *deadRate/4 + int(span.Seconds()*float64(*deadRate)/60*3/4)
			if n := testsite.Busiest(asked, span); n > allowed {
				t.Errorf("archive %d: %d %s in %s, and %d are allowed", a.n, n, what, span, allowed)
			}
		}
		t.Logf("archive %d: %d %s in %s", a.n, len(asked), what, asked[len(asked)-1].At.Sub(asked[0].At).Round(time.Millisecond))
	}
}

// checkRescued holds that each source was looked at once and is in the store once, and that this is what is told.
func checkRescued(t *testing.T, references int, where ...string) {
	t.Helper()
	if out, errs, code := runProgram(t, append(where, "verify")...); code != ibid.ExitOK {
		t.Errorf("verify ends with %d\n%s%s", code, out, errs)
	}
	records, looks, searches := map[string]int{}, map[string]int{}, map[string]int{}
	eachRecord(t, where[1], func(e *warc.Entry) {
		if e.Type == warc.Response || e.Type == warc.Revisit {
			records[e.TargetURI]++
		}
		for _, v := range visitsOf(t, e) {
			if v.Kind == ibid.VisitRescue {
				searches[v.Seed]++
			} else {
				looks[v.Seed]++
			}
		}
	})
	for n := range references {
		if uri := deadURI(n); records[uri] != 1 || searches[uri] != 1 || looks[uri] != 1 {
			t.Errorf("%s has %d records of %d searches, after %d looks", uri, records[uri], searches[uri], looks[uri])
		}
	}
	out, errs, code := runProgram(t, append(where, "--json", "report")...)
	if r := documentReport(t, out); code != ibid.ExitOK || r.Summary.Rescued != references || r.Summary.References != references {
		t.Errorf("report ends with %d: %+v %s", code, r.Summary, errs)
	}
}

// TestTwoWorkersRescue has a document's dead sources be looked for by the process that was asked and by a worker on another
// machine. They share the budgets of the archives, and each source is had once.
func TestTwoWorkersRescue(t *testing.T) {
	t.Parallel()
	const references = 200
	dir := t.TempDir()
	archives, env := startDeadArchives(t, dir, references)
	s := newSite(t, "127.0.0.1", usualLease)
	s.env = append(s.env, env...)
	config := []string{"--config", filepath.Join(dir, "ibid.yaml")}
	worker := s.start(append(config, "worker")...)
	s.mustEnd(s.start(append(config, "archive", filepath.Join(dir, "note.md"))...))
	s.stop(worker)
	for _, a := range archives {
		a.checkBudgets(t)
	}
	checkRescued(t, references, "--store", s.store, "--catalog", s.dsn)
	if jobs := filesBelow(t, s.store, ".warc.gz"); len(jobs) < references/deadPerHost {
		t.Errorf("%d WARC files", len(jobs))
	}
}
