package main

import (
	"context"
	"crypto/tls"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/replay"
	"github.com/ibid-archive/ibid/internal/server"
)

// listeners are the two origins of a server: that of the application, and that of what is archived.
type listeners struct{ app, replay net.Listener }

// listen opens both.
func (h *house) listen(ctx context.Context) (l listeners, err error) {
	for _, one := range []struct {
		to      *net.Listener
		address string
	}{{&l.app, h.config.Server.Listen}, {&l.replay, h.config.Server.ReplayListen}} {
		if *one.to, err = new(net.ListenConfig).Listen(ctx, "tcp", one.address); err != nil {
			return l, &ibid.Error{Kind: ibid.KindInput, Op: "listen on", URI: one.address, Err: err}
		}
		h.closers = append(h.closers, ignoreClosed(*one.to))
	}
	return l, nil
}

// encrypt has both speak TLS where there is a certificate, and returns the scheme of their addresses.
func (p *program) encrypt(c configs.Config, l *listeners) (scheme string, err error) {
	if c.Server.TLS == (configs.TLS{}) {
		return "http", nil
	}
	by, err := server.TLS(c.Server.TLS.CertFile, c.Server.TLS.KeyFile, p.now, p.log)
	if err != nil {
		return "", err
	}
	l.app, l.replay = tls.NewListener(l.app, by), tls.NewListener(l.replay, by)
	return "https", nil
}

// ignoreClosed closes a listener that its server may have closed.
func ignoreClosed(l net.Listener) func() error {
	return func() error {
		_ = l.Close() // the only error is that it is closed
		return nil
	}
}

// replayed gives back what the house holds.
func (p *program) replayed(h *house, l listeners) (*replay.Service, error) {
	s, face := h.config.Server, server.NewFace(p.now, p.log)
	var assets fs.FS
	if s.ReplayAssets != "" {
		assets = os.DirFS(s.ReplayAssets)
		if err := replay.CheckAssets(assets); err != nil {
			return nil, err
		}
	}
	return replay.New(replay.Options{
		Index: h.catalog, Records: records{h.archive}, Assets: assets,
		Access: mayHave, Destroyed: p.destroyed(h), Tickets: tickets{access.NewTickets(p.gate(h))},
		Application: replay.Origin{URL: s.URL, Port: portOf(l.app)}, Replay: replay.Origin{URL: s.ReplayURL, Port: portOf(l.replay)},
		Page: bannerOf(h.catalog, face), Fail: face.Fail, Now: p.now, Log: p.log,
	})
}

// mayHave decides for listings and bytes alike what whoever asks may have of a capture.
func mayHave(r *http.Request, e *cdx.Entry) replay.Decision {
	a, err := asker(r.Context())
	if err != nil {
		return replay.Exclude
	}
	switch a.Decide(r.Context(), access.Thing{Collection: e.Collection, Address: e.URI}).Verb {
	case ibid.AccessOpen:
		return replay.Open
	case ibid.AccessBlock:
		return replay.Block
	default:
		return replay.Exclude
	}
}

// tickets are those of replay.Options.
type tickets struct{ of *access.Tickets }

// Issue is that of replay.Tickets.
func (t tickets) Issue(r *http.Request, e *cdx.Entry) string {
	a, err := asker(r.Context())
	if err != nil {
		return ""
	}
	return t.of.Issue(r.Context(), a, access.Thing{Collection: e.Collection, Address: e.URI})
}

// Admit is that of replay.Tickets.
func (t tickets) Admit(ctx context.Context, ticket string) (context.Context, error) {
	a, err := t.of.Admit(ctx, ticket)
	if err != nil {
		return ctx, err
	}
	return context.WithValue(ctx, askerKey{}, a), nil
}

// destroyed says whether what was held of an address was destroyed, in a collection that whoever asks may see.
func (p *program) destroyed(h *house) func(r *http.Request, uri string) bool {
	return func(r *http.Request, uri string) bool {
		a, err := asker(r.Context())
		if err != nil {
			return false
		}
		collections, err := h.catalog.Collections(r.Context())
		if err != nil {
			return false
		}
		for _, name := range collections {
			if a.Decide(r.Context(), access.Thing{Collection: name, Address: uri}).Destroyed() {
				return true
			}
		}
		return false
	}
}

// unnamed answers everybody as somebody without a credential: the origin of what is archived gets none.
func unnamed(g *access.Gate, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := identify(g)(r.Context(), "")
		if err != nil {
			http.Error(w, "it cannot be decided now what may be shown", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func portOf(l net.Listener) string {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return ""
	}
	return port
}

// records opens what an archive holds.
type records struct{ archive *archive.Archive }

// Open is that of replay.Records.
func (r records) Open(ctx context.Context, e cdx.Entry) (*replay.Record, error) {
	payload, err := r.archive.Payload(ctx, e.Collection, e.Capture)
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	for _, f := range payload.Header {
		header.Add(f.Name, f.Value)
	}
	return &replay.Record{
		Header: header, Status: payload.Status, Body: payload,
		Decoded: func(limit int64) (io.Reader, error) { return payload.Decoded(archive.Limit(limit)) },
	}, nil
}
