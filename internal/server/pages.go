package server

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/ibid-archive/ibid"
)

// Pages are where the pages for people get what they show. Each function is asked at most once for a page. What is not
// held, or not to be seen, is an ibid.Error of KindNotFound.
type Pages struct {
	Home func(ctx context.Context) (Home, error)
	// Collections are all that may be seen, by name.
	Collections func(ctx context.Context) ([]Collection, error)
	// Trust is what can be shown of how all of it is kept, in all collections.
	Trust func(ctx context.Context) (Trust, error)
	// History is how the sources of a collection fared over time.
	History func(ctx context.Context, collection string) ([]ibid.HealthMoment, error)
	// Documents are those of a collection, or of all of them for the empty name, from the part on.
	Documents func(ctx context.Context, collection string, part Part) (Documents, error)
	// Document is one, with the part of its References.
	Document func(ctx context.Context, key DocumentKey, part Part) (Document, error)
	// Recount says that what was counted of a Document before that time does not hold any more.
	Recount func(key DocumentKey, before time.Time)
	// Reference is one of a Document, with the part of its looks, the latest first.
	Reference func(ctx context.Context, key DocumentKey, id string, part Part) (Reference, error)
	// Address is what is held of an address. Nothing is no error.
	Address func(ctx context.Context, uri string) (Address, error)
	// Compare compares two Captures, by their timestamps of 14 digits: of uri, or of uri and with. Without from it is the one
	// before to, or the last, without to the last.
	Compare func(ctx context.Context, uri, with, from, to string) (Comparison, error)
	// Show is where a Capture is shown to whoever sent r, and the origin of that; nil: nowhere.
	Show func(r *http.Request, c Captured) (address, origin string)
	// Search finds titles and contexts with all of these words, at most n.
	Search func(ctx context.Context, words string, n int) ([]Hit, error)
	// Schedules are the Plans, what is due next first.
	Schedules func(ctx context.Context, part Part) (Schedules, error)
	// Reports are the forms in which a Document's report can be had, and Citations those of citations of what it cites.
	Reports, Citations []ReportForm
	// Robust is a copy of a Document whose links carry their archived versions.
	Robust func(ctx context.Context, key DocumentKey) (RobustCopy, error)
	// Export is a package of a Document, by its ID, else of the collection of that name; nil: there is none.
	Export func(ctx context.Context, collection, name string) (*Package, error)
}

// ReportForm is a form of reports, "csv", or of citations, "apa.txt".
type ReportForm struct {
	// Name is how the names of such files end, and Label what people call it.
	Name, Label, MediaType string
	Write                  func(ctx context.Context, w io.Writer, key DocumentKey) error
}

// Part is a part of a list: n rows after the first skip.
type Part struct{ Skip, N int }

// Of returns which of total rows are in p: from and up to but without to.
func (p Part) Of(total int) (from, to int) {
	from = min(p.Skip, total)
	return from, min(from+p.N, total)
}

// DocumentKey names a Document. The empty Collection is the first by name that has it.
type DocumentKey struct{ Collection, ID string }

// Collection is a Collection as people see it.
type Collection struct {
	Name, Title string
	// Schedule and Zone are its rule; empty: nothing is looked at again by itself. IgnoresRobots says that robots.txt
	// is not asked.
	Schedule, Zone string
	IgnoresRobots  bool
	// Private says that it is not for everybody.
	Private   bool
	Documents int
	Captures  int
	Bytes     int64
	Tally     Tally
}

// Tally counts what became of what is cited.
type Tally struct {
	References int
	// Outcomes count the cited things: addresses, and Works once a language.
	Outcomes map[ibid.Outcome]int
	// Told are the addresses of which the live web told how they fare; Rotten of them lead to nothing of the source,
	// Drifted to something else. Untold could not be told.
	Told, Rotten, Drifted, Untold int
	// Checked is the last look at any of them.
	Checked time.Time
}

// Cited is how many things are cited.
func (t Tally) Cited() (n int) {
	for _, some := range t.Outcomes {
		n += some
	}
	return n
}

// Kept is how many of them there is something of.
func (t Tally) Kept() int { return t.Outcomes[ibid.OutcomeCaptured] + t.Outcomes[ibid.OutcomeRescued] }

// Lost is how many of them are lost.
func (t Tally) Lost() int { return t.Outcomes[ibid.OutcomeLost] }

// Plus adds what other counts.
func (t Tally) Plus(other Tally) Tally {
	sum := Tally{
		References: t.References + other.References, Outcomes: map[ibid.Outcome]int{}, Told: t.Told + other.Told,
		Rotten: t.Rotten + other.Rotten, Drifted: t.Drifted + other.Drifted, Untold: t.Untold + other.Untold, Checked: t.Checked,
	}
	for _, counted := range []map[ibid.Outcome]int{t.Outcomes, other.Outcomes} {
		for o, n := range counted {
			sum.Outcomes[o] += n
		}
	}
	if other.Checked.After(sum.Checked) {
		sum.Checked = other.Checked
	}
	return sum
}

// Home is the first page.
type Home struct {
	Tally       Tally
	Collections []Collection
	// Recent is what was archived last, and Needs what needs a person, the first of NeedsInAll.
	Recent     []Kept
	Needs      []Need
	NeedsInAll int
}

// Kept is a source that was archived.
type Kept struct {
	Collection, URI, Title string
	Memento                ibid.Memento
	// Rescued says that it came from another archive.
	Rescued bool
}

// Need is something that a person should look at: lost, drifted or failing.
type Need struct {
	Document  DocumentKey
	Reference string
	// Source is the title of the Document, or what it was read from; Name the address, or the Work and language.
	Source, Name string
	Outcome      ibid.Outcome
	Health       ibid.Health
	Reason       string
}
