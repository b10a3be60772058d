package rescue

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
)

// endless repeats what make gives for 0, 1, 2 ... up to size bytes.
type endless struct {
	make       func(n int) string
	n          int
	rest       string
	size, read int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read >= e.size {
		return 0, io.EOF
	}
	if e.rest == "" {
		e.rest = e.make(e.n)
		e.n++
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	e.read += int64(n)
	return n, nil
}

func entry(n int) string {
	at := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
	return fmt.Sprintf("<https://a.example/web/%s/%s>; rel=\"memento\"; datetime=%q,\n", ibid.Timestamp14(at), testSite, at.Format(http.TimeFormat))
}

func TestHostileListsCostLittleAndSaySo(t *testing.T) {
	list := func(size int64, make func(int) string) trip {
		return func(req *http.Request) *http.Response {
			if !strings.HasPrefix(req.URL.Path, "/web/timemap/") {
				return reply(404, "")
			}
			return stream(200, &endless{make: make, size: size})
		}
	}
	big := strings.Repeat("x", 32<<10)
	for name, c := range map[string]struct {
		rt   trip
		said string
	}{
		"10 GB":               {list(10<<30, entry), "only the first 20000 entries were read"},
		"10 GB in one entry":  {list(10<<30, func(int) string { return "<" + big }), errEntryTooLong.Error()},
		"10 GB in one string": {list(10<<30, func(n int) string { return map[bool]string{true: `{"list":["`, false: big}[n == 0] }), errTooLong.Error()},
		"10 GB of nothing":    {list(10<<30, func(int) string { return strings.Repeat(" ", 4096) }), errNotAList.Error()},
		"a million entries":   {list(1_000_000*120, entry), "only the first 20000 entries were read"},
		"future dates": {list(10_000, func(n int) string {
			return fmt.Sprintf("<https://a.example/web/%d0101000000/%s>; rel=\"memento\",\n", 2100+n%7000, testSite)
		}), "a date in the future"},
		"another site":      {list(10_000, func(int) string { return "<http://10.0.0.1/x>; rel=memento; datetime=\"2008-01-01\",\n" }), "another address"},
		"a page for a list": {list(10<<30, func(int) string { return "<!DOCTYPE html><p>" }), errNotAList.Error()},
		"pages without end": {list(2000, func(n int) string {
			return fmt.Sprintf("<https://a.example/web/timemap/link/p%d>; rel=\"timemap\"; from=\"2008-01-01\",\n", n+1)
		}), "further pages of the list were not read"},
		"redirects in a circle": {func(req *http.Request) *http.Response { return reply(302, "", "Location: "+req.URL.String()) }, "sends its lists in a circle"},
		"redirects elsewhere":   {func(*http.Request) *http.Response { return reply(302, "", "Location: http://169.254.169.254/latest") }, "names an address that is not its own"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newTest(t, c.rt, func(o *Options) { o.Archives[0].CDX, o.Archives[0].TimeGate, o.MaxEntries = "", "", 20_000 })
			began, before := time.Now(), live()
			l := r.lookUp(t.Context(), 0, &hypothesis{Hypothesis: Hypothesis{URI: testSite}}, &Wanted{URI: testSite, At: testTarget})
			if l.err != nil || !strings.Contains(l.attempt.Result, c.said) || strings.Contains(l.attempt.Result, "\n") || len(l.attempt.Result) > 400 {
				t.Errorf("%v: %s", l.err, l.attempt.Result)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if len(l.found) > 2*shelfSize || live()-min(live(), before) > 80<<20 {
				t.Errorf("%d candidates kept, %d MiB", len(l.found), live()>>20)
			}
		})
	}
}

// live is the memory in use after a collection.
func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestCDXGoesOnAndEnds(t *testing.T) {
	for name, c := range map[string]struct {
		key   func(n int) string
		said  string
		asked int
	}{
		"always the same key": {func(int) string { return "k" }, "sends its list in a circle", 2},
		"another key forever": {func(n int) string { return fmt.Sprint("k", n) }, "only the first 10 rows were read", 5},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			r := newTest(t, trip(func(*http.Request) *http.Response {
				asked++
				return reply(200, strings.Repeat("k 20010101000000 "+testSite+" text/html 404 A 1\n", 2)+"\n"+c.key(asked)+"\n")
			}), nil)
			l := r.lookUp(t.Context(), 0, &hypothesis{Hypothesis: Hypothesis{URI: testSite}}, &Wanted{URI: testSite, At: testTarget})
			if !strings.Contains(l.attempt.Result, c.said) || asked != c.asked {
				t.Errorf("asked %d times: %s", asked, l.attempt.Result)
			}
		})
	}
}

