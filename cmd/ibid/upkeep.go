package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/report"
)

type verifyCmd struct {
	File       string `arg:"" optional:"" name:"file" help:"A WACZ package to verify instead, offline."`
	Checkpoint string `help:"A checkpoint of the custody log, or a WACZ package with one: the log must have grown out of it." placeholder:"FILE"`
}

// Run re-reads the store, and holds the catalogue against it; or it re-reads one package.
func (v *verifyCmd) Run(ctx context.Context, p *program) (err error) {
	if v.File != "" {
		return p.verifyFile(ctx, v.File)
	}
	c, err := p.config()
	if err != nil {
		return err
	}
	if err := storeThere(c); err != nil {
		return err
	}
	h, err := p.open(ctx, c, toWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	audit, err := h.archive.Verify(ctx, archive.VerifyOptions{Record: true}, p.printFinding)
	if err != nil {
		return err
	}
	missing, err := p.verifyCatalogue(ctx, h)
	if err != nil {
		return err
	}
	log, err := p.verifyCustody(ctx, h, v.Checkpoint)
	if err != nil {
		return err
	}
	if err := p.printAudit(audit, missing, log); err != nil {
		return err
	}
	missing += len(log.Findings)
	if len(audit.Findings)+missing == 0 {
		return nil
	}
	first := "captures of the catalogue are not in the store"
	if len(audit.Findings) > 0 {
		first = audit.Findings[0].String()
	} else if len(log.Findings) > 0 {
		first = log.Findings[0].Error()
	}
	event := notify.AuditDamage(audit.Collection, audit.ID, len(audit.Findings)+missing, first, audit.Ended)
	return errors.Join(errDamaged, h.catalog.Tell(ctx, []ibid.Event{event}))
}

// codeNoCapture is the finding of a capture that the catalogue has and the store has not.
const codeNoCapture = "V16"

// verifyCatalogue looks for what the catalogue claims and the store does not hold.
func (p *program) verifyCatalogue(ctx context.Context, h *house) (missing int, err error) {
	held := map[ibid.Location]bool{}
	err = h.archive.Walk(ctx, archive.Visitor{
		Segment: func(s archive.Segment) error {
			for i := range s.Captures {
				held[s.Captures[i].Location] = true
			}
			return nil
		},
		Damage: func(archive.Finding) {}, // the audit has named it
	})
	if err != nil {
		return 0, err
	}
	collections, err := h.catalog.Collections(ctx)
	if err != nil {
		return 0, err
	}
	for _, name := range collections {
		for c, err := range h.catalog.Captures(ctx, name) {
			if err != nil {
				return missing, err
			}
			if !held[c.Location] {
				missing++
				p.printFinding(archive.Finding{
					Code: codeNoCapture, Key: c.Location.Key, Offset: c.Location.Offset,
					Text: "the catalogue claims a capture of " + c.URI + " that is not there",
				})
			}
		}
	}
	return missing, nil
}

func (p *program) printFinding(f archive.Finding) {
	if !p.flags.JSON {
		fmt.Fprintln(p.stdout, report.Plain(f.String()))
	}
}

func (p *program) printAudit(a archive.Audit, missing int, log loggedAudit) error {
	if p.flags.JSON {
		return p.printJSON(struct {
			archive.Audit
			Missing int         `json:"missing_from_store"`
			Custody loggedAudit `json:"custody"`
		}{a, missing, log})
	}
	verdict := "every byte is as it was written"
	if n := len(a.Findings) + missing + len(log.Findings); n > 0 {
		verdict = fmt.Sprintf("%d findings, named above; docs/formats.md says what each code means", n)
	}
	_, err := fmt.Fprintf(p.stdout, "verified %d objects, %d records, %d captures, %d documents, %s: %s\n",
		a.Objects, a.Records, a.Captures, a.Documents, sizeWords(a.Bytes), verdict)
	if err == nil {
		_, err = fmt.Fprintf(p.stdout, " custody log: %s\n", log.words())
	}
	return err
}

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
	if p.flags.JSON {
		err = p.printJSON(made)
	} else {
		_, err = fmt.Fprintf(p.stdout, "reindexed %d documents, %d captures, %d visits\n", made.Documents, made.Captures, made.Visits)
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
					return nil
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
