package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/pipeline"
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
	holds, err := p.holdsNow(ctx, h)
	if err != nil {
		return nil, err
	}
	held, err := h.archive.Hold(ctx, func(collection, document, address string) bool {
		return holds.of(access.Thing{Collection: collection, Document: document, Address: address}) != nil
	}, report)
	return &held, err
}

// holds say what must not be destroyed.
type holds struct {
	policy *access.Policy
	at     time.Time
	// cited are the rules of documents that are on hold, by what is kept of what those cite.
	cited map[access.Thing]*ibid.AccessRule
}

// of is the rule by which t is on hold, or nil.
func (s *holds) of(t access.Thing) *ibid.AccessRule {
	if hold := s.policy.Decide(access.Owner(), t, s.at).Hold; hold != nil || t.Address == "" {
		return hold
	}
	return s.cited[access.Thing{Collection: t.Collection, Address: addressKey(t.Address)}]
}

// addressKey is the same for all forms of an address.
func addressKey(uri string) string {
	if key, err := cdx.SURT(uri); err == nil {
		return key
	}
	return uri
}

// holdsNow are those of the rules that the catalogue has.
func (p *program) holdsNow(ctx context.Context, h *house) (*holds, error) {
	rules, err := h.catalog.AccessRules(ctx)
	if err != nil {
		return nil, err
	}
	s := &holds{at: p.now(), cited: map[access.Thing]*ibid.AccessRule{}}
	if s.policy, err = access.NewPolicy(rules, nil); err != nil {
		return nil, err
	}
	for i := range rules {
		if r := &rules[i]; r.Verb == ibid.AccessHold && r.Document != "" {
			err = errors.Join(err, s.addCited(ctx, h, r))
		}
	}
	return s, err
}

// addCited adds what is kept of what the document of a rule cites: all that an export of it has.
func (s *holds) addCited(ctx context.Context, h *house, r *ibid.AccessRule) error {
	collections := []string{r.Collection}
	if r.Collection == "" {
		var err error
		if collections, err = h.catalog.Collections(ctx); err != nil {
			return err
		}
	}
	for _, name := range collections {
		doc, refs, err := h.catalog.Document(ctx, name, r.Document)
		if ibid.KindOf(err) == ibid.KindNotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		parts, err := pipeline.PartsOf(ctx, h.catalog, name, doc, refs)
		if err != nil {
			return err
		}
		for c, err := range parts.Captures(ctx, h.catalog, name) {
			if err != nil {
				return err
			}
			s.cited[access.Thing{Collection: name, Address: addressKey(c.URI)}] = r
		}
	}
	return nil
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
