package pipeline

import (
	"cmp"

	"github.com/ibid-archive/ibid"
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
	State
}

// State is what became of one cited thing.
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

// stateOf says what became of a source from the last look at it; nil is a source not looked at yet.
// cited is the date of the citation, to which the distance of the Memento is measured.
func stateOf(v *ibid.Visit, cited ibid.Date) State {
	if v == nil {
		return State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown, Reason: "not looked at yet"}
	}
	s := State{
		Outcome: outcomeOf(v), Health: v.Health, Metadata: v.Description, Reason: v.Reason, Tried: v.Tried,
		Verdict: v.Verdict, Class: v.Class, Seconds: v.Seconds, Attempts: v.Attempts,
	}
	if v.Final != nil {
		s.Memento = v.Final.Memento(cited)
	}
	return s
}

// workReports gives each Work its editions: one a language, one in all where none is named.
func workReports(works []ibid.Work) []WorkReport {
	out := make([]WorkReport, 0, len(works))
	for _, w := range works {
		r := WorkReport{Work: w}
		for _, lang := range append([]string(nil), languagesOf(w)...) {
			r.Editions = append(r.Editions, Edition{Language: lang, State: State{
				Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown,
				Reason: "named without an address; this version does not look for named works",
			}})
		}
		out = append(out, r)
	}
	return out
}

func languagesOf(w ibid.Work) []string {
	if len(w.Languages) == 0 {
		return []string{"und"} // BCP 47: undetermined
	}
	return w.Languages
}

// reportDocument joins a Document's References with the last Visit of each source.
func reportDocument(doc ibid.Document, refs []ibid.Reference, visit func(uri string) *ibid.Visit) DocumentReport {
	r := DocumentReport{Document: doc, References: make([]ReferenceReport, 0, len(refs))}
	for _, ref := range refs {
		rr := ReferenceReport{Reference: ref, Works: workReports(ref.Works)}
		if ref.URI != "" {
			rr.State = stateOf(visit(ref.URI), cmp.Or(ref.Accessed, doc.Date))
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
