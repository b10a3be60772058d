package ibid

import (
	"slices"
	"time"
)

// AccessRule says what may be had of something, from When on, until a later one for the same target says otherwise. The
// rules are kept in the store, one object each: none is ever changed.
type AccessRule struct {
	ID   string    `json:"id"`
	When time.Time `json:"when"`
	// Who made it, for the log: a person or a token.
	Who string `json:"who,omitempty"`

	// Collection is the one that it counts in; empty: in all of them.
	Collection string `json:"collection,omitempty"`
	// Document is the ID of a citing document, and Address an address or a pattern of addresses: see
	// internal/access. At most one of the two is given; neither: the rule is about whole collections.
	Document string `json:"document,omitempty"`
	Address  string `json:"address,omitempty"`

	Verb AccessVerb `json:"verb"`
	// Until is when an embargo ends.
	Until time.Time `json:"until,omitzero"`
	// Reason is why, in one line for people.
	Reason string `json:"reason,omitempty"`
}

// AccessVerb is what an AccessRule says. Stores hold these words: the list only grows.
type AccessVerb string

// The AccessVerbs. Bytes stay where they are, whatever a rule says: AccessDestroyed comes after they are gone.
const (
	// AccessOpen: it may be had, though a rule further out says otherwise.
	AccessOpen AccessVerb = "open"
	// AccessBlock: that it is held may be known, and it is not given out (451, RFC 7725).
	AccessBlock AccessVerb = "block"
	// AccessExclude: it is as if it were not held (404).
	AccessExclude AccessVerb = "exclude"
	// AccessEmbargo is AccessExclude up to a date, and nothing after it.
	AccessEmbargo AccessVerb = "embargo"
	// AccessHold: it must not be destroyed. It says nothing of who may have it.
	AccessHold AccessVerb = "hold"
	// AccessDestroyed: it was destroyed, and is gone (410), whatever is captured later. Destruction makes it.
	AccessDestroyed AccessVerb = "destroyed"
	// AccessClear ends what was said of who may have it, and AccessRelease a hold.
	AccessClear   AccessVerb = "clear"
	AccessRelease AccessVerb = "release"
)

// accessVerbs are all of them.
func accessVerbs() []AccessVerb {
	return []AccessVerb{AccessOpen, AccessBlock, AccessExclude, AccessEmbargo, AccessHold, AccessDestroyed, AccessClear, AccessRelease}
}

// Valid says whether v is one of the AccessVerbs.
func (v AccessVerb) Valid() bool { return slices.Contains(accessVerbs(), v) }

// OfHold says whether v is about destruction; the others are about reading. A target can have a rule of each.
func (v AccessVerb) OfHold() bool { return v == AccessHold || v == AccessRelease }

// Ends says whether v takes back an earlier rule.
func (v AccessVerb) Ends() bool { return v == AccessClear || v == AccessRelease }
