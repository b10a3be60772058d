package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/access"
)

// hold brings the legal holds that buckets keep on objects to what the access rules say. Without a rule of a hold, now or ever, no
// object is looked at, and nothing is returned.
func (p *program) hold(ctx context.Context, h *house, report func(archive.Finding)) (*archive.Held, error) {
	rules, err := h.learnRules(ctx)
	if err != nil {
		return nil, err
	}
	ever := false
	for _, r := range rules {
		ever = ever || r.Verb.OfHold()
	}
	if !ever {
		return nil, nil //nolint:nilnil // there is nothing to say
	}
	if rules, err = h.catalog.AccessRules(ctx); err != nil {
		return nil, err
	}
	policy, err := access.NewPolicy(rules, nil)
	if err != nil {
		return nil, err
	}
	now := p.now()
	held, err := h.archive.Hold(ctx, func(collection, document, address string) bool {
		return policy.Decide(access.Owner(), access.Thing{Collection: collection, Document: document, Address: address}, now).Held
	}, report)
	return &held, err
}

// holdRule is hold after a rule of a hold was made or taken back. What fails is made up for by ibid verify and ibid serve.
func (p *program) holdRule(ctx context.Context, h *house, r ibid.AccessRule) {
	if !r.Verb.OfHold() {
		return
	}
	held, err := p.hold(ctx, h, func(f archive.Finding) { p.notice("%s", f) })
	if err != nil {
		p.notice("the rule counts; the legal holds that buckets keep are not as it says yet, which ibid verify or ibid serve makes up for: %v", err)
		return
	}
	if held != nil {
		p.notice("%s", holdWords(held))
	}
}

// verifyHolds is hold for ibid verify. Rules that are damaged were named by the audit, and nothing is changed without them.
func (p *program) verifyHolds(ctx context.Context, h *house, a *archive.Audit) (*archive.Held, error) {
	held, err := p.hold(ctx, h, func(f archive.Finding) {
		a.Findings = append(a.Findings, f)
		p.printFinding(f)
	})
	if err != nil && ibid.KindOf(err) == ibid.KindFixity {
		return nil, nil //nolint:nilnil,nilerr // see above
	}
	return held, err
}

// holdWords says in one sentence what keeps what is on hold, and what does not.
func holdWords(h *archive.Held) string {
	named := func(names []string) string {
		words := make([]string, len(names))
		for i, name := range names {
			if words[i] = name; name == "" {
				words[i] = "the store"
			}
		}
		return strings.Join(words, ", ")
	}
	if len(h.Stores)+len(h.Away) == 0 {
		return "no store here is a bucket with Object Lock: the rule keeps Ibid from destroying what is on hold, and nothing keeps others who can write there"
	}
	text := fmt.Sprintf("%d objects are under a legal hold (Object Lock) in %s: %d put, %d lifted", h.Objects, named(h.Stores), h.Put+h.Restored, h.Lifted)
	if h.Foreign > 0 {
		text += fmt.Sprintf("; %d more that somebody else put stay", h.Foreign)
	}
	if len(h.Without) > 0 {
		text += "; without Object Lock, and so without one: " + named(h.Without)
	}
	if len(h.Away) > 0 {
		text += "; away, and looked at later: " + strings.Join(h.Away, ", ")
	}
	return text
}
