package pipeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/library"
)

// DocumentReport is the state of one Document: one object of `ibid archive --json` and `ibid report`.
type DocumentReport struct {
	Document   ibid.Document     `json:"document"`
	References []ReferenceReport `json:"references"`
	Summary    Summary           `json:"summary"`
}

// ReferenceReport is one Reference and what became of it.
type ReferenceReport struct {
	ibid.Reference
	// Works hides those of the Reference: here each has its editions.
	Works []WorkReport `json:"works,omitempty"`
	State
}

// SourceReport is what became of one source that was asked for by its address.
type SourceReport struct {
	URI string `json:"uri"`
	State
}

// WorkReport is one Work and what became of each of its editions.
type WorkReport struct {
	ibid.Work
	Editions []Edition `json:"editions"`
}

// Edition is one Work in one language.
type Edition struct {
	Language string `json:"language"`
	// URI is where it is or was, Listing the page on which it was found, and Reasons why it is taken for this Work.
	URI     string   `json:"uri,omitempty"`
	Listing string   `json:"listing,omitempty"`
	Reasons []string `json:"reasons,omitempty"`
	// Listings counts the pages that were looked through for it.
	Listings int `json:"listings,omitempty"`
	State
}

// State is what became of one cited thing: Outcome, Memento, Metadata, Verdict and Class say what is kept of it, Health,
// Reason, Tried, Seconds and Attempts what the last look found. A source that was kept stays so when it is gone.
type State struct {
	Outcome  ibid.Outcome      `json:"outcome"`
	Health   ibid.Health       `json:"health"`
	Memento  *ibid.Memento     `json:"memento,omitempty"`
	Metadata *ibid.Description `json:"metadata,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Tried    []ibid.Attempt    `json:"tried,omitempty"`
	Verdict  ibid.Verdict      `json:"verdict,omitempty"`
	Class    ibid.Class        `json:"class,omitempty"`
	Seconds  float64           `json:"seconds"`
	Attempts int               `json:"attempts"`

	// Evidence is what Health follows from, Checked when that was seen, and Strikes how often in a row the source was
	// found dead.
	Evidence []ibid.Evidence `json:"evidence,omitempty"`
	Checked  *time.Time      `json:"checked,omitempty"`
	Strikes  int             `json:"strikes,omitempty"`
	// GivenUp says that Strikes are enough to call it dead for good.
	GivenUp bool        `json:"given_up,omitempty"`
	Drift   *ibid.Drift `json:"drift,omitempty"`
	// Provenance is that of a rescued Memento, and Holdings what other archives have.
	Provenance *ibid.Provenance `json:"provenance,omitempty"`
	Holdings   []ibid.Holding   `json:"holdings,omitempty"`
	Successor  *ibid.Successor  `json:"successor,omitempty"`
}

// Summary counts outcomes. A Work counts once a language.
type Summary struct {
	References int `json:"references"`
	Captured   int `json:"captured"`
	Rescued    int `json:"rescued"`
	Succeeded  int `json:"succeeded"`
	Lost       int `json:"lost"`
	Excluded   int `json:"excluded"`
	Failed     int `json:"failed"`
	Pending    int `json:"pending"`
}

// Add counts one outcome.
func (s *Summary) Add(o ibid.Outcome) {
	switch o {
	case ibid.OutcomeCaptured:
		s.Captured++
	case ibid.OutcomeRescued:
		s.Rescued++
	case ibid.OutcomeSucceeded:
		s.Succeeded++
	case ibid.OutcomeLost:
		s.Lost++
	case ibid.OutcomeExcluded:
		s.Excluded++
	case ibid.OutcomeFailed:
		s.Failed++
	case ibid.OutcomePending:
		s.Pending++
	}
}

// Cited is how many things were cited: addresses, and editions of named works.
func (s Summary) Cited() int {
	return s.Captured + s.Rescued + s.Succeeded + s.Lost + s.Excluded + s.Failed + s.Pending
}

// stateOf says what became of a source from v, the last look at it, and kept, the last that brought it, or nil: then
// nothing is kept of it but what the last one found. cited is the date of the citation, to which the distance of the
// Memento is measured.
func stateOf(v, kept *ibid.Visit, cited ibid.Date) State {
	if kept == nil {
		kept = v
	}
	s := State{
		Outcome: outcomeOf(kept), Health: v.Health, Metadata: kept.Description, Reason: v.Reason, Tried: v.Tried,
		Verdict: kept.Verdict, Class: kept.Class, Seconds: v.Seconds, Attempts: v.Attempts,
	}
	if kept.Final != nil {
		s.Memento = kept.Final.Memento(cited)
	}
	return s
}

// worksSeed is the name of the search for the Works of a Reference: it is looked at as a Seed is.
func worksSeed(document, reference string) string {
	return "urn:ibid:works:" + document + ":" + reference
}

// workReports gives each Work its editions: one a language, one in all where none is named. v is the last search for
// them, or nil; fates says what became of a source.
func workReports(works []ibid.Work, v *ibid.Visit, cited ibid.Date, fates func(uri string) fate) []WorkReport {
	out := make([]WorkReport, 0, len(works))
	for _, w := range works {
		r := WorkReport{Work: w}
		for _, lang := range languagesOf(w) {
			r.Editions = append(r.Editions, editionReport(v, w, lang, cited, fates))
		}
		out = append(out, r)
	}
	return out
}

func editionReport(v *ibid.Visit, w ibid.Work, lang string, cited ibid.Date, fates func(uri string) fate) Edition {
	e := Edition{Language: lang, State: State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown, Reason: "not looked for yet"}}
	if v == nil {
		return e
	}
	for i := range v.Editions {
		found := &v.Editions[i]
		if found.Work != w.Title || found.Label != w.Label || found.Language != lang {
			continue
		}
		if found.URI == "" {
			e.State = State{Outcome: ibid.OutcomeLost, Health: ibid.HealthUnknown, Reason: "found in no listing that could be read"}
		} else {
			e.State = fates(found.URI).state(cited)
			if e.Outcome == ibid.OutcomeFailed && e.Health.Dead() && slices.ContainsFunc(e.Holdings, answered) {
				e.Outcome = ibid.OutcomeLost // it is a guess that it was there at all: none has it, and it is not there
			}
		}
		if found.Successor {
			e.Outcome, e.Reason = ibid.OutcomeSucceeded, "succeeded by "+found.URI
			e.State.Successor = &ibid.Successor{URI: found.URI}
		}
		e.URI, e.Listing, e.Reasons = found.URI, found.Listing, found.Reasons
		e.Listings = listingsRead(found.Tried)
		e.Tried = append(slices.Clone(found.Tried), e.Tried...)
	}
	return e
}

// listingsRead counts the pages that were there to be looked through.
func listingsRead(tried []ibid.Attempt) int {
	read := map[string]bool{}
	for _, a := range tried {
		if a.Result != library.NothingThere {
			read[a.What] = true
		}
	}
	return len(read)
}

// answered says whether the archive could say what it has.
func answered(h ibid.Holding) bool { return h.Problem == "" }

func languagesOf(w ibid.Work) []string {
	if len(w.Languages) == 0 {
		return []string{"und"} // BCP 47: undetermined
	}
	return w.Languages
}

// reportDocument joins a Document's References with what became of each source, and of the Works that they name.
func reportDocument(doc ibid.Document, refs []ibid.Reference, fates func(uri string) fate, works func(seed string) *ibid.Visit) DocumentReport {
	r := DocumentReport{Document: doc, References: make([]ReferenceReport, 0, len(refs))}
	for _, ref := range refs {
		cited := cmp.Or(ref.Accessed, doc.Date)
		rr := ReferenceReport{Reference: ref}
		if len(ref.Works) > 0 {
			rr.Works = workReports(ref.Works, works(worksSeed(doc.ID, ref.ID)), cited, fates)
		}
		if address := ref.Address(); address != "" {
			rr.State = fates(address).state(cited)
			rr.Tried = append(readAs(&ref, fates), rr.Tried...)
			r.Summary.Add(rr.Outcome)
		} else {
			rr.State = State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown, Reason: "names works without an address"}
		}
		for _, w := range rr.Works {
			for _, e := range w.Editions {
				r.Summary.Add(e.Outcome)
			}
		}
		r.References = append(r.References, rr)
	}
	r.Summary.References = len(refs)
	return r
}
