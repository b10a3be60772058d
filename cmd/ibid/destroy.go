package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

type destroyCmd struct {
	What   string `arg:"" optional:"" name:"url|document" help:"An address, of which all captures are destroyed in all collections; or a citing document of --collection, by its id, path or source."`
	Reason string `help:"Why, in one line. It stays on record for ever, and readers may see it." placeholder:"TEXT"`
	Yes    bool   `help:"Destroy what was shown. Without it nothing is changed."`
	Resume bool   `help:"Only finish what an earlier run was kept from finishing."`
}

// smallPayload is the size below which equal bytes are no copies of one another, in bytes: revisits are not made of them
// across addresses either.
const smallPayload = 32

// Run destroys, once it is sure that it may.
func (d *destroyCmd) Run(ctx context.Context, p *program) (err error) {
	bad := func(why string) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "destroy", URI: d.What, Err: errors.New(why)}
	}
	switch {
	case d.Resume && d.What != "":
		return bad("--resume names nothing: it finishes what was decided")
	case !d.Resume && d.What == "":
		return bad("name an address or a document")
	case !d.Resume && (strings.TrimSpace(d.Reason) == "" || strings.ContainsAny(d.Reason, "\r\n\x00")):
		return bad("it needs --reason TEXT, one line that stays on record")
	}
	c, err := p.config()
	if err != nil {
		return err
	}
	h, err := p.openStored(ctx, c, toWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if d.Yes || d.Resume {
		n, err := p.resumeDestructions(ctx, h)
		if d.Resume {
			return errors.Join(err, p.printResumed(n, err))
		}
		if err != nil && ibid.KindOf(err) != ibid.KindStorage { // a copy that is away is waited for by nobody
			return err
		}
	}
	plan, err := d.plan(ctx, p, h)
	if err != nil {
		return err
	}
	if err := p.mayDestroy(ctx, h, plan); err != nil {
		return err
	}
	if !d.Yes {
		return errors.Join(p.printPlan(plan, false), bad("nothing was changed: --yes destroys it, for ever"))
	}
	if _, err := p.signingKey(c); err != nil { // the log that the tombstones go into is signed
		return err
	}
	if err := p.logCaptures(ctx, h, false); err != nil { // so that what is destroyed has been in it
		return err
	}
	decided, err := h.archive.DecideDestruction(ctx, *plan)
	if err != nil {
		return err
	}
	if err := p.carryOut(ctx, h, &decided); err != nil {
		return err
	}
	return p.printPlan(&decided, true)
}

// plan is what would be destroyed. Copies of the bytes under other addresses are, and revisits of them.
func (d *destroyCmd) plan(ctx context.Context, p *program, h *house) (*archive.Destruction, error) {
	plan := &archive.Destruction{Reason: d.Reason, Target: d.What, Who: "command line"}
	if u, err := user.Current(); err == nil {
		plan.Who = report.Plain(u.Username)
	}
	doc, _, err := h.catalog.Document(ctx, p.flags.Collection, d.What)
	if err == nil {
		plan.Collection, plan.Target = p.flags.Collection, doc.ID
		plan.Document, plan.Digest = archive.DocumentFolder(plan.Collection, doc.ID), doc.Digest
		return plan, nil
	}
	if ibid.KindOf(err) != ibid.KindNotFound || !pipeline.Input(d.What).IsURI() {
		return nil, err
	}
	key, err := cdx.SURT(d.What)
	if err != nil {
		return nil, err
	}
	at := func(_ string, l *cdx.Line) bool { return l.Key == key }
	targets, err := h.archive.FindDoomed(ctx, at)
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		return nil, notHeld(d.What)
	}
	payloads, err := h.copied(ctx, targets)
	if err != nil {
		return nil, err
	}
	plan.Records, err = h.archive.FindDoomed(ctx, func(collection string, l *cdx.Line) bool { return at(collection, l) || payloads[l.Digest] })
	return plan, err
}

// copied are the payloads of the records that are large enough for equal bytes elsewhere to be copies of them.
func (h *house) copied(ctx context.Context, records []archive.Doomed) (map[ibid.Digest]bool, error) {
	payloads := map[ibid.Digest]bool{}
	for _, r := range records {
		if _, known := payloads[r.Digest]; known {
			continue
		}
		c, err := h.catalog.ByDigest(ctx, archive.CollectionOf(r.Key), r.Digest)
		if err != nil && ibid.KindOf(err) != ibid.KindNotFound {
			return nil, err
		}
		payloads[r.Digest] = err != nil || c.Length >= smallPayload
	}
	return payloads, nil
}

// mayDestroy says what forbids it: a hold, or a lock of the store.
func (p *program) mayDestroy(ctx context.Context, h *house, d *archive.Destruction) error {
	if _, err := h.learnRules(ctx); err != nil {
		return err
	}
	holds, err := p.holdsNow(ctx, h)
	if err != nil {
		return err
	}
	things := []access.Thing{}
	for _, r := range d.Records {
		things = append(things, access.Thing{Collection: archive.CollectionOf(r.Key), Address: r.URI})
	}
	if d.Document != "" {
		things = append(things, access.Thing{Collection: d.Collection, Document: d.Target})
	}
	for _, t := range things {
		if hold := holds.of(t); hold != nil {
			return &ibid.Error{Kind: ibid.KindPolicy, Op: "destroy", URI: d.Target, Err: fmt.Errorf(
				"%s%s is on hold since %s, by %s: %s (rule %s; ibid access clear --hold ends it)", t.Address, t.Document,
				hold.When.UTC().Format(time.DateOnly), report.Plain(hold.Who), ruleWords(*hold), hold.ID)}
		}
	}
	locks, err := h.archive.Locks(ctx, d)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(locks)) {
		return &ibid.Error{Kind: ibid.KindPolicy, Op: "destroy", URI: key, Err: errors.New(locks[key])}
	}
	return nil
}

