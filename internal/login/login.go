package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/ibid-archive/ibid"
)

// Options are what an Issuer is made of.
type Options struct {
	// Issuer is its address, ClientID and ClientSecret what it knows us by, and Redirect where it sends people back to.
	Issuer, ClientID, ClientSecret, Redirect string
	// Claim is what the issuer says of a person by which Roles go.
	Claim string
	Roles Roles
	// Client asks the issuer.
	Client *http.Client
	Now    func() time.Time
}

// Issuer signs people in. It is safe for concurrent use.
type Issuer struct {
	o Options

	mu       sync.Mutex
	provider *oidc.Provider
}

// New returns an Issuer, which is first asked when somebody signs in: it may be away until then. The error is of KindInput.
func New(o Options) (*Issuer, error) {
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && !isLoopback(u):
		err = errors.New("the issuer is an address of HTTPS, as in https://login.example.org")
	case o.ClientID == "":
		err = errors.New("the issuer needs to know us by a client id")
	case o.Roles.empty():
		err = errors.New("nobody could do anything: name values of the claim for read, write or admin")
	}
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "sign in with", URI: o.Issuer, Err: err}
	}
	return &Issuer{o: o}, nil
}

func isLoopback(u *url.URL) bool {
	return u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost")
}

// discover asks the issuer what it can, once.
func (i *Issuer) discover(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.provider == nil {
		p, err := oidc.NewProvider(i.client(ctx), i.o.Issuer)
		if err != nil {
			return nil, nil, i.failed(ibid.KindNetwork, err)
		}
		i.provider = p
	}
	return i.provider, &oauth2.Config{
		ClientID: i.o.ClientID, ClientSecret: i.o.ClientSecret, Endpoint: i.provider.Endpoint(), RedirectURL: i.o.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}, nil
}

func (i *Issuer) client(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, i.o.Client)
}

func (i *Issuer) failed(kind ibid.Kind, err error) error {
	return &ibid.Error{Kind: kind, Op: "sign you in with", URI: i.o.Issuer, Err: err}
}

// Begin returns where a browser is to be sent, and what it has to keep until it comes back: nobody else may see that.
func (i *Issuer) Begin(ctx context.Context) (to, keep string, err error) {
	_, c, err := i.discover(ctx)
	if err != nil {
		return "", "", err
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	return c.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), state + "." + nonce + "." + verifier, nil
}

// Finish takes a browser back that kept what Begin gave it, with the query with which the issuer has sent it. KindCredential:
// the issuer has not let it in, or something else than the issuer has sent it; KindPolicy: whoever it is has no role here.
func (i *Issuer) Finish(ctx context.Context, keep string, query url.Values) (Person, error) {
	kept := strings.Split(keep, ".")
	if len(kept) != 3 || subtle.ConstantTimeCompare([]byte(kept[0]), []byte(query.Get("state"))) != 1 {
		return Person{}, i.failed(ibid.KindCredential, errors.New("this is not the answer to what this browser asked; begin again"))
	}
	if by := query.Get("iss"); by != "" && by != i.o.Issuer { // RFC 9207
		return Person{}, i.failed(ibid.KindCredential, errors.New("the answer is of another issuer"))
	}
	if query.Get("error") != "" || query.Get("code") == "" {
		return Person{}, i.failed(ibid.KindCredential, errors.New("it did not let you in"))
	}
	p, c, err := i.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx = i.client(ctx)
	token, err := c.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(kept[2]))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return Person{}, i.failed(ibid.KindCredential, errors.New("it does not know the code that it gave"))
	}
	if err != nil {
		return Person{}, i.failed(ibid.KindNetwork, err)
	}
	raw, _ := token.Extra("id_token").(string) //nolint:errcheck // an empty one is refused
	id, err := p.Verifier(&oidc.Config{ClientID: i.o.ClientID, Now: i.o.Now}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(kept[1])) != 1 {
		return Person{}, i.failed(ibid.KindCredential, errors.New("what it says cannot be verified"))
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Person{}, i.failed(ibid.KindCredential, errors.New("what it says cannot be read"))
	}
	return i.person(id.Subject, claims)
}
