package ibid

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"time"
)

// Event is something that happened and that people asked to be told of. docs/notifications.md describes it
// as it is sent.
type Event struct {
	// ID is the same however often the Event is sent: who receives it twice knows it again by it.
	ID   string    `json:"id"`
	Kind EventKind `json:"kind"`
	When time.Time `json:"when"`
	// Collection is empty for what concerns the whole installation.
	Collection string `json:"collection,omitempty"`
	// Seed is the URI of the source; empty for what is not about one source.
	Seed string `json:"seed,omitempty"`
	// Documents are those that cite the source, or the first of them.
	Documents []Citing `json:"documents,omitempty"`
	// Before and After are the Health of the source before and now. Before is HealthUnknown at the first look.
	Before Health `json:"before,omitempty"`
	After  Health `json:"after,omitempty"`
	// MovedTo is where a source that moved is now.
	MovedTo string `json:"moved_to,omitempty"`
	// Text says it in one line that a person understands.
	Text string `json:"text"`
	// Evidence shows what was seen: the Memento of this look or, for an audit, the key of its object in the
	// store. Mementos are paths on this server ("/web/…"), or whole addresses where its own is known.
	Evidence string `json:"evidence,omitempty"`
	// Kept is the last Memento of the source as it was when it was there.
	Kept string `json:"kept,omitempty"`
}

// Citing is a Document as an Event names it.
type Citing struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
}

// EventKind is the stable name of what can happen. The list only grows: receivers know these words.
type EventKind string

// The EventKinds.
const (
	// SourceDied: a source that was there, or was never looked at, is gone.
	SourceDied EventKind = "source.died"
	// SourceMoved: a source answers at another address than before.
	SourceMoved EventKind = "source.moved"
	// SourceDrifted: a source says something else than it did.
	SourceDrifted EventKind = "source.drifted"
	// SourceRescued: a copy of a source was taken from another archive.
	SourceRescued EventKind = "source.rescued"
	// SourceBack: a source that was gone is there again.
	SourceBack EventKind = "source.back"
	// JobFailing: a Job failed again and again.
	JobFailing EventKind = "job.failing"
	// AuditDamage: an audit found that stored bytes are not what they were.
	AuditDamage EventKind = "audit.damage"
	// SpoolFull: the store takes nothing and the spool has no room: work waits.
	SpoolFull EventKind = "spool.full"
	// SpoolDrained: the spool is empty again.
	SpoolDrained EventKind = "spool.drained"
	// SourceCaptured: a source was captured, and is not as it was before. Only the feed tells it: it is none of EventKinds.
	SourceCaptured EventKind = "source.captured"
)

// EventKinds are all that people can be told of.
func EventKinds() []EventKind {
	return []EventKind{
		SourceDied, SourceMoved, SourceDrifted, SourceRescued, SourceBack, JobFailing, AuditDamage, SpoolFull, SpoolDrained,
	}
}

// Valid says whether k is one of the EventKinds.
func (k EventKind) Valid() bool { return slices.Contains(EventKinds(), k) }

// EventID derives the ID of an Event from its kind and what makes it the only one of that kind: the same
// words in the same order give the same ID.
func EventID(kind EventKind, only ...string) string {
	h := sha256.New()
	for _, s := range append([]string{string(kind)}, only...) {
		// No word holds a zero byte: it parts them.
		_, _ = io.WriteString(h, s+"\x00") // a hash takes everything
	}
	return "evt-" + hex.EncodeToString(h.Sum(nil)[:16])
}
