package main

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/citeform"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// citer makes citations of what is reported.
type citer struct {
	base  string                 // where others reach our archive; empty: nowhere
	host  string                 // of base
	names map[ibid.Origin]string // of other archives
}

func newCiter(c configs.Config) *citer {
	s := &citer{base: strings.TrimSuffix(cmp.Or(c.Notify.BaseURL, c.Server.URL), "/"), names: make(map[ibid.Origin]string)}
	if u, err := url.Parse(s.base); err == nil {
		s.host = u.Hostname()
	}
	for _, a := range c.Rescue.Archives {
		s.names[ibid.Origin(a.ID)] = a.Name
	}
	return s
}

// items are the sources that a document cites, and the editions of works that were found, in order.
func (s *citer) items(r *pipeline.DocumentReport) []citeform.Item {
	var out []citeform.Item
	for _, ref := range r.References {
		if ref.URI != "" {
			it := s.item(ref.URI, &ref.State)
			it.Cited, it.Accessed, it.CitedOn = ref.Cited, ref.Accessed, cmp.Or(ref.Accessed, r.Document.Date)
			it.Title = cmp.Or(it.Title, ref.Title)
			if len(it.Authors) == 0 {
				it.Authors = ref.Authors
			}
			if len(it.Identifiers) == 0 {
				it.Identifiers = ref.Identifiers
			}
			out = append(out, it)
		}
		for _, work := range ref.Works {
			for _, e := range work.Editions {
				if e.URI == "" || e.Outcome == ibid.OutcomeSucceeded {
					continue
				}
				it := s.item(e.URI, &e.State)
				it.Title, it.CitedOn = cmp.Or(it.Title, work.Title), r.Document.Date
				if e.Language != "und" {
					it.Language = cmp.Or(it.Language, e.Language)
				}
				out = append(out, it)
			}
		}
	}
	return out
}

// item is what is known of the source at uri. What a page says of itself counts if that page is kept: another in its place, as
// one that says that there is nothing, is not the source.
func (s *citer) item(uri string, state *pipeline.State) citeform.Item {
	it := citeform.Item{URI: uri, Health: state.Health}
	if state.Memento == nil || state.Outcome != ibid.OutcomeCaptured && state.Outcome != ibid.OutcomeRescued {
		return it
	}
	it.MediaType, it.Copies = state.Memento.MediaType, s.copies(state)
	if m := state.Metadata; m != nil {
		it.Title, it.Authors, it.Published, it.Modified = m.Title, m.Authors, m.Published, m.Modified
		it.Language, it.Publisher, it.Type, it.Identifiers = m.Language, m.Publisher, m.Type, m.Identifiers
	}
	return it
}

// copies are the archived versions: of what was rescued that of the other archive first, which others can read; then ours, at the
// address at which others reach us, or else its path on our site.
func (s *citer) copies(state *pipeline.State) []citeform.Copy {
	m := state.Memento
	own := citeform.Copy{
		URI: s.base + "/web/" + ibid.Timestamp14(m.Timestamp) + "/" + m.URI, Archive: cmp.Or(s.host, "Ibid"), ID: s.host, Time: m.Timestamp,
	}
	if state.Provenance == nil {
		return []citeform.Copy{own}
	}
	id := state.Provenance.Archive
	others := citeform.Copy{
		URI: citeform.ReadingAddress(state.Provenance.URIM), Archive: cmp.Or(s.names[id], string(id)), ID: strings.TrimPrefix(string(id), "web."), Time: m.Timestamp,
	}
	if s.base == "" {
		return []citeform.Copy{others}
	}
	return []citeform.Copy{others, own}
}

// eachOnce joins items with one address: a list of sources names each once. What one citation of it does not say, another may.
func eachOnce(items []citeform.Item) []citeform.Item {
	at := make(map[string]int, len(items))
	out := make([]citeform.Item, 0, len(items))
	for i := range items {
		it := &items[i]
		n, seen := at[it.URI]
		if !seen {
			at[it.URI] = len(out)
			out = append(out, *it)
			continue
		}
		first := &out[n]
		first.Title, first.Accessed = cmp.Or(first.Title, it.Title), cmp.Or(first.Accessed, it.Accessed)
		if len(first.Authors) == 0 {
			first.Authors = it.Authors
		}
	}
	return out
}
