package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// mapPage is how many mementos one TimeMap lists; there are more TimeMaps for more. It is high since there are clients that
// read only the first.
const mapPage = 10_000

// timeMap answers with the list of an address's mementos: "/timemap/{format}/{uri}", or "/timemap/{format}@{from}/{uri}"
// for the page that begins at a time.
func (s *Service) timeMap(w http.ResponseWriter, r *http.Request) error {
	format, tail, _ := strings.Cut(strings.TrimPrefix(rawPath(r), "/timemap/"), "/")
	format, stamp, paged := strings.Cut(format, "@")
	write, known := mapFormats[format]
	if !known {
		return badRequest("a TimeMap as "+format, "the formats are link, json and cdxj")
	}
	uri, err := original(tail)
	if err != nil {
		return err
	}
	var from time.Time
	if paged {
		if from, _, err = period(stamp); err != nil {
			return err
		}
	}
	f, err := s.finder(r, uri)
	if err != nil {
		return err
	}
	m, err := f.list(from)
	if err != nil {
		return err
	}
	m.format, m.places = format, places{s.o.Application.base(r, true)}
	h := w.Header()
	h.Set("Content-Type", write.kind)
	h.Set("X-Memento-Count", fmt.Sprint(len(m.mementos)))
	h.Set("Link", header(m.places.aboutLinks(uri, m.ends, true)))
	var b bytes.Buffer
	if err := write.write(&b, m); err != nil {
		return err
	}
	h.Set("Content-Length", fmt.Sprint(b.Len()))
	_, _ = w.Write(b.Bytes()) // whoever asked may be gone
	return nil
}

// mapFormats are the forms of a TimeMap.
var mapFormats = map[string]struct {
	kind  string
	write func(b *bytes.Buffer, m *mementoMap) error
}{
	"link": {linkFormat, writeLinkMap},
	"json": {"application/json", writeJSONMap},
	"cdxj": {"application/cdxj+ors", writeCDXJMap},
}

// mementoMap is one page of the mementos of an address.
type mementoMap struct {
	uri      string
	mementos []cdx.Entry
	ends     neighbours
	// from is where this page begins, and next where the one behind it does; zero: at the beginning, and there is none.
	from, next time.Time
	format     string
	places     places
}

