package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
	"github.com/ibid-archive/ibid/internal/testsite"
)

type demoCmd struct {
	Once bool `help:"Print and exit; else the pages show what was kept until interrupted."`
}

// Run does the main job on the bundled document, against the bundled web on loopback.
func (d *demoCmd) Run(ctx context.Context, p *program) (err error) {
	web, err := testsite.Demo()
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInternal, Op: "read the bundled web", Err: err}
	}
	site, err := web.Start()
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInternal, Op: "serve the bundled web", Err: err}
	}
	defer func() { err = errors.Join(err, site.Close()) }()
	dir, err := os.MkdirTemp("", "ibid-demo-*")
	if err != nil {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "make a temporary directory", Err: err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := configs.Default()
	c.Store = filepath.Join(dir, "ibid-data")
	if p.flags.Store != "" {
		c.Store = p.flags.Store
	}
	if _, _, bucket := c.Bucket(); bucket {
		return &ibid.Error{Kind: ibid.KindInput, Op: "run the demo in", URI: c.Store, Err: errors.New("it keeps what it captures in a directory: name one, or none")}
	}
	c.Network.ConnectTo, c.Network.Allow, c.Network.Resolver = site.ConnectTo(), site.Allow(), site.Resolver()
	c.Crawl.PerHost.Delay = 0 // the bundled web is ours
	c.Rescue.Archives = bundledArchives(web)
	if err := d.archive(ctx, p, c, dir); err != nil {
		return err
	}
	if d.Once {
		return nil
	}
	return d.show(ctx, p, c)
}

// show serves what was kept until it is told to stop, where ibid serve would or, when something is there, elsewhere.
func (d *demoCmd) show(ctx context.Context, p *program, c configs.Config) (err error) {
	h, err := p.open(ctx, c, toRead)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	l, err := h.listen(ctx)
	if err != nil { // something is there
		h.config.Server.Listen, h.config.Server.ReplayListen = "127.0.0.1:0", "127.0.0.1:0"
		l, err = h.listen(ctx)
	}
	if err != nil {
		return err
	}
	shown, err := p.replayed(h, l)
	if err != nil {
		return err
	}
	o := reading(h, p)
	o.Protocols, o.Pages.Show = shown.Protocols, shownBy(shown)
	p.notice("\nLook at it until you press Ctrl-C: http://%s/\nIt is kept in %s until then. In another terminal, try:\n"+
		"  ibid --store %s lookup http://www.gfmd-fmmd.org/\n  ibid --store %s verify", l.app.Addr(), c.Store, c.Store, c.Store)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return server.Serve(ctx, l.app, server.New(o), p.log) })
	g.Go(func() error { return server.Serve(ctx, l.replay, unnamed(p.gate(h), shown.Replay()), p.log) })
	return g.Wait()
}

// reading is what a server tells of an archive that nobody works at.
func reading(h *house, p *program) server.Options {
	return server.Options{
		Ready: h.catalog.Ping, Figures: func(context.Context) (server.Figures, error) { return server.Figures{}, nil },
		Feed: feed(h, p.now()), Pages: p.pagesWithPackages(h), Identify: identify(p.gate(h)), Now: p.now, Log: p.log,
	}
}

// bundledArchives are the two web archives of the bundled web.
func bundledArchives(web *testsite.Web) []configs.Archive {
	var all []configs.Archive
	for _, a := range web.Archives() {
		all = append(all, configs.Archive{
			ID: a.ID, Name: a.Name, TimeMap: a.TimeMap, TimeGate: a.TimeGate, CDX: a.CDX, Raw: a.Raw, Rate: configs.Rate(a.Rate), Enabled: true,
		})
	}
	return all
}

func (d *demoCmd) archive(ctx context.Context, p *program, c configs.Config, dir string) (err error) {
	name, body := testsite.DemoDocument()
	document := filepath.Join(dir, name)
	if err := os.WriteFile(document, body, 0o600); err != nil {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "write", URI: document, Err: err}
	}
	h, err := p.open(ctx, c, toWork)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	line, err := p.pipeline(ctx, h)
	if err != nil {
		return err
	}
	err = line.During(ctx, func(ctx context.Context) error {
		return p.archive(ctx, line, archiveJob{docs: []pipeline.Input{pipeline.Input(document)}, to: p.sheet(c, p.flags.Store)})
	})
	if errors.Is(err, errIncomplete) {
		return nil // the demo cites what is dead, so that one sees how that is told
	}
	return err
}
