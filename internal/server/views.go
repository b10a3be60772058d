package server

import (
	"cmp"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// Documents is a part of a list of Documents.
type Documents struct {
	List  []DocumentLine
	Total int
}

// DocumentLine is a Document in a list.
type DocumentLine struct {
	Collection string
	ibid.Document
	Tally Tally
}

// Document is a Document and a part of its References.
type Document struct {
	DocumentLine
	// Marks are the outcomes of all References in reading order.
	Marks      []Mark
	References []Cited
	// HasRobust says that there is a copy of it whose links carry their archived versions.
	HasRobust bool
	// History is how the addresses that it cites fared over time.
	History []ibid.HealthMoment
}

// Mark is a Reference in the strip of a Document.
type Mark struct {
	ID, Label string
	Outcome   ibid.Outcome
	// Editions are the outcomes of the Works that it names, in each language.
	Editions []ibid.Outcome
}

// Cited is a Reference and what became of it.
type Cited struct {
	ibid.Reference
	// Works hides those of the Reference: here each has its editions.
	Works []Work
	State
}

// Work is a named Work and what became of each of its editions.
type Work struct {
	ibid.Work
	Editions []Edition
}

// Edition is a Work in one language.
type Edition struct {
	Language, URI, Listing string
	Reasons                []string
	State
}

// State is what became of a cited thing.
type State struct {
	Outcome  ibid.Outcome
	Health   ibid.Health
	Memento  *ibid.Memento
	Metadata *ibid.Description
	Reason   string
	Verdict  ibid.Verdict
	Class    ibid.Class
	Tried    []ibid.Attempt
	Evidence []ibid.Evidence
	// Checked is when Health was seen; Strikes are how often in a row it was found dead.
	Checked    *time.Time
	Strikes    int
	GivenUp    bool
	Drift      *ibid.Drift
	Provenance *ibid.Provenance
	Holdings   []ibid.Holding
	Successor  *ibid.Successor
}

// outcomes are all Outcomes, best first.
var outcomes = []ibid.Outcome{
	ibid.OutcomeCaptured, ibid.OutcomeRescued, ibid.OutcomeSucceeded, ibid.OutcomeExcluded, ibid.OutcomePending, ibid.OutcomeFailed, ibid.OutcomeLost,
}

// Mark is how c stands in a strip: by its own Outcome or, where only Works are named, by the worst of theirs.
func (c *Cited) Mark() Mark {
	m := Mark{ID: c.ID, Label: cmp.Or(c.Locator.Label, c.ID), Outcome: c.Outcome}
	worst := -1
	for _, w := range c.Works {
		for i := range w.Editions {
			m.Editions = append(m.Editions, w.Editions[i].Outcome)
			worst = max(worst, slices.Index(outcomes, w.Editions[i].Outcome))
		}
	}
	if c.URI == "" && worst >= 0 {
		m.Outcome = outcomes[worst]
	}
	return m
}

// Reference is a Reference with all that is known of its source.
type Reference struct {
	Collection string
	Document   ibid.Document
	Cited
	// Before and After are the IDs of its neighbours in the Document; empty: there is none.
	Before, After string
	// Looks are a part of the looks at the source, the latest first, of LooksInAll.
	Looks      []Look
	LooksInAll int
	// Points are all looks and captures, for a line of time; Latest is what was captured of the live web last.
	Points []Point
	Latest *ibid.Memento
	// LastFixity is when the bytes of the Memento were last compared with their digest; zero: not yet.
	LastFixity time.Time
	Forms      Forms
}

// Look is one look at a source.
type Look struct {
	ibid.Visit
	// Change says how its Capture differs from Before, the one before it; nil: there is none.
	Change Change
	Before *ibid.Memento
}

// Change says how a Capture differs from the one before it.
type Change string

// The Changes. The empty one is that nothing was captured.
const (
	ChangeFirst Change = "first"
	ChangeSame  Change = "same"
	ChangeOther Change = "other"
)

// Address is what is held of an address.
type Address struct {
	URI string
	// Captures are in the order of time.
	Captures []Captured
	State    State
	// Cited are citations of it, not more than a page can name.
	Cited []Citation
}

// Captured is a Capture and the collection that holds it.
type Captured struct {
	Collection string
	ibid.Capture
}

// Citation is where something is cited.
type Citation struct {
	DocumentKey
	Reference string
	// Source is the title of the Document, or what it was read from.
	Source, Context string
}

// Hit is an answer to words: a citation, or the title and abstract of a source.
type Hit struct {
	// Document and Reference are empty for a source.
	Document            DocumentKey
	Reference           string
	URI, Title, Excerpt string
}

// Schedules is a part of the Plans.
type Schedules struct {
	List  []Plan
	Total int
}

// Plan is when a source is looked at next.
type Plan struct {
	Collection, URI, Schedule, Zone string
	// Next is zero for what is never due.
	Next time.Time
	// Offset is that of Zone at Next, in seconds east of Greenwich.
	Offset          int
	Paused, Running bool
	Reason          string
	// Last is the due time before, with what came of it; zero: there was none.
	Last    time.Time
	Outcome ibid.TurnOutcome
	Verdict ibid.Verdict
	Health  ibid.Health
	Missed  int
}

// name is what people call a Document.
func (d DocumentLine) name() string { return cmp.Or(d.Title, d.Source, d.ID) }
