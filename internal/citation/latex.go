package citation

import (
	"path"
	"regexp"
	"strings"
)

// latex reads a document in LaTeX: its links, notes and reference list, and of the bibliographies that lie beside it what it cites.
type latex struct {
	c       *collector
	section section
	// macros are commands that the document defines, for addresses are built of them: expanding are how many use one another here,
	// expanded how many bytes they have become.
	macros              map[string]texMacro
	expanding, expanded int
	// listed says that the reference list stands in the document itself.
	listed bool
	// files are those that are being read: one that is included in itself is left out.
	files []string
	read  int
}

const (
	// maxIncluded bounds how many files a document may include, and maxInclusion how deep.
	maxIncluded  = 500
	maxInclusion = 10
)

// readLaTeX reads a LaTeX document, or the reference list that was made for one.
func readLaTeX(c *collector, source string) error {
	l := &latex{c: c, macros: make(map[string]texMacro)}
	if biberStart.MatchString(source) { // a list without its document: all of it is cited
		l.bbl(source)
		return c.err
	}
	l.file(source)
	l.resolve()
	return c.err
}

// biberStart is how each list begins that Biber made.
var biberStart = regexp.MustCompile(`^\s*% \$ biblatex auxiliary file \$`)

// file reads one file of the document.
func (l *latex) file(source string) {
	r := &texPassages{latex: l, s: withoutTeXComments(source), line: 1}
	r.b = r.begin(place{})
	r.until("")
	r.flush()
}

// include reads a file that the document names, with or without its ending.
func (l *latex) include(name string) {
	if name = strings.Trim(strings.TrimSpace(name), `"`); name != "" {
		name = strings.TrimSuffix(path.Clean(name), ".tex") // one name for one file
	}
	if name == "" || len(l.files) >= maxInclusion || l.read >= maxIncluded {
		return
	}
	for _, open := range l.files {
		if open == name {
			return
		}
	}
	l.read++
	for _, path := range []string{name + ".tex", name} {
		if body, err := l.c.beside(path); err == nil {
			if text, err := decoded(Source{Body: body}, typeLaTeX); err == nil {
				l.files = append(l.files, name)
				l.file(text)
				l.files = l.files[:len(l.files)-1]
			}
			return
		}
	}
}

// cite keeps the keys of a citation.
func (l *latex) cite(keys string) {
	for key := range strings.SplitSeq(keys, ",") {
		if key = strings.TrimSpace(key); key != "" {
			l.c.citeEach([]string{key})
		}
	}
}

// resolve adds what is cited out of the bibliographies, or, where those are not there, out of the list that was made of them.
func (l *latex) resolve() {
	if l.c.resolveKeys() || l.listed {
		return
	}
	names := []string{strings.TrimSuffix(baseName(l.c.name), endingOf(l.c.name)) + ".bbl"}
	for _, name := range append(names, l.c.citing.bibliographies...) {
		if body, err := l.c.beside(strings.TrimSuffix(strings.TrimSuffix(name, ".bib"), ".bbl") + ".bbl"); err == nil {
			if text, err := decoded(Source{Body: body}, typeLaTeX); err == nil {
				l.bbl(text)
				return
			}
		}
	}
}

// bbl reads the reference list that BibTeX or Biber made.
func (l *latex) bbl(text string) {
	if !strings.Contains(text, `\entry{`) {
		l.file(text)
		return
	}
	for _, e := range biberEntries(text) {
		l.c.addRecord(e.record(), place{})
	}
}

// biberEntries reads the list that Biber makes for biblatex: \entry{key}{type}{} … \field{title}{…} \verb{url} \verb http://… \endverb.
func biberEntries(text string) []bibEntry {
	var entries []bibEntry
	var e *bibEntry
	verbatim := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, `\entry{`):
			key, _, _ := texGroup(line, len(`\entry`))
			entries = append(entries, bibEntry{key: key, fields: make(map[string]string)})
			e = &entries[len(entries)-1]
		case e == nil:
		case strings.HasPrefix(line, `\field{`):
			name, end, _ := texGroup(line, len(`\field`))
			e.fields[name], _, _ = texGroup(line, end)
		case strings.HasPrefix(line, `\verb{`):
			verbatim, _, _ = texGroup(line, len(`\verb`))
		case strings.HasPrefix(line, `\verb `) && verbatim != "":
			e.fields[verbatim], verbatim = strings.TrimSpace(line[len(`\verb `):]), ""
		}
	}
	for _, e := range entries {
		if year := e.fields["urlyear"]; year != "" {
			e.fields["urldate"] = strings.Trim(year+"-"+twoDigits(e.fields["urlmonth"])+"-"+twoDigits(e.fields["urlday"]), "-")
		}
	}
	return entries
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// baseName is the last part of a path or an address.
func baseName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	return name[strings.LastIndexByte(name, '/')+1:]
}

// withoutTeXComments takes the comments out, and keeps the lines.
func withoutTeXComments(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for line := range strings.Lines(s) {
		from := 0
		for {
			i := strings.IndexByte(line[from:], '%')
			if i < 0 {
				b.WriteString(line)
				break
			}
			i += from
			if i > 0 && line[i-1] == '\\' && (i < 2 || line[i-2] != '\\') || inTeXAddress(line[:i]) && strings.TrimSpace(line[i+1:]) != "" {
				from = i + 1
				continue
			}
			b.WriteString(line[:i])
			b.WriteByte('\n')
			break
		}
	}
	return b.String()
}

// inTeXAddress says whether a line ends within an address, where "%" begins no comment: "\url{http://example.org/a%20b}". At the end
// of the line it only hides the break.
func inTeXAddress(line string) bool {
	line = line[max(0, len(line)-2000):]
	i := max(strings.LastIndex(line, `\url{`), strings.LastIndex(line, `\href{`), strings.LastIndex(line, `\nolinkurl{`))
	return i >= 0 && strings.IndexByte(line[i:], '}') < 0
}
