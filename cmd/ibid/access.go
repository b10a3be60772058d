package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/report"
)

type accessCmd struct {
	List  accessListCmd  `cmd:"" default:"withargs" help:"The rules that count now."`
	Set   accessSetCmd   `cmd:"" help:"Make a rule for an address, a document, a collection or everything."`
	Clear accessClearCmd `cmd:"" help:"Take a rule back."`
}

// ruled is what a command names: the target of a rule.
type ruled struct {
	Address  string `arg:"" optional:"" help:"An address, or a pattern: http://example.org/papers/* (all below), http://example.org/pap* (all that begin so), *.example.org (a host and those below it)."`
	Document string `help:"The rule is for a citing document of --collection, by its id, path or source: its text, references and report; a hold is on all that is kept of what it cites, too." placeholder:"NAME"`
	In       string `help:"The collection that the rule counts in (else all). Alone: the rule is for all that it holds." placeholder:"NAME"`

	Everything bool `help:"The rule is for everything that is held."`
}

// rule is a rule for the target, with nothing said yet.
func (t ruled) rule(ctx context.Context, p *program, h *house) (r ibid.AccessRule, err error) {
	given := 0
	for _, set := range []bool{t.Address != "", t.Document != "", t.Everything, t.In != "" && t.Address+t.Document == ""} {
		if set {
			given++
		}
	}
	if given != 1 {
		return r, &ibid.Error{Kind: ibid.KindInput, Op: "make an access rule", Err: errors.New("name one thing: an address, --document NAME, --in COLLECTION or --everything")}
	}
	r.Collection, r.Address, r.Who = t.In, t.Address, "command line"
	if u, err := user.Current(); err == nil {
		r.Who = report.Plain(u.Username)
	}
	if t.Document == "" {
		return r, nil
	}
	doc, _, err := h.catalog.Document(ctx, p.flags.Collection, t.Document)
	r.Document = doc.ID
	return r, err
}

// put stores a rule, then records it: whoever serves goes by it within a second.
func (p *program) putRule(ctx context.Context, h *house, r ibid.AccessRule) error {
	if err := access.Check(&r); err != nil {
		return err
	}
	r, err := h.archive.PutAccess(ctx, r)
	if err != nil {
		return err
	}
	if err := h.catalog.PutAccess(ctx, []ibid.AccessRule{r}, access.Normal); err != nil {
		return err
	}
	if p.flags.JSON {
		err = p.printJSON(r)
	} else {
		_, err = fmt.Fprintf(p.stdout, "%s: %s\n", ruleName(r), ruleWords(r))
	}
	p.holdRule(ctx, h, r)
	return err
}

type accessSetCmd struct {
	Verb string `arg:"" enum:"open,block,exclude,embargo,hold" help:"open; block: listed, and answered with 451; exclude: as if it were not held; embargo: excluded until a date; hold: must not be destroyed."`
	ruled
	Until  string `help:"When an embargo ends: 2027-01-31, or RFC 3339." placeholder:"TIME"`
	Reason string `help:"Why, in one line. Readers are shown it with what is blocked." placeholder:"TEXT"`
}

// Run makes a rule.
func (s *accessSetCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead) // the store takes new objects beside those of whoever serves
	if err != nil {
		return err
	}
	defer done(&err)
	r, err := s.rule(ctx, p, h)
	if err != nil {
		return err
	}
	r.Verb, r.Reason = ibid.AccessVerb(s.Verb), s.Reason
	if s.Until != "" {
		if r.Verb != ibid.AccessEmbargo {
			return &ibid.Error{Kind: ibid.KindInput, Op: "use --until", Err: errors.New("only an embargo has an end")}
		}
		if r.Until, err = parseTime(s.Until); err != nil {
			return err
		}
	}
	return p.putRule(ctx, h, r)
}

type accessClearCmd struct {
	ruled
	Hold bool `help:"End a hold, not what is said of reading."`
}

