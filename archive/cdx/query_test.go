package cdx

import (
	"testing"
	"time"

	"github.com/nlnwa/whatwg-url/url"

	"github.com/ibid-archive/ibid"
)

func TestKeysOfAQuery(t *testing.T) {
	for _, tt := range []struct {
		name, uri string
		match     Match
		in, out   []string
	}{
		{"exact", "http://www.example.org/A?b=2&a=1", MatchExact, []string{"http://example.org/a?a=1&b=2"}, []string{"http://example.org/a"}},
		{"prefix", "http://example.org/fo", MatchPrefix, []string{"http://example.org/fo", "http://example.org/foo/x?y"}, []string{"http://example.org/f", "http://example.org/g"}},
		{"prefix of a folder", "http://example.org/foo/", MatchPrefix, []string{"http://example.org/foo/x"}, []string{"http://example.org/foobar", "http://example.org/foo"}},
		{"prefix of a site", "http://example.org", MatchPrefix, []string{"http://example.org/", "http://example.org/x"}, []string{"http://sub.example.org/", "http://example.org:8080/"}},
		{"host", "http://example.org/any", MatchHost, []string{"http://example.org/", "https://www.example.org/x"}, []string{"http://sub.example.org/", "http://example-foo.org/"}},
		{"domain", "http://example.org/", MatchDomain, []string{"http://example.org/x", "http://a.b.example.org/x", "http://sub.example.org:8080/"}, []string{"http://example-foo.org/", "http://example.com/", "http://org/"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := Query{Match: tt.match, URI: tt.uri}
			from, until, err := q.Keys()
			if err != nil {
				t.Fatal(err)
			}
			has := func(uri string) bool {
				key, err := SURT(uri)
				if err != nil {
					t.Fatal(err)
				}
				return until == "" && key == from || from <= key && key < until
			}
			for _, uri := range tt.in {
				if !has(uri) {
					t.Errorf("%s is not among %q to %q", uri, from, until)
				}
			}
			for _, uri := range tt.out {
				if has(uri) {
					t.Errorf("%s is among %q to %q", uri, from, until)
				}
			}
		})
	}
	for _, q := range []Query{{Match: "regex", URI: "http://a.example/"}, {Match: MatchHost, URI: "urn:isbn:1"}, {Match: MatchExact, URI: "http://%zz/"}} {
		if from, until, err := q.Keys(); ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%+v has the keys %q to %q, %v", q, from, until, err)
		}
	}
}

func TestPositionsAreInOrder(t *testing.T) {
	at := time.Unix(1, 0)
	order := []Position{
		{Key: "a", Time: at}, {Key: "a", Time: at.Add(1)}, {Key: "a", Time: at.Add(1), Collection: "x"},
		{Key: "a", Time: at.Add(1), Collection: "x", RecordID: "1"}, {Key: "b"},
	}
	for i, p := range order {
		for k, q := range order {
			if got := p.Compare(q); got < 0 != (i < k) || got > 0 != (i > k) {
				t.Errorf("%d against %d: %d", i, k, got)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	for _, tt := range []struct{ base, ref, uri, fragment string }{
		{"http://a.example/x/y?z", "../b c?d#e f", "http://a.example/b%20c?d", "e%20f"},
		{"http://a.example/x/y?z/w", "b?c=/../d", "http://a.example/x/b?c=/../d", ""},
		{"https://a.example/x/y", "/b//c", "https://a.example/b//c", ""},
		{"http://a.example/x/y", "b/../c", "http://a.example/x/c", ""},
		{"http://a.example/x/y", "mailto:x", "mailto:x", ""},
		{"http://a.example/x/", "//B.example", "http://b.example/", ""},
		{"http://a.example/x/", "https://b.example/p", "https://b.example/p", ""},
		{"http://a.example/x/", "\thtt\np://user@b.example/", "http://b.example/", ""},
		{"http://a.example/x/", "javascript:alert(1)", "javascript:alert(1)", ""},
		{"http://a.example/x/", `\\b.example\q`, "http://b.example/q", ""},
	} {
		uri, fragment, err := Resolve(tt.base, tt.ref)
		if err != nil || uri != tt.uri || fragment != tt.fragment {
			t.Errorf("%q from %q: %q, %q, %v", tt.ref, tt.base, uri, fragment, err)
		}
	}
	if uri, _, err := Resolve("http://a.example/", "http://%zz/"); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("%q, %v", uri, err)
	}
}

// The quick way leads where the long one does.
func FuzzResolve(f *testing.F) {
	for _, ref := range []string{"a", "/a", "/a/./b", "a?b", "?", "..", "//x", "a:b", "/a:b", "", "a/..", "/..//x", "x/.", "%2e%2e/x"} {
		f.Add("http://a.example/x/y?z", ref)
		f.Add("https://b.example/", ref)
	}
	f.Fuzz(func(t *testing.T, base, ref string) {
		quick, ok := beside(base, ref)
		if !ok {
			return
		}
		u, err := url.NewParser().ParseRef(base, ref)
		if err != nil || u.Href(false) != quick {
			t.Errorf("%q from %q: %q, not %v, %v", ref, base, quick, u, err)
		}
	})
}
