package rescue

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
)

// page is another TimeMap that a TimeMap names: a part of the whole list.
type page struct {
	uri         string
	from, until time.Time
	// next: it is said to be the one after this, or it is a list without a time.
	next, list bool
}

// distance is how far the page's time is from t; 0: t is within, or nothing is said.
func (p *page) distance(t time.Time) time.Duration {
	switch {
	case !p.from.IsZero() && t.Before(p.from):
		return p.from.Sub(t)
	case !p.until.IsZero() && t.After(p.until):
		return t.Sub(p.until)
	default:
		return 0
	}
}

// timeMap takes what a TimeMap says, entry by entry.
type timeMap struct {
	memento func(uri string, at time.Time) error
	pages   []page
	entries int
	// mementos counts those that are listed.
	mementos int
}

// part says whether p is a part of the list, and not the same list in another format: it has a time, or is called the
// next one, or there is nothing else here.
func (m *timeMap) part(p *page) bool {
	return !p.from.IsZero() || !p.until.IsZero() || p.next || m.mementos == 0 && p.list
}

// maxNamed bounds the further TimeMaps that one may name.
const maxNamed = 10_000

// read reads a TimeMap in the forms that are seen: link format (RFC 7089, 5), JSON as MemGator and Perma write it, and
// CDX rows, which are given to rows.
func (m *timeMap) read(r io.Reader, rows func(row) error) error {
	br := bufio.NewReaderSize(r, maxLine)
	first, err := firstByte(br)
	switch {
	case errors.Is(err, io.EOF):
		return nil // An empty list is how some say that they have none.
	case err != nil:
		return err
	case first == '{':
		err = m.readJSON(br)
	case first != '<':
		_, err = readCDX(br, rows)
	case looksLikePage(br):
		return errNotAList
	default:
		err = m.readLinks(br)
	}
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// looksLikePage knows HTML and XML, which begin with < as link format does.
func looksLikePage(br *bufio.Reader) bool {
	head, _ := br.Peek(16)
	h := strings.ToLower(string(head))
	for _, start := range []string{"<!", "<html", "<head", "<body", "<?xml", "<title", "<script", "<meta", "<div", "<p>"} {
		if strings.HasPrefix(h, start) {
			return true
		}
	}
	return false
}

func (m *timeMap) readLinks(r io.Reader) error {
	s := newLinkScanner(r)
	for {
		l, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		m.entries++
		if err := m.entry(l); err != nil {
			return err
		}
	}
}

func (m *timeMap) entry(l *link) error {
	switch {
	case l.is("memento"):
		at := l.datetime
		if at.IsZero() {
			// The address says it where the attribute is missing or cannot be read.
			if from, to := findTimestamp(l.uri); from >= 0 {
				at, _ = parseTimestamp(l.uri[from:to])
			}
		}
		if at.IsZero() || l.uri == "" {
			return nil
		}
		m.mementos++
		return m.memento(l.uri, at)
	case l.is("timemap") && !l.is("self") && len(m.pages) < maxNamed:
		m.pages = append(m.pages, page{l.uri, l.from, l.until, l.is("next"), l.kind == "" || l.kind == "application/link-format"})
	}
	return nil
}

// readJSON walks through the object and reads its lists, wherever they are.
func (m *timeMap) readJSON(r io.Reader) error {
	dec := json.NewDecoder(r)
	var name string
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenJSON(m.entries, err)
		}
		if token == json.Delim('[') && (name == "list" || name == "timemap_index" || name == "pages") {
			if err := m.readJSONList(dec, name == "list"); err != nil {
				return err
			}
		}
		name, _ = token.(string)
	}
}

func (m *timeMap) readJSONList(dec *json.Decoder, mementos bool) error {
	for dec.More() {
		var e struct{ URI, Datetime, From, Until string }
		if err := dec.Decode(&e); err != nil {
			var kind *json.UnmarshalTypeError
			if errors.As(err, &kind) {
				continue
			}
			return brokenJSON(m.entries, err)
		}
		m.entries++
		l := &link{uri: e.URI, rel: []string{"timemap"}}
		l.datetime, _ = parseDate(e.Datetime)
		l.from, _ = parseDate(e.From)
		l.until, _ = parseDate(e.Until)
		if mementos {
			l.rel[0] = "memento"
		}
		if err := m.entry(l); err != nil {
			return err
		}
	}
	return nil
}
