package access_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func rule(verb ibid.AccessVerb, collection, document, address string) ibid.AccessRule {
	r := ibid.AccessRule{ID: "r", When: now, Verb: verb, Collection: collection, Document: document, Address: address}
	if verb == ibid.AccessEmbargo {
		r.Until = now.AddDate(0, 1, 0)
	}
	return r
}

func policy(t testing.TB, private []string, rules ...ibid.AccessRule) *access.Policy {
	t.Helper()
	for i := range rules {
		rules[i].ID = fmt.Sprint(i)
	}
	p, err := access.NewPolicy(rules, private)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func bearer(s ibid.TokenScope, collections ...string) access.Reader {
	return access.Bearer(ibid.Token{ID: "0123456789ab", Scope: s, Collections: collections})
}

// TestDecide is the access matrix: each verb at each level, for each reader.
func TestDecide(t *testing.T) {
	const address = "http://example.org/papers/1.pdf"
	targets := map[string][3]string{
		"address": {"", "", address}, "prefix": {"", "", "http://example.org/papers/*"}, "domain": {"", "", "*.example.org"},
		"collection": {"notes", "", ""}, "everything": {"", "", ""}, "address in the collection": {"notes", "", address},
	}
	readers := map[string]access.Reader{
		"anybody": {}, "reader": bearer(ibid.ScopeRead), "writer": bearer(ibid.ScopeWrite), "admin": bearer(ibid.ScopeAdmin),
		"admin elsewhere": bearer(ibid.ScopeAdmin, "other"), "owner": access.Owner(),
	}
	want := map[ibid.AccessVerb]ibid.AccessVerb{
		ibid.AccessOpen: ibid.AccessOpen, ibid.AccessBlock: ibid.AccessBlock, ibid.AccessExclude: ibid.AccessExclude,
		ibid.AccessEmbargo: ibid.AccessExclude, ibid.AccessHold: ibid.AccessOpen,
	}
	for verb, usual := range want {
		for level, at := range targets {
			p := policy(t, nil, rule(verb, at[0], at[1], at[2]))
			for who, reader := range readers {
				t.Run(fmt.Sprintf("%s/%s/%s", verb, level, who), func(t *testing.T) {
					expect := usual
					if who == "admin" || who == "owner" {
						expect = ibid.AccessOpen
					}
					d := p.Decide(reader, access.Thing{Collection: "notes", Address: address}, now)
					if d.Verb != expect || d.Held != (verb == ibid.AccessHold) {
						t.Errorf("%s, held %v; want %s", d.Verb, d.Held, expect)
					}
					if far := p.Decide(reader, access.Thing{Collection: "far", Address: "http://elsewhere.example/"}, now); level != "everything" && far.Verb != ibid.AccessOpen {
						t.Errorf("elsewhere: %s", far.Verb)
					}
				})
			}
		}
	}
}

func TestTheNearestRuleCounts(t *testing.T) {
	p := policy(t, nil,
		rule(ibid.AccessExclude, "", "", "*.example.org"),
		rule(ibid.AccessOpen, "", "", "http://www.example.org/press/*"),
		rule(ibid.AccessBlock, "", "", "http://www.example.org/press/2008/*"),
		rule(ibid.AccessOpen, "notes", "", "http://www.example.org/press/2008/*"),
		rule(ibid.AccessExclude, "", "", "https://example.org/press/2008/one"),
		rule(ibid.AccessBlock, "notes", "", ""),
		rule(ibid.AccessExclude, "", "a1b2", ""),
		rule(ibid.AccessExclude, "", "", "http://shop.example/pre*"),
		rule(ibid.AccessEmbargo, "", "", "http://shop.example/pre-order"),
		rule(ibid.AccessBlock, "", "", "http://port.example:8080/*"),
	)
	for _, tt := range []struct {
		name  string
		thing access.Thing
		want  ibid.AccessVerb
	}{
		{"the domain", access.Thing{Collection: "c", Address: "http://example.org/"}, ibid.AccessExclude},
		{"below the domain", access.Thing{Collection: "c", Address: "https://a.b.example.org/x?y"}, ibid.AccessExclude},
		{"the domain with a port", access.Thing{Collection: "c", Address: "https://example.org:8443/x"}, ibid.AccessExclude},
		{"a name that ends so", access.Thing{Collection: "c", Address: "https://badexample.org/"}, ibid.AccessOpen},
		{"a longer path", access.Thing{Collection: "c", Address: "https://example.org/press/2007/a"}, ibid.AccessOpen},
		{"the folder itself", access.Thing{Collection: "c", Address: "https://example.org/PRESS"}, ibid.AccessOpen},
		{"the folder with a query", access.Thing{Collection: "c", Address: "https://example.org/press/?p=1"}, ibid.AccessOpen},
		{"beside the folder", access.Thing{Collection: "c", Address: "https://example.org/pressroom"}, ibid.AccessExclude},
		{"a longer path still", access.Thing{Collection: "c", Address: "http://example.org/press/2008/two"}, ibid.AccessBlock},
		{"of two as near, that of the collection", access.Thing{Collection: "notes", Address: "http://example.org/press/2008/two"}, ibid.AccessOpen},
		{"the very address", access.Thing{Collection: "notes", Address: "http://www.Example.org/press//2008/one/#top"}, ibid.AccessExclude},
		{"the collection", access.Thing{Collection: "notes", Address: "http://elsewhere.example/"}, ibid.AccessBlock},
		{"a document", access.Thing{Collection: "notes", Document: "a1b2"}, ibid.AccessExclude},
		{"another document", access.Thing{Collection: "notes", Document: "a1b3"}, ibid.AccessBlock},
		{"the document elsewhere", access.Thing{Collection: "c", Document: "a1b2"}, ibid.AccessExclude},
		{"a beginning", access.Thing{Collection: "c", Address: "http://shop.example/price?x=1"}, ibid.AccessOpen},
		{"a beginning that fits", access.Thing{Collection: "c", Address: "http://shop.example/press"}, ibid.AccessExclude},
		{"a port", access.Thing{Collection: "c", Address: "http://port.example:8080/a"}, ibid.AccessBlock},
		{"another port", access.Thing{Collection: "c", Address: "http://port.example/a"}, ibid.AccessOpen},
		{"what is no address", access.Thing{Collection: "c", Address: "http://[nowhere"}, ibid.AccessOpen},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := p.Decide(access.Reader{}, tt.thing, now); d.Verb != tt.want {
				t.Errorf("%s by %+v, want %s", d.Verb, d.Rule, tt.want)
			}
		})
	}
}

