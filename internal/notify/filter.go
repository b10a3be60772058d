package notify

import (
	"slices"

	"github.com/ibid-archive/ibid"
)

// Filter says which Events a Channel wants. The zero value wants all.
type Filter struct {
	// Kinds are those that are wanted; none named: all.
	Kinds []ibid.EventKind
	// Collections are those whose Events are wanted; none named: all. An Event of no Collection is wanted only
	// where none is named.
	Collections []string
}

// Wants says whether e is wanted.
func (f Filter) Wants(e ibid.Event) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) &&
		(len(f.Collections) == 0 || slices.Contains(f.Collections, e.Collection))
}
