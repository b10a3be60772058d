package library

import (
	"context"
	"strings"

	xhtml "golang.org/x/net/html"
)

// open looks at the best leads for what is not yet found beyond doubt. What a thing's text says can make it the edition in another
// language, or no edition at all: then the next best is looked at, within the limit.
func (s *search) open(ctx context.Context) error {
	if !s.opens() {
		return nil
	}
	for _, wk := range s.works {
		for again := true; again; {
			again = false
			for i, c := range wk.choices() {
				language := wk.languages()[i]
				if c == nil || c.lead.opened || wk.opened[language] >= s.q.Limits.Open {
					continue
				}
				wk.opened[language]++
				if err := s.look(ctx, wk, c.lead); err != nil {
					return err
				}
				again = true
			}
		}
	}
	return nil
}

// look opens a lead: in the source that lists it, else in the others.
func (s *search) look(ctx context.Context, wk *work, l *lead) error {
	l.opened = true
	order := []int{l.source}
	for i := range s.sources {
		if i != l.source {
			order = append(order, i)
		}
	}
	for _, i := range order {
		if s.sources[i].Open == nil {
			continue
		}
		page, err := s.sources[i].Open(ctx, l.URI)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || page == nil || page.Doc == nil && page.Text == "" && page.Name == "" {
			l.Against = append(l.Against, "it could not be opened"+s.as(i)+because(err))
			continue
		}
		if page.URI != "" && !s.allowed[siteOf(page.URI)] {
			l.Against = append(l.Against, "it leads to "+page.URI+", on a site that is neither cited nor allowed")
			continue
		}
		if s.take(wk, l, page, i) {
			return nil
		}
	}
	l.Score = max(min(l.Score, Enough), l.Score-againstGone)
	return nil
}

// againstGone is what a lead loses that cannot be had anywhere. It is still known where it was, if nothing better is found.
const againstGone = 0.3

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// take judges an opened lead by its text; a page about the Work gives its links for itself. It returns false for a page that does not
// speak of the Work: another source may have the thing itself. Where a file should be, that is what a site answers for all that it
// has no longer; elsewhere the listing may have led astray.
func (s *search) take(wk *work, l *lead, page *Page, source int) bool {
	text := page.Text
	if page.Doc != nil {
		if s.about(wk, l, page, source) {
			l.about = true
			return true
		}
		if text == "" {
			text = pageText(page)
		}
		if !wk.speaksOf(text) {
			l.Against = append(l.Against, "what stands there"+s.as(source)+" does not speak of it")
			if !isFile(l.URI) {
				l.Score = min(l.Score, impostor)
			}
			return false
		}
	}
	l.Score = max(l.Score, wk.judge(&l.Entry).Score) // another source may have shown something else there
	if page.Name != "" {
		l.Name = page.Name
	}
	l.Candidate = Judge(wk.Work, l.Candidate, text, s.q.Detect)
	return true
}

// about takes the links of a page about the Work: its downloads and its other languages. It returns false where the page has none,
// and may be the Work itself.
func (s *search) about(wk *work, l *lead, page *Page, source int) bool {
	uri := page.URI
	if uri == "" {
		uri = l.URI
	}
	var parts []Entry
	for _, e := range Read(page.Doc, uri).Entries {
		if c := wk.judge(&e); c.Score+forSaid >= Enough && isFile(e.URI) && pageKey(e.URI) != pageKey(l.URI) {
			parts = append(parts, e)
		}
	}
	return s.add(wk, parts, uri, source) > 0
}

// maxText bounds the text that is read of a page, in bytes.
const maxText = 40_000

// pageText is what is seen of a page, clipped.
func pageText(page *Page) string {
	if page.Doc.Selection == nil || len(page.Doc.Nodes) == 0 {
		return ""
	}
	var b strings.Builder
	root, count := page.Doc.Nodes[0], 0
	for n := root; n != nil && b.Len() < maxText && count < maxNodes; count++ {
		down := n.Type != xhtml.ElementNode || !skipped[n.Data] && n.Data != "head"
		if n.Type == xhtml.TextNode {
			b.WriteString(clip(n.Data, maxText))
			b.WriteByte(' ')
		}
		n = next(n, root, down)
	}
	return squeeze(b.String())
}