func TestAnEmbargoEnds(t *testing.T) {
	p := policy(t, nil, rule(ibid.AccessEmbargo, "", "", "http://a.example/x"), rule(ibid.AccessBlock, "", "", "http://a.example/*"))
	thing := access.Thing{Collection: "c", Address: "http://a.example/x"}
	end := now.AddDate(0, 1, 0)
	for at, want := range map[time.Time]ibid.AccessVerb{
		now: ibid.AccessExclude, end.Add(-time.Second): ibid.AccessExclude, end: ibid.AccessBlock, // what is further out counts again
	} {
		if d := p.Decide(access.Reader{}, thing, at); d.Verb != want {
			t.Errorf("at %v: %s, want %s", at, d.Verb, want)
		}
	}
}

func TestPrivateCollections(t *testing.T) {
	p := policy(t, []string{"desk"}, rule(ibid.AccessHold, "desk", "", ""))
	for _, tt := range []struct {
		name   string
		reader access.Reader
		want   ibid.AccessVerb
	}{
		{"anybody", access.Reader{}, ibid.AccessExclude},
		{"a reader", bearer(ibid.ScopeRead), ibid.AccessOpen},
		{"a reader of it", bearer(ibid.ScopeRead, "desk"), ibid.AccessOpen},
		{"a reader of another", bearer(ibid.ScopeRead, "notes"), ibid.AccessExclude},
		{"a scope that is none", bearer("all"), ibid.AccessExclude},
		{"the owner", access.Owner(), ibid.AccessOpen},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, thing := range []access.Thing{{Collection: "desk"}, {Collection: "desk", Address: "http://a.example/"}, {Collection: "desk", Document: "x"}} {
				if d := p.Decide(tt.reader, thing, now); d.Verb != tt.want || !d.Held {
					t.Errorf("%+v: %+v", thing, d)
				}
			}
		})
	}
}

