package replay_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/replay"
)

const at = "/web/20090604120000"

// What the source sent is told under names that mean nothing, and nothing that means something passes.
func TestDangerousHeaders(t *testing.T) {
	h := &held{}
	h.add(t, "http://a.example/", "20090604120000", "text/html", "x", answered(200,
		"Set-Cookie", "session=1", "Strict-Transport-Security", "max-age=1", "Clear-Site-Data", `"*"`, "Link", "<http://evil.example/>; rel=preload",
		"Memento-Datetime", "Thu, 01 Jan 1970 00:00:00 GMT", "Content-Security-Policy", "default-src *", "Nel", "{}", "Alt-Svc", `h3=":443"`,
		"Service-Worker-Allowed", "/", "Access-Control-Allow-Origin", "*", "Refresh", "0; http://evil.example/", "Location", "http://evil.example/",
		"Www-Authenticate", "Basic", "X-Archive-Orig-X", "y", "Content-Language", "fr", "Sourcemap", "http://evil.example/", "Bad", "a\r\nSet-Cookie: b", "Bad name", "x",
		"Large", strings.Repeat("x", 40<<10), "Content-Disposition", "attachment"))
	allowed := []string{
		"Cache-Control", "Content-Language", "Content-Length", "Content-Security-Policy", "Content-Type", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
		"Etag", "Link", "Memento-Datetime", "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Dns-Prefetch-Control", "X-Robots-Tag",
	}
	for _, modifier := range []string{"", "id_", "on_", "fr_", "im_"} {
		res := ask(t, service(t, h, nil), replayHost, at+modifier+"/http://a.example/")
		_ = text(t, res)
		for name, values := range res.Header {
			raw := modifier == "id_" && (name == "Accept-Ranges" || name == "Content-Disposition")
			if !slices.Contains(allowed, name) && !raw && !strings.HasPrefix(name, "X-Archive-Orig-") || len(values) != 1 || strings.ContainsAny(values[0], "\r\n") {
				t.Errorf("%s: %s: %q", modifier, name, values)
			}
		}
		if got := res.Header.Get("X-Archive-Orig-Set-Cookie"); got != "session=1" && res.Header.Get("X-Archive-Orig-Large") == "" {
			t.Errorf("what was sent is not told: %q", got)
		}
		if got := res.Header.Get("Memento-Datetime"); got != "Thu, 04 Jun 2009 12:00:00 GMT" {
			t.Errorf("it says of itself %q", got)
		}
	}
}

func TestViews(t *testing.T) {
	h := &held{}
	h.add(t, "http://a.example/", "20090604120000", "text/html", "<script>x</script>")
	h.add(t, "http://a.example/doc.pdf", "20090604120000", "application/pdf", "%PDF")
	s := service(t, h, nil)
	for _, tt := range []struct {
		name, path string
		has, lacks []string
	}{
		{"without scripts", at + "/http://a.example/", []string{"script-src 'none'", "; sandbox", "frame-ancestors"}, []string{"allow-scripts", "allow-same-origin"}},
		{"with scripts", at + "on_/http://a.example/", []string{"script-src 'unsafe-inline'", "sandbox allow-scripts", "connect-src 'self'"}, []string{"allow-same-origin", "allow-forms", "allow-popups", "allow-top"}},
		{"within a page", at + "fr_/http://a.example/", []string{"script-src 'none'", "; sandbox"}, []string{"frame-ancestors", "allow-"}},
		{"as sent", at + "id_/http://a.example/", []string{"script-src 'none'", "; sandbox"}, []string{"allow-"}},
		{"a document", at + "/http://a.example/doc.pdf", []string{"default-src 'none'", "form-action 'none'", "frame-ancestors"}, []string{"allow-", "script"}},
		{"nothing", at + "/http://b.example/", []string{"script-src 'none'", "; sandbox"}, []string{"allow-"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			csp := ask(t, s, replayHost, tt.path).Header.Get("Content-Security-Policy")
			for _, part := range tt.has {
				if !strings.Contains(csp, part) {
					t.Errorf("it lacks %q: %s", part, csp)
				}
			}
			for _, part := range tt.lacks {
				if strings.Contains(csp, part) {
					t.Errorf("it has %q: %s", part, csp)
				}
			}
		})
	}
	font := ask(t, s, replayHost, at+"/http://a.example/", "Sec-Fetch-Dest: font", "Origin: null").Header.Get("Access-Control-Allow-Origin")
	other := ask(t, s, replayHost, at+"/http://a.example/", "Sec-Fetch-Dest: empty", "Origin: null").Header.Get("Access-Control-Allow-Origin")
	if font != "null" || other != "" {
		t.Errorf("a font %q, anything else %q", font, other)
	}
}

