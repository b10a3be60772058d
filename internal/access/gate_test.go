package access_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
)

// keeper keeps rules and tokens in memory.
type keeper struct {
	version string
	rules   []ibid.AccessRule
	tokens  map[string]ibid.Token
	err     error
	asked   int
}

func (k *keeper) AccessVersion(context.Context) (string, error) {
	k.asked++
	return k.version, k.err
}
func (k *keeper) AccessRules(context.Context) ([]ibid.AccessRule, error) { return k.rules, k.err }
func (k *keeper) Token(_ context.Context, id string) (ibid.Token, error) {
	t, ok := k.tokens[id]
	if !ok {
		return t, &ibid.Error{Kind: ibid.KindNotFound, Op: "find", Err: errors.New("none")}
	}
	return t, k.err
}

func made(t *testing.T, k *keeper, token ibid.Token) string {
	t.Helper()
	text, token, err := access.Make(token, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	k.tokens[token.ID] = token
	return text
}

func TestTokensCountOrDoNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{tokens: map[string]ibid.Token{}}
		g := access.New(access.Options{Rules: k, Tokens: k})
		good := made(t, k, ibid.Token{Name: "good", Scope: ibid.ScopeWrite})
		ends := made(t, k, ibid.Token{Name: "ends", Scope: ibid.ScopeRead, Expires: time.Now().Add(time.Hour)})
		gone := made(t, k, ibid.Token{Name: "gone", Scope: ibid.ScopeAdmin})
		id, _, _ := access.Split(gone)
		revoked := k.tokens[id]
		revoked.Revoked = time.Now()
		k.tokens[id] = revoked
		other := made(t, k, ibid.Token{Name: "other", Scope: ibid.ScopeAdmin})
		mixed := good[:len("ibid_0123456789ab_")] + other[len("ibid_0123456789ab_"):]
		try := func(text string) error {
			_, err := g.Ask(t.Context(), text)
			return err
		}
		for name, text := range map[string]string{
			"another one": "ibid_0123456789ab_" + strings.Repeat("A", 43), "a part": good[:40], "more": good + "A", "none": "secret",
			"revoked": gone, "the secret of another": mixed, "long": strings.Repeat("a", 1<<20),
		} {
			if err := try(text); ibid.KindOf(err) != ibid.KindCredential || err == nil || strings.Contains(err.Error(), "ibid_") {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, text := range []string{"", good, ends} {
			if err := try(text); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(time.Hour) //nolint:forbidigo // virtual time
		if err := try(ends); ibid.KindOf(err) != ibid.KindCredential {
			t.Errorf("after its end: %v", err)
		}
		k.err = errors.New("away")
		if err := try(good); ibid.KindOf(err) != ibid.KindStorage {
			t.Errorf("without a catalogue: %v", err)
		}
	})
}

// A browser that somebody signed in with may do what the token may, for a while, and no longer than the token counts.
func TestASessionEndsWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{tokens: map[string]ibid.Token{}}
		g := access.New(access.Options{Rules: k, Tokens: k})
		begin := func(of ibid.Token) (id, text string) {
			t.Helper()
			text, session, err := access.MakeSession(of, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			k.tokens[session.ID] = session
			return session.ID, text
		}
		text := made(t, k, ibid.Token{Name: "good", Scope: ibid.ScopeWrite, Collections: []string{"c"}})
		id, _, _ := access.Split(text)
		of, session := begin(k.tokens[id])
		a, err := g.Ask(t.Context(), session)
		if err != nil || !a.May(ibid.ScopeWrite, "c") || a.May(ibid.ScopeWrite, "d") || a.Name() != "token "+id {
			t.Fatalf("%+v, %v", a, err)
		}
		if again, _ := begin(k.tokens[of]); k.tokens[again].Of != id {
			t.Error("a session of a session is not one of the token")
		}
		revoked := k.tokens[id]
		revoked.Revoked = time.Now()
		k.tokens[id] = revoked
		if _, err := g.Ask(t.Context(), session); ibid.KindOf(err) != ibid.KindCredential {
			t.Errorf("its token is revoked: %v", err)
		}
		login, person, err := access.MakeLogin("42", "Ada", ibid.ScopeRead, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		k.tokens[person.ID] = person
		if a, err := g.Ask(t.Context(), login); err != nil || a.Name() != "person 42" || !a.May(ibid.ScopeRead, "") || a.May(ibid.ScopeWrite, "") {
			t.Errorf("somebody whom an issuer knows: %v, %v", a, err)
		}
		delete(k.tokens, id)
		if _, err := g.Ask(t.Context(), session); ibid.KindOf(err) != ibid.KindCredential {
			t.Errorf("its token is gone: %v", err)
		}
		_, session = begin(ibid.Token{ID: of, Name: "short", Scope: ibid.ScopeRead, Expires: time.Now().Add(time.Hour)})
		time.Sleep(time.Hour) //nolint:forbidigo // virtual time
		if _, err := g.Ask(t.Context(), session); ibid.KindOf(err) != ibid.KindCredential {
			t.Errorf("its token has ended: %v", err)
		}
	})
}

func TestARuleTakesEffectWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged strings.Builder
		k := &keeper{version: "1"}
		g := access.New(access.Options{Rules: k, Tokens: k, Log: slog.New(slog.NewTextHandler(&logged, nil))})
		thing := access.Thing{Collection: "c", Address: "http://a.example/"}
		ask := func() error {
			a, err := g.Ask(t.Context(), "")
			if err != nil {
				return err
			}
			return errors.Join(a.Refuse(t.Context(), thing), a.Refuse(t.Context(), thing))
		}
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		k.version, k.rules = "2", []ibid.AccessRule{{ID: "seven", Verb: ibid.AccessBlock, Address: "http://a.example/", Reason: "a court said so"}}
		time.Sleep(time.Second) //nolint:forbidigo // virtual time
		if err := ask(); ibid.KindOf(err) != ibid.KindWithheld || !strings.Contains(err.Error(), "a court said so") {
			t.Errorf("%v", err)
		}
		if strings.Count(logged.String(), "rule=seven") != 1 {
			t.Errorf("logged:\n%s", &logged)
		}
		// While nobody can say what the rules are, nothing is given out, and they are asked for once a second.
		time.Sleep(time.Second) //nolint:forbidigo // virtual time
		k.err, k.asked = errors.New("away"), 0
		for range 10 {
			if err := ask(); ibid.KindOf(err) != ibid.KindStorage {
				t.Errorf("%v", err)
			}
		}
		if k.asked != 1 {
			t.Errorf("asked %d times", k.asked)
		}
		k.err, k.version, k.rules = nil, "3", []ibid.AccessRule{{ID: "8", Verb: "unheard-of"}}
		time.Sleep(time.Second) //nolint:forbidigo // virtual time
		if err := ask(); ibid.KindOf(err) != ibid.KindStorage {
			t.Errorf("a rule that cannot be read: %v", err)
		}
	})
}

func TestRequire(t *testing.T) {
	k := &keeper{tokens: map[string]ibid.Token{}}
	g := access.New(access.Options{Rules: k, Tokens: k, Private: []string{"desk"}})
	write := made(t, k, ibid.Token{Name: "a", Scope: ibid.ScopeWrite, Collections: []string{"notes"}})
	for _, tt := range []struct {
		name, token, collection string
		scope                   ibid.TokenScope
		want                    ibid.Kind
	}{
		{"nobody", "", "notes", ibid.ScopeWrite, ibid.KindCredential},
		{"enough", write, "notes", ibid.ScopeWrite, ""},
		{"less is enough", write, "notes", ibid.ScopeRead, ""},
		{"not enough", write, "notes", ibid.ScopeAdmin, ibid.KindPolicy},
		{"elsewhere", write, "other", ibid.ScopeWrite, ibid.KindPolicy},
		{"where it sees nothing", write, "desk", ibid.ScopeWrite, ibid.KindNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := g.Ask(t.Context(), tt.token)
			if err != nil {
				t.Fatal(err)
			}
			err = a.Require(tt.scope, tt.collection)
			if tt.want == "" && err != nil || tt.want != "" && ibid.KindOf(err) != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestCredential(t *testing.T) {
	const token = "ibid_0123456789ab_AAAA"
	for header, want := range map[string]string{
		"": "", "Bearer " + token: token, "bearer  " + token + " ": token, "LOW any:" + token: token,
		"LOW 0123456789ab:AAAA": token, "Basic dXNlcg==": "", "Bearer": "", "LOW": "ibid__",
	} {
		if got := access.Credential(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestTokensThatAreNotMade(t *testing.T) {
	now := time.Now()
	for name, token := range map[string]ibid.Token{
		"no name": {Scope: ibid.ScopeRead}, "no scope": {Name: "a"}, "two lines": {Name: "a\nb", Scope: ibid.ScopeRead},
		"over": {Name: "a", Scope: ibid.ScopeRead, Expires: now},
	} {
		if _, _, err := access.Make(token, now); ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}
