package access

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// A token is written "ibid_ID_SECRET": its ID in 12 hexadecimal digits, and 256 random bits in base64url (RFC 4648, 5). The
// beginning is for those who look for secrets where none should be.
const (
	tokenPrefix = "ibid_"
	secretBytes = 32
	idBytes     = 6
	maxName     = 100
)

// Make makes t, which has a Name, a Scope, Collections and an end, and returns its text: it is shown once. The error is of
// KindInput.
func Make(t ibid.Token, now time.Time) (string, ibid.Token, error) {
	if err := checkToken(&t, now); err != nil {
		return "", t, &ibid.Error{Kind: ibid.KindInput, Op: "make a token", URI: t.Name, Err: err}
	}
	random := make([]byte, idBytes+secretBytes)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	secret := base64.RawURLEncoding.EncodeToString(random[idBytes:])
	t.ID, t.Secret, t.Created = hex.EncodeToString(random[:idBytes]), ibid.DigestOf([]byte(secret)), now.UTC().Truncate(time.Microsecond)
	return tokenPrefix + t.ID + "_" + secret, t, nil
}

// SessionTime is how long somebody stays signed in with a browser.
const SessionTime = 12 * time.Hour

// MakeSession makes what the browser of whoever has shown t sends from now on. It may do what t may, and counts no longer
// than t.
func MakeSession(t ibid.Token, now time.Time) (string, ibid.Token, error) {
	s := ibid.Token{Name: t.Name, Scope: t.Scope, Collections: t.Collections, Of: cmp.Or(t.Of, t.ID), Expires: now.Add(SessionTime).UTC().Truncate(time.Microsecond)}
	if !t.Expires.IsZero() && t.Expires.Before(s.Expires) {
		s.Expires = t.Expires
	}
	return Make(s, now)
}

// ofIssuer begins the Of of a session that an issuer vouches for; who it is for stands behind it.
const ofIssuer = "issuer:"

// MakeLogin is MakeSession for somebody whom an issuer knows by subject, and who has no token.
func MakeLogin(subject, name string, scope ibid.TokenScope, now time.Time) (string, ibid.Token, error) {
	return MakeSession(ibid.Token{Name: name, Scope: scope, Of: ofIssuer + subject}, now)
}

func checkToken(t *ibid.Token, now time.Time) error {
	switch {
	case !t.Scope.Valid():
		return errors.New("its scope is read, write or admin")
	case t.Name == "" || len(t.Name) > maxName || strings.ContainsAny(t.Name, "\r\n\x00"):
		return errors.New("it needs a name of one line, so that people know later whose it is")
	case !t.Expires.IsZero() && !t.Expires.After(now):
		return errors.New("it would end before it begins")
	}
	return nil
}

var tokenForm = regexp.MustCompile(`^ibid_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$`)

// Split takes the text of a token apart; false: it is none.
func Split(text string) (id, secret string, ok bool) {
	m := tokenForm.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// Credential finds the text of a token in the value of an Authorization header: "Bearer TOKEN" (RFC 6750), or as clients of
// Save Page Now send it, "LOW ID:SECRET", where the secret may be the whole token. Empty: it names none.
func Credential(authorization string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(scheme) {
	case "bearer":
		return rest
	case "low":
		id, secret, _ := strings.Cut(rest, ":")
		if strings.HasPrefix(secret, tokenPrefix) {
			return secret
		}
		return tokenPrefix + id + "_" + secret
	}
	return ""
}

// matches says whether secret is that of t. It takes as long for a wrong one as for the right one.
func matches(t *ibid.Token, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(ibid.DigestOf([]byte(secret))), []byte(t.Secret)) == 1
}

// Reader is whoever asks: the zero value is anybody.
type Reader struct {
	token *ibid.Token
	// all says that whoever asks may do everything.
	all bool
}

// Owner is a Reader who may do everything: whoever sits at this machine.
func Owner() Reader { return Reader{all: true} }

// Bearer is the Reader who has shown t.
func Bearer(t ibid.Token) Reader { return Reader{token: &t} }

// May says whether r may do what needs s in a collection; the empty one is all of them.
func (r Reader) May(s ibid.TokenScope, collection string) bool {
	if r.token == nil {
		return r.all
	}
	t := r.token
	return t.Scope.Includes(s) && (len(t.Collections) == 0 || slices.Contains(t.Collections, collection))
}

// Name says in logs who asks: the ID of a token.
func (r Reader) Name() string {
	switch {
	case r.all:
		return "owner"
	case r.token == nil:
		return "anybody"
	}
	if subject, ok := strings.CutPrefix(r.token.Of, ofIssuer); ok {
		return "person " + subject
	}
	return "token " + cmp.Or(r.token.Of, r.token.ID)
}

// Home is the first of the collections that the token of r counts in; empty: it counts in all, or there is none.
func (r Reader) Home() string {
	if r.token == nil || len(r.token.Collections) == 0 {
		return ""
	}
	return r.token.Collections[0]
}

// Token is what r has shown; nil: nothing.
func (r Reader) Token() *ibid.Token { return r.token }

// Known says whether r has shown who it is.
func (r Reader) Known() bool { return r.all || r.token != nil }
