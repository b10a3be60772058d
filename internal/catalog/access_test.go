package catalog_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestTheLastRuleOfATargetCounts(t *testing.T) {
	catalogtest.Each(t, func(t *testing.T, e catalogtest.Engine) {
		c := openNew(t, e)
		ctx := t.Context()
		put := func(rules ...ibid.AccessRule) {
			t.Helper()
			if err := c.PutAccess(ctx, rules, access.Normal); err != nil {
				t.Fatal(err)
			}
		}
		ids := func() (ids []string) {
			t.Helper()
			rules, err := c.AccessRules(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rules {
				ids = append(ids, r.ID)
			}
			slices.Sort(ids)
			return ids
		}
		rule := func(id string, minute int, verb ibid.AccessVerb, address string) ibid.AccessRule {
			return ibid.AccessRule{ID: id, When: day.Add(time.Duration(minute) * time.Minute), Verb: verb, Address: address}
		}
		versions := map[string]bool{}
		version := func() {
			t.Helper()
			v, err := c.AccessVersion(ctx)
			if err != nil || versions[v] {
				t.Errorf("version %q, %v", v, err)
			}
			versions[v] = true
		}
		version()
		put(rule("a", 1, ibid.AccessBlock, "http://www.example.org/x"), rule("b", 2, ibid.AccessHold, "http://example.org/x"))
		version()
		put(rule("c", 5, ibid.AccessOpen, "https://EXAMPLE.org/x/"))
		version()
		put(rule("d", 3, ibid.AccessExclude, "http://example.org/x")) // older: it comes from the store
		if got := ids(); !slices.Equal(got, []string{"b", "c"}) {
			t.Errorf("rules %v", got)
		}
		put(rule("e", 6, ibid.AccessRelease, "http://example.org/x"))
		version()
		put(rule("b", 2, ibid.AccessHold, "http://example.org/x")) // taken back: it stays so
		if got := ids(); !slices.Equal(got, []string{"c"}) {
			t.Errorf("rules %v", got)
		}
		if err := c.PutAccess(ctx, []ibid.AccessRule{rule("f", 9, ibid.AccessBlock, "nothing")}, access.Normal); ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("an address that is none: %v", err)
		}
		err := c.Rebuild(ctx, func(f *catalog.Filler) error {
			return f.PutAccess(ctx, []ibid.AccessRule{rule("g", 1, ibid.AccessBlock, "*.example.org")}, access.Normal)
		})
		if got := ids(); err != nil || !slices.Equal(got, []string{"g"}) {
			t.Errorf("rebuilt: %v, %v", got, err)
		}
		version()
	})
}

func TestTokensAreKeptWithoutTheirSecret(t *testing.T) {
	catalogtest.Each(t, func(t *testing.T, e catalogtest.Engine) {
		c := openNew(t, e)
		ctx := t.Context()
		_, token, err := access.Make(ibid.Token{Name: "desk", Scope: ibid.ScopeWrite, Collections: []string{"notes"}, Expires: day.AddDate(9, 0, 0)}, day)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.PutToken(ctx, token); err != nil {
			t.Fatal(err)
		}
		held, err := c.Token(ctx, token.ID)
		if err != nil || held.Secret != token.Secret || held.Name != "desk" || !held.Live(day) || !held.Created.Equal(token.Created) {
			t.Errorf("held %+v, %v", held, err)
		}
		if err := c.Rebuild(ctx, func(*catalog.Filler) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for i, want := range []bool{true, false} {
			if changed, err := c.RevokeToken(ctx, token.ID); err != nil || changed != want {
				t.Errorf("%d: revoked %v, %v", i, changed, err)
			}
		}
		if all, err := c.Tokens(ctx); err != nil || len(all) != 1 || all[0].Live(day) {
			t.Errorf("all %+v, %v", all, err)
		}
		for _, id := range []string{"", "0123456789ab", token.Name} {
			if _, err := c.Token(ctx, id); ibid.KindOf(err) != ibid.KindNotFound {
				t.Errorf("%q: %v", id, err)
			}
		}
	})
}

func TestSessionsThatAreOverAreForgotten(t *testing.T) {
	catalogtest.Each(t, func(t *testing.T, e catalogtest.Engine) {
		c := openNew(t, e)
		for _, token := range []ibid.Token{{ID: "ended", Expires: day}, {ID: "over", Of: "ended", Expires: day}, {ID: "on", Of: "ended", Expires: day.Add(time.Hour)}} {
			if err := c.PutToken(t.Context(), token); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.ForgetSessions(t.Context(), day); err != nil {
			t.Fatal(err)
		}
		tokens, err := c.Tokens(t.Context())
		if err != nil || len(tokens) != 2 || tokens[0].ID != "ended" || tokens[1].Of != "ended" {
			t.Errorf("%+v, %v", tokens, err)
		}
	})
}
