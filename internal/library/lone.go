package library

import "strings"

// Bounds on a title, in bytes, that stands outside of a link, and on one without a label that stands in a line of its own: longer
// lines are prose.
const (
	maxTitle  = 400
	maxBefore = 200
)

// onlyText takes a line without links: a heading, a field of a page of details, or what may be the title of what follows.
func (r *reader) onlyText(l *line) bool {
	for _, s := range l.segments {
		if s.anchor != nil {
			return false
		}
	}
	text := l.text()
	if l.cells == 2 {
		r.field(l.segments)
	}
	switch m := readMark(text); {
	case l.heading > 0:
		r.headings[l.heading] = clip(text, maxTitle)
		clear(r.headings[l.heading+1:])
		r.headingOf = l.block
		r.before, r.blockOf, r.last = clip(text, maxTitle), l.block, nil
	case m.plain && len(text) > 0:
		if r.last != nil && continues(r.last.block, l.block) {
			r.last.claim.size = max(r.last.claim.size, m.size)
			r.say(r.last, m)
		}
	case len(text) <= maxBefore || len(text) <= maxTitle && len(labels(fold(text))) > 0:
		r.before, r.blockOf, r.last = text, l.block, nil
	default:
		r.before, r.last = "", nil
	}
	return true
}

// field notes a row of two cells, as pages of details have them: "File name: | RT_2.2_en.pdf".
func (r *reader) field(segments []segment) {
	if len(segments) != 2 || len(segments[0].text) > 60 {
		return
	}
	if r.fields == nil {
		r.fields = make(map[string]string)
	}
	if name := fieldNames[strings.Trim(fold(segments[0].text), " :")]; name != "" && r.fields[name] == "" {
		r.fields[name] = clip(segments[1].text, maxTitle)
	}
}

// fieldNames are names of fields on pages of details, folded.
var fieldNames = map[string]string{
	"name": "title", "title": "title", "titre": "title", "nom": "title", "titulo": "title", "nombre": "title", "document": "title",
	"file name": "file", "filename": "file", "nom du fichier": "file", "nombre del archivo": "file", "file": "file", "fichier": "file", "archivo": "file",
}