// list reads the page that begins at from. Captures in one second have one address, and are one memento.
func (f *finder) list(from time.Time) (*mementoMap, error) {
	m := &mementoMap{uri: f.uri, from: from}
	var err error
	if m.ends, err = f.ends(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var second time.Time
	for e, err := range f.s.o.Index.Entries(f.r.Context(), cdx.Query{Match: f.match, URI: f.uri, From: from}) {
		if err != nil {
			return nil, err
		}
		if f.s.o.Access(f.r, &e) == Exclude {
			continue
		}
		if at := e.Timestamp.Truncate(time.Second); !at.Equal(second) {
			if len(m.mementos) >= mapPage {
				m.next = at
				break
			}
			second = at
			clear(seen)
		}
		if !seen[e.URI] {
			seen[e.URI] = true
			m.mementos = append(m.mementos, e)
		}
	}
	if len(m.mementos) == 0 {
		return nil, notHeld(f.uri)
	}
	return m, nil
}

// page is the address of the TimeMap that begins at from.
func (m *mementoMap) page(format string, from time.Time) string {
	if !from.IsZero() {
		format += "@" + ibid.Timestamp14(from)
	}
	return m.places.timeMap(format, m.uri)
}

// until is the last time on the page.
func (m *mementoMap) until() time.Time { return m.mementos[len(m.mementos)-1].Timestamp }

func (m *mementoMap) rel(i int) string {
	rel := "memento"
	if own := m.places.memento(&m.mementos[i], ""); own == m.places.memento(m.ends.last, "") {
		rel = "last memento"
	}
	if i == 0 && m.mementos[0].Position() == m.ends.first.Position() {
		rel = "first " + rel
	}
	return rel
}

func writeLinkMap(b *bytes.Buffer, m *mementoMap) error {
	links := []link{
		{uri: m.uri, rel: "original"},
		{uri: m.page("link", m.from), rel: "self", kind: linkFormat, from: m.mementos[0].Timestamp, until: m.until()},
		{uri: m.places.timeGate(m.uri), rel: "timegate"},
	}
	if !m.from.IsZero() {
		links = append(links, link{uri: m.page("link", time.Time{}), rel: "first timemap", kind: linkFormat, from: m.ends.first.Timestamp})
	}
	if !m.next.IsZero() {
		links = append(links, link{uri: m.page("link", m.next), rel: "next timemap", kind: linkFormat, from: m.next, until: m.ends.last.Timestamp})
	}
	var line []byte
	for i := range links {
		b.Write(links[i].append(line[:0]))
		b.WriteString(",\n")
	}
	for i := range m.mementos {
		l := link{uri: m.places.memento(&m.mementos[i], ""), rel: m.rel(i), datetime: m.mementos[i].Timestamp}
		line = l.append(line[:0])
		b.Write(line)
		if i < len(m.mementos)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	return nil
}

// mapMoment is a memento in JSON, as MemGator and Perma write it.
type mapMoment struct {
	Datetime string `json:"datetime"`
	URI      string `json:"uri"`
}

func (m *mementoMap) moment(e *cdx.Entry) mapMoment {
	return mapMoment{e.Timestamp.UTC().Format(time.RFC3339), m.places.memento(e, "")}
}

type mapPages struct {
	Link string `json:"link_format"`
	JSON string `json:"json_format"`
	CDXJ string `json:"cdxj_format"`
}

func (m *mementoMap) pages() mapPages {
	return mapPages{m.page("link", time.Time{}), m.page("json", time.Time{}), m.page("cdxj", time.Time{})}
}

type mapPart struct {
	URI  string `json:"uri"`
	From string `json:"from"`
}

// parts are the pages behind this one: the next of them, which names its own.
func (m *mementoMap) parts() []mapPart {
	if m.next.IsZero() {
		return nil
	}
	return []mapPart{{m.page(m.format, m.next), m.next.UTC().Format(time.RFC3339)}}
}

func writeJSONMap(b *bytes.Buffer, m *mementoMap) error {
	type mementos struct {
		First mapMoment   `json:"first"`
		Last  mapMoment   `json:"last"`
		List  []mapMoment `json:"list"`
	}
	list := make([]mapMoment, len(m.mementos))
	for i := range m.mementos {
		list[i] = m.moment(&m.mementos[i])
	}
	return encodeJSON(b, struct {
		Original string    `json:"original_uri"`
		Self     string    `json:"self"`
		TimeGate string    `json:"timegate_uri"`
		TimeMap  mapPages  `json:"timemap_uri"`
		Pages    []mapPart `json:"pages,omitempty"`
		Mementos mementos  `json:"mementos"`
	}{m.uri, m.page("json", m.from), m.places.timeGate(m.uri), m.pages(), m.parts(), mementos{m.moment(m.ends.first), m.moment(m.ends.last), list}})
}

// writeCDXJMap writes lines of a time and an object, below a head of "!" lines, as MemGator does.
func writeCDXJMap(b *bytes.Buffer, m *mementoMap) error {
	type pair = map[string]any
	for _, line := range []struct {
		key   string
		value any
	}{
		{"!context", []string{"http://tools.ietf.org/html/rfc7089"}},
		{"!id", pair{"uri": m.page("cdxj", m.from)}},
		{"!keys", []string{"memento_datetime_YYYYMMDDhhmmss"}},
		{"!meta", pair{"original_uri": m.uri}},
		{"!meta", pair{"timegate_uri": m.places.timeGate(m.uri)}},
		{"!meta", pair{"timemap_uri": m.pages()}},
		{"!meta", pair{"pages": m.parts()}},
	} {
		b.WriteString(line.key + " ")
		if err := encodeJSON(b, line.value); err != nil {
			return err
		}
	}
	for i := range m.mementos {
		e := &m.mementos[i]
		b.WriteString(ibid.Timestamp14(e.Timestamp) + " ")
		if err := encodeJSON(b, struct {
			URI      string `json:"uri"`
			Rel      string `json:"rel"`
			Datetime string `json:"datetime"`
		}{m.places.memento(e, ""), m.rel(i), httpTime(e.Timestamp)}); err != nil {
			return err
		}
	}
	return nil
}

// encodeJSON appends v and an end of line. Addresses keep their ampersands.
func encodeJSON(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
