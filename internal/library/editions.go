package library

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// editions returns what was found, and what was not.
func (s *search) editions() []ibid.Edition {
	var out []ibid.Edition
	for _, wk := range s.works {
		choices := wk.choices()
		for i, language := range wk.languages() {
			out = append(out, s.edition(wk, language, choices[i]))
		}
	}
	return out
}

// maxRejected bounds how many entries are named that look like a Work and are not taken for it.
const maxRejected = 8

// triedFor tells what was looked through for an Edition: each page with what it has of the Work, then the entries that come nearest
// and were not taken.
func (s *search) triedFor(wk *work, language string, c *choice) []ibid.Attempt {
	at := slices.Index(s.works, wk)
	var out []ibid.Attempt
	for _, t := range s.tried {
		a := t.Attempt
		if t.matches != nil {
			a.Result = fmt.Sprintf("%s, %d may be this work", a.Result, t.matches[at])
		}
		out = append(out, a)
	}
	return append(out, s.rejected(wk, language, c)...)
}

func (s *search) rejected(wk *work, language string, c *choice) []ibid.Attempt {
	var near []*lead
	for _, l := range wk.leads {
		if (c == nil || c.lead != l) && !l.about && l.rejected(language) {
			near = append(near, l)
		}
	}
	slices.SortStableFunc(near, func(a, b *lead) int { return cmp.Compare(b.Score, a.Score) })
	var out []ibid.Attempt
	for _, l := range near[:min(len(near), maxRejected)] {
		why := slices.Clone(l.Against)
		if l.foreign {
			why = append(why, "it stands on "+siteOf(l.URI)+", which is neither cited nor allowed")
		}
		if len(why) == 0 {
			why = []string{"too little speaks for it: " + strings.Join(l.Reasons, "; ")}
		}
		out = append(out, ibid.Attempt{What: l.URI, When: time.Now(), Result: "not taken: " + strings.Join(why, "; ")})
	}
	return out
}

// rejected says whether a lead could have been the edition in a language, had nothing spoken against it.
func (l *lead) rejected(language string) bool {
	if l.foreign || l.Score < Enough {
		return true
	}
	c, ok := l.as(language)
	return ok && c.Score < Enough || !ok && l.Claim == Found && len(l.Against) > 0
}
