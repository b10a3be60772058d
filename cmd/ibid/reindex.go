package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/report"
)

type reindexCmd struct{}

// Run makes the catalogue again from the store alone.
func (reindexCmd) Run(ctx context.Context, p *program) (err error) {
	c, err := p.config()
	if err != nil {
		return err
	}
	if _, _, bucket := c.Bucket(); !bucket { // from a bucket a catalogue can be made on a new machine, too
		if err := storeThere(c); err != nil {
			return err
		}
	}
	h, err := p.open(ctx, c, toWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	made, err := p.rebuild(ctx, h.archive, h.catalog, func(_ *catalog.Filler, fill func() error) error { return fill() })
	if err != nil {
		return err
	}
	if err := h.archive.NoteCopies(ctx); err != nil {
		p.log.Warn(err.Error())
	}
	if p.flags.JSON {
		err = p.printJSON(made)
	} else {
		_, err = fmt.Fprintf(p.stdout, "reindexed %s, %s, %s\n",
			report.Count(made.Documents, "document"), report.Count(made.Captures, "capture"), report.Count(made.Visits, "visit"))
	}
	if err == nil && made.Damaged > 0 {
		err = errDamaged
	}
	return err
}

// rebuilt counts what a catalogue was made of.
type rebuilt struct {
	Documents int `json:"documents"`
	Captures  int `json:"captures"`
	Visits    int `json:"visits"`
	Damaged   int `json:"damaged"`
}

// rebuild makes a catalogue in one transaction: around is called in it, and calls fill for all that is in the store.
func (p *program) rebuild(ctx context.Context, a *archive.Archive, c *catalog.Catalog,
	around func(f *catalog.Filler, fill func() error) error,
) (n rebuilt, err error) {
	history, err := a.History(ctx, time.Time{})
	if err != nil {
		return n, err
	}
	err = c.Rebuild(ctx, func(f *catalog.Filler) error {
		return around(f, func() error {
			return a.Walk(ctx, archive.Visitor{
				Document: func(collection string, doc ibid.Document, refs []ibid.Reference) error {
					n.Documents++
					return f.PutDocument(ctx, collection, doc, refs)
				},
				Segment: func(s archive.Segment) error {
					for _, b := range batchesOf(s) {
						added, err := f.Put(ctx, b)
						if err != nil {
							return err
						}
						n.Captures, n.Visits = n.Captures+added.Captures, n.Visits+added.Visits
					}
					return f.PutChecks(ctx, history.Checks(s.Key, newest(s)))
				},
				Access: func(r ibid.AccessRule) error { return f.PutAccess(ctx, []ibid.AccessRule{r}, access.Normal) },
				Damage: func(found archive.Finding) {
					n.Damaged++
					p.printFinding(found)
				},
			})
		})
	})
	return n, err
}

// newest is when something of a segment was made last, as far as that is known: it was stored after that.
func newest(s archive.Segment) (at time.Time) {
	for i := range s.Visits {
		if s.Visits[i].Began.After(at) {
			at = s.Visits[i].Began
		}
	}
	return at
}

// batchesOf is what a segment says to the catalogue. All Visits of a Job are of one run; a segment without any can
// only hold what is not part of a Visit yet. What was imported may have Visits of many runs.
func batchesOf(s archive.Segment) []catalog.Batch {
	all := catalog.Batch{Collection: s.Collection, Job: s.Job, Captures: s.Captures}
	if len(s.Visits) == 0 {
		return []catalog.Batch{all}
	}
	batches := []catalog.Batch{all}
	for _, v := range s.Visits {
		if last := &batches[len(batches)-1]; len(batches) > 1 && last.Run == v.Run {
			last.Visits = append(last.Visits, v)
			continue
		}
		batches = append(batches, catalog.Batch{Collection: s.Collection, Run: v.Run, Job: s.Job, Visits: []ibid.Visit{v}})
	}
	if len(batches) == 2 {
		batches[1].Captures = s.Captures
		return batches[1:]
	}
	return batches
}
