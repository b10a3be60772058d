package main

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/report"
	"github.com/ibid-archive/ibid/internal/server"
)

type reportTrustCmd struct {
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run says what the archive can show of itself.
func (r *reportTrustCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	t, err := p.trust(ctx, h)
	if err != nil {
		return err
	}
	if p.flags.JSON || r.Format == "json" {
		return p.printJSON(struct {
			*report.Trust
			NDSA          []report.Statement `json:"ndsa"`
			CoreTrustSeal []report.Statement `json:"coretrustseal"`
		}{t, t.NDSA(), t.CoreTrustSeal()})
	}
	return report.WriteTrust(p.stdout, t)
}

// trust gathers the facts.
func (p *program) trust(ctx context.Context, h *house) (*report.Trust, error) {
	t := &report.Trust{At: p.now().UTC(), Software: software(), Collections: []report.TrustCollection{}}
	for _, gather := range []func(context.Context, *house, *report.Trust) error{trustHeld, trustAudits, p.trustLog, trustAccess, trustDestroyed, trustCopies} {
		if err := gather(ctx, h, t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func trustHeld(ctx context.Context, h *house, t *report.Trust) error {
	names, err := h.catalog.Collections(ctx)
	if err != nil {
		return err
	}
	private := map[string]bool{}
	for _, c := range h.config.Collections {
		private[c.Name] = c.Visibility == configs.VisibilityPrivate
	}
	for _, name := range names {
		n, err := h.catalog.Counts(ctx, name)
		if err != nil {
			return err
		}
		t.Collections = append(t.Collections, report.TrustCollection{
			Name: name, Private: private[name], Documents: n.Documents, References: n.References, Captures: n.Captures, Visits: n.Visits, Bytes: n.Bytes,
		})
	}
	return nil
}

// trustAudits finds the newest audit of all of the store.
func trustAudits(ctx context.Context, h *house, t *report.Trust) error {
	return h.archive.Walk(ctx, archive.Visitor{
		Audit: func(a archive.Audit) error {
			t.Audits++
			if a.IsWhole() && (t.Last == nil || a.Ended.After(t.Last.Ended)) {
				t.Last = &report.TrustAudit{
					ID: a.ID, Began: a.Began, Ended: a.Ended, Objects: a.Objects, Records: a.Records, Bytes: a.Bytes, Findings: len(a.Findings) - a.Repaired(),
				}
			}
			return nil
		},
		Damage: func(archive.Finding) {}, // an audit that was changed is none; ibid verify names it
	})
}

// trustCopies are the places where all of it lies: the store and its copies.
func trustCopies(ctx context.Context, h *house, t *report.Trust) error {
	since := t.At.Add(-report.TrustCycle)
	held, err := h.catalog.Holdings(ctx, h.stores(), since)
	if err != nil {
		return err
	}
	t.Objects, t.InOne, t.InMore, t.Recent = held.Objects, held.Once, held.Twice, held.Recent
	for _, name := range h.stores() {
		in, err := h.catalog.HoldingsIn(ctx, name, since)
		if err != nil {
			return err
		}
		c := report.TrustCopy{Place: name, Objects: in.Objects, Damaged: in.Damaged}
		if in.Damaged == 0 {
			c.Checked = in.Oldest
		}
		t.Copies = append(t.Copies, c)
	}
	first := &t.Copies[0]
	first.Place = h.config.Store
	if t.Last != nil && t.Last.Findings == 0 && first.Damaged == 0 && t.Last.Ended.After(first.Checked) {
		first.Checked = t.Last.Ended
	}
	if h.bucket != nil {
		versions, locks := h.bucket.Keeps(ctx)
		first.Versions, first.Locks = &versions, &locks
	}
	return ctx.Err()
}

// stores are the names by which the ledger knows the store and its copies.
func (h *house) stores() []string {
	names := []string{""}
	for _, c := range h.config.Copies {
		names = append(names, c.Store)
	}
	return names
}

func (p *program) trustLog(ctx context.Context, h *house, t *report.Trust) error {
	log, err := p.openLog(ctx, h)
	if err != nil {
		return err
	}
	last, ok := log.Last()
	if !ok {
		return nil
	}
	waiting, err := h.unlogged(ctx, log)
	if err != nil {
		return err
	}
	t.Log = &report.TrustLog{
		Origin: last.Origin, Entries: last.Tree.N, Signed: last.Time, Signer: last.Signer, Keys: len(log.Keys().Names()), Waiting: len(waiting.WARCs),
		Checkpoint: string(last.Note),
	}
	token, err := log.StampOf(ctx, last.Key)
	if token != nil && err == nil {
		t.Log.Stamped, err = custody.CheckStamp(token, last.Note)
	}
	return err
}

func trustAccess(ctx context.Context, h *house, t *report.Trust) error {
	rules, err := h.catalog.AccessRules(ctx)
	if err != nil {
		return err
	}
	t.Access = report.TrustAccess{Rules: len(rules), Open: h.config.Server.Auth == configs.AuthNone}
	for _, r := range rules {
		if r.Verb.OfHold() {
			t.Access.Holds++
		}
	}
	tokens, err := h.catalog.Tokens(ctx)
	for i := range tokens {
		if tokens[i].Live(t.At) {
			t.Access.Tokens++
		}
	}
	return err
}

func trustDestroyed(ctx context.Context, h *house, t *report.Trust) error {
	return h.archive.Destructions(ctx, func(_ archive.Destruction, done bool) error {
		t.Destroyed++
		if !done {
			t.Unfinished++
		}
		return nil
	})
}

// shownTrust is the trust of an archive as its page shows it. It is found out anew when it is asked for and older than a while:
// that is a walk over the store.
type shownTrust struct {
	p *program
	h *house
	// turn is held by whoever reads or replaces what follows.
	turn  chan struct{}
	last  server.Trust
	until time.Time
}

// trustHolds is how long what the page of trust says is not found out anew.
const trustHolds = 10 * time.Minute

func newShownTrust(p *program, h *house) *shownTrust {
	return &shownTrust{p: p, h: h, turn: make(chan struct{}, 1)}
}

func (s *shownTrust) page(ctx context.Context) (server.Trust, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return server.Trust{}, ctx.Err()
	}
	if now := s.p.now(); now.After(s.until) {
		t, err := s.p.trust(ctx, s.h)
		if err != nil {
			return server.Trust{}, err
		}
		s.last, s.until = trustOf(t), now.Add(trustHolds)
	}
	return s.last, nil
}

func trustOf(t *report.Trust) server.Trust {
	shown := server.Trust{At: t.At, Objects: int(t.Objects), Twice: int(t.InMore), Recent: int(t.Recent)}
	for _, c := range t.Copies {
		shown.Places = append(shown.Places, server.Place{
			Name: report.Plain(c.Place), Checked: c.Checked, Damaged: int(c.Damaged), Locks: c.Locks != nil && *c.Locks,
		})
	}
	if l := t.Log; l != nil {
		shown.Checkpoint = &server.Checkpoint{Entries: int(l.Entries), Signed: l.Signed, Stamped: l.Stamped, Note: l.Checkpoint}
	}
	return shown
}
