package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/login"
	"github.com/ibid-archive/ibid/internal/server"
)

// issuerTime bounds one question to the issuer.
const issuerTime = 10 * time.Second

// login lets people sign in with the issuer that is configured; nil: there is none.
func (p *program) login(h *house) (*server.Login, error) {
	o := h.config.Server.OIDC
	if o.Issuer == "" {
		return nil, nil //nolint:nilnil // none is what was wanted
	}
	if h.config.Server.URL == "" {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "sign in with", URI: o.Issuer, Err: errors.New("server.url is not set: where should the issuer send people back to?")}
	}
	secret, err := o.ClientSecret.Read(p.environ)
	if err != nil {
		return nil, err
	}
	roots, err := rootCAs(h.config.Network.CAFile)
	if err != nil {
		return nil, err
	}
	issuer, err := login.New(login.Options{
		Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: secret, Redirect: strings.TrimSuffix(h.config.Server.URL, "/") + "/signin/callback",
		Claim: o.Claim, Roles: login.Roles{Read: o.Read, Write: o.Write, Admin: o.Admin}, Now: p.now,
		Client: &http.Client{Timeout: issuerTime, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, IdleConnTimeout: time.Minute}},
	})
	if err != nil {
		return nil, err
	}
	return &server.Login{
		Begin: issuer.Begin,
		Finish: func(ctx context.Context, keep string, query url.Values) (string, error) {
			who, err := issuer.Finish(ctx, keep, query)
			if err != nil {
				return "", err
			}
			credential, session, err := access.MakeLogin(who.Subject, who.Name, who.Scope, p.now())
			if err != nil {
				return "", err
			}
			return credential, p.putSession(ctx, h, session)
		},
	}, nil
}