func TestPartsOfPayloads(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<17) // 2 MiB: more than is verified first
	h := &held{}
	h.add(t, "http://a.example/small.mp4", "20090604120000", "video/mp4", "0123456789")
	h.add(t, "http://a.example/large.mp4", "20090604120000", "video/mp4", string(large))
	h.add(t, "http://a.example/gone.mp4", "20090604120000", "video/mp4", "0123456789", answered(404))
	h.add(t, "http://a.example/coded", "20090604120000", "text/plain", zipped(t, "some text"), answered(200, "Content-Encoding", "gzip"))
	s := service(t, h, nil)
	for _, tt := range []struct {
		name, path, ranges string
		status             int
		body, content      string
	}{
		{"whole", "small.mp4", "", 200, "0123456789", ""},
		{"the beginning", "small.mp4", "bytes=0-3", 206, "0123", "bytes 0-3/10"},
		{"the end", "small.mp4", "bytes=-3", 206, "789", "bytes 7-9/10"},
		{"the rest", "small.mp4", "bytes=8-", 206, "89", "bytes 8-9/10"},
		{"behind the end", "small.mp4", "bytes=10-", 416, "", "bytes */10"},
		{"no range", "small.mp4", "bytes=x", 416, "", ""},
		{"of a large one", "large.mp4", "bytes=1048577-1048580", 206, "1234", "bytes 1048577-1048580/2097152"},
		{"its end", "large.mp4", "bytes=-2", 206, "ef", "bytes 2097150-2097151/2097152"},
		{"of what was not found", "gone.mp4", "bytes=0-3", 404, "0123456789", ""},
		{"decoded", "coded", "bytes=0-3", 200, "some text", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header := []string{}
			if tt.ranges != "" {
				header = append(header, "Range: "+tt.ranges)
			}
			res := ask(t, s, replayHost, at+"/http://a.example/"+tt.path, header...)
			got := text(t, res)
			if res.StatusCode != tt.status || res.StatusCode < 400 && got != tt.body || tt.content != "" && res.Header.Get("Content-Range") != tt.content {
				t.Errorf("%d, %q, %.40q", res.StatusCode, res.Header.Get("Content-Range"), got)
			}
		})
	}
	raw := ask(t, s, replayHost, at+"id_/http://a.example/coded")
	if raw.Header.Get("Content-Encoding") != "gzip" || raw.Header.Get("Content-Length") == "" || ibid.DigestOf([]byte(text(t, raw))) != h.entries[0].Digest {
		t.Errorf("not as sent: %v", raw.Header)
	}
	parts := ask(t, s, replayHost, at+"/http://a.example/large.mp4", "Range: bytes=5-6,1-2,2097150-2097151")
	if got := text(t, parts); parts.StatusCode != 206 || !strings.Contains(got, "\r\n\r\n56\r\n") || !strings.Contains(got, "\r\n\r\n12\r\n") || !strings.Contains(got, "\r\n\r\nef\r\n") {
		t.Errorf("several parts: %d %q", parts.StatusCode, got)
	}
	whole := ask(t, s, replayHost, at+"/http://a.example/small.mp4")
	if again := ask(t, s, replayHost, at+"/http://a.example/small.mp4", "If-None-Match: "+whole.Header.Get("Etag")); again.StatusCode != 304 {
		t.Errorf("the same again: %d", again.StatusCode)
	}
}

