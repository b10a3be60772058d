package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/queue"
)

type migrateCmd struct {
	To string `required:"" help:"Where to: postgres://USER@HOST/DATABASE, an empty database." placeholder:"URL"`
}

// Run makes the catalogue again in PostgreSQL: what the store holds from the store, and the rest, which are runs and
// schedules, from the catalogue in SQLite. All of it happens or nothing, and the old catalogue stays as it is.
func (m *migrateCmd) Run(ctx context.Context, p *program) (err error) {
	c, err := p.config()
	if err != nil {
		return err
	}
	bad := func(err error) error { return &ibid.Error{Kind: ibid.KindInput, Op: "move the catalogue", Err: err} }
	switch {
	case catalog.IsPostgres(c.Catalog):
		return bad(errors.New("it is in PostgreSQL already; name the one in SQLite with --catalog"))
	case !catalog.IsPostgres(m.To):
		return bad(errors.New("--to names a database of PostgreSQL: postgres://USER@HOST/DATABASE"))
	}
	h, err := p.openStored(ctx, c, toWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	to, err := catalog.Open(ctx, m.To, catalog.Options{Now: p.now, Log: p.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	empty, err := to.IsEmpty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return bad(errors.New("the database holds a catalogue already; give an empty one"))
	}
	moved, err := p.migrate(ctx, h, to)
	if err != nil {
		return err
	}
	return p.printMigrated(moved)
}

// migrated says what was moved.
type migrated struct {
	rebuilt
	Runs int `json:"runs"`
	// Jobs are those that are left to work.
	Jobs  int `json:"jobs_left"`
	Plans int `json:"schedules"`
	Turns int `json:"due_times"`
}

func (p *program) migrate(ctx context.Context, h *house, to *catalog.Catalog) (m migrated, err error) {
	jobs, err := p.unfinished(ctx, h.catalog)
	if err != nil {
		return m, err
	}
	q, err := queue.Open(ctx, queue.Options{DB: to.DB(), Spare: to.Spare(), Retry: to.Retry, Log: p.log})
	if err != nil {
		return m, err
	}
	m.rebuilt, err = p.rebuild(ctx, h.archive, to, func(f *catalog.Filler, fill func() error) error {
		state, err := f.TakeState(ctx, h.catalog)
		if err != nil {
			return err
		}
		m.Runs, m.Plans, m.Turns, m.Jobs = state.Runs, state.Plans, state.Turns, len(jobs)
		if err := fill(); err != nil {
			return err
		}
		return q.Enqueue(ctx, f.Tx(), jobs...)
	})
	return m, err
}

// unfinished are the Jobs of a catalogue that nobody else works. They keep their ids: some may have put into the store
// what the catalogue has not heard of.
func (p *program) unfinished(ctx context.Context, c *catalog.Catalog) ([]queue.Task, error) {
	q, err := queue.Open(ctx, queue.Options{DB: c.DB(), Spare: c.Spare(), Retry: c.Retry, Log: p.log})
	if err != nil {
		return nil, err
	}
	return q.Unfinished(ctx)
}

func (p *program) printMigrated(m migrated) error {
	var err error
	if p.flags.JSON {
		err = p.printJSON(m)
	} else {
		_, err = fmt.Fprintf(p.stdout, "moved %d documents, %d captures, %d visits from the store\n"+
			"moved %d runs, %d jobs left to work, %d schedules and %d due times from the old catalogue, which stays as it is\n"+
			"next: set catalog in ibid.yaml to the new address, on every machine\n",
			m.Documents, m.Captures, m.Visits, m.Runs, m.Jobs, m.Plans, m.Turns)
	}
	if err == nil && m.Damaged > 0 {
		err = errDamaged
	}
	return err
}
