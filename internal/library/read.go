package library

import (
	"net/url"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
)

// reader makes a Listing of the lines of a page.
type reader struct {
	out        Listing
	page, base *url.URL
	based      bool
	// here is the address of the page, and what it has in common with others for the page and the listing.
	here     struct{ uri, page, listing string }
	language string // of the page, as declared
	rows     []*row
	last     *row
	// before is a line of text that may be the title of what follows; headings are those above, by level.
	before   string
	blockOf  *xhtml.Node
	headings [7]string
	// headingOf is the element of the last heading.
	headingOf *xhtml.Node
	fields    map[string]string // of a page of details
	libraries map[string]int    // places in the Listing, by key
	more      map[string]bool   // keys of what is in the Listing
}

// row is a document being read: links in one line, and in lines that go on with it.
type row struct {
	number  int
	title   string
	text    string // all that the row says, for labels
	main    int    // its main entry, or -1
	claim   mark   // what is said of the main entry
	section string
	block   *xhtml.Node
}

// sort of anchors.
type sort int

const (
	naming  sort = iota // says what it leads to
	marking             // says a language
	acting              // says no more than "download"
)

func (r *reader) sortOf(a *anchor) (sort, mark) {
	text := a.text
	if len(words(text)) == 0 && text == "" {
		text = a.title
	}
	m := readMark(text)
	if !m.plain {
		return naming, m
	}
	if tag := knownTag(a.hreflang); tag != "" && len(m.languages) == 0 {
		m.languages = []string{tag}
	}
	if a.column != "" && len(m.languages) == 0 {
		m.languages = []string{a.column}
	}
	if len(m.languages) > 0 {
		return marking, m
	}
	return acting, m
}

// line reads one line.
func (r *reader) line(l *line) {
	if r.onlyText(l) {
		return
	}
	var cur *row
	lead := ""
	for _, s := range l.segments {
		if s.anchor == nil {
			lead = squeeze(lead + " " + s.text)
			continue
		}
		uri := resolve(r.base, s.anchor.href)
		if uri == "" {
			continue
		}
		kind, m := r.sortOf(s.anchor)
		if r.leadsOn(s.anchor, uri, kind) {
			lead = ""
			continue
		}
		if kind == naming {
			r.tail(cur, lead)
			cur = r.named(l, cur, lead, uri, s.anchor)
		} else if cur = r.rowFor(l, cur, lead, uri); cur != nil {
			r.mark(cur, uri, kind, m)
		}
		lead = ""
	}
	r.tail(cur, lead)
	if cur != nil {
		r.last, r.before = cur, ""
	}
}

// named begins a row, or goes on with cur where the link only repeats or translates it.
func (r *reader) named(l *line, cur *row, lead, uri string, a *anchor) *row {
	title, m := claims(a.text)
	if len(lead) > 150 || cur != nil && len(labels(fold(lead))) == 0 {
		lead = ""
	}
	if len(words(withoutLabels(fold(title)))) == 0 && len(m.languages) > 0 {
		m.plain = true // "[FR] Session 3.4" after "[EN] Session 3.4"
	}
	if cur != nil && cur.main >= 0 && r.out.Entries[cur.main].URI == uri {
		if len(cur.text) < maxTitle {
			cur.text += " " + a.text
		}
		return cur
	}
	if tag := knownTag(a.hreflang); tag != "" && len(m.languages) == 0 {
		m.languages = []string{tag}
	}
	title = clip(title, maxTitle)
	now := r.newRow(l, title)
	now.text = squeeze(lead + " " + title)
	now.claim = m
	if l.heading > 0 {
		r.before = ""
	}
	now.main = r.add(now, Entry{URI: uri, Languages: m.languages, Claim: claimOf(m.languages), Size: m.size})
	return now
}

func claimOf(languages []string) Claim {
	if len(languages) > 0 {
		return Said
	}
	return Unclaimed
}