// What is damaged is not given out for whole: it is an error or, when much of it has gone out, cut off.
func TestDamageIsSaid(t *testing.T) {
	broken := func(_ *cdx.Entry, p *payload) { p.broken = true }
	h := &held{}
	h.add(t, "http://a.example/page", "20090604120000", "text/html", "<p>x", broken)
	h.add(t, "http://a.example/picture", "20090604120000", "image/png", "PNG", broken)
	h.add(t, "http://a.example/large", "20090604120000", "video/mp4", strings.Repeat("x", 3<<20), broken)
	h.add(t, "http://a.example/book", "20090604120000", "text/html", strings.Repeat("<p>text</p>\n", 1<<18), broken)
	h.add(t, "http://a.example/away", "20090604120000", "text/html", "x", func(e *cdx.Entry, _ *payload) { e.RecordID = "lost" })
	delete(h.payloads, "lost")
	srv := httptest.NewServer(service(t, h, nil).Replay())
	defer srv.Close()
	for _, tt := range []struct {
		path   string
		status int
		cut    bool
	}{
		{"/http://a.example/page", 502, false}, {"id_/http://a.example/page", 502, false}, {"/http://a.example/picture", 502, false},
		{"/http://a.example/away", 404, false}, {"/http://a.example/large", 200, true}, {"id_/http://a.example/large", 200, true}, {"/http://a.example/book", 200, true},
	} {
		res, err := srv.Client().Get(srv.URL + at + tt.path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != tt.status || tt.cut != (err != nil) || !tt.cut && res.Header.Get("Memento-Datetime") != "" {
			t.Errorf("%s: %d, %v, %v", tt.path, res.StatusCode, err, res.Header)
		}
	}
}

// A capture that ends too early is shown as far as it goes.
func TestCutOffPayloads(t *testing.T) {
	h := &held{}
	coded := zipped(t, "<p>"+strings.Repeat("a long text ", 100))
	h.add(t, "http://a.example/", "20090604120000", "text/html", coded[:len(coded)-12], answered(200, "Content-Encoding", "gzip"))
	h.add(t, "http://a.example/noise", "20090604120000", "text/html", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff", answered(200, "Content-Encoding", "gzip"))
	s := service(t, h, nil)
	if res := ask(t, s, replayHost, at+"/http://a.example/noise"); res.StatusCode != 502 {
		t.Errorf("what cannot be decoded at all: %d", res.StatusCode)
	}
	res := ask(t, s, replayHost, at+"/http://a.example/")
	if got := text(t, res); res.StatusCode != 200 || !strings.Contains(got, "a long text") {
		t.Errorf("%d %q", res.StatusCode, got)
	}
}

// Two gigabytes are read in parts by a reader with the memory for none of them.
func TestLargePayloadsTakeNoMemory(t *testing.T) {
	const size = 2 << 30
	h := &held{}
	h.add(t, "http://a.example/film", "20090604120000", "video/mp4", "x", func(e *cdx.Entry, _ *payload) { e.Length = size })
	o := options(h)
	o.Records = zeros(size)
	s := made(t, o)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := &counting{header: http.Header{}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, at+"/http://a.example/film", nil)
	r.Header.Set("Range", fmt.Sprint("bytes=", size/2, "-", size/2+256<<20-1))
	s.Replay().ServeHTTP(w, r)
	runtime.ReadMemStats(&after)
	if w.status != 206 || w.n != 256<<20 {
		t.Errorf("%d, %d bytes", w.status, w.n)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes were taken", used)
	}
}

// zeros is a payload of that many.
type zeros int64

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func (z zeros) Open(_ context.Context, _ cdx.Entry) (*replay.Record, error) {
	return &replay.Record{Header: http.Header{"Content-Type": {"video/mp4"}}, Status: 200, Body: io.NopCloser(io.LimitReader(endless{}, int64(z)))}, nil
}

type counting struct {
	header http.Header
	status int
	n      int64
}

func (c *counting) Header() http.Header { return c.header }
func (c *counting) WriteHeader(n int)   { c.status = n }
func (c *counting) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func TestFrame(t *testing.T) {
	h := &held{}
	h.add(t, "http://a.example/?q=<script>x</script>\"'", "20090604120000", "text/html", "x", func(e *cdx.Entry, _ *payload) {
		e.URI, e.Origin, e.Truncated, e.Class = `http://a.example/?q=<script>x</script>"'`, "web.archive.org", ibid.TruncatedLength, ibid.ClassLimitLength
	})
	got := text(t, ask(t, service(t, h, nil), appHost, at+"/http://a.example/?q=%3Cscript%3Ex%3C/script%3E%22%27"))
	for _, want := range []string{"taken from web.archive.org", "truncated", "limit-length", "4 June 2009", string(h.entries[0].Digest), `sandbox=""`, "&lt;script&gt;"} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "<script>") || strings.Contains(got, "?q=\"") {
		t.Errorf("the address is markup:\n%s", got)
	}
	pictures := &held{}
	pictures.add(t, "http://a.example/a.png", "20090604120000", "image/png", "x")
	if got := text(t, ask(t, service(t, pictures, nil), appHost, at+"/http://a.example/a.png")); strings.Contains(got, "its scripts") {
		t.Errorf("a picture has scripts:\n%s", got)
	}
	if got := text(t, ask(t, service(t, site(t), nil), appHost, "/web/20090406010203on_/http://a.example/")); !strings.Contains(got, `sandbox="allow-scripts"`) || !strings.Contains(got, "Without its scripts") {
		t.Error(got)
	}
}

// What is missing says so where it would have been.
func TestMissing(t *testing.T) {
	s := service(t, &held{}, nil)
	for dest, kind := range map[string]string{"image": "image/svg+xml; charset=utf-8", "iframe": "text/html; charset=utf-8", "style": "application/json", "script": "application/json"} {
		res := ask(t, s, replayHost, at+"/http://a.example/%3Cscript%3Ex", "Sec-Fetch-Dest: "+dest)
		if got := text(t, res); res.StatusCode != 404 || res.Header.Get("Content-Type") != kind || !strings.Contains(got, "a.example/") || strings.Contains(got, "<script>") {
			t.Errorf("%s: %d %s %s", dest, res.StatusCode, res.Header.Get("Content-Type"), got)
		}
	}
}
