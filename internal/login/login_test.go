package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/login"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// issuer is a small one on loopback. It signs what a test has it say.
type issuer struct {
	*httptest.Server
	t   *testing.T
	key *ecdsa.PrivateKey
	// asked is the query with which a browser was sent to it; claims, header and key say what it answers with.
	asked  url.Values
	claims map[string]any
	alg    string
	sign   *ecdsa.PrivateKey
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func startIssuer(t *testing.T) *issuer {
	i := &issuer{t: t, key: newKey(t), alg: "ES256"}
	i.sign = i.key
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		public, err := i.key.PublicKey.Bytes()
		if err != nil {
			t.Error(err)
			return
		}
		say(w, map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1", "x": b64(public[1:33]), "y": b64(public[33:])}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		id, secret, _ := r.BasicAuth()
		if r.FormValue("code") != "code" || id != "ibid" || secret != "hidden" || i.asked.Get("code_challenge") != b64(sum[:]) || i.asked.Get("code_challenge_method") != "S256" {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		say(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": i.token()})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token is what it says, as a JWT (RFC 7519).
func (i *issuer) token() string {
	header, _ := json.Marshal(map[string]any{"alg": i.alg, "kid": "1", "typ": "JWT"})
	claims, _ := json.Marshal(i.claims)
	text := b64(header) + "." + b64(claims)
	if i.alg == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, i.sign, sum[:])
	if err != nil {
		i.t.Error(err)
	}
	return text + "." + b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

// TestPeopleSignInWithAnIssuer is the table of what an issuer can say, and of who is let in.
func TestPeopleSignInWithAnIssuer(t *testing.T) {
	now := time.Now()
	other := newKey(t)
	for _, tt := range []struct {
		name   string
		claims map[string]any
		change func(i *issuer)
		back   func(keep string, q url.Values) string // what comes back; nil: what should
		claim  string
		scope  ibid.TokenScope
		called string
		kind   ibid.Kind
	}{
		{name: "a reader", claims: map[string]any{"groups": []any{"staff", 7}, "email": "a@example.org", "email_verified": true}, scope: ibid.ScopeRead, called: "a@example.org"},
		{name: "of two roles, the wider", claims: map[string]any{"groups": []any{"staff", "archivists"}, "name": "Ada\x00 \u202eL"}, scope: ibid.ScopeWrite, called: "Ada L"},
		{name: "one group as text", claims: map[string]any{"groups": "keepers"}, scope: ibid.ScopeAdmin, called: "person 42"},
		{name: "no role", claims: map[string]any{"groups": []any{"public"}}, kind: ibid.KindPolicy},
		{name: "no groups", kind: ibid.KindPolicy},
		{name: "by mail", claim: "email", claims: map[string]any{"email": "keepers", "email_verified": true}, scope: ibid.ScopeAdmin, called: "keepers"},
		{name: "by mail that nobody has verified", claim: "email", claims: map[string]any{"email": "keepers"}, kind: ibid.KindPolicy},
		{name: "for another client", claims: map[string]any{"groups": "staff", "aud": "other"}, kind: ibid.KindCredential},
		{name: "of another issuer", claims: map[string]any{"groups": "staff", "iss": "https://other.example"}, kind: ibid.KindCredential},
		{name: "expired", claims: map[string]any{"groups": "staff", "exp": now.Add(-time.Minute).Unix()}, kind: ibid.KindCredential},
		{name: "of another login", claims: map[string]any{"groups": "staff", "nonce": "other"}, kind: ibid.KindCredential},
		{name: "signed with another key", claims: map[string]any{"groups": "staff"}, change: func(i *issuer) { i.sign = other }, kind: ibid.KindCredential},
		{name: "not signed", claims: map[string]any{"groups": "staff"}, change: func(i *issuer) { i.alg = "none" }, kind: ibid.KindCredential},
		{
			name: "another state", claims: map[string]any{"groups": "staff"}, kind: ibid.KindCredential,
			back: func(keep string, q url.Values) string { q.Set("state", "other"); return keep },
		},
		{
			name: "nothing kept", claims: map[string]any{"groups": "staff"}, kind: ibid.KindCredential,
			back: func(_ string, q url.Values) string { q.Set("state", ""); return "" },
		},
		{
			name: "the code of another browser", claims: map[string]any{"groups": "staff"}, kind: ibid.KindCredential,
			back: func(keep string, _ url.Values) string {
				return keep[:strings.LastIndex(keep, ".")] + "." + strings.Repeat("v", 43)
			},
		},
		{
			name: "an answer of another issuer", claims: map[string]any{"groups": "staff"}, kind: ibid.KindCredential,
			back: func(keep string, q url.Values) string { q.Set("iss", "https://other.example"); return keep },
		},
		{
			name: "not let in", kind: ibid.KindCredential,
			back: func(keep string, q url.Values) string { q.Set("error", "access_denied"); return keep },
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i := startIssuer(t)
			if tt.claim == "" {
				tt.claim = "groups"
			}
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			l, err := login.New(login.Options{
				Issuer: i.URL, ClientID: "ibid", ClientSecret: "hidden", Redirect: "https://ibid.example/signin/callback", Claim: tt.claim, Client: client,
				Roles: login.Roles{Read: []string{"staff"}, Write: []string{"archivists"}, Admin: []string{"keepers"}}, Now: time.Now,
			})
			if err != nil {
				t.Fatal(err)
			}
			to, keep, err := l.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(to)
			if err != nil || u.Query().Get("redirect_uri") != "https://ibid.example/signin/callback" || u.Query().Get("state") == "" || u.Query().Get("nonce") == "" {
				t.Fatal(to, err)
			}
			i.asked = u.Query()
			i.claims = map[string]any{"iss": i.URL, "aud": "ibid", "sub": "42", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": i.asked.Get("nonce")}
			maps.Copy(i.claims, tt.claims)
			if tt.change != nil {
				tt.change(i)
			}
			query := url.Values{"state": {i.asked.Get("state")}, "code": {"code"}}
			if tt.back != nil {
				keep = tt.back(keep, query)
			}
			p, err := l.Finish(t.Context(), keep, query)
			if tt.kind != "" {
				if err == nil || ibid.KindOf(err) != tt.kind {
					t.Errorf("%+v, %v; want an error of %s", p, err, tt.kind)
				}
				return
			}
			if err != nil || p != (login.Person{Subject: "42", Name: tt.called, Scope: tt.scope}) {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}

func TestAnIssuerThatCannotBeIsRefused(t *testing.T) {
	good := login.Options{Issuer: "https://login.example", ClientID: "ibid", Roles: login.Roles{Read: []string{"*"}}}
	for name, change := range map[string]func(o *login.Options){
		"no HTTPS": func(o *login.Options) { o.Issuer = "http://login.example" }, "no address": func(o *login.Options) { o.Issuer = "login" },
		"no client": func(o *login.Options) { o.ClientID = "" }, "no roles": func(o *login.Options) { o.Roles = login.Roles{} },
	} {
		o := good
		change(&o)
		if _, err := login.New(o); err == nil || ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	i := startIssuer(t)
	good.Issuer, good.Client = i.URL, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	i.Close()
	l, err := login.New(good)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Begin(t.Context()); ibid.KindOf(err) != ibid.KindNetwork || err == nil {
		t.Errorf("an issuer that is away: %v", err)
	}
}
