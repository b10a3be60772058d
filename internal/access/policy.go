package access

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Policy is a set of rules to decide by. It does not change, and is safe for concurrent use.
type Policy struct {
	private map[string]bool
	// reading and holds are the rules by target.
	reading, holds map[target]*ibid.AccessRule
	// lengths are those of the keys of patterns, the longest first.
	lengths []int
}

// target is what a rule is about: at most one of document and pattern is set.
type target struct {
	collection, document string
	pattern              pattern
}

// NewPolicy returns the Policy of the current rules, of which each target has one of a kind, and of the collections that
// are private. The error is of KindInput: a rule that cannot be read, without which nothing may be given out.
func NewPolicy(rules []ibid.AccessRule, private []string) (*Policy, error) {
	p := &Policy{private: map[string]bool{}, reading: map[target]*ibid.AccessRule{}, holds: map[target]*ibid.AccessRule{}}
	for _, name := range private {
		p.private[name] = true
	}
	for i := range rules {
		if err := p.add(&rules[i]); err != nil {
			return nil, err
		}
	}
	slices.Sort(p.lengths)
	p.lengths = slices.Compact(p.lengths)
	slices.Reverse(p.lengths)
	return p, nil
}

func (p *Policy) add(r *ibid.AccessRule) error {
	if err := Check(r); err != nil {
		return err
	}
	if r.Verb.Ends() {
		return nil
	}
	t := target{collection: r.Collection, document: r.Document}
	if r.Address != "" {
		var err error
		if t.pattern, err = parse(r.Address); err != nil {
			return err
		}
		p.lengths = append(p.lengths, len(t.pattern.key))
	}
	if r.Verb.OfHold() {
		p.holds[t] = r
	} else {
		p.reading[t] = r
	}
	return nil
}

// Check says what is wrong with a rule. The error is of KindInput.
func Check(r *ibid.AccessRule) error {
	bad := func(why string) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "use the access rule", URI: r.ID, Err: errors.New(why)}
	}
	switch {
	case !r.Verb.Valid():
		return bad("it says neither open, block, exclude, embargo nor hold")
	case r.Verb == ibid.AccessEmbargo && r.Until.IsZero():
		return bad("an embargo needs the date on which it ends")
	case r.Document != "" && r.Address != "":
		return bad("it is about a document or about an address, not about both")
	case strings.ContainsAny(r.Reason+r.Who, "\r\n\x00"):
		return bad("its reason must be one line of text")
	}
	if r.Address == "" {
		return nil
	}
	_, err := parse(r.Address)
	return err
}

// Thing is what somebody asks for: a Capture by its Address, or a Document by its ID, in a Collection; with neither the
// Collection itself.
type Thing struct{ Collection, Document, Address string }

// Decision is what Decide says.
type Decision struct {
	// Verb is AccessOpen, AccessBlock, AccessExclude or AccessDestroyed.
	Verb ibid.AccessVerb
	// Rule is the one that it follows from; nil: none, or that the collection is private.
	Rule *ibid.AccessRule
	// Held says that the thing must not be destroyed, and Hold is the rule that says so.
	Held bool
	Hold *ibid.AccessRule
}

// Destroyed says whether the rule is that the thing was destroyed, also to those who may have everything.
func (d Decision) Destroyed() bool {
	return d.Verb != ibid.AccessExclude && d.Rule != nil && d.Rule.Verb == ibid.AccessDestroyed
}

// Decide says what r may have of t at that time. It is the one place where that is decided. Who may administer the
// collection may have all of it.
func (p *Policy) Decide(r Reader, t Thing, at time.Time) Decision {
	d := Decision{Verb: ibid.AccessOpen}
	if len(p.reading)+len(p.holds) > 0 {
		d.Rule, d.Hold = p.rules(t, at)
		d.Held = d.Hold != nil
	}
	switch {
	case r.May(ibid.ScopeAdmin, t.Collection):
	case p.private[t.Collection] && !r.May(ibid.ScopeRead, t.Collection):
		return Decision{Verb: ibid.AccessExclude, Held: d.Held, Hold: d.Hold}
	case d.Rule == nil:
	case d.Rule.Verb == ibid.AccessEmbargo:
		d.Verb = ibid.AccessExclude
	default:
		d.Verb = d.Rule.Verb
	}
	return d
}

// rules finds the nearest rule of reading, and the nearest that holds t.
func (p *Policy) rules(t Thing, at time.Time) (nearest, hold *ibid.AccessRule) {
	look := func(document string, pat pattern) {
		for _, collection := range []string{t.Collection, ""} {
			k := target{collection, document, pat}
			if r := p.reading[k]; nearest == nil && r != nil && (r.Verb != ibid.AccessEmbargo || at.Before(r.Until)) {
				nearest = r
			}
			if hold == nil {
				hold = p.holds[k]
			}
		}
	}
	if t.Address != "" {
		key := keyOf(t.Address)
		look("", pattern{exactly, key})
		for _, n := range p.lengths {
			if n > len(key) {
				continue
			}
			for _, f := range []form{below, beginning, domain} {
				if pat := (pattern{f, key[:n]}); pat.follows(key[n:]) {
					look("", pat)
				}
			}
		}
	}
	if t.Document != "" {
		look(t.Document, pattern{})
	}
	look("", pattern{})
	return nearest, hold
}

// IsPrivate says whether a collection is only for those who may read it.
func (p *Policy) IsPrivate(collection string) bool { return p.private[collection] }
