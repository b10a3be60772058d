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
func (p *program) sessions(h *house, g *access.Gate) *server.Sessions {
	if h.config.Server.Auth == configs.AuthNone {
		return nil
	}
	return &server.Sessions{
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
	}
}

// beginSession begins the session of whoever may do what t may, and forgets those that are over.
func (p *program) beginSession(ctx context.Context, h *house, t ibid.Token) (string, error) {
	credential, session, err := access.MakeSession(t, p.now())
	if err != nil {
		return "", err
	}
	if err := errors.Join(h.catalog.ForgetSessions(ctx, p.now()), h.catalog.PutToken(ctx, session)); err != nil {
		return "", err
	}
	p.log.InfoContext(ctx, "somebody signed in", "token", session.Of, "ends", session.Expires)
	return credential, nil
}
