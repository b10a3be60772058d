package access

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// Rules are where the rules are kept.
type Rules interface {
	// AccessVersion is another one whenever the rules are others.
	AccessVersion(ctx context.Context) (string, error)
	// AccessRules are the current ones.
	AccessRules(ctx context.Context) ([]ibid.AccessRule, error)
}

// Tokens are where the tokens are kept.
type Tokens interface {
	// Token returns the one of that ID; none is KindNotFound.
	Token(ctx context.Context, id string) (ibid.Token, error)
}

const (
	// fresh is how long a Policy counts before it is asked whether there is another one: a rule takes effect within.
	fresh = time.Second
	// askTime bounds one question to the catalogue: whoever waits for an answer has not the patience of a crawl.
	askTime = 5 * time.Second
)

// Options are what a Gate is made of. Rules and Tokens are needed.
type Options struct {
	Rules  Rules
	Tokens Tokens
	// Private are the collections that are only for those who may read them.
	Private []string
	// Anybody is who asks without a token; the zero value is nobody in particular.
	Anybody Reader
	Now     func() time.Time
	Log     *slog.Logger
}

// Gate finds out who asks, and decides by the rules as they are now. It is safe for concurrent use.
type Gate struct {
	o Options

	mu      sync.Mutex
	policy  *Policy
	version string
	looked  time.Time
	err     error
}

// New returns a Gate.
func New(o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Gate{o: o}
}

// Ask begins a request of whoever sends that token; empty: of anybody. KindCredential: the token does not count, for
// whatever reason: nobody is told which. KindStorage: it cannot be found out, and nothing may be given out.
func (g *Gate) Ask(ctx context.Context, token string) (*Asker, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	policy, err := g.current(ctx)
	if err != nil {
		return nil, err
	}
	reader := g.o.Anybody
	if token != "" {
		if reader, err = g.reader(ctx, token); err != nil {
			return nil, err
		}
	}
	return &Asker{Reader: reader, policy: policy, at: g.o.Now(), log: g.o.Log, logged: map[string]bool{}}, nil
}

var errToken = errors.New("the token is not one of ours, has ended or was revoked")

func (g *Gate) reader(ctx context.Context, text string) (Reader, error) {
	refused := &ibid.Error{Kind: ibid.KindCredential, Op: "let you in", Err: errToken}
	id, secret, ok := Split(text)
	if !ok {
		return Reader{}, refused
	}
	t, err := g.o.Tokens.Token(ctx, id)
	switch {
	case ibid.KindOf(err) == ibid.KindNotFound && err != nil:
		return Reader{}, refused
	case err != nil:
		return Reader{}, unknown(err)
	case !matches(&t, secret) || !t.Live(g.o.Now()):
		g.o.Log.InfoContext(ctx, "a token was refused", "token", t.ID)
		return Reader{}, refused
	}
	return Bearer(t), nil
}

// unknown is the error of a question that found no answer in time: of storage, whatever it was.
func unknown(err error) error {
	return &ibid.Error{Kind: ibid.KindStorage, Op: "find out what you may see", Class: ibid.ClassStorageUnavailable, Err: err}
}

// current is the Policy of the rules as they are now. While they cannot be asked for, nothing is given out, and nobody asks
// again for a moment.
func (g *Gate) current(ctx context.Context) (*Policy, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.looked.IsZero() || time.Since(g.looked) >= fresh { // how long ago, not when
		err := g.load(ctx)
		if errors.Is(ctx.Err(), context.Canceled) && err != nil {
			return nil, unknown(err) // whoever asked has gone, which says nothing to the next one
		}
		g.looked, g.err = time.Now(), err
	}
	if g.err != nil {
		return nil, unknown(g.err)
	}
	return g.policy, nil
}

// load makes the Policy anew when there are other rules.
func (g *Gate) load(ctx context.Context) error {
	version, err := g.o.Rules.AccessVersion(ctx)
	if err != nil || g.policy != nil && version == g.version {
		return err
	}
	rules, err := g.o.Rules.AccessRules(ctx)
	if err != nil {
		return err
	}
	policy, err := NewPolicy(rules, g.o.Private)
	if err == nil {
		g.policy, g.version = policy, version
	}
	return err
}

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
