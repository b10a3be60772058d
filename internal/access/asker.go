package access

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/ibid-archive/ibid"
)

// Asker decides for one request. It is for one goroutine at a time.
type Asker struct {
	Reader
	policy *Policy
	at     time.Time
	log    *slog.Logger
	logged map[string]bool
}

// Decide says what whoever asks may have of t. What is refused by a rule is logged, once for each rule.
func (a *Asker) Decide(ctx context.Context, t Thing) Decision {
	d := a.policy.Decide(a.Reader, t, a.at)
	if d.Verb != ibid.AccessOpen && d.Rule != nil && !a.logged[d.Rule.ID] {
		a.logged[d.Rule.ID] = true
		a.log.InfoContext(ctx, "access refused", "verb", d.Rule.Verb, "rule", d.Rule.ID, "collection", t.Collection, "document", t.Document,
			"address", t.Address, "reader", a.Name())
	}
	return d
}

// HasRules says whether there are rules at all: without any, what is not private is open.
func (a *Asker) HasRules() bool { return len(a.policy.reading) > 0 }

// Refuse is the error for what may not be had, as whoever asks may know it; nil: it may be had.
func (a *Asker) Refuse(ctx context.Context, t Thing) error {
	d := a.Decide(ctx, t)
	switch d.Verb {
	case ibid.AccessOpen:
		return nil
	case ibid.AccessBlock:
		why := "it is not given out, for legal reasons"
		if d.Rule != nil && d.Rule.Reason != "" {
			why = d.Rule.Reason
		}
		return &ibid.Error{Kind: ibid.KindWithheld, Op: "give out", URI: t.name(), Err: errors.New(why)}
	case ibid.AccessDestroyed:
		return &ibid.Error{Kind: ibid.KindGone, Op: "give out", URI: t.name(), Err: errors.New("it was destroyed")}
	}
	return &ibid.Error{Kind: ibid.KindNotFound, Op: "find", URI: t.name(), Err: errors.New("it is not held here")}
}

// Require says that whoever asks may do what needs s in a collection. KindCredential: nobody has said who asks;
// KindPolicy: the token is not enough; KindNotFound: the collection is not for who asks to see.
func (a *Asker) Require(s ibid.TokenScope, collection string) error {
	switch {
	case a.May(s, collection):
		return nil
	case !a.Known():
		return &ibid.Error{Kind: ibid.KindCredential, Op: "do this", Err: errors.New("it needs a token: ibid token create makes one")}
	case a.policy.IsPrivate(collection) && !a.May(ibid.ScopeRead, collection):
		return &ibid.Error{Kind: ibid.KindNotFound, Op: "find", URI: collection, Err: errors.New("it is not held here")}
	}
	return &ibid.Error{Kind: ibid.KindPolicy, Op: "do this", Err: errors.New("the token does not have the scope \"" + string(s) + "\" here")}
}

func (t Thing) name() string {
	switch {
	case t.Address != "":
		return t.Address
	case t.Document != "":
		return t.Document
	}
	return t.Collection
}
