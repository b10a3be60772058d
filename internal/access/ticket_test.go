package access_test

import (
	"bytes"
	"encoding/base64"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
)

func TestTickets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{tokens: map[string]ibid.Token{}, rules: []ibid.AccessRule{{ID: "1", Verb: ibid.AccessBlock, Address: "http://blocked.example/"}}}
		g := access.New(access.Options{Rules: k, Tokens: k, Private: []string{"desk", "other"}})
		reader := made(t, k, ibid.Token{Name: "reader", Scope: ibid.ScopeRead})
		of := access.NewTickets(g)
		ask := func(token string) *access.Asker {
			a, err := g.Ask(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		issue := func(token, collection string) string {
			return of.Issue(t.Context(), ask(token), access.Thing{Collection: collection, Address: "http://a.example/"})
		}
		if issue("", "desk") != "" || issue(reader, "notes") != "" {
			t.Error("a ticket for nobody, or for what anybody may have")
		}
		if of.Issue(t.Context(), ask(reader), access.Thing{Collection: "desk", Address: "http://blocked.example/"}) != "" {
			t.Error("a ticket for what is blocked")
		}
		desk := issue(reader, "desk")
		a, err := of.Admit(t.Context(), desk)
		if err != nil {
			t.Fatal(err)
		}
		for thing, open := range map[access.Thing]bool{
			{Collection: "desk", Address: "http://a.example/"}: true, {Collection: "desk", Address: "http://b.example/"}: true,
			{Collection: "notes", Address: "http://a.example/"}: true, {Collection: "other", Address: "http://a.example/"}: false,
			{Collection: "desk", Address: "http://blocked.example/"}: false,
		} {
			if got := a.Refuse(t.Context(), thing) == nil; got != open {
				t.Errorf("%v: %v", thing, got)
			}
		}
		refused := func(name, ticket string) {
			t.Helper()
			if _, err := of.Admit(t.Context(), ticket); ibid.KindOf(err) != ibid.KindPolicy || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for i := range desk {
			other := byte('A')
			if desk[i] == other {
				other = 'B'
			}
			refused("changed", desk[:i]+string(other)+desk[i+1:])
			refused("cut", desk[:i])
		}
		refused("of another process", access.NewTickets(g).Issue(t.Context(), ask(reader), access.Thing{Collection: "desk", Address: "http://a.example/"}))
		b, err := base64.RawURLEncoding.DecodeString(desk)
		if err != nil {
			t.Fatal(err)
		}
		refused("for another collection", base64.RawURLEncoding.EncodeToString(bytes.Replace(b, []byte("desk"), []byte("notes"), 1)))
		time.Sleep(29 * time.Minute) //nolint:forbidigo // virtual time
		if _, err := of.Admit(t.Context(), desk); err != nil {
			t.Errorf("before its end: %v", err)
		}
		time.Sleep(17 * time.Minute) //nolint:forbidigo // virtual time
		refused("after its end", desk)

		desk = issue(reader, "desk")
		id, _, _ := access.Split(reader)
		text, session, err := access.MakeSession(k.tokens[id], time.Now())
		if err != nil {
			t.Fatal(err)
		}
		k.tokens[session.ID] = session
		browser := issue(text, "desk")
		if _, err := of.Admit(t.Context(), browser); err != nil {
			t.Errorf("of a session: %v", err)
		}
		revoked := k.tokens[id]
		revoked.Revoked = time.Now()
		k.tokens[id] = revoked
		refused("of a token that was revoked", desk)
		refused("of a session whose token was revoked", browser)
		delete(k.tokens, id)
		refused("of a token that is gone", desk)
	})
}

func FuzzTicket(f *testing.F) {
	k := &keeper{tokens: map[string]ibid.Token{}}
	of := access.NewTickets(access.New(access.Options{Rules: k, Tokens: k}))
	for _, seed := range []string{"", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a/b", "%00", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, ticket string) {
		if a, err := of.Admit(t.Context(), ticket); err == nil || a != nil {
			t.Errorf("%q lets in", ticket)
		}
	})
}
