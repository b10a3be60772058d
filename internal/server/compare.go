package server

import (
	"errors"
	"html"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

// Comparison is two Captures side by side: of one address, the earlier on the left; or of URI on the left and With on the right,
// as where a source has moved.
type Comparison struct {
	URI, With   string
	Left, Right Side
	// Choices are the Captures that can stand on the left, by time, and Others on the right.
	Choices, Others []Captured
	// Rows are the texts of both; nil: one of the two is no text. Common is how many words both have in order, and Changes
	// how many Rows differ.
	Rows            []TextRow
	Common, Changes int
}

// Side is one of the two.
type Side struct {
	Captured
	Title, Language string
	Words           int
	// IsText says that it can be read as text, and Cut that only its beginning was.
	IsText, Cut bool
}

// TextRow is a line on both sides. Skipped is how many lines that are the same stand in its place.
type TextRow struct {
	Left, Right []TextPiece
	Same        bool
	Skipped     int
}

// TextPiece is text of one side; Changed says that the other has it not.
type TextPiece struct {
	Text    string
	Changed bool
}

// comparePage is a Comparison with a part of its rows.
type comparePage struct {
	Comparison
	SameBytes bool
	Part      []TextRow
	Pager     pager
	// ShowLeft and ShowRight are where each is shown; empty: in no frame.
	ShowLeft, ShowRight string
}

const (
	// maxSide bounds the text of a row on one side, in characters, and partBudget the rows of a page, in bytes.
	maxSide    = 1500
	partBudget = 16 << 10
)

func (s *server) compare(r *http.Request) (answer, error) {
	q := r.URL.Query()
	uri, with, from, to := q.Get("url"), q.Get("with"), q.Get("from"), q.Get("to")
	if err := errors.Join(readable(uri), readable(with)); err != nil {
		return answer{}, err
	}
	for _, stamp := range []string{from, to} {
		if _, err := strconv.ParseUint(stamp, 10, 64); stamp != "" && (err != nil || len(stamp) != 14) {
			return answer{}, badInput("from and to", "each is a timestamp of 14 digits")
		}
	}
	p, err := pageOf(r, 1)
	if err != nil {
		return answer{}, err
	}
	found, err := s.Pages.Compare(r.Context(), uri, with, from, to)
	if err != nil {
		return answer{}, err
	}
	page := comparePage{Comparison: found, SameBytes: found.Left.Digest == found.Right.Digest, Pager: p}
	parts := partsOf(found.Rows)
	if page.Pager.Total = len(parts); p.Page <= len(parts) {
		page.Part = parts[p.Page-1]
	} else if err := page.Pager.check(r); err != nil {
		return answer{}, err
	}
	a := answer{page: "compare", query: uri}
	if s.Pages.Show != nil {
		page.ShowLeft, a.frames = s.inFrame(r, &found.Left)
		page.ShowRight, a.frames = s.inFrame(r, &found.Right)
	}
	a.data = page
	return a, nil
}

// inFrame is where a side is shown, and the origin of that. What a browser shows in no sandbox is shown in no frame here.
func (s *server) inFrame(r *http.Request, side *Side) (address, origin string) {
	address, origin = s.Pages.Show(r, side.Captured)
	if side.MediaType == "application/pdf" || side.Status >= 300 && side.Status < 400 {
		address = ""
	}
	return address, origin
}

// partsOf divides rows into what pages have room for. One part is there at least, if there are rows.
func partsOf(rows []TextRow) (parts [][]TextRow) {
	left := 0
	for _, row := range rows {
		row.Left, row.Right = clipPieces(row.Left), clipPieces(row.Right)
		size := 80 + sizeOf(row.Left) + sizeOf(row.Right)
		if len(parts) == 0 || size > left {
			parts, left = append(parts, nil), partBudget
		}
		parts[len(parts)-1], left = append(parts[len(parts)-1], row), left-size
	}
	return parts
}

func sizeOf(pieces []TextPiece) (n int) {
	for _, p := range pieces {
		n += len(html.EscapeString(p.Text))
		if p.Changed {
			n += len(`<del><span class="hidden">suprimido: </span></del>`)
		}
	}
	return n
}

// clipPieces cuts the text of a side, and shows that it did.
func clipPieces(pieces []TextPiece) (out []TextPiece) {
	left := maxSide
	for _, p := range pieces {
		n := utf8.RuneCountInString(p.Text)
		if n > left {
			return append(out, TextPiece{string([]rune(p.Text)[:left]) + "…", p.Changed})
		}
		left -= n
		out = append(out, p)
	}
	return out
}

// sideFact is a line of the table of what both are.
type sideFact struct {
	Name, Left, Right string
	// Code says that it is read letter by letter.
	Code bool
}

// Differs says that the two are not the same.
func (f sideFact) Differs() bool { return f.Left != f.Right }

// facts are what is known of both, in a language.
func (p comparePage) facts(l language) []sideFact {
	of := func(name string, code bool, what func(*Side) string) sideFact {
		return sideFact{name, what(&p.Left), what(&p.Right), code}
	}
	return []sideFact{
		of(l.say("From"), false, func(s *Side) string {
			if s.Origin == ibid.OriginLive || s.Origin == "" {
				return l.say("the live web")
			}
			return clip(40, string(s.Origin))
		}),
		of(l.say("Answer"), false, func(s *Side) string { return strconv.Itoa(s.Status) }),
		of(l.say("Type"), false, func(s *Side) string { return clip(60, string(s.MediaType)) }),
		of(l.say("Title"), false, func(s *Side) string { return clip(maxTitle, s.Title) }),
		of(l.say("Language"), false, func(s *Side) string { return clip(12, s.Language) }),
		of(l.say("Size"), false, func(s *Side) string { return l.size(s.Length) }),
		of(l.say("Digest"), true, func(s *Side) string { return clip(80, string(s.Digest)) }),
	}
}

// stampChoice is a Capture that can be chosen.
type stampChoice struct {
	Stamp  string
	At     time.Time
	Chosen bool
}

// maxChoices is how many a list has room for: those around the chosen one.
const maxChoices = 60

func choicesOf(all []Captured, chosen Captured) (list []stampChoice) {
	at := slices.IndexFunc(all, func(c Captured) bool { return c.Timestamp.Equal(chosen.Timestamp) })
	first := max(0, min(at-maxChoices/2, len(all)-maxChoices))
	for _, c := range all[first:min(first+maxChoices, len(all))] {
		s := stampChoice{ibid.Timestamp14(c.Timestamp), c.Timestamp, c.Timestamp.Equal(chosen.Timestamp)}
		if n := len(list); n > 0 && list[n-1].Stamp == s.Stamp { // one second has one address
			list[n-1].Chosen = list[n-1].Chosen || s.Chosen
			continue
		}
		list = append(list, s)
	}
	return list
}

// openedSide is a Side in a table, and whether there is room to link to it.
type openedSide struct {
	Side Side
	Fits bool
}
