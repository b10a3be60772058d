package ibid

import "time"

// Token lets a program or a person do over HTTP what not everybody may. Its secret is shown once, when it is made; what is
// kept is a digest.
type Token struct {
	// ID is public: it stands in logs and lists.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Secret is the digest of the secret: 256 random bits, which nobody can guess from it.
	Secret Digest     `json:"-"`
	Scope  TokenScope `json:"scope"`
	// Collections are those that it counts in; none: in all of them.
	Collections []string `json:"collections,omitempty"`
	// Of is what somebody signed in with whose browser has this one: the ID of a Token, without which it does not count, or
	// "issuer:" and what an issuer knows them by. Empty: it is nobody's browser.
	Of      string    `json:"of,omitempty"`
	Created time.Time `json:"created"`
	// Expires is when it ends by itself; zero: never. Revoked is when somebody ended it; zero: nobody did.
	Expires time.Time `json:"expires,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// Live says whether t counts at that time.
func (t *Token) Live(at time.Time) bool {
	return t.Revoked.IsZero() && (t.Expires.IsZero() || at.Before(t.Expires))
}

// TokenScope is how much a Token lets do: each includes those before it.
type TokenScope string

// The TokenScopes.
const (
	// ScopeRead: to read what is private.
	ScopeRead TokenScope = "read"
	// ScopeWrite: to have documents and sources archived, and to move schedules.
	ScopeWrite TokenScope = "write"
	// ScopeAdmin: to read what access rules keep from others.
	ScopeAdmin TokenScope = "admin"
)

// rank orders the scopes; 0 is none.
func (s TokenScope) rank() int {
	switch s {
	case ScopeRead:
		return 1
	case ScopeWrite:
		return 2
	case ScopeAdmin:
		return 3
	default:
		return 0
	}
}

// Valid says whether s is one of the TokenScopes.
func (s TokenScope) Valid() bool { return s.rank() > 0 }

// Includes says whether who has s may do what needs other. An unknown scope includes nothing, and nothing includes it.
func (s TokenScope) Includes(other TokenScope) bool { return other.Valid() && s.rank() >= other.rank() }