func TestHostileMementos(t *testing.T) {
	memento := "Memento-Datetime: Mon, 01 Jun 2009 00:00:00 GMT"
	for name, c := range map[string]struct {
		answer func(req *http.Request) *http.Response
		said   string
		taken  bool
	}{
		"a body without end": {func(*http.Request) *http.Response {
			return stream(200, &endless{make: func(int) string { return page1 }, size: 1 << 40}, memento, "X-Archive-Orig-A: b", "Content-Type: text/html")
		}, "only the first 1048576 bytes are taken", true},
		"no Memento-Datetime": {func(*http.Request) *http.Response { return reply(200, page1) }, "sends a page of its own (status 200, no Memento-Datetime)", false},
		"no date":             {func(*http.Request) *http.Response { return reply(200, page1, "Memento-Datetime: soon") }, "dates it in a way that cannot be: soon", false},
		"a date in the future": {func(*http.Request) *http.Response {
			return reply(200, page1, "Memento-Datetime: Mon, 01 Jun 2199 00:00:00 GMT")
		}, "in a way that cannot be", false},
		"excluded on a page": {func(*http.Request) *http.Response {
			return reply(200, "<p>This URL has been excluded from the Wayback Machine.</p>")
		}, "excluded", false},
		"a coding of its own":       {func(*http.Request) *http.Response { return reply(200, page1, memento, "Content-Encoding: br") }, "a coding that it was not asked for: br", false},
		"no gzip, whatever it says": {func(*http.Request) *http.Response { return reply(200, page1, memento, "Content-Encoding: gzip") }, "cannot be read", false},
		"redirects without end": {func(req *http.Request) *http.Response {
			_, ts, _ := (&Archive{}).raw(req.URL.String())
			at, _ := parseTimestamp(ts)
			return reply(302, "", "Location: /web/"+ibid.Timestamp14(at.Add(time.Second))+"id_/"+testSite)
		}, "redirects more than 10 times", false},
		"redirects elsewhere": {func(*http.Request) *http.Response {
			return reply(302, "", "Location: http://127.0.0.1/web/20090601000000/"+testSite)
		}, "not its own", false},
		"redirects to itself": {func(req *http.Request) *http.Response { return reply(302, "", "Location: "+req.URL.Path) }, "redirects in a circle", false},
	} {
		t.Run(name, func(t *testing.T) {
			index := wayback("a.example", capture{ts: "20090601000000", uri: testSite, status: 200})
			r := newTest(t, trip(func(req *http.Request) *http.Response {
				if strings.Contains(req.URL.Path, "id_/") {
					return c.answer(req)
				}
				return index(req)
			}), func(o *Options) { o.MaxBody = 1 << 20 })
			f := find(t, r, Wanted{})
			all := tried(f)
			if f.Exchange != nil {
				all += strings.Join(f.Exchange.Provenance.Reasons, "; ")
				if f.Exchange.Truncated != ibid.TruncatedLength || f.Exchange.PayloadLen != 1<<20 {
					t.Errorf("%+v", f.Exchange)
				}
				bodyOf(t, f.Exchange)
			}
			if (f.Exchange != nil) != c.taken || !strings.Contains(all, c.said) {
				t.Errorf("taken %v, no %q in\n%s", f.Exchange != nil, c.said, all)
			}
		})
	}
}

// drip sends a byte now and then, in virtual time, until the request ends.
type drip struct {
	req   *http.Request
	every time.Duration
}

func (d drip) Read(p []byte) (int, error) {
	if err := pause(d.req.Context(), d.every); err != nil {
		return 0, err
	}
	p[0] = 'x'
	return 1, nil
}

func TestSlowArchivesAreNotWaitedForLong(t *testing.T) {
	for name, c := range map[string]struct {
		every time.Duration
		said  string
		most  time.Duration
	}{
		"silent":      {time.Hour, "sent nothing for too long", 40 * time.Second},
		"a slow drip": {20 * time.Second, "took too long", 70 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newTest(t, trip(func(req *http.Request) *http.Response { return stream(200, drip{req, c.every}) }), func(o *Options) {
					o.Now, o.Archives[0].CDX, o.Archives[0].TimeGate = later, "", ""
				})
				began := time.Now()
				f := find(t, r, Wanted{})
				if took := time.Since(began); took > c.most || !f.Incomplete || !strings.Contains(tried(f), c.said) {
					t.Errorf("took %v, incomplete %v\n%s", took, f.Incomplete, tried(f))
				}
			})
		})
	}
}

func TestAQuickArchiveWithANearCaptureIsEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near := capture{ts: "20090601000000", uri: testSite, body: page1, status: 200}
		slow := trip(func(req *http.Request) *http.Response { return stream(200, drip{req, time.Second}) })
		r := newTest(t, hosts(map[string]trip{"a.example": slow, "b.example": wayback("b.example", near)}), func(o *Options) {
			o.Now, o.Archives = later, []Archive{testArchive("a.example"), testArchive("b.example")}
		})
		began := time.Now()
		f := find(t, r, Wanted{})
		if f.Exchange == nil || f.Incomplete || time.Since(began) > time.Second || f.Holdings[0].Problem != "was not waited for" {
			t.Errorf("took %v\n%s", time.Since(began), tried(f))
		}
	})
}

func TestHeadFloods(t *testing.T) {
	a, tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := range 3000 {
			w.Header().Set(fmt.Sprint("X-Archive-Orig-", i), strings.Repeat("y", 1000))
		}
	})
	r := newTest(t, tr, func(o *Options) { o.Archives = []Archive{a} })
	if f := find(t, r, Wanted{}); f.Exchange != nil || !strings.Contains(tried(f), "sent a head that is too long") {
		t.Error(tried(f))
	}
}