func TestRulesThatAreNone(t *testing.T) {
	for _, tt := range []struct {
		name string
		rule ibid.AccessRule
		says string
	}{
		{"no verb", ibid.AccessRule{}, "neither open"},
		{"another verb", ibid.AccessRule{Verb: "shred"}, "neither open"},
		{"no end", ibid.AccessRule{Verb: ibid.AccessEmbargo}, "needs the date"},
		{"both", rule(ibid.AccessBlock, "", "a", "http://a.example/"), "not about both"},
		{"two lines", ibid.AccessRule{Verb: ibid.AccessBlock, Reason: "a\nb"}, "one line"},
		{"no scheme", rule(ibid.AccessBlock, "", "", "example.org/a"), "write it whole"},
		{"a star within", rule(ibid.AccessBlock, "", "", "http://example.org/*/a"), "can only stand"},
		{"a star in a host", rule(ibid.AccessBlock, "", "", "http://exam*"), "name of a host"},
		{"a path below a domain", rule(ibid.AccessBlock, "", "", "*.example.org/a"), "without a path"},
		{"no host", rule(ibid.AccessBlock, "", "", "http:///a"), ""},
		{"too long", rule(ibid.AccessBlock, "", "", "http://example.org/"+strings.Repeat("a", 1<<20)), "longer than 2000 bytes"},
		{"longer than it looks", rule(ibid.AccessBlock, "", "", "http://example.org/"+strings.Repeat("ü", 900)), "too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := access.Check(&tt.rule)
			if tt.name == "no host" && err == nil {
				return // as browsers read it, its host is "a"
			}
			if ibid.KindOf(err) != ibid.KindInput || err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
			if _, err := access.NewPolicy([]ibid.AccessRule{tt.rule}, nil); err == nil {
				t.Error("a policy takes it")
			}
		})
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"http://example.org/a", "*.example.org", "https://WWW.example.org/a/*", "http://a.example/x?b&a*", "http://a/ *", "*.a*", "urn:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := access.Normal(s)
		if err != nil {
			return
		}
		if len(n) > 2000 {
			t.Errorf("%q has the normal form %q", s, n)
		}
		if !strings.HasSuffix(s, "*") && !strings.HasPrefix(strings.TrimSpace(s), "*") {
			p := policy(t, nil, rule(ibid.AccessBlock, "", "", s))
			if d := p.Decide(access.Reader{}, access.Thing{Collection: "c", Address: s}, now); d.Verb != ibid.AccessBlock {
				t.Errorf("a rule for %q does not count for it", s)
			}
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	rules := make([]ibid.AccessRule, 0, 100_000)
	for i := range cap(rules) {
		rules = append(rules, rule(ibid.AccessBlock, "", "", fmt.Sprintf("http://host-%d.example/%s/*", i%1000, strings.Repeat("x", i%40)+fmt.Sprint(i))))
	}
	p := policy(b, nil, rules...)
	thing := access.Thing{Collection: "c", Address: "http://www.host-7.example/library/2008/papers/session-3.4/background.pdf"}
	for b.Loop() {
		p.Decide(access.Reader{}, thing, now)
	}
}
