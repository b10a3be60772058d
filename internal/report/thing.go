package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// thing is one cited thing: a source by its address, or an edition of a work.
type thing struct {
	mark
	address

	Now, Strikes string
	Checked      day
	Evidence     []string
	Drift        string

	Kept *keeping
	// Reason says why nothing is kept, and Answer what is kept of the site that said so.
	Reason, Answer string

	Copies   string
	Holdings string

	Successor         *address
	SuccessorEvidence []string

	// Found is the listing on which an edition was found, and FoundBy why it is taken for one.
	Found            *address
	FoundAs, FoundBy string

	Tried   []attempt
	TriedOn day
}

// address is one as it is shown. Web says that a reader may be led to it.
type address struct {
	Address, Short string
	Web            bool
}

// shown is how many characters of an address are shown.
const shown = 60

func addressOf(uri string) address { return address{Plain(uri), ShortURI(uri, shown), onWeb(uri)} }

// keeping is what is kept of a thing.
type keeping struct {
	On, Fetched                     day
	Distance, Origin, There, Digest string
	Media, Title, Note, Hypothesis  string
	Reasons                         []string
}

type attempt struct{ What, Result string }

func thingOf(s pipeline.State, uri string, o Options) thing {
	t := thing{
		mark: markOf(s.Outcome), address: addressOf(uri), Now: Health(s.Health), Strikes: Strikes(s, o.Strikes),
		Evidence: evidenceOf(s.Health, s.Evidence), Drift: driftOf(s.Drift), Kept: keepingOf(s),
	}
	if s.Checked != nil {
		t.Checked = dayOf(*s.Checked)
	}
	if !HasIt(s.Outcome) {
		t.Reason, t.Kept = Plain(s.Reason), nil
		if m := s.Memento; m != nil {
			t.Answer = fmt.Sprintf("only the answer of %s, status %d: %s", dayOf(m.Timestamp).Words, m.Status, Plain(string(m.Digest)))
		}
	}
	t.holdings(s)
	if s.Successor != nil {
		a := addressOf(s.Successor.URI)
		t.Successor, t.SuccessorEvidence = &a, evidenceOf("", s.Successor.Evidence)
	}
	for i, a := range s.Tried {
		if i == 0 {
			t.TriedOn = dayOf(a.When)
		}
		t.Tried = append(t.Tried, attempt{Plain(a.What), Plain(a.Result)})
	}
	return t
}

// evidenceOf names the Health that a line speaks for where it is not the one that was found.
func evidenceOf(h ibid.Health, all []ibid.Evidence) (lines []string) {
	for _, e := range all {
		line := Plain(e.Text)
		if h != "" && e.For != h && e.For != "" {
			line += " (speaks for " + Health(e.For) + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

func driftOf(d *ibid.Drift) string {
	if d == nil {
		return ""
	}
	s := fmt.Sprintf("%d %% of the text is not that of %s (%s)", int(d.Score*100+0.5), d.Since.UTC().Format("2 January 2006"), Plain(string(d.Origin)))
	if d.Title != "" {
		s += "; title: " + Plain(d.Title)
	}
	if d.Language != "" {
		s += "; language: " + Plain(d.Language)
	}
	return s
}

func keepingOf(s pipeline.State) *keeping {
	m := s.Memento
	if m == nil {
		return nil
	}
	k := &keeping{
		On: dayOf(m.Timestamp), Origin: Plain(string(m.Origin)), Digest: Plain(string(m.Digest)), Media: Plain(string(m.MediaType)), Note: Note(s),
	}
	if m.Origin == ibid.OriginLive {
		k.Origin = "the live web"
	}
	if m.DistanceDays != nil {
		k.Distance = Distance(*m.DistanceDays)
		if *m.DistanceDays == 0 {
			k.Distance = "on the same day as"
		}
	}
	if onWeb(m.URIM) {
		k.There = m.URIM
	}
	if s.Metadata != nil {
		k.Title = Plain(s.Metadata.Title)
	}
	if p := s.Provenance; p != nil {
		k.Fetched, k.Hypothesis, k.Reasons = dayOf(p.Fetched), Plain(p.Hypothesis), plainAll(p.Reasons)
	}
	return k
}

// holdings says how many copies there are, and who has those that are not ours.
func (t *thing) holdings(s pipeline.State) {
	var who []string
	theirs, archives := 0, 0
	for _, h := range s.Holdings {
		who = append(who, holding(h))
		if h.Problem == "" && h.Mementos > 0 {
			archives++
			theirs += h.Mementos
		}
	}
	t.Holdings = strings.Join(who, "; ")
	switch {
	case t.Kept != nil:
		t.Copies = fmt.Sprintf("ours + %d", theirs)
	case len(s.Holdings) == 0:
		return
	case s.Outcome == ibid.OutcomeLost && theirs > 0:
		t.Copies = "none of the source; what the archives have of its address was passed over"
		return
	default:
		t.Copies = fmt.Sprintf("none of ours, %d elsewhere", theirs)
	}
	if archives > 0 {
		t.Copies += fmt.Sprintf(" in %s", Count(archives, "other archive"))
	}
}

func holding(h ibid.Holding) string {
	name := Plain(string(h.Archive))
	switch {
	case h.Problem != "":
		return name + " could not say: " + Plain(h.Problem)
	case h.Mementos == 0:
		return name + ": none"
	default:
		return fmt.Sprintf("%s: %d, %s", name, h.Mementos, span(h.First, h.Last))
	}
}

func span(first, last time.Time) string {
	a, b := first.UTC().Format(time.DateOnly), last.UTC().Format(time.DateOnly)
	if a == b {
		return a
	}
	return a + " to " + b
}
