package cdx

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestCanonical(t *testing.T) {
	for uri, want := range map[string]string{
		"http://example.org":                     "http://example.org/",
		"HTTP://Example.ORG:80/A/../b#frag":      "http://example.org/b",
		"https://user:pw@example.org:443/x?#":    "https://example.org/x?",
		"https://example.org:8443/":              "https://example.org:8443/",
		" http://example.org/a b ":               "http://example.org/a%20b",
		"http://bücher.example/ä?ö":              "http://xn--bcher-kva.example/%C3%A4?%C3%B6",
		"http://example.org/?q=a&Q=b":            "http://example.org/?q=a&Q=b",
		"http://example.org/p//q/./r":            "http://example.org/p//q/r",
		"http://[::1]:8080/":                     "http://[::1]:8080/",
		"http://0x7f.1/":                         "http://127.0.0.1/",
		"http://example.org/;jsessionid=AB?x='y": "http://example.org/;jsessionid=AB?x=%27y",
		"ftp://example.org/f":                    "ftp://example.org/f",
		"urn:isbn:9782802725824#x":               "urn:isbn:9782802725824",
	} {
		got, err := Canonical(uri)
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", uri, got, err, want)
		}
		if again, err := Canonical(got); err != nil || again != got {
			t.Errorf("%s is not its own canonical form: %s, %v", got, again, err)
		}
	}
	for _, uri := range []string{"", "example.org/x", "/x", "http://", "http:///", "http://a b/", "http://exa<mple/", "http://x:99999/"} {
		if got, err := Canonical(uri); err == nil && !strings.HasPrefix(got, "http://x/") && uri != "http:///" || err != nil && ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%q: %q, %v", uri, got, err)
		}
	}
}

func TestSURT(t *testing.T) {
	id := strings.Repeat("0aF", 10) + "12"
	for uri, want := range map[string]string{
		"http://example.org/":                                 "org,example)/",
		"http://example.org":                                  "org,example)/",
		"http://www.Example.org/":                             "org,example)/",
		"http://www2.example.org/":                            "org,example)/",
		"http://www.org/":                                     "org)/",
		"http://wwwx.example.org/":                            "org,example,wwwx)/",
		"https://example.org:443/A/B/":                        "org,example)/a/b",
		"https://example.org:8443/x":                          "org,example:8443)/x",
		"http://user:pw@example.org./x#frag":                  "org,example)/x",
		"http://example.org/p?b=2&a=1&B=0":                    "org,example)/p?a=1&b=0&b=2",
		"http://example.org/p?":                               "org,example)/p",
		"http://example.org/p;jsessionid=" + id + "?x=1":      "org,example)/p?x=1",
		"http://example.org/?PHPSESSID=" + id + "&q=1":        "org,example)/?q=1",
		"http://example.org/?sid=" + id:                       "org,example)/",
		"http://example.org/?sid=7":                           "org,example)/?sid=7",
		"http://example.org/?a=1&cfid=12&cftoken=34":          "org,example)/?a=1",
		"http://example.org/?ASPSESSIONIDABCDEFGH=" + id[:24]: "org,example)/",
		"http://example.org/%7Euser/%C3%A4":                   "org,example)/~user/%c3%a4",
		"http://example.org/a//b":                             "org,example)/a/b",
		"http://127.0.0.1:8081/x":                             "1,0,0,127:8081)/x",
		"http://[::1]/x":                                      "[::1])/x",
		"http://bücher.example/":                              "example,xn--bcher-kva)/",
		"urn:isbn:9782802725824":                              "urn:isbn:9782802725824",
	} {
		if got, err := SURT(uri); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", uri, got, err, want)
		}
	}
	if _, err := SURT("no address"); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("err = %v", err)
	}
}

