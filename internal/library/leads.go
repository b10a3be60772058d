package library

import (
	"cmp"
	"slices"

	"github.com/ibid-archive/ibid"
)

// lead is an entry that may be a Work, with where it was found.
type lead struct {
	Candidate // in no language yet
	listing   string
	source    int
	// opened says that it was looked at, or that this was tried; about, that it is a page about the Work, from which
	// the leads to the Work itself were taken.
	opened, about bool
	// foreign says that it stands on a site that is neither cited nor allowed.
	foreign bool
	order   int
}

// maxLeads bounds what is kept for one Work.
const maxLeads = 500

// add takes the entries of a listing that may be wk, and returns how many of them are good enough.
func (s *search) add(wk *work, entries []Entry, listing string, source int) int {
	var found []*lead
	for i := range entries {
		if c := wk.judge(&entries[i]); c.Score > 0 {
			found = append(found, &lead{Candidate: c, listing: listing, source: source, foreign: !s.allowed[siteOf(c.URI)]})
		}
	}
	slices.SortStableFunc(found, func(a, b *lead) int { return cmp.Compare(b.Score, a.Score) })
	n := 0
	for i, l := range found {
		if l.Score+forSaid >= Enough && !l.foreign {
			n++
		}
		if i < maxLeads {
			wk.keep(l)
		}
	}
	return n
}

// keep adds a lead. One to the same address that was not opened gives way to it if it says less, and among too many the worst one.
func (wk *work) keep(l *lead) {
	key := pageKey(l.URI)
	old := wk.byKey[key]
	switch {
	case old == nil && len(wk.leads) < maxLeads:
		l.order = len(wk.leads)
		wk.leads = append(wk.leads, l)
	case old == nil:
		old = slices.MinFunc(wk.leads, func(a, b *lead) int { return cmp.Compare(a.Score, b.Score) })
		if old.Score >= l.Score || old.opened {
			return
		}
		delete(wk.byKey, pageKey(old.URI))
		fallthrough
	default:
		if old.opened || old.Score > l.Score || old.Score == l.Score && old.Claim >= l.Claim {
			return
		}
		l.order = old.order
		wk.leads[l.order] = l
	}
	wk.byKey[key] = l
}

// choice is a lead taken for one language.
type choice struct {
	Candidate
	lead *lead
}

// languages are those of the Work: one empty one where none is said.
func (w *wanted) languages() []string {
	if len(w.Languages) == 0 {
		return []string{""}
	}
	return w.Languages
}

// choices returns for each language of a Work the best lead, or nil. No lead is taken for two languages unless it is in both.
func (wk *work) choices() []*choice {
	languages := wk.languages()
	all := make([]struct {
		choice
		at int
	}, 0, len(wk.leads))
	for _, l := range wk.leads {
		for at, language := range languages {
			if c, ok := l.as(language); ok && c.Score >= Enough {
				all = append(all, struct {
					choice
					at int
				}{choice{c, l}, at})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b struct {
		choice
		at int
	}) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Claim, a.Claim), cmp.Compare(a.lead.order, b.lead.order))
	})
	out := make([]*choice, len(languages))
	taken := make(map[*lead]bool)
	for i := range all {
		c := &all[i]
		if out[c.at] != nil || taken[c.lead] && len(c.Languages) < 2 {
			continue
		}
		out[c.at] = &c.choice
		taken[c.lead] = true
	}
	return out
}

// as is the lead as an edition in one language; false: it cannot be.
func (l *lead) as(language string) (Candidate, bool) {
	if l.foreign || l.about {
		return Candidate{}, false
	}
	return l.in(language)
}

// settled says whether every Edition is found beyond doubt.
func (s *search) settled() bool {
	for _, wk := range s.works {
		for _, c := range wk.choices() {
			if c == nil || c.Score < Sure || s.opens() && !c.lead.opened {
				return false
			}
		}
	}
	return true
}

// opens says whether there is a source in which things are looked at.
func (s *search) opens() bool {
	return slices.ContainsFunc(s.sources, func(o Source) bool { return o.Open != nil })
}

// edition is a choice as it is reported, or what is not found.
func (s *search) edition(wk *work, language string, c *choice) ibid.Edition {
	e := ibid.Edition{Work: wk.Title, Label: wk.Label, Language: language, Tried: s.triedFor(wk, language, c)}
	if c == nil {
		return e
	}
	e.URI, e.Listing = c.URI, c.lead.listing
	if language == "" {
		e.Language = c.Language
	}
	e.Reasons = append(slices.Clone(c.Reasons), "found on the listing "+c.lead.listing+s.as(c.lead.source))
	for _, a := range c.Against {
		e.Reasons = append(e.Reasons, "but: "+a)
	}
	return e
}
