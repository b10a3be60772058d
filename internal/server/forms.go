package server

import (
	"html"
	"math"
	"mime"
	"net/http"
	"strings"
	"time"
)

// Forms are how a source is cited, for people to copy and for programs to find.
type Forms struct {
	// All are the forms of citations, in the order in which they are shown.
	All []Form
	// COinS are ContextObjects, the titles of empty elements, one for each source.
	COinS []string
	// Tags are the <meta> elements of a page about one source.
	Tags []Tag
	// Local says that archived versions are named by paths, which others cannot follow.
	Local bool
}

// Form is a citation in one form.
type Form struct {
	// File is the name under which it can be had: "bibtex.bib".
	File, Label, MediaType, Text string
}

// Tag is a <meta> element.
type Tag struct{ Name, Content string }

// shownForm is a Form on a page. One that is too long is only named there.
type shownForm struct {
	Form
	Shown bool
}

const (
	// formsBudget is how many bytes of citations a page has room for, and tagsBudget how many for programs.
	formsBudget = 6 << 10
	tagsBudget  = 4 << 10
)

// shownForms are all forms, as many of them whole as there is room for.
func shownForms(all []Form) []shownForm {
	shown, left := make([]shownForm, 0, len(all)), formsBudget
	for _, f := range all {
		size := len(html.EscapeString(f.Text))
		fits := size <= left
		if fits {
			left -= size
		}
		shown = append(shown, shownForm{f, fits})
	}
	return shown
}

// forPrograms are COinS and Tags, if there is room for them: half a citation is none.
func (f Forms) forPrograms() Forms {
	size := 0
	for _, c := range f.COinS {
		size += len(html.EscapeString(c)) + len(`<span class="Z3988" title=""></span>`)
	}
	for _, t := range f.Tags {
		size += len(html.EscapeString(t.Name+t.Content)) + len(`<meta name="" content="">`)
	}
	if size > tagsBudget {
		return Forms{}
	}
	return f
}

// citation sends the citation of a Reference in one form, as a file.
func (s *server) citation(w http.ResponseWriter, r *http.Request) {
	document, id, _ := strings.Cut(r.PathValue("id"), ".")
	ref, err := s.Pages.Reference(r.Context(), DocumentKey{r.URL.Query().Get("collection"), document}, id, Part{})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, f := range ref.Forms.All {
		if f.File != r.PathValue("form") {
			continue
		}
		h := w.Header()
		h.Set("Content-Type", f.MediaType)
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": ref.Document.ID[:min(len(ref.Document.ID), 16)] + "-" + ref.ID + "-" + f.File}))
		h.Set("Cache-Control", "private, no-cache")
		_, _ = w.Write([]byte(f.Text)) // whoever asked may be gone
		return
	}
	s.nothing(w, r)
}

// Point is a look at a source or a capture of it, on a line of time.
type Point struct {
	At time.Time
	// Capture says that something was captured, else only looked; Rescued, that it came from another archive.
	Capture, Rescued bool
	Change           Change
}

// line is a drawing of Points.
type line struct {
	From, To time.Time
	// Looks, Captures and Changes count them.
	Looks, Captures, Changes int
	Marks                    []lineMark
}

// lineMark is one mark: a Kind of shape at X, in hundredths of the whole.
type lineMark struct {
	Kind string
	X    string
}

// lineSteps is how many marks of a kind a line has room for.
const lineSteps = 150

// newLine draws points, which are in any order.
func newLine(points []Point) (l line) {
	if len(points) == 0 {
		return l
	}
	l.From, l.To, l.Looks = points[0].At, points[0].At, len(points)
	for _, p := range points {
		if p.At.Before(l.From) {
			l.From = p.At
		}
		if p.At.After(l.To) {
			l.To = p.At
		}
	}
	seen := map[lineMark]bool{}
	for _, p := range points {
		at := lineSteps / 2
		if whole := l.To.Sub(l.From); whole > 0 {
			at = int(math.Round(lineSteps * float64(p.At.Sub(l.From)) / float64(whole)))
		}
		m := lineMark{kindOfPoint(p), hundredths(at, lineSteps)}
		if p.Capture {
			l.Captures++
		}
		if p.Change == ChangeOther {
			l.Changes++
		}
		if !seen[m] {
			seen[m] = true
			l.Marks = append(l.Marks, m)
		}
	}
	return l
}

func kindOfPoint(p Point) string {
	switch {
	case p.Rescued:
		return "rescue"
	case p.Change == ChangeOther:
		return "changed"
	case p.Capture:
		return "capture"
	}
	return "check"
}
