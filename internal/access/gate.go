package access

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
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
	o     Options
	tries throttle

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
	return &Gate{o: o, tries: throttle{now: o.Now, tries: map[string]tried{}}}
}

// Ask begins a request of whoever sends that token; empty: of anybody. KindCredential: the token does not count, for
// whatever reason: nobody is told which. KindStorage: it cannot be found out, and nothing may be given out.
func (g *Gate) Ask(ctx context.Context, token string) (*Asker, error) {
	return g.AskFrom(ctx, token, netip.Addr{})
}

// AskFrom is Ask for somebody at an address: tokens that do not count have to wait there, longer and longer. The error has
// a TooMany then.
func (g *Gate) AskFrom(ctx context.Context, token string, from netip.Addr) (*Asker, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	policy, err := g.current(ctx)
	if err != nil {
		return nil, err
	}
	reader := g.o.Anybody
	if token != "" {
		if reader, err = g.reader(ctx, token, from); err != nil {
			return nil, err
		}
	}
	return &Asker{Reader: reader, policy: policy, at: g.o.Now(), log: g.o.Log, logged: map[string]bool{}}, nil
}

var errToken = errors.New("the token is not one of ours, has ended or was revoked")

func (g *Gate) reader(ctx context.Context, text string, from netip.Addr) (Reader, error) {
	id, secret, ok := Split(text)
	if !ok {
		return Reader{}, g.refuse(from, "")
	}
	if wait := g.tries.wait(trier(from, id)); from.IsValid() && wait > 0 {
		return Reader{}, refusal(&TooMany{wait})
	}
	t, err := g.token(ctx, id)
	switch {
	case err != nil:
		return Reader{}, err
	case t == nil:
		return Reader{}, g.refuse(from, "")
	case !matches(t, secret) || !t.Live(g.o.Now()):
		g.o.Log.InfoContext(ctx, "a token was refused", "token", t.ID)
		return Reader{}, g.refuse(from, id)
	}
	if counts, err := g.counts(ctx, t); err != nil || !counts {
		return Reader{}, cmp.Or(err, refusal(errToken))
	}
	return Bearer(*t), nil
}

// counts says whether t counts now, and the token that it is a session of.
func (g *Gate) counts(ctx context.Context, t *ibid.Token) (bool, error) {
	if !t.Live(g.o.Now()) {
		return false, nil
	}
	if t.Of == "" || strings.HasPrefix(t.Of, ofIssuer) {
		return true, nil
	}
	with, err := g.token(ctx, t.Of)
	return with != nil && with.Live(g.o.Now()), err
}

// token is that of an ID; nil: there is none.
func (g *Gate) token(ctx context.Context, id string) (*ibid.Token, error) {
	t, err := g.o.Tokens.Token(ctx, id)
	if err != nil && ibid.KindOf(err) == ibid.KindNotFound {
		return nil, nil //nolint:nilnil // none is an answer
	}
	if err != nil {
		return nil, unknown(err)
	}
	return &t, nil
}

// refuse is the error for a token that does not count; an empty id: there is none of that ID.
func (g *Gate) refuse(from netip.Addr, id string) error {
	if !from.IsValid() {
		return refusal(errToken)
	}
	who := trier(from, id)
	if wait := g.tries.wait(who); wait > 0 {
		return refusal(&TooMany{wait})
	}
	if wait := g.tries.failed(who); wait > 0 {
		return refusal(&TooMany{wait})
	}
	return refusal(errToken)
}

func trier(from netip.Addr, id string) string { return network(from) + " " + id }

func refusal(why error) error {
	return &ibid.Error{Kind: ibid.KindCredential, Op: "let you in", Err: why}
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