// carryOut does what was decided, in an order in which each step can be the last one of this process: it is given out no
// more, the log says so, the bytes go, the catalogue forgets them, and then they go from all copies. One that is away is left, which
// is an error: ibid serve goes on when it is back, or the next run.
func (p *program) carryOut(ctx context.Context, h *house, d *archive.Destruction) error {
	if err := p.ruleDestroyed(ctx, h, d); err != nil {
		return err
	}
	if err := p.logDestroyed(ctx, h, d); err != nil {
		return err
	}
	if err := h.archive.CarryOut(ctx, d); err != nil {
		return err
	}
	_, err := p.rebuild(ctx, h.archive, h.catalog, func(_ *catalog.Filler, fill func() error) error { return fill() })
	if err != nil {
		return err
	}
	err = h.archive.Finish(ctx, d)
	p.copying(ctx, h)(ctx) // the log, the rule and the marks
	return err
}

// ruleDestroyed makes the rule by which what is asked for is said to be gone, unless it is there.
func (p *program) ruleDestroyed(ctx context.Context, h *house, d *archive.Destruction) error {
	r := ibid.AccessRule{Verb: ibid.AccessDestroyed, Who: d.Who, Reason: d.Reason}
	if d.Document != "" {
		r.Collection, r.Document = d.Collection, d.Target
	} else {
		r.Address = d.Target
	}
	rules, err := h.catalog.AccessRules(ctx)
	if err != nil {
		return err
	}
	for _, held := range rules {
		if held.Verb == r.Verb && held.Address == r.Address && held.Document == r.Document && held.Collection == r.Collection {
			return nil
		}
	}
	if r, err = h.archive.PutAccess(ctx, r); err == nil {
		err = h.catalog.PutAccess(ctx, []ibid.AccessRule{r}, access.Normal)
	}
	return err
}

// logDestroyed adds the tombstones to the custody log that are not there yet.
func (p *program) logDestroyed(ctx context.Context, h *house, d *archive.Destruction) error {
	key, err := keyFileOf(h.config).read()
	if err != nil {
		return err
	}
	return p.appendLog(ctx, h, key, false, func(log *custody.Log) (custody.Addition, error) {
		return custody.Addition{Entries: tombstones(log, d)}, nil
	})
}

// tombstones are the entries of what d destroys and the log does not say of yet.
func tombstones(log *custody.Log, d *archive.Destruction) []custody.Entry {
	told := log.Destroyed()
	var entries []custody.Entry
	add := func(e custody.Entry) {
		e.Type, e.When, e.Who, e.Reason = custody.TypeDestroyed, d.When, d.Who, d.Reason
		if !told(&e) {
			entries = append(entries, e)
		}
	}
	for _, r := range d.Records {
		add(custody.Of(r.Key, &cdx.Line{Offset: r.Offset, URL: r.URI, Timestamp: r.Timestamp, Digest: r.Digest, RecordDigest: r.Record}))
	}
	if d.Document != "" {
		add(custody.Entry{Collection: d.Collection, Document: d.Target, Digest: d.Digest})
	}
	return entries
}

// resumeDestructions finishes what was decided and not carried out.
func (p *program) resumeDestructions(ctx context.Context, h *house) (n int, err error) {
	var open []archive.Destruction
	err = h.archive.Destructions(ctx, func(d archive.Destruction, done bool) error {
		if !done {
			open = append(open, d)
		}
		return nil
	})
	for i := range open {
		if err != nil {
			return n, err
		}
		if err = p.carryOut(ctx, h, &open[i]); err == nil {
			n++
		}
	}
	return n, err
}

func (p *program) printResumed(n int, err error) error {
	if err != nil {
		return nil //nolint:nilerr // the caller tells it
	}
	_, err = fmt.Fprintf(p.stdout, "finished %d destructions\n", n)
	return err
}

// printPlan says what is destroyed, or would be.
func (p *program) printPlan(d *archive.Destruction, did bool) error {
	if p.flags.JSON {
		return p.printJSON(struct {
			archive.Destruction
			Destroyed bool `json:"destroyed"`
		}{*d, did})
	}
	would := "would destroy"
	if did {
		would = "destroyed"
	}
	if d.Document != "" {
		_, err := fmt.Fprintf(p.stdout, "%s document %s of %s: its text and all that was read from it; what it cites stays\n", would, report.Plain(d.Target), report.Plain(d.Collection))
		return err
	}
	for _, r := range d.Records {
		fmt.Fprintf(p.stdout, " %s %s in %s\n", r.Timestamp, report.Plain(r.URI), archive.CollectionOf(r.Key))
	}
	_, err := fmt.Fprintf(p.stdout, "%s %s of %s and of the same bytes under other addresses\n", would, report.Count(len(d.Records), "capture"), report.Plain(d.Target))
	return err
}
