package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/report"
)

type tokenCmd struct {
	List   tokenListCmd   `cmd:"" default:"withargs" help:"The tokens that there are."`
	Create tokenCreateCmd `cmd:"" help:"Make a token, and show its secret once."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token now."`
}

type tokenCreateCmd struct {
	Name    string        `arg:"" help:"Whose it is or what it is for: people read it later."`
	Scope   string        `enum:"read,write,admin" default:"read" help:"read: what is private; write: also archive and move schedules; admin: also what rules keep from others."`
	Only    []string      `help:"The collections that it counts in (else all)." placeholder:"NAME"`
	Expires time.Duration `help:"How long it counts: 720h (else until it is revoked)." placeholder:"TIME"`
}

// Run makes a token.
func (t *tokenCreateCmd) Run(ctx context.Context, p *program) (err error) {
	token := ibid.Token{Name: t.Name, Scope: ibid.TokenScope(t.Scope), Collections: t.Only}
	if t.Expires != 0 {
		token.Expires = p.now().Add(t.Expires).UTC()
	}
	text, token, err := access.Make(token, p.now())
	if err != nil {
		return err
	}
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	if err := h.catalog.PutToken(ctx, token); err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(struct {
			ibid.Token
			Text string `json:"token"`
		}{token, text})
	}
	p.notice("The token %s is shown once: keep it where secrets are kept. It is sent as \"Authorization: Bearer TOKEN\".", token.ID)
	_, err = fmt.Fprintln(p.stdout, text)
	return err
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"The id of the token, as ibid token list shows it, or the token itself."`
}

// Run ends a token.
func (t *tokenRevokeCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	id := t.ID
	if of, _, ok := access.Split(id); ok {
		id = of
	}
	if _, err := h.catalog.Token(ctx, id); err != nil {
		return err
	}
	changed, err := h.catalog.RevokeToken(ctx, id)
	if err != nil {
		return err
	}
	words := "%s counts no more\n"
	if !changed {
		words = "%s was revoked before\n"
	}
	_, err = fmt.Fprintf(p.stdout, words, report.Plain(id))
	return err
}

type tokenListCmd struct{}

// Run lists the tokens.
func (tokenListCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	tokens, err := h.catalog.Tokens(ctx)
	if err != nil {
		return err
	}
	table := newTable("id", "name", "scope", "in", "counts")
	for i := range tokens {
		t := &tokens[i]
		if t.Of != "" && !t.Live(p.now()) {
			continue // the session of a browser that is over
		}
		if p.flags.JSON {
			if err := p.printJSON(t); err != nil {
				return err
			}
			continue
		}
		where := "all"
		if len(t.Collections) > 0 {
			where = report.Clip(strings.Join(t.Collections, ", "), 24)
		}
		name := t.Name
		if t.Of != "" {
			name += " (browser)"
		}
		table.row(t.ID, report.Clip(report.Plain(name), 24), string(t.Scope), where, tokenWords(t, p.now()))
	}
	switch {
	case p.flags.JSON:
		return nil
	case len(tokens) == 0:
		_, err = fmt.Fprintln(p.stdout, "There are no tokens: nobody can write over HTTP. ibid token create makes one.")
		return err
	}
	table.write(p.stdout)
	return nil
}

func tokenWords(t *ibid.Token, now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return "no: revoked " + t.Revoked.Format(time.DateOnly)
	case !t.Live(now):
		return "no: ended " + t.Expires.Format(time.DateOnly)
	case !t.Expires.IsZero():
		return "until " + t.Expires.Format(time.DateOnly)
	}
	return "yes"
}

// gate decides who may do and have what over HTTP.
func (p *program) gate(h *house) *access.Gate {
	o := access.Options{Rules: h.catalog, Tokens: h.catalog, Now: p.now, Log: p.log}
	for _, c := range h.config.Collections {
		if c.Visibility == configs.VisibilityPrivate {
			o.Private = append(o.Private, c.Name)
		}
	}
	if h.config.Server.Auth == configs.AuthNone {
		o.Anybody = access.Owner()
	}
	return access.New(o)
}

// mayListen says that an address beyond this machine is not listened to before there is a token: whoever is about to let
// others in should have thought of who they are.
func (p *program) mayListen(ctx context.Context, h *house, address string) error {
	if configs.IsLoopback(address) || h.config.Server.OIDC.Issuer != "" {
		return nil
	}
	tokens, err := h.catalog.Tokens(ctx)
	if err != nil {
		return err
	}
	for i := range tokens {
		if tokens[i].Of == "" && tokens[i].Live(p.now()) {
			return nil
		}
	}
	return &ibid.Error{Kind: ibid.KindInput, Op: "listen on", URI: address, Err: errors.New(
		"others than this machine could reach it, and there is no token yet: make one with ibid token create NAME --scope write, or listen on 127.0.0.1:8470")}
}
