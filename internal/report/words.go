package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// outcomes are the Outcomes as they are counted and shown: what is kept first.
var outcomes = []ibid.Outcome{
	ibid.OutcomeCaptured, ibid.OutcomeRescued, ibid.OutcomeSucceeded, ibid.OutcomeLost, ibid.OutcomeExcluded, ibid.OutcomeFailed, ibid.OutcomePending,
}

// marks are the outcomes in one character, for where words have no room.
var marks = map[ibid.Outcome]string{
	ibid.OutcomeCaptured: "✓", ibid.OutcomeRescued: "✓", ibid.OutcomeSucceeded: "→", ibid.OutcomeLost: "✗",
	ibid.OutcomeExcluded: "–", ibid.OutcomeFailed: "!", ibid.OutcomePending: "…",
}

// Mark is o in one character. It says whether a thing is kept, not how.
func Mark(o ibid.Outcome) string { return cmp.Or(marks[o], "…") }

// Health is h as people say it.
func Health(h ibid.Health) string {
	switch h {
	case ibid.HealthSoft404:
		return "soft 404"
	case ibid.HealthUnknown, "":
		return "not known"
	default:
		return Plain(string(h))
	}
}

// Strikes says how many checks found the source dead, out of those that make it final; empty: none did.
func Strikes(s pipeline.State, final int) string {
	switch {
	case s.GivenUp:
		return "final, " + Count(s.Strikes, "check")
	case s.Strikes == 0 || !s.Health.Dead():
		return ""
	default:
		return fmt.Sprintf("%d of %s", min(s.Strikes, final), Count(final, "check"))
	}
}

// Distance is a number of days from the date of the citation: "7 days before". Above a thousand it is told in years.
func Distance(days int) string {
	n, side := days, "after"
	if days < 0 {
		n, side = -days, "before"
	}
	switch {
	case n == 0:
		return "the same day"
	case n >= 1000:
		return fmt.Sprintf("%d years %s", (n+182)/365, side)
	default:
		return Count(n, "day") + " " + side
	}
}

// Count is n things of a kind: "1 archive", "2 archives".
func Count[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Language is the English name of a BCP 47 tag: "Spanish".
func Language(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return "language not stated"
	}
	return cmp.Or(display.English.Tags().Name(t), Plain(tag))
}

// Note says what is amiss with what is kept, in a few words; empty: nothing.
func Note(s pipeline.State) string {
	switch s.Verdict {
	case ibid.Archived, "":
		return ""
	case ibid.Truncated:
		return "the beginning only"
	default:
		return "with a note: " + Plain(strings.ReplaceAll(cmp.Or(string(s.Class), string(s.Verdict)), "-", " "))
	}
}

// Kept says what a reader gets of a thing, in three parts: the outcome, the date and how far that is from the
// citation, and where it is from. A part can be empty.
func Kept(s pipeline.State) (outcome, when, where string) {
	outcome = Plain(string(s.Outcome))
	switch {
	case s.Outcome == ibid.OutcomeSucceeded && s.Successor != nil:
		return outcome, "", withoutScheme(s.Successor.URI)
	case s.Memento == nil:
		return outcome, "", ""
	}
	when = s.Memento.Timestamp.UTC().Format(time.DateOnly)
	if s.Outcome == ibid.OutcomeRescued {
		if d := s.Memento.DistanceDays; d != nil {
			when += ", " + Distance(*d)
		}
		where = Plain(string(s.Memento.Origin))
	}
	return outcome, when, where
}

// HasIt says whether something of a thing is kept or shown, so that no reason needs to be given.
func HasIt(o ibid.Outcome) bool {
	return o == ibid.OutcomeCaptured || o == ibid.OutcomeRescued || o == ibid.OutcomeSucceeded
}

// WorkName is what a Work is called: its label, else its title.
func WorkName(w ibid.Work) string { return Plain(cmp.Or(w.Label, w.Title)) }

// Missing says, for an edition that could not be had itself, what came of it: "not found (2 archives, 6 listings
// asked)". It is empty for one that is kept.
func Missing(e pipeline.Edition) string {
	switch e.Outcome {
	case ibid.OutcomeCaptured, ibid.OutcomeRescued:
		return ""
	case ibid.OutcomeSucceeded:
		return "only what succeeds it, " + withoutScheme(e.URI)
	case ibid.OutcomeLost:
		return "not found" + asked(e)
	default:
		return strings.TrimSpace(string(e.Outcome) + ": " + Plain(e.Reason))
	}
}

func asked(e pipeline.Edition) string {
	var parts []string
	if n := answered(e.Holdings); n > 0 {
		parts = append(parts, Count(n, "archive"))
	}
	if e.Listings > 0 {
		parts = append(parts, Count(e.Listings, "listing"))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + " asked)"
}

// answered counts the archives that could say what they have.
func answered(holdings []ibid.Holding) (n int) {
	for _, h := range holdings {
		if h.Problem == "" {
			n++
		}
	}
	return n
}
