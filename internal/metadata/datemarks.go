package metadata

import (
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"

	"github.com/ibid-archive/ibid"
)

// maxDated bounds the text around a date in a page that is still a line about the page, in bytes.
const maxDated = 160

// bestMark returns the date of publication that stands in the page itself: in a <time>, in an element
// called date, after a label, or alone near the main heading. Dates in running text do not count.
func (d *describer) bestMark() (ibid.Date, string) {
	var best ibid.Date
	var source string
	bestScore := 2 // what has no more than its nearness to the heading is not enough
	consider := func(score int, date ibid.Date, from string) {
		if score > bestScore && len(date) >= len("2006-01-02") && d.past(date) {
			best, source, bestScore = date, from, score
		}
	}
	for i := range d.page.times {
		m := &d.page.times[i]
		if d.page.unrelated(m.region) || m.hint&hintModified != 0 {
			continue
		}
		consider(d.score(m, 2, ""), d.timeDate(m), "html time")
	}
	for i := range d.page.dated {
		m := &d.page.dated[i]
		if d.page.unrelated(m.region) {
			continue
		}
		date, text := d.markDate(m)
		if date == "" || d.isModification(text) || d.isClock(m, date) {
			continue
		}
		score := d.score(m, 0, text)
		if len(strings.Fields(text)) <= 6 {
			score++ // little more than the date
		}
		if labelled(text, modifiedLabels) {
			score++ // nothing but a line about the page says when it was changed
		}
		from := "html text"
		if m.content != "" {
			from = "html attribute"
		}
		consider(score, date, from)
	}
	switch {
	case best == "":
		best, source = d.onlyTime()
	case len(best) == len("2006-01-02"):
		best, source = d.toTheMinute(best, source)
	}
	if best == "" {
		best, source = d.panelDate()
	}
	return best, source
}

// toTheMinute returns the instant of a <time> on the day that was found in a text, where there is one.
func (d *describer) toTheMinute(day ibid.Date, from string) (ibid.Date, string) {
	for i := range d.page.times {
		m := &d.page.times[i]
		if date := d.timeDate(m); strings.HasPrefix(string(date), string(day)+"T") && !d.page.unrelated(m.region) && m.hint&hintModified == 0 {
			return date, "html time"
		}
	}
	return day, from
}

// panelDate returns the date that stands beside the text under a label like "Published", if there is only
// one: several are those of other documents.
func (d *describer) panelDate() (ibid.Date, string) {
	var only ibid.Date
	for i := range d.page.panel {
		date, text := d.markDate(&d.page.panel[i])
		if date == "" || !labelled(text, publishedLabels) || labelled(text, modifiedLabels) {
			continue
		}
		if only != "" && only != date || !d.past(date) {
			return "", ""
		}
		only = date
	}
	return only, "html text"
}

// isModification says whether the date in a text is that of a change: what stands before "updated 5 June 2009"
// is not.
func (d *describer) isModification(text string) bool {
	label := labelAt(text, modifiedLabels)
	if label < 0 || labelled(text, publishedLabels) {
		return false
	}
	_, at, ok := scanDate(text, d.order)
	return !ok || at.end > label || strings.IndexFunc(text[label:], unicode.IsDigit) < 0
}

// isClock says whether a date above the heading is that of the day of the visit, as mastheads show it.
func (d *describer) isClock(m *mark, date ibid.Date) bool {
	h := d.heading()
	return h != nil && m.pos < h.pos && strings.HasPrefix(string(date), d.now.Format("2006-01-02"))
}

// onlyTime returns the date of the <time> elements outside of unrelated regions, if all have the same.
func (d *describer) onlyTime() (ibid.Date, string) {
	var only ibid.Date
	for i := range d.page.times {
		m := &d.page.times[i]
		if d.page.unrelated(m.region) || m.hint&hintModified != 0 {
			continue
		}
		date := d.timeDate(m)
		if len(date) < len("2006-01-02") || !d.past(date) || only != "" && date[:10] != only[:10] {
			return "", ""
		}
		only = date
	}
	return only, "html time"
}

// score weighs the place of a date: base, plus what its element, its label and its nearness to the
// main heading add.
func (d *describer) score(m *mark, base int, text string) int {
	score := base
	if m.hint&hintPublished != 0 {
		score += 3
	} else if m.hint&hintDate != 0 {
		score += 2
	}
	if m.hint&(hintAuthor|hintLabel) != 0 {
		score++
	}
	if m.hint&hintModified != 0 && m.hint&hintPublished == 0 {
		score -= 3
	}
	if labelled(text, publishedLabels) {
		score += 4
	}
	switch h := d.heading(); {
	case h == nil:
		score++
	case d.nearHeading(m.pos, 25, 60):
		score += 2
	}
	return score
}

// timeDate is the date of a <time>: its attribute, else its text.
func (d *describer) timeDate(m *mark) ibid.Date {
	if m.content != "" {
		if date := parseDate(m.content, d.order); date != "" {
			return date
		}
	}
	return parseDate(textOf(m.node), d.order)
}

