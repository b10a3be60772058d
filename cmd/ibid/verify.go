package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/report"
)

type verifyCmd struct {
	File       string `arg:"" optional:"" name:"file" help:"A WACZ package to verify instead, offline."`
	Repair     bool   `help:"Whether to repair what is wrong from another store that has it." default:"true" negatable:""`
	RepairFrom string `help:"A store to repair from, besides the copies of the configuration; it is only read." placeholder:"STORE"`
	Checkpoint string `help:"A checkpoint of the custody log, or a WACZ package with one: the log must have grown out of it." placeholder:"FILE"`
}

// Run re-reads the store and its copies, repairs one from another, and holds the catalogue against it; or it re-reads one
// package.
func (v *verifyCmd) Run(ctx context.Context, p *program) (err error) {
	if v.File != "" {
		return p.verifyFile(ctx, v.File)
	}
	c, err := p.config()
	if err != nil {
		return err
	}
	var sources []configs.Copy
	if v.RepairFrom != "" {
		if err := sourceThere(v.RepairFrom); err != nil {
			return err
		}
		sources = []configs.Copy{{Store: v.RepairFrom, S3: c.S3}}
	}
	h, err := p.openStored(ctx, c, toAudit, sources...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if h.fixed {
		if v.RepairFrom != "" {
			return &ibid.Error{Kind: ibid.KindInput, Op: "repair", URI: c.Store, Err: errors.New("it cannot be written to: make it writable for this user, or leave out --repair-from")}
		}
		p.notice("%s cannot be written to: nothing is repaired, and the audit is not recorded there", c.Store)
		v.Repair = false
	}
	both := audits{}
	if len(c.Copies)+len(sources) > 0 {
		compared, err := h.archive.Audit(ctx, archive.AuditOptions{Repair: v.Repair, Record: !h.fixed}, p.printFinding)
		if err != nil {
			return err
		}
		both.Compared = &compared
	}
	both.Audit, err = h.archive.Verify(ctx, archive.VerifyOptions{Record: !h.fixed, Writing: !h.alone}, both.unsaid(p.printFinding))
	if err != nil {
		return err
	}
	if both.Missing, err = p.verifyCatalogue(ctx, h); err != nil {
		return err
	}
	if both.Custody, err = p.verifyCustody(ctx, h, v.Checkpoint); err != nil {
		return err
	}
	if v.Repair {
		if both.Held, err = p.verifyHolds(ctx, h, &both.Audit); err != nil {
			return err
		}
	}
	if err := p.printAudit(both); err != nil {
		return err
	}
	if both.Missing > 0 {
		both.Findings = append(both.Findings, archive.Finding{Code: codeNoCapture, Text: "captures of the catalogue are not in the store"})
	}
	both.Findings = append(both.Findings, both.Custody.findings()...)
	if both.Compared != nil {
		err = p.auditEnd(ctx, h, *both.Compared, nil)
	}
	return p.auditEnd(ctx, h, both.Audit, err)
}

// openStored opens a store that is there.
func (p *program) openStored(ctx context.Context, c configs.Config, why purpose, sources ...configs.Copy) (*house, error) {
	if err := storeThere(c); err != nil {
		return nil, err
	}
	return p.open(ctx, c, why, sources...)
}

// audits are the two that verify makes: that of the store by itself, and, where there are copies, that of all of them.
type audits struct {
	archive.Audit
	Compared *archive.Audit `json:"copies,omitempty"`
	Missing  int            `json:"missing_from_store"`
	Custody  loggedAudit    `json:"custody"`
	Held     *archive.Held  `json:"held,omitempty"`
}

// unsaid leaves out what was said when the copies were compared.
func (a *audits) unsaid(report func(archive.Finding)) func(archive.Finding) {
	return func(f archive.Finding) {
		if a.Compared != nil && slices.ContainsFunc(a.Compared.Findings, func(said archive.Finding) bool {
			return said.Copy == "" && said.Key == f.Key && said.Code == f.Code
		}) {
			return
		}
		report(f)
	}
}

// auditEnd tells of what an audit found, and ends the command so.
func (p *program) auditEnd(ctx context.Context, h *house, a archive.Audit, err error) error {
	if len(a.Findings) > 0 && h.fixed {
		err = errors.Join(errDamaged, err)
	} else if len(a.Findings) > 0 {
		event := notify.AuditDamage(a.Collection, a.ID, len(a.Findings), a.Findings[0].String(), a.Ended)
		err = errors.Join(errDamaged, err, h.catalog.Tell(ctx, []ibid.Event{event}))
	}
	if len(a.Away) > 0 {
		err = errors.Join(err, &ibid.Error{
			Kind: ibid.KindStorage, Op: "read the copy", URI: a.Away[0], Class: ibid.ClassStorageUnavailable,
			Err: errors.New("it is away, and was left out"),
		})
	}
	return err
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
			if !held[c.Location] && !isHeld(ctx, h, c) {
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

// isHeld says whether c can be read: it may have been stored since the store was listed.
func isHeld(ctx context.Context, h *house, c ibid.Capture) bool {
	r, err := h.archive.Read(ctx, c.Location)
	if err != nil {
		return false
	}
	return r.Close() == nil && r.ID == c.RecordID
}

func (p *program) printFinding(f archive.Finding) {
	if !p.flags.JSON {
		fmt.Fprintln(p.stdout, report.Plain(f.String()))
	}
}

func (p *program) printAudit(a audits) error {
	if p.flags.JSON {
		return p.printJSON(a)
	}
	verdict := "every byte is as it was written"
	if n := len(a.Findings) + a.Missing + len(a.Custody.Findings); n > 0 {
		verdict = report.Count(n, "finding") + namedAbove
	}
	_, err := fmt.Fprintf(p.stdout, "verified %s, %s, %s, %s, %s: %s\n", report.Count(a.Objects, "object"), report.Count(a.Records, "record"),
		report.Count(a.Captures, "capture"), report.Count(a.Documents, "document"), sizeWords(a.Bytes), verdict)
	if c := a.Compared; c != nil && err == nil {
		verdict = "all copies are alike"
		if n := len(c.Findings); n > 0 {
			verdict = fmt.Sprintf("%s, named above, %d of them repaired", report.Count(n, "finding"), c.Repaired())
		}
		_, err = fmt.Fprintf(p.stdout, "compared %s in %s, copied %d: %s\n", report.Count(c.Objects, "object"), report.Count(len(c.Stores), "store"), c.Copied, verdict)
	}
	if err == nil {
		_, err = fmt.Fprintf(p.stdout, "custody log: %s\n", a.Custody.words())
	}
	if err == nil && a.Held != nil {
		_, err = fmt.Fprintf(p.stdout, "holds: %s\n", holdWords(a.Held))
	}
	return err
}

// namedAbove follows the number of findings.
const namedAbove = ", named above; docs/formats.md says what each code means"
