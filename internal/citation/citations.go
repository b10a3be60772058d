package citation

import (
	"cmp"
	"slices"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// found is one citation in a passage: a link that the author made, or an address that stands there.
type found struct {
	address
	linked bool
	title  string
}

// citations returns the citations of p in order. An address inside a link is the link's text, not another citation; the
// same address twice in one note is cited once. In the body of a document, where none of them can fall away, it looks for no others after more
// than most addresses.
func (p *passage) citations(most int) []found {
	all := make([]found, 0, len(p.links))
	for _, l := range p.links {
		all = append(all, found{address: address{Cited: l.cited, URI: l.uri, Start: l.start, End: l.end}, linked: true, title: l.title})
	}
	covered := p.covered()
	next, sure := 0, 0
	for a := range addressesIn(p.text) {
		for next < len(covered) && covered[next].end <= a.Start {
			next++
		}
		if next < len(covered) && covered[next].start < a.End || p.namesPublisher(a) {
			continue
		}
		f := found{address: a}
		all = append(all, f)
		if p.kind == "" && !f.stated() {
			sure++
		}
		if sure > most {
			break
		}
	}
	if len(all) > len(p.links) {
		slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.Start, b.Start) })
	}
	all = p.withStated(all)
	if p.kind == "" {
		return all
	}
	return onceEach(all)
}

// identify gives a link its identifiers, where it has none: they can be as long as its address, so that only those are made that are needed.
func (f *found) identify() {
	if f.linked && f.Identifiers == nil {
		f.Identifiers = identifiersOf(f.URI)
	}
}

// namesPublisher says whether a is only the name of a site, "www.example.org", in an entry whose source is linked.
func (p *passage) namesPublisher(a address) bool {
	return p.kind != "" && len(p.links) > 0 && hasPrefixFold(a.Cited, "www.") && strings.IndexByte(a.Cited, '/') < 0
}

// covered are the spans in which addresses are not looked for: links and code, in order.
func (p *passage) covered() []span {
	if len(p.hidden) == 0 && len(p.links) == 0 {
		return nil
	}
	spans := make([]span, 0, len(p.links)+len(p.hidden))
	for _, l := range p.links {
		if l.end > l.start {
			spans = append(spans, l.span)
		}
	}
	spans = append(spans, p.hidden...)
	if len(p.hidden) > 0 {
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	}
	return spans
}

func onceEach(all []found) []found {
	if len(all) < 2 {
		return all
	}
	seen := make(map[string]bool, len(all))
	kept := all[:0]
	for _, f := range all {
		if !seen[f.URI] {
			seen[f.URI] = true
			kept = append(kept, f)
		}
	}
	return kept
}

// reference describes the i-th of the citations of p.
func (p *passage) reference(all []found, i int) ibid.Reference {
	f := all[i]
	f.identify()
	from, to := 0, len(p.text)
	if i > 0 {
		from = min(all[i-1].End, f.Start)
	}
	if i+1 < len(all) {
		to = max(all[i+1].Start, f.End)
	}
	ref := ibid.Reference{
		URI: f.URI, Cited: f.Cited, Identifiers: f.Identifiers,
		Locator: ibid.Locator{Kind: p.locator(f), Label: p.label},
		Context: p.contextOf(f),
		Title:   p.titleOf(f, from), Candidates: p.candidates(f),
	}
	if p.kind != "" {
		if !strings.Contains(p.text[f.End:to], ";") {
			to = len(p.text) // an entry states it once, at its end
		}
		if i == 0 && len(p.text) < maxNote {
			ref.Authors = authorsOf(p.text[:f.End])
		}
		if len(all) == 1 {
			ref.Identifiers = withIdentifier(ref.Identifiers, "isbn", statedISBN(p.text))
		}
	}
	ref.Accessed = statedAccess(p.text[:to], f.End)
	if ref.Accessed == "" {
		ref.Accessed = statedAccessBefore(p.text[from:], f.Start-from)
	}
	return ref
}

// contextOf is the sentence around f. An entry of a list is no sentence, but full of dots: of that, and of a note of
// which only a few words are left, it is the whole.
func (p *passage) contextOf(f found) string {
	if p.kind == ibid.Bibliography && len(p.text) <= maxSentence {
		return folded(p.text)
	}
	sentence := sentenceAround(p.text, f.Start, f.End)
	if p.kind != "" && len(p.text) <= maxSentence && wordCount(sentence) < 8 {
		return folded(p.text)
	}
	return sentence
}

// ofSameWork gives a later address of a note, a copy or an identifier of the work, the title and the authors of the first.
func ofSameWork(refs []ibid.Reference) {
	for i := range refs {
		if i > 0 && (refs[i].Title == "" || refs[i].Title == refs[0].Title) {
			refs[i].Title, refs[i].Authors = refs[0].Title, refs[0].Authors
		}
	}
}

func (p *passage) locator(f found) ibid.LocatorKind {
	switch {
	case p.kind != "":
		return p.kind
	case f.linked:
		return ibid.Link
	}
	return ibid.Inline
}
