package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
	"github.com/ibid-archive/ibid/internal/server"
	"github.com/ibid-archive/ibid/scheduler"
)

type serveCmd struct{}

// Run looks at sources when they are due, works Jobs and answers operators, until it is told to stop.
func (serveCmd) Run(ctx context.Context, p *program) (err error) {
	ctx = blob.Patient(ctx)
	h, done, err := p.opened(ctx, toWork)
	if err != nil {
		return err
	}
	defer done(&err)
	planner := scheduler.NewPlanner(policy(h.config))
	p.replan = planner.Replan
	told, err := p.notifier(ctx, h)
	if err != nil {
		return err
	}
	p.told = told.Wake
	if h.news != nil {
		h.news.wake.Store(&p.told)
	}
	line, err := p.pipeline(ctx, h)
	if err != nil {
		return err
	}
	if err := p.takeRules(ctx, h); err != nil {
		return err
	}
	for _, address := range []string{h.config.Server.Listen, h.config.Server.ReplayListen} {
		if err := p.mayListen(ctx, h, address); err != nil {
			return err
		}
	}
	l, err := h.listen(ctx)
	if err != nil {
		return err
	}
	scheme, err := p.encrypt(h.config, &l)
	if err != nil {
		return err
	}
	p.notice("at work: %s://%s/ shows what is kept, %[1]s://%[2]s/readyz and /metrics tell how it goes; Ctrl-C stops", scheme, l.app.Addr())
	return p.serve(ctx, h, line, planner, told, l)
}

// serve runs the parts that live as long as the program. The first that fails ends the others.
func (p *program) serve(ctx context.Context, h *house, line *pipeline.Pipeline, planner *scheduler.Planner, told *notify.Notifier, l listeners) error {
	asked := newRequester(h, line, p)
	app, archived, err := p.handlers(h, line, asked, l)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return line.Serve(ctx) })
	g.Go(func() error { return told.Run(ctx) })
	g.Go(func() error {
		return scheduler.New(scheduler.Options{Plans: line.Plans(), Planner: planner, Now: p.now, Log: p.log}).Run(ctx)
	})
	g.Go(func() error { return (&pursuer{h: h, line: line, log: p.log}).run(ctx) })
	kept := &keeper{h: h, told: told.Wake, now: p.now, log: p.log}
	kept.hold = func(ctx context.Context) error {
		_, err := p.hold(ctx, h, kept.found)
		return err
	}
	g.Go(func() error { return kept.copies(ctx) })
	g.Go(func() error { return kept.run(ctx) })
	g.Go(func() error { return p.keepLog(ctx, h) })
	g.Go(func() error { return h.canary.run(ctx, h.archive, p.now, p.log) })
	g.Go(func() error { return asked.run(ctx) })
	g.Go(func() error { return server.Serve(ctx, l.app, app, p.log) })
	g.Go(func() error { return server.Serve(ctx, l.replay, archived, p.log) })
	g.Go(func() error {
		s := syncer{h: h, line: line, planner: planner, now: p.now, log: p.log}
		began := time.Now()
		err := s.run(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			p.log.Info("all schedules are as the configuration says", "changed", s.changed, "took", time.Since(began).Round(time.Millisecond))
		}
		return err
	})
	return g.Wait()
}

// handlers answer on the two origins: that of the application, and that of what is archived.
func (p *program) handlers(h *house, line *pipeline.Pipeline, asked *requester, l listeners) (app *server.Handler, archived http.Handler, err error) {
	shown, err := p.replayed(h, l)
	if err != nil {
		return nil, nil, err
	}
	o, err := served(h, line, asked, p)
	if err != nil {
		return nil, nil, err
	}
	o.Protocols, o.ProtocolPatterns, o.Pages.Show = shown.Protocols, shown.Patterns(), shownBy(shown)
	app = server.New(o)
	return app, app.Archived(unnamed(p.gate(h), shown.Replay())), nil
}

// policy is how due times are dealt with.
func policy(c configs.Config) scheduler.Policy {
	a := c.Scheduler.Adaptive
	return scheduler.Policy{
		Jitter: time.Duration(c.Scheduler.Jitter), CatchUp: c.Scheduler.CatchUp, Overlap: c.Scheduler.Overlap,
		Adapt: scheduler.Adapt{Factor: a.Factor, Min: time.Duration(a.Min), Max: time.Duration(a.Max)},
	}
}

// served is what the server tells, and to whom.
func served(h *house, line *pipeline.Pipeline, asked *requester, p *program) (server.Options, error) {
	o := operator(h, line, p)
	gate := p.gate(h)
	o.Identify, o.LocalOnly = identify(gate), h.config.Server.Auth == configs.AuthNone
	var err error
	if o.Sessions, err = p.sessions(h, gate); err != nil {
		return o, err
	}
	o.MayOperate = func(ctx context.Context) error {
		a, err := asker(ctx)
		if err != nil {
			return err
		}
		return a.Require(ibid.ScopeRead, "")
	}
	o.Proxies, o.HTTPS = h.config.Server.Trusted(), strings.HasPrefix(h.config.Server.URL, "https://")
	o.API = (&api{h: h, requester: asked, now: p.now}).server()
	return o, nil
}

// heldFigures counts what is known of the store and its copies.
func (h *house) heldFigures(ctx context.Context, f *server.Figures, now time.Time) error {
	held, err := h.catalog.Holdings(ctx, h.stores(), now.Add(-report.TrustCycle))
	f.Objects, f.Audited, f.Single, f.Damaged = held.Objects, held.Recent, held.Once, held.Damaged
	if err == nil && len(h.config.Copies) > 0 {
		f.Unsecured, err = h.catalog.OldestUnsecured(ctx, h.stores())
	}
	return err
}

// operator is what the server tells operators.
func operator(h *house, line *pipeline.Pipeline, p *program) server.Options {
	return server.Options{
		Ready: func(ctx context.Context) error {
			if err := h.catalog.Ping(ctx); err != nil {
				return err
			}
			if err := h.away(); err != nil {
				return err
			}
			return h.archive.Ping(ctx)
		},
		Figures: func(ctx context.Context) (server.Figures, error) {
			done := line.Counts()
			f := server.Figures{Visits: map[server.Result]int64{}, Captures: done.Captures, Bytes: done.Bytes, Lost: done.Lost}
			f.Canary, f.CanaryFailing = h.canary.last()
			for r, n := range done.Visits {
				f.Visits[server.Result(r)] = n
			}
			var err error
			if f.Jobs, err = line.Jobs(ctx); err != nil {
				return f, err
			}
			if err = h.heldFigures(ctx, &f, p.now()); err != nil {
				return f, err
			}
			f.Plans, f.Overdue, err = h.catalog.PlanCounts(ctx, p.now())
			if h.waiting != nil {
				f.SpoolUsed, f.SpoolLimit = h.waiting.Used(), int64(h.config.Spool.Max)
			}
			return f, err
		},
		Feed:  feed(h, p.now()),
		Pages: p.pagesWithPackages(h),
		Now:   p.now,
		Log:   p.log,
	}
}
