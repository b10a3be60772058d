package library

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
)

// Candidate is an Entry that may be a Work in one language.
type Candidate struct {
	Entry
	// Language is the one of the Work that it may be.
	Language string
	// Score is 0 to 1. From Enough on it is taken for the Work.
	Score float64
	// Reasons speak for it and Against against it, each in a few words.
	Reasons, Against []string
}

// Enough is the Score of a Candidate that is taken for the Work if no better one is found, and Sure that of one that is not
// looked for any further.
const (
	Enough = 0.5
	Sure   = 0.75
)

// What speaks for a Candidate, and against it, in parts of its Score.
const (
	forLabel     = 0.35
	forInherited = 0.2
	forYear      = 0.2
	forAround    = 0.12
	againstYear  = 0.25
	forTitle     = 0.45
	forLikeTitle = 0.35
	forSomeTitle = 0.15
	againstTitle = 0.15
	forSaid      = 0.12
	forClaim     = 0.06
	forFound     = 0.2
	forAny       = 0.16 // any language will do
	againstKind  = 0.15
	// impostor is the highest Score of what cannot be the Work: it has the title and another label, or the label and
	// another year.
	impostor = 0.2
)

// wanted is a Work as entries are compared with it.
type wanted struct {
	ibid.Work
	label Label // without a Number: none is known
	title []string
	years []int // in its title: no years of the meeting
}

func want(w ibid.Work) wanted {
	label, _ := ParseLabel(w.Label)
	if label.Number == "" {
		label, _ = ParseLabel(w.Title)
	}
	title := fold(w.Title)
	if y := years(fold(w.Label)); len(y) > 0 {
		label.Year = y[0]
	}
	return wanted{Work: w, label: label, title: content(words(withoutLabels(title))), years: years(title)}
}

// judge compares an entry with the Work in any language. A Score of 0 is: nothing in common.
func (w *wanted) judge(e *Entry) Candidate {
	c := Candidate{Entry: *e}
	alike := likeness(w.title, content(e.words))
	label := w.labelOf(&c, e)
	if label != same && alike < 0.5 {
		return Candidate{}
	}
	w.titleOf(&c, alike)
	wrongYear := w.yearOf(&c, e)
	if alike < 0.5 && c.Kind != "" && c.Kind != "background paper" && !strings.Contains(fold(w.Title+" "+w.Label), c.Kind) {
		c.minus(againstKind, "it is a paper of another kind: "+c.Kind)
	}
	if label == other || wrongYear {
		c.Score = min(c.Score, impostor)
	}
	return c
}

func (w *wanted) labelOf(c *Candidate, e *Entry) agreement {
	if w.label.Number == "" {
		return noWord
	}
	switch agree(w.label, e.labels) {
	case same:
		c.plus(forLabel, "it is filed under "+w.label.said())
		return same
	case other:
		c.minus(0, "it is filed under "+e.labels[0].said()+", not "+w.label.said())
		return other
	}
	if agree(w.label, e.inherited) == same {
		c.plus(forInherited, "it stands under the heading of "+w.label.said())
		return same
	}
	return noWord
}

// said is a Label without its year, for people.
func (l Label) said() string {
	return strings.ToUpper(l.Series[:1]) + l.Series[1:] + " " + l.Number
}

func (w *wanted) titleOf(c *Candidate, alike float64) {
	switch {
	case alike >= 0.9:
		c.plus(forTitle, "it has the title")
	case alike >= 0.7:
		c.plus(forLikeTitle, fmt.Sprintf("its title is nearly the same: “%s”", c.Title))
	case alike >= 0.4:
		c.plus(forSomeTitle, fmt.Sprintf("its title is like it: “%s”", c.Title))
	case len(content(c.words)) > 0 && slices.Contains(c.Languages, "en") && c.Claim >= ByName:
		c.minus(againstTitle, fmt.Sprintf("its title is another: “%s”", c.Title))
	}
}

// yearOf compares years. It returns true where the entry itself says another one.
func (w *wanted) yearOf(c *Candidate, e *Entry) bool {
	year := w.label.Year
	own := slices.DeleteFunc(slices.Clone(e.Years), func(y int) bool { return slices.Contains(w.years, y) && y != year })
	switch {
	case year == 0:
	case slices.Contains(own, year):
		c.plus(forYear, fmt.Sprintf("of %d", year))
	case len(own) > 0:
		c.minus(againstYear, fmt.Sprintf("of %d, not %d", own[0], year))
		return true
	case slices.Contains(e.Around, year):
		c.plus(forAround, fmt.Sprintf("on a page of %d", year))
	case len(e.Around) > 0:
		c.minus(againstYear, fmt.Sprintf("on a page of %d, not %d", e.Around[0], year))
	}
	return false
}

// in says how c fares as the edition in one language, "" being any; false: it is in another.
func (c Candidate) in(language string) (Candidate, bool) {
	c.Language = language
	c.Reasons, c.Against = slices.Clone(c.Reasons), slices.Clone(c.Against)
	if language == "" {
		if len(c.Languages) > 0 {
			c.Language = c.Languages[0]
		}
		c.Score = min(c.Score+forAny, 1)
		return c, true
	}
	i := slices.IndexFunc(c.Languages, func(l string) bool { return baseTag(l) == baseTag(language) })
	switch {
	case c.Claim == Unclaimed:
		return c, true
	case i < 0 && c.Claim >= ByName:
		return c, false
	case i < 0:
		// Weak as that is, it must be opened as that edition first.
		c.minus(forClaim, "its address or place speaks for "+strings.Join(c.Languages, ", "))
		c.Score = min(c.Score, Enough-forClaim)
		return c, true
	}
	switch c.Claim {
	case Found:
		c.plus(forFound, "its text is in "+language)
	case Said:
		c.plus(forSaid, "said to be in "+language)
	case ByName:
		c.plus(forSaid, "its name speaks for "+language)
	case ByAddress:
		c.plus(forClaim, "its address asks for "+language)
	default:
		c.plus(forClaim, "its place speaks for "+language)
	}
	return c, true
}

func (c *Candidate) plus(n float64, reason string) {
	c.Score = min(c.Score+n, 1)
	c.Reasons = append(c.Reasons, reason)
}

func (c *Candidate) minus(n float64, reason string) {
	c.Score = max(c.Score-n, 0.01)
	c.Against = append(c.Against, reason)
}