// markDate reads the date at a text with a year, and the short text around it. Where the day stands
// in an element of its own, the elements around are read.
func (d *describer) markDate(m *mark) (ibid.Date, string) {
	if m.content != "" {
		return parseDate(m.content, d.order), ""
	}
	node := m.node
	text := clean(node.Data, maxDated+1)
	var date ibid.Date
	for range 4 {
		if len(text) > maxDated {
			break
		}
		if p, at, ok := scanDate(text, d.order); ok && p.day > 0 {
			if endsRange(text[:at.start]) {
				return "", text // of an event, not of a text
			}
			date = p.date()
			if label := text[:at.start]; label != "" || node.Parent == nil {
				return date, text
			}
			if wordsAround(text, at) > 8 {
				return "", text // a sentence
			}
		}
		if node = node.Parent; node == nil || node.Type != xhtml.ElementNode {
			break
		}
		wider := beginsOf(node, maxDated)
		if len(wider) > maxDated {
			break
		}
		text = wider
	}
	return date, text
}

// endsRange says whether what stands before a date makes it the end of a range: "4-5 June 2009".
func endsRange(before string) bool {
	before, ranged := strings.CutSuffix(strings.TrimRight(before, " "), "-")
	if !ranged {
		before, ranged = strings.CutSuffix(before, "–")
	}
	before = strings.TrimRight(before, " ")
	return ranged && before != "" && digit(before[len(before)-1])
}

func wordsAround(text string, at span) int {
	return len(strings.Fields(text[:at.start])) + len(strings.Fields(text[at.end:]))
}

// bestModified returns the date after a label like "Last updated", or in a <time> that says so.
func (d *describer) bestModified() (ibid.Date, string) {
	for i := range d.page.times {
		m := &d.page.times[i]
		if m.hint&hintModified == 0 || m.hint&hintPublished != 0 || d.page.unrelated(m.region) {
			continue
		}
		if date := d.timeDate(m); date != "" && d.past(date) {
			return date, "html time"
		}
	}
	for i := range d.page.dated {
		m := &d.page.dated[i]
		if m.content != "" {
			continue
		}
		date, text := d.markDate(m)
		if at := labelAt(text, modifiedLabels); date != "" && at >= 0 && labelled(text, publishedLabels) {
			p, _, ok := scanDate(text[at:], d.order) // "Published 4 June 2009, updated 5 June 2009"
			if date = p.date(); !ok || p.day == 0 || at < labelAt(text, publishedLabels) {
				continue
			}
		} else if at < 0 {
			continue
		}
		if date != "" && d.past(date) {
			return date, "html text"
		}
	}
	return "", ""
}

// Labels of dates in lower case, as they stand before them in several languages.
var (
	publishedLabels = []string{"published", "posted", "publication date", "date of publication", "document date", "date published", "publish date", "date issued", "date of issue", "issue date", "date added", "uploaded", "release date", "released on", "issued",
		"first published", "publié", "mis en ligne", "mise en ligne", "parution", "date de publication", "paru le", "publicado", "fecha de publicación", "fecha de edición", "fecha:",
		"publicación", "veröffentlicht", "erschienen", "veröffentlichung", "erscheinungsdatum", "publikationsdatum", "erstellt", "pubblicato", "pubblicazione", "publicada", "data de publicação", "publicação", "publicació", "publicatiedatum", "udgivet", "utgitt", "utgiven", "zveřejněno", "közzététel", "δημοσίευση", "δημοσιεύτηκε", "gepubliceerd",
		"geplaatst", "publiceret", "publisert", "publicerad", "julkaistu", "opublikowan", "publikováno", "опубликовано", "опубліковано",
		"дата публикации", "размещено", "дата публікації", "yayın tarihi", "發佈", "发布", "发表", "發布", "日期：", "日期:", "时间：", "时间:", "公開", "게시일", "등록일", "작성일", "발행일", "입력", "פורסם", "انتشار", "公開日", "投稿日", "掲載", "date:", "datum:", "created on", "submitted by",
		"submitted on", "نشر", "تاريخ النشر"}
	modifiedLabels = []string{"updated", "modified", "last change", "revised", "reviewed", "mis à jour", "mise à jour", "modifié",
		"dernière modification", "actualizado", "actualización", "modificado", "última", "aktualisiert", "geändert", "letzte änderung",
		"stand:", "zuletzt", "aggiornato", "ultimo aggiornamento", "ultima modifica", "atualizado", "bijgewerkt", "gewijzigd", "opdateret",
		"oppdatert", "uppdaterad", "päivitetty", "zaktualizowan", "aktualizováno", "обновлено", "оновлено", "güncelleme", "更新"}
)

// labelled says whether a short text has one of those labels.
func labelled(text string, labels []string) bool { return labelAt(text, labels) >= 0 }

// labelAt returns where the first of those labels stands in a text, in bytes, or -1.
func labelAt(text string, labels []string) int {
	first := -1
	if text == "" {
		return first
	}
	lower := strings.ToLower(text)
	for _, label := range labels {
		if i := strings.Index(lower, label); i >= 0 && (first < 0 || i < first) {
			first = min(i, len(text)) // lower case can be longer
		}
	}
	return first
}

// withoutDate cuts a date and what follows it off the text of a byline, or what precedes it where the
// names come after.
func withoutDate(text string, order dateOrder) string {
	_, at, ok := scanDate(text, order)
	if !ok {
		return text
	}
	before := strings.TrimSpace(text[:at.start])
	if letters := strings.IndexFunc(before, func(r rune) bool { return r > 'A' }); letters >= 0 {
		return before
	}
	return strings.TrimSpace(text[at.end:])
}
