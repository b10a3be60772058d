package main

import (
	"context"
	"errors"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/scheduler"
)

type workerCmd struct{}

// Run works Jobs until it is told to stop. Any number of workers may, on any number of machines: a Job is one worker's,
// and that of a worker who dies is taken up by another.
func (workerCmd) Run(ctx context.Context, p *program) (err error) {
	ctx = blob.Patient(ctx)
	c, err := p.config()
	if err != nil {
		return err
	}
	h := &house{config: c}
	if !h.isShared() {
		return &ibid.Error{Kind: ibid.KindInput, Op: "start a worker", Err: errors.New(
			"workers share a catalogue in PostgreSQL: name it with --catalog postgres://USER@HOST/DATABASE; " +
				"with SQLite one process does all work by itself")}
	}
	h, err = p.openStored(ctx, c, toWork) // made here, it would be another one than that of the other workers
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	p.replan = scheduler.NewPlanner(policy(c)).Replan // what is found here moves the next look as well
	line, err := p.pipeline(ctx, h)
	if err != nil {
		return err
	}
	p.notice("working with %d sources at once; Ctrl-C stops", c.Crawl.Concurrency)
	end := p.copying(ctx, h)
	err = line.Serve(ctx)
	end(ctx)
	return err
}