// Run takes a rule back.
func (c *accessClearCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	r, err := c.rule(ctx, p, h)
	if err != nil {
		return err
	}
	if r.Verb = ibid.AccessClear; c.Hold {
		r.Verb = ibid.AccessRelease
	}
	if err := access.Check(&r); err != nil {
		return err
	}
	counts, err := counting(ctx, h, r)
	if err == nil && !counts {
		err = &ibid.Error{Kind: ibid.KindNotFound, Op: "clear the rule for", URI: ruleName(r), Err: errors.New("there is none for just that; ibid access list shows them")}
	}
	if err != nil {
		return err
	}
	return p.putRule(ctx, h, r)
}

// counting says whether there is a rule for the target of r.
func counting(ctx context.Context, h *house, r ibid.AccessRule) (bool, error) {
	rules, err := h.catalog.AccessRules(ctx)
	if err != nil {
		return false, err
	}
	target := func(r ibid.AccessRule) (ibid.AccessRule, error) {
		t := ibid.AccessRule{Collection: r.Collection, Document: r.Document}
		if r.Verb.OfHold() {
			t.Verb = ibid.AccessHold
		}
		if r.Address == "" {
			return t, nil
		}
		t.Address, err = access.Normal(r.Address)
		return t, err
	}
	wanted, err := target(r)
	if err != nil {
		return false, err
	}
	for _, held := range rules {
		if t, err := target(held); err != nil || t == wanted {
			return err == nil, err
		}
	}
	return false, nil
}

type accessListCmd struct{}

// Run lists the rules that count now.
func (accessListCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	rules, err := h.catalog.AccessRules(ctx)
	if err != nil {
		return err
	}
	t := newTable("for", "in", "rule", "since", "by")
	for _, r := range rules {
		if p.flags.JSON {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		where := r.Collection
		if where == "" {
			where = "every collection"
		}
		t.row(report.Clip(ruleName(r), 40), where, report.Clip(ruleWords(r), 40), r.When.Format(time.DateOnly), report.Clip(r.Who, 16))
	}
	switch {
	case p.flags.JSON:
		return nil
	case len(rules) == 0:
		_, err = fmt.Fprintln(p.stdout, "There are no access rules: what is held in public collections is open. ibid access set makes one.")
		return err
	}
	t.write(p.stdout)
	return nil
}

func ruleName(r ibid.AccessRule) string {
	switch {
	case r.Address != "":
		return report.Plain(r.Address)
	case r.Document != "":
		return "document " + report.Plain(r.Document)
	case r.Collection != "":
		return "all of " + report.Plain(r.Collection)
	}
	return "everything"
}

func ruleWords(r ibid.AccessRule) string {
	words := string(r.Verb)
	if r.Verb == ibid.AccessEmbargo {
		words += " until " + r.Until.UTC().Format(time.RFC3339)
	}
	if r.Reason != "" {
		words += ": " + report.Plain(r.Reason)
	}
	return words
}

// learnRules takes over the rules of the store that the catalogue does not know: it may have been made anew. It returns all that
// were ever made, in their order.
func (h *house) learnRules(ctx context.Context) (rules []ibid.AccessRule, err error) {
	damaged := 0
	err = h.archive.Walk(ctx, archive.Visitor{
		Access: func(r ibid.AccessRule) error {
			rules = append(rules, r)
			return nil
		},
		Damage: func(archive.Finding) { damaged++ },
	})
	if err == nil && damaged > 0 {
		err = &ibid.Error{Kind: ibid.KindFixity, Op: "read the access rules of the store", Err: fmt.Errorf(
			"%d cannot be read, and without them something could be given out that must not be; ibid verify names them", damaged)}
	}
	if err != nil || len(rules) == 0 {
		return nil, err
	}
	return rules, h.catalog.PutAccess(ctx, rules, access.Normal)
}

// rulesWait bounds how long a store is waited for that is away when the program begins to serve.
const rulesWait = 10 * time.Second

// takeRules is learnRules before anything is given out. While a store is away, those rules count that the catalogue has.
func (p *program) takeRules(ctx context.Context, h *house) error {
	patience, cancel := context.WithTimeout(ctx, rulesWait)
	defer cancel()
	_, err := h.learnRules(patience)
	if err == nil || ibid.KindOf(err) == ibid.KindFixity || ctx.Err() != nil {
		return err
	}
	p.log.Warn("the access rules of the store cannot be read now; those that the catalogue knows count", "error", err)
	return nil
}
