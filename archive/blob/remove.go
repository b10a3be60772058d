package blob

import (
	"context"
	"errors"

	"github.com/ibid-archive/ibid"
)

// Remover is a Store out of which objects can be taken, for the one purpose for which they may be: that a person has
// ordered them to be destroyed.
type Remover interface {
	Store
	// Remove takes the object out durably, with all older versions of it that the store keeps. That there is none is success.
	// KindPolicy: the store keeps it locked.
	Remove(ctx context.Context, key string) error
	// Locked says in words what keeps the object from being removed now; empty: nothing.
	Locked(ctx context.Context, key string) (string, error)
}

// Removing is s as a Remover. KindInput: objects of s cannot be taken out.
func Removing(s Store) (Remover, error) {
	if r, ok := s.(Remover); ok {
		return r, nil
	}
	return nil, &ibid.Error{Kind: ibid.KindInput, Op: "destroy", Err: errors.New("objects of this store cannot be taken out")}
}

// Purge takes out for good what was moved away with Quarantine from keys that begin with prefix. A Store that moves nothing away has
// nothing of it.
func Purge(ctx context.Context, s Store, prefix string) error {
	if p, ok := s.(purger); ok {
		return p.Purge(ctx, prefix)
	}
	if _, ok := s.(quarantiner); ok {
		return &ibid.Error{Kind: ibid.KindInput, Op: "destroy", URI: prefix, Err: errors.New("what was moved away in this store cannot be taken out")}
	}
	return nil
}

// purger is a Store that can. What stands around a Store passes it on.
type purger interface {
	Purge(ctx context.Context, prefix string) error
}
