package citation

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
)

// block says what part of a document a line belongs to: what its references get as Locator.
type block struct {
	kind  ibid.LocatorKind
	label string
	// number tells blocks with the same label apart.
	number int
}

// sections follows the parts of a document line by line: notes at the foot of a page, lists of references,
// notes at the end.
type sections struct {
	body float32
	page *pdf.Page
	// part is the kind of list that the document is in: Bibliography, Endnote, or Inline for none.
	part    ibid.LocatorKind
	current block
	// labelled says that the line classified last begins with the label of a note or entry.
	labelled bool
	// form is that of the labels of this list, once one was seen, and last the number in the last one.
	form *regexp.Regexp
	last int
	// fromTop counts the lines since the page began.
	fromTop int
}

func (s *sections) newPage(page *pdf.Page) {
	s.page, s.fromTop = page, 0
	if s.part == "" {
		s.part = ibid.Inline
	}
	if s.current.kind == ibid.Footnote || s.current.kind == "" {
		s.begin(s.part, "")
	}
}

func (s *sections) begin(kind ibid.LocatorKind, label string) {
	s.current = block{kind: kind, label: label, number: s.current.number + 1}
}

var (
	bibliographyHeading = regexp.MustCompile(`(?i)^(?:[\divxa-z]{1,4}[.)]?\s+)?(?:list of |selected |annotated |normative |informative |further |verzeichnis der )?` +
		`(?:references?|bibliography|works cited|literature|literature cited|sources|webography|normative references|further reading|` +
		`literatur|literaturverzeichnis|quellen|quellenverzeichnis|literatur- und quellenverzeichnis|internetquellen|` +
		`références|références bibliographiques|bibliographie|sources et bibliographie|` +
		`referencias|referencias bibliográficas|bibliografía|referências|referências bibliográficas|bibliografia|riferimenti bibliografici|` +
		`literatuur|literatuurlijst|referenties|referenser|litteratur|lähteet|piśmiennictwo|literatura|kaynakça|kaynaklar|` +
		`список литературы|литература|источники|参考文献|參考文獻|참고문헌)\s*:?$`)
	endnoteHeading = regexp.MustCompile(`(?i)^(?:[\divx]{1,4}[.)]?\s+)?(?:end ?notes|notes|anmerkungen|notas|note|примечания|注)\s*:?$`)
	otherHeading   = regexp.MustCompile(`(?i)^(?:appendix|annex|anhang|annexe|anexo|appendice|index|about the authors?)\b`)

	bracketLabel = regexp.MustCompile(`^\[([^\[\]\s]{1,14}|[^\[\]]{1,20} \d{4}[a-z]?)\](?:\s|$|\pL)`)
	numberLabel  = regexp.MustCompile(`^\(?(\d{1,4})[.)](?:\s+\S|$)`)
	noteLabel    = regexp.MustCompile(`^(\d{1,3}|[*†‡§¶]{1,3}|[a-z])(?:[.)]?\s|[.)]?$|[^\d\s.,])`)
	bareNumber   = regexp.MustCompile(`^(\d{1,4})\s+\S`)
)

// classify takes the next line in and says whether a new block begins with it.
func (s *sections) classify(before, line *pdf.Line) (fresh bool) {
	s.labelled = false
	s.fromTop++
	if s.heading(line) {
		return true
	}
	if label := s.label(line); label.kind != "" {
		s.begin(label.kind, label.label)
		s.labelled = true
		return true
	}
	if before == nil {
		return s.current.kind == ibid.Footnote
	}
	if !s.breaks(before, line) {
		return false
	}
	label := ""
	if s.form != nil && s.fromTop <= 3 {
		label = s.current.label // an entry goes on below the head of the page
	}
	s.begin(s.part, label)
	return true
}

// heading recognises the headings at which a list of references begins or ends.
func (s *sections) heading(line *pdf.Line) bool {
	if len(line.Text) > 60 {
		return false
	}
	text := strings.TrimSpace(line.Text)
	switch {
	case bibliographyHeading.MatchString(text):
		s.part = ibid.Bibliography
	case endnoteHeading.MatchString(text):
		s.part = ibid.Endnote
	case s.part != ibid.Inline && (line.Size > 1.12*s.body || otherHeading.MatchString(text) && line.Size >= s.body):
		s.part = ibid.Inline
	default:
		return false
	}
	s.form, s.last = nil, 0
	s.begin(s.part, "")
	return true
}

// label recognises the label of a note or entry at the begin of a line; its kind is empty if there is none.
func (s *sections) label(line *pdf.Line) block {
	text := line.Text
	if s.part != ibid.Inline {
		if label := s.entryLabel(text); label != "" {
			return block{kind: s.part, label: label}
		}
	}
	if m := noteLabel.FindStringSubmatch(text); m != nil && s.noteMark(line, m[0], m[1]) {
		return block{kind: ibid.Footnote, label: m[1]}
	}
	if m := bracketLabel.FindStringSubmatch(text); m != nil && digits(m[1]) == len(m[1]) {
		return block{kind: ibid.Bibliography, label: m[1]}
	}
	return block{}
}

// entryLabel returns the label at the begin of an entry of a list. All labels of a list have one form, and
// numbers count up: "2023." at the begin of a line is a year.
func (s *sections) entryLabel(text string) string {
	forms := []*regexp.Regexp{bracketLabel, numberLabel}
	if s.part == ibid.Endnote {
		forms = append(forms, bareNumber)
	}
	for _, form := range forms {
		m := form.FindStringSubmatch(text)
		if m == nil || (s.form != nil && s.form != form) {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			if s.last > 0 && (n <= s.last || n > s.last+3) || s.last == 0 && n > 999 {
				continue
			}
			s.last = n
		}
		s.form = form
		return m[1]
	}
	return ""
}

// noteMark says whether a line begins with the mark of a note: raised, which shows as a smaller size, or in
// small print at the foot of the page.
func (s *sections) noteMark(line *pdf.Line, begin, mark string) bool {
	raised := line.Lead < 0.87*line.Size
	small := line.Size < 0.95*s.body && line.Box.Top < 0.5*s.page.Height
	if len(mark) == 1 && mark[0] >= 'a' {
		return raised && small
	}
	if n, err := strconv.Atoi(mark); err == nil && n > 400 {
		return false // the number of the page
	}
	return (raised && line.Size <= s.body) || (small && strings.HasSuffix(begin, " "))
}

// breaks says whether the space or the type between two lines parts them.
func (s *sections) breaks(before, line *pdf.Line) bool {
	size := max(before.Size, line.Size, 1)
	gap := before.Box.Bottom - line.Box.Top
	switch {
	case before.Size-line.Size > 0.12*size || line.Size-before.Size > 0.12*size:
		return true
	case gap > 1.5*size:
		return true
	case s.current.kind == ibid.Bibliography && s.current.label == "" && gap > -size:
		// Entries without labels: the first line hangs out to the left, or there is more space.
		return before.Box.Left-line.Box.Left > 0.7*size || gap > 0.8*size
	}
	return false
}
