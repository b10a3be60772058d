package metadata

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// bylineAuthors reads elements that call themselves author or byline, and links to authors. What
// stands near the main heading, is a link or begins with "by" counts more. The first of equals wins,
// with those right after it: each author often has an element of their own.
func (d *describer) bylineAuthors() ([]string, string) {
	var best []string
	bestScore, lastPos := 0, 0
	if d.isHome() {
		return nil, ""
	}
	for i := range d.page.bylines {
		m := &d.page.bylines[i]
		if aside := d.page.regions[m.region].aside; d.page.unrelated(m.region) && !aside {
			continue
		}
		text := bylineText(m.node)
		if len(text) > maxDated || text == "" {
			continue
		}
		names := plausible(splitNames(withoutDate(text, d.order), manyNames))
		if len(names) == 0 {
			continue
		}
		switch score := d.bylineScore(m, text, names); {
		case score > bestScore:
			best, bestScore, lastPos = names, score, m.pos
		case score == bestScore && m.pos-lastPos <= 20:
			best, lastPos = append(best, names...), m.pos
		}
	}
	return best, "html byline"
}

// bylineText is the text of an element that names an author; of the line around it, if that begins
// with "by": "By <b class=author>Ann Other</b> and Bo Third".
func bylineText(n *html.Node) string {
	if n.Parent != nil && n.Parent.DataAtom != atom.Body {
		if line := beginsOf(n.Parent, maxDated); len(line) <= maxDated && startsByline(line) {
			return line
		}
	}
	return textOf(n)
}

func (d *describer) bylineScore(m *mark, text string, names []string) int {
	score := 1
	if d.page.unrelated(m.region) {
		score--
	}
	if d.nearHeading(m.pos, 60, 150) {
		score += 2
	}
	if m.hint&hintLink != 0 || startsByline(text) {
		score++
	}
	if strings.Contains(names[0], " ") {
		score++
	}
	return score
}

// bylikeAuthors reads short texts like "By Ann Other" after the main heading.
func (d *describer) bylikeAuthors() ([]string, string) {
	if d.page.firstHeading(1) == nil {
		return nil, ""
	}
	for _, m := range d.page.bylike {
		if !d.nearHeading(m.pos, 30, 120) || m.node.Parent == nil {
			continue
		}
		text := clean(m.node.Data, maxName)
		if whole := beginsOf(m.node.Parent, 120); len(whole) < 120 {
			text = whole
		}
		if i := labelInside(text); i > 0 {
			text, _, _ = strings.Cut(text[i:], " ")
		}
		if text = withoutDate(text, d.order); !startsByline(text) {
			continue
		}
		names := plausible(splitNames(text, manyNames))
		if len(names) == 0 && labelsNext(m.node) { // the names alone: other labels follow in the same line
			names = plausible(splitNames(textOf(m.node.NextSibling), manyNames))
		}
		if len(names) > 0 {
			return names, "html text"
		}
	}
	return nil, ""
}

// plausible keeps the names if all look like names of people or bodies: two to six words that begin
// with capitals, or are written without case.
func plausible(names []string) []string {
	for _, name := range names {
		words := strings.Fields(name)
		if len(words) > 6 || len(words) == 1 && len(name) < 3 {
			return nil
		}
		lower := 0
		for _, w := range words {
			if beginsLower(w) {
				lower++
			}
		}
		if beginsLower(words[len(words)-1]) || lower > len(words)/2 {
			return nil
		}
	}
	return names
}
