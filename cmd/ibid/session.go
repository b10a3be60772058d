package main

import (
	"context"
	"errors"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/server"
)

// sessions let people sign in with a browser; nil: there is nothing to sign in for.
func (p *program) sessions(h *house, g *access.Gate) (*server.Sessions, error) {
	if h.config.Server.Auth == configs.AuthNone {
		return nil, nil //nolint:nilnil // as said
	}
	issuer, err := p.login(h)
	if err != nil {
		return nil, err
	}
	return &server.Sessions{
		Login: issuer,
		Begin: func(ctx context.Context, token string) (string, error) {
			if token == "" {
				token = "none" // no token would be anybody
			}
			a, err := g.AskFrom(ctx, token, server.ClientOf(ctx).Address)
			if err != nil {
				return "", err
			}
			return p.beginSession(ctx, h, *a.Token())
		},
		End: func(ctx context.Context) error {
			a, err := asker(ctx)
			if err != nil || a.Token() == nil || a.Token().Of == "" {
				return err
			}
			_, err = h.catalog.RevokeToken(ctx, a.Token().ID)
			return err
		},
		Who: func(ctx context.Context) string {
			a, err := asker(ctx)
			if err != nil || a.Token() == nil || a.Token().Of == "" {
				return ""
			}
			return a.Token().Name
		},
	}, nil
}

// beginSession begins the session of whoever may do what t may.
func (p *program) beginSession(ctx context.Context, h *house, t ibid.Token) (string, error) {
	credential, session, err := access.MakeSession(t, p.now())
	if err != nil {
		return "", err
	}
	return credential, p.putSession(ctx, h, session)
}

// putSession records a session, and forgets those that are over.
func (p *program) putSession(ctx context.Context, h *house, session ibid.Token) error {
	if err := errors.Join(h.catalog.ForgetSessions(ctx, p.now()), h.catalog.PutToken(ctx, session)); err != nil {
		return err
	}
	p.log.InfoContext(ctx, "somebody signed in", "by", session.Of, "session", session.ID, "ends", session.Expires)
	return nil
}