// The short way must never say something else than the parser.
func FuzzSURT(f *testing.F) {
	for _, uri := range []string{
		"http://example.org/", "http://a.b-c.example/p/q?x=y&z", "https://example.org/a/..", "http://1.2.3.4/", "http://x.0x7f/", "http://a..b/",
		"http://example.org/a?b?c", "http://-a.example/", "http://example.org./", "https://www.example.org/;jsessionid=x?", "http://xn--a.example/",
	} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if _, ok := split(uri); ok {
			u, err := parse(uri)
			if err != nil || u.Href(false) != uri {
				t.Fatalf("%q is not canonical: %v", uri, err)
			}
		}
		canonical, err := Canonical(uri)
		if err != nil {
			return
		}
		if again, err := Canonical(canonical); err != nil || again != canonical {
			t.Fatalf("%q, then %q, %v", canonical, again, err)
		}
		one, err1 := SURT(uri)
		two, err2 := SURT(canonical)
		if err1 != nil || err2 != nil || one != two {
			t.Fatalf("%q has the keys %q and %q: %v, %v", uri, one, two, err1, err2)
		}
	})
}

func testLine() Line {
	return Line{
		Key: "org,example)/a", Timestamp: "20260301120000", URL: `http://example.org/a?"\` + "\u00e9\x01", MIME: "text/html", Status: 200,
		Digest: ibid.DigestOf([]byte("x")), Offset: 1234567890123, Length: 5678, Filename: "job-00001.warc.gz", RecordDigest: ibid.DigestOf([]byte("y")),
	}
}

func TestLineRoundTrip(t *testing.T) {
	want := testLine()
	b := want.Append([]byte("before\n"))
	_, line, _ := bytes.Cut(b, []byte("\n"))
	if got, err := Parse(line); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	_, object, _ := bytes.Cut(line, []byte("{"))
	var fields map[string]string // every value is a string
	if err := json.Unmarshal(append([]byte("{"), object...), &fields); err != nil || fields["offset"] != "1234567890123" || fields["status"] != "200" {
		t.Errorf("%v, %v", fields, err)
	}
}

func TestParseForeignLines(t *testing.T) {
	got, err := Parse([]byte(`org,example)/ 20081029120000 {"url":"http://example.org/","mime":"unk","status":200,"offset":7,"length":"9","extra":[1],"digest":"sha1:X"}` + "\r\n"))
	if err != nil || got.Status != 200 || got.Offset != 7 || got.Length != 9 || got.Digest != "sha1:X" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "x", "x y", "x 2026 {}", "x 20260301120000 {", `x 20260301120000 {"offset":"a"}`, " 20260301120000 {}", "x 20269901120000 {}"} {
		if got, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%q is %+v", bad, got)
		}
	}
}

func TestLinesSortAsBytes(t *testing.T) {
	var lines []string
	for _, key := range []string{"org,example)/b", "org,example)/a", "org,example,sub)/", "org,example:8080)/"} {
		l := testLine()
		l.Key = key
		lines = append(lines, string(l.Append(nil)))
	}
	slices.Sort(lines)
	var keys []string
	for _, l := range lines {
		key, _, _ := strings.Cut(l, " ")
		keys = append(keys, key)
	}
	want := []string{"org,example)/a", "org,example)/b", "org,example,sub)/", "org,example:8080)/"}
	if !slices.Equal(keys, want) {
		t.Errorf("%q", keys)
	}
}

func TestParseTimestamp(t *testing.T) {
	if got, err := ParseTimestamp("20260301120001250"); err != nil || got.Nanosecond() != 250_000_000 {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	l := testLine()
	f.Add(l.Append(nil))
	f.Add([]byte(`x 20260301120000 {"status":"-","offset":1e3}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		one, err := Parse(b)
		if err != nil {
			return
		}
		two, err := Parse(one.Append(nil))
		if err != nil || two != one {
			t.Errorf("%+v, then %+v, %v", one, two, err)
		}
	})
}

func BenchmarkSURT(b *testing.B) {
	for name, uri := range map[string]string{
		"canonical": "https://www.example.org/docs/2009/paper.pdf?lang=en&id=42",
		"odd":       "http://Bücher.example/%7Euser/ä?b=2&a=1",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := SURT(uri); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	l, buf := testLine(), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = l.Append(buf[:0])
	}
}

func BenchmarkParse(b *testing.B) {
	l := testLine()
	line := l.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(line); err != nil {
			b.Fatal(err)
		}
	}
}