func (r *reader) newRow(l *line, title string) *row {
	now := &row{number: len(r.rows), title: title, text: title, main: -1, section: r.section(), block: l.block}
	r.rows = append(r.rows, now)
	return now
}

// section is the headings above, the nearest last.
func (r *reader) section() string {
	var all []string
	for _, h := range r.headings {
		if h != "" {
			all = append(all, clip(h, 150))
		}
	}
	return strings.Join(all, " / ")
}

// rowFor finds the row that a link belongs to which says no more than a language: the one that is open, a new one if a title stands
// before the link, the one of the line before, or the one that the text or heading before it is the title of.
func (r *reader) rowFor(l *line, cur *row, lead, uri string) *row {
	text, m := claims(lead)
	rest := readMark(text)
	titled := !rest.plain && (cur == nil || len(words(text)) > 1 || len(labels(fold(text))) > 0)
	switch {
	case cur != nil && (!titled || cur.main >= 0 && len(r.out.Entries) == cur.main+1):
		r.tail(cur, lead)
		return cur
	case titled && len(text) <= maxTitle:
		now := r.newRow(l, text)
		now.claim = m
		return now
	case titled:
		return nil
	case r.last != nil && continues(r.last.block, l.block):
		return r.last
	case r.before != "" && continues(r.blockOf, l.block):
		now := r.newRow(l, r.before)
		now.block = r.blockOf
		return now
	}
	return r.rowOfPage(l, uri)
}

// rowOfPage is the row of a link that stands apart from any title: the heading above is its title if that is near, else that of a page
// about one document. Links to the other languages of the whole site have none.
func (r *reader) rowOfPage(l *line, uri string) *row {
	title := r.fields["title"]
	if title == "" && continues(r.headingOf, l.block) {
		for i := len(r.headings) - 1; i > 0 && title == ""; i-- {
			title = r.headings[i]
		}
	}
	if title == "" {
		title = r.headings[1]
	}
	if u, err := url.Parse(uri); title == "" || err != nil || len(strings.Trim(u.Path, "/")) <= 3 && u.RawQuery == "" {
		return nil
	}
	return r.newRow(l, title)
}

// mark adds a link that says a language, or no more than "download".
func (r *reader) mark(cur *row, uri string, kind sort, m mark) {
	e := Entry{URI: uri, Languages: m.languages, Claim: claimOf(m.languages), Size: m.size}
	if kind == marking {
		r.add(cur, e)
		return
	}
	if cur.main < 0 {
		cur.main = r.add(cur, e)
		return
	}
	main := &r.out.Entries[cur.main]
	if !isFile(main.URI) && isFile(uri) && main.Details == "" {
		main.Details, main.URI, main.Size = main.URI, uri, max(main.Size, m.size)
		return
	}
	e.Languages, e.Claim = slices.Clone(main.Languages), main.Claim
	r.add(cur, e)
}

// add appends an entry to a row. It returns its place, or -1 where the listing is full.
func (r *reader) add(cur *row, e Entry) int {
	if len(r.out.Entries) >= maxEntries {
		return -1
	}
	e.Row, e.Title = cur.number, cur.title
	r.out.Entries = append(r.out.Entries, e)
	return len(r.out.Entries) - 1
}

// tail takes the text after a link: what is said of its languages and size, or more of its title.
func (r *reader) tail(cur *row, text string) {
	if cur == nil || text == "" || len(text) > maxTitle {
		return
	}
	rest, m := claims(text)
	if plain := readMark(text); plain.plain {
		rest, m = "", plain
	}
	r.say(cur, m)
	if rest != "" && len(cur.text) < maxTitle {
		cur.text = squeeze(cur.text + " " + rest)
	}
}

// say gives the main entry of a row what is said of it.
func (r *reader) say(cur *row, m mark) {
	if cur.main < 0 {
		return
	}
	main := &r.out.Entries[cur.main]
	main.Size = max(main.Size, m.size)
	if len(m.languages) > 0 && main.Claim < Said {
		main.Languages, main.Claim = m.languages, Said
	}
}
