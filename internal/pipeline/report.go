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

// stateOf says what became of a source from v, the last look at it, and kept, the last that brought it; without the first
// it was not looked at yet, without the second nothing is kept of it but what the last one found. cited is the date of
// the citation, to which the distance of the Memento is measured.
func stateOf(v, kept *ibid.Visit, cited ibid.Date) State {
	if v == nil {
		return State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown, Reason: "not looked at yet"}
	}
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

// reportDocument joins a Document's References with the last Visit of each source, and the last that brought it.
func reportDocument(doc ibid.Document, refs []ibid.Reference, visits func(uri string) (now, kept *ibid.Visit)) DocumentReport {
	r := DocumentReport{Document: doc, References: make([]ReferenceReport, 0, len(refs))}
	for _, ref := range refs {
		rr := ReferenceReport{Reference: ref, Works: workReports(ref.Works)}
		if ref.URI != "" {
			now, kept := visits(ref.URI)
			rr.State = stateOf(now, kept, cmp.Or(ref.Accessed, doc.Date))
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
