package library

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
)

// Detect tells the language of a text as a BCP 47 tag, and whether that can be relied on. metadata.Language is one.
type Detect func(text string) (tag string, reliable bool)

// Bounds on how much of a text is read, in bytes: for its language, and for what it calls itself.
const (
	languageSample = 2000
	nameSample     = 3000
)

// Language tells the language of the text of a thing: by its running text, from behind its first lines, in which names and titles
// of several languages stand. It is "" where that cannot be relied on.
func Language(text string, detect Detect) string {
	text = strings.TrimSpace(clip(text, 50*languageSample))
	if len(text) > 4*languageSample {
		text = text[languageSample:]
	} else if len(text) > languageSample/2 {
		text = text[len(text)/5:]
	}
	text = squeeze(clip(strings.ToValidUTF8(text, " "), languageSample))
	if detect == nil || text == "" {
		return ""
	}
	tag, reliable := detect(text)
	if !reliable {
		return ""
	}
	return tag
}

// What the text of a thing speaks for it, in parts of a Score.
const (
	forTextLabel = 0.15
	forTextTitle = 0.15
	againstText  = 0.1
)

// Judge returns c as it stands when the text of what it leads to is known: the language is that of the text, and the text must not
// call itself another paper. A text in another language than was claimed is said to be so. Where text is empty, as of a
// scanned paper, c stays as it is.
func Judge(w ibid.Work, c Candidate, text string, detect Detect) Candidate {
	c.Reasons, c.Against = slices.Clone(c.Reasons), slices.Clone(c.Against)
	if strings.TrimSpace(text) == "" {
		c.Against = append(c.Against, "there is no text in it to check")
		return c
	}
	wanted := want(w)
	wanted.textOf(&c, fold(clip(text, nameSample)))
	c.languageOf(Language(text, detect))
	return c
}

// speaksOf says whether a text calls itself the Work by label or title.
func (w *wanted) speaksOf(text string) bool {
	folded := fold(clip(text, nameSample))
	return w.label.Number != "" && agree(w.label, labels(folded)) == same || w.inText(words(folded))
}

// textOf compares what a text calls itself in its first lines.
func (w *wanted) textOf(c *Candidate, folded string) {
	alike := w.inText(words(folded))
	own := labels(folded)
	switch {
	case alike:
		c.plus(forTextTitle, "its text has the title")
	case agree(w.label, own) != same && agree(w.label, c.labels) != same:
		c.minus(againstText, "its text has neither the title nor the label")
	}
	if w.label.Number == "" {
		return
	}
	switch {
	case agree(w.label, own[:min(1, len(own))]) == same:
		c.plus(forTextLabel, "its text calls itself "+w.label.said())
	case agree(w.label, own) == other && !alike:
		c.minus(1, "its text calls itself "+own[0].said()+", not "+w.label.said())
	}
}

// inText says whether nearly all of the title stands at the begin of a text.
func (w *wanted) inText(text []string) bool {
	if len(w.title) == 0 {
		return false
	}
	in := make(map[string]bool, len(text))
	for _, word := range text {
		in[word] = true
	}
	n := 0
	for _, word := range w.title {
		if in[word] {
			n++
		}
	}
	return n*10 >= len(w.title)*9
}

// languageOf puts the language that was found in the place of the one that was claimed.
func (c *Candidate) languageOf(found string) {
	if found == "" {
		c.Against = append(c.Against, "its text is too short or too mixed to tell its language")
		return
	}
	claimed := slices.ContainsFunc(c.Languages, func(l string) bool { return baseTag(l) == baseTag(found) })
	if !claimed && len(c.Languages) > 0 && c.Claim > Unclaimed {
		c.Against = append(c.Against, fmt.Sprintf("claimed to be in %s, but its text is in %s", strings.Join(c.Languages, ", "), found))
	}
	c.Languages, c.Claim = []string{found}, Found
}
