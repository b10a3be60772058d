package archive

import (
	"context"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/custody"
)

// judgeLogged trusts an object of the custody log that is the same wherever it can be read: whether it is right, all of the log
// says, which is looked at as a whole. Where places differ, or the first has none, it is held against the tree that is signed.
func (x *examiner) judgeLogged(ctx context.Context, key string, held []version) (want, error) {
	w := want{key: key, code: custody.CodeOf(key), text: "it is not what the custody log has there"}
	var seen []ibid.Digest
	for _, v := range held {
		if v.there && v.err == nil && !slices.Contains(seen, v.digest) {
			seen = append(seen, v.digest)
		}
	}
	if len(seen) == 1 && held[0].there {
		return w.wanted(seen[0], held), nil
	}
	check := (*custody.Judge).Check
	if len(seen) == 1 { // another log is not to come into the first place
		check, w.code, w.text = (*custody.Judge).CheckOwn, CodeDiffer, "it is not of the custody log that the store has, or that cannot be seen"
	}
	var right []ibid.Digest
	for _, d := range seen {
		at := slices.IndexFunc(held, func(v version) bool { return v.there && v.err == nil && v.digest == d })
		if held[at].size > int64(len(held[at].text)) {
			continue // too large to be looked at
		}
		judge, err := x.custodyJudge(ctx)
		if err != nil {
			return w, err
		}
		if check(judge, ctx, key, held[at].text) == nil {
			right = append(right, d)
		}
	}
	switch len(right) {
	case 0:
		return w, ctx.Err()
	case 1:
		return w.wanted(right[0], held), ctx.Err()
	}
	return want{key: key, code: CodeDiffer, text: "copies differ, and each is one of the custody log"}, ctx.Err()
}

// custodyJudge reads the custody log of all places, once.
func (x *examiner) custodyJudge(ctx context.Context) (*custody.Judge, error) {
	if x.custody != nil {
		return x.custody, nil
	}
	var stores []blob.Store
	for i, p := range x.places {
		if x.away[i] == nil {
			stores = append(stores, p.Store)
		}
	}
	var err error
	x.custody, err = custody.NewJudge(ctx, stores)
	return x.custody, err
}

// Kept is the Store of a as those see it who keep something of their own in it, which is copied like all else.
func (a *Archive) Kept() blob.Store { return a.o.Store }
