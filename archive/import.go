package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// Import is a file that is taken in, as [Archive.Import] needs it.
type Import struct {
	Collection string
	// Name is the file, Digest that of its bytes. The same bytes are the same import: to import them again goes on
	// where a crash has stopped it, and else changes nothing.
	Name   string
	Digest ibid.Digest
	// Origin is given to the Captures that do not say themselves where they are from.
	Origin ibid.Origin
	// WARCs are the WARC files in it.
	WARCs []ImportedWARC
	// Holdings is what is in the collection already, and need not be taken in again.
	Holdings Holdings
	// About is kept with what is taken in: what the file says of itself, who signed it.
	About any
}

// Holdings knows what a collection has.
type Holdings interface {
	// Held returns the Capture of an address with that record id. KindNotFound: there is none.
	Held(ctx context.Context, collection, uri, recordID string) (ibid.Capture, error)
	// HeldVisit says whether there is a Visit of a Seed in a run.
	HeldVisit(ctx context.Context, collection, run, seed string) (bool, error)
	// Nearest returns the Capture of an address that is nearest to an instant. KindNotFound: there is none.
	Nearest(ctx context.Context, collection, uri string, at time.Time) (ibid.Capture, error)
}

// ImportedWARC is one WARC file.
type ImportedWARC struct {
	Name string
	Open warc.Opener
}

// Taken says what was taken in.
type Taken struct {
	// Segments hold it. Those that an earlier try had stored are among them.
	Segments []Segment
	// Records counts those that were written now, Known the captures that were there already, and LeftOut the records
	// that were damaged: each has been reported.
	Records, Known, LeftOut int
}

// The codes of an import, beside those of package warc. Numbers are never given to something else.
const (
	CodeNoHead      = "I01" // a response without a head that can be read: kept, but no capture
	CodeAddress     = "I02" // an address that cannot be indexed: the record is left out
	CodeSegmented   = "I03" // a part of a record that was cut up (WARC-Segment-Number): left out
	CodeFacts       = "I04" // what an Ibid says of a record is not true of its bytes: it was read anew
	CodeVisit       = "I05" // a visit that cannot be read: left out
	CodeRenamed     = "I06" // an address that is no URI: it was encoded
	CodeImportTwice = "I07" // two records with one id: the second is left out
)

// JobID is that of the Job under which the import lies in the Store.
func (i *Import) JobID() string { return "import-" + i.Digest.Hex()[:16] }

// Import takes the records of a file into the Store. They are read twice: first all of them, to find out what is damaged;
// then they are written to segments of their own, block for block as they are, with their ids, dates and fields, and with
// digests and facts in the form that the Store has. Nothing is put into the Store before all of it is written. Damaged
// records are reported and left out. An error leaves the Store as it was, or with whole segments that the next try of
// the same import takes over; the catalogue has to be told of Taken.Segments.
func (a *Archive) Import(ctx context.Context, i *Import, report func(Finding)) (*Taken, error) {
	m := &importer{
		a: a, i: i, report: report, ids: map[string]bool{}, known: map[string]bool{}, visited: map[[2]string]bool{}, said: map[[2]string]bool{},
		payloads: map[string]*planned{}, stored: map[string]ibid.Capture{}, held: map[string]ibid.Location{}, out: &Taken{},
	}
	earlier, err := a.Segments(ctx, i.Collection, i.JobID())
	if err != nil {
		return nil, err
	}
	m.out.Segments, m.number = earlier, len(earlier)
	for i := range earlier {
		m.recall(&earlier[i])
	}
	for n := range i.WARCs {
		if err := m.examine(ctx, n); err != nil {
			return nil, err
		}
	}
	if len(i.WARCs) > 0 && m.readNothing() {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "import", URI: i.Name, Err: errors.New("it holds no WARC record that can be read")}
	}
	if err := m.resolve(ctx); err != nil {
		return nil, err
	}
	defer func() { _ = dropAll(m.segments) }() // of those that were put, the Store has its own
	for n := range i.WARCs {
		if err := m.write(ctx, n); err != nil {
			return nil, err
		}
	}
	return m.out, m.put(ctx)
}

type importer struct {
	a      *Archive
	i      *Import
	report func(Finding)
	out    *Taken
	plans  [][]*planned
	// ids are those of the records seen so far, and payloads who has one, by each name that a revisit may give it.
	ids      map[string]bool
	payloads map[string]*planned
	// known are the records that need not be written, and visited the Visits, by run and Seed.
	known   map[string]bool
	visited map[[2]string]bool
	// said are the flaws that were reported, by file and code.
	said map[[2]string]bool
	// stored are the captures of earlier tries; held is where captures lie: known ones, and in time those written.
	stored   map[string]ibid.Capture
	held     map[string]ibid.Location
	segments []*segment
	number   int
}

// recall remembers what an earlier try has stored.
func (m *importer) recall(s *Segment) {
	for id := range s.ids {
		m.known[id] = true
	}
	for _, c := range s.Captures {
		m.stored[c.RecordID] = c
	}
	for i := range s.Visits {
		m.visited[[2]string{s.Visits[i].Run, s.Visits[i].Seed}] = true
	}
}

// planned is a record of the file, and what will be done with it.
type planned struct {
	skip bool
	// capture has no Location yet; its RecordID is empty for a record that is none. facts is nil where nothing of the
	// web was captured.
	capture ibid.Capture
	facts   *facts
	block   ibid.Digest
	// refers are the names that a revisit gives its payload: like is its digest, from and at where it was first.
	refers     []string
	like, from string
	at         time.Time
	// unchecked says that the declared digest of the payload has a form that cannot be checked.
	unchecked bool
	offset    int64
}

// examine reads a file and plans what is done with each of its records.
func (m *importer) examine(ctx context.Context, n int) (err error) {
	w := m.i.WARCs[n]
	m.plans = append(m.plans, nil)
	r := warc.NewReader(w.Open)
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			p := &planned{offset: e.Offset}
			m.plans[n] = append(m.plans[n], p)
			if err = m.plan(ctx, w.Name, e, p); err == nil {
				_, err = r.Finish()
			}
			if err != nil {
				if p.skip {
					m.out.LeftOut-- // it was counted
				}
				p.skip = true
				m.forget(e, p)
			}
		}
		var bad *warc.Problem
		switch {
		case errors.As(err, &bad):
			m.out.LeftOut++
			m.say(w.Name, bad)
		case err != nil:
			return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: m.i.Name, Err: err}
		}
	}
}

// forget takes back what was planned with a record that turned out to be damaged at its end.
func (m *importer) forget(e *warc.Entry, p *planned) {
	delete(m.ids, e.ID)
	for d, by := range m.payloads {
		if by == p {
			delete(m.payloads, d)
		}
	}
}

// readNothing says that no record could be read at all.
func (m *importer) readNothing() bool {
	for _, plans := range m.plans {
		for _, p := range plans {
			if !p.skip || m.out.Known > 0 {
				return false
			}
		}
	}
	return true
}

func (m *importer) say(name string, p *warc.Problem) {
	m.report(Finding{Code: string(p.Code), Key: name, Offset: p.Offset, Text: p.Text})
}

// leave plans to leave a record out.
func (m *importer) leave(name string, p *planned, code, text string) {
	p.skip = true
	m.out.LeftOut++
	m.report(Finding{Code: code, Key: name, Offset: p.offset, Text: text})
}

func (m *importer) plan(ctx context.Context, name string, e *warc.Entry, p *planned) error {
	for _, f := range e.Flaws {
		if f.Code == warc.CodeRequired {
			m.leave(name, p, string(f.Code), f.Text)
			return nil
		}
		if seen := [2]string{name, string(f.Code)}; f.Code != warc.CodeTargetURI && !m.said[seen] {
			m.said[seen] = true // it harms nobody, and is most often true of the whole file
			m.say(name, f)
		}
	}
	x, err := e.Examine()
	if err != nil {
		return err
	}
	bad := false
	for _, f := range x.Problems {
		bad = bad || f.Code != warc.CodeAlgorithm
		p.unchecked = p.unchecked || f.Code == warc.CodeAlgorithm
		m.say(name, f)
	}
	switch {
	case bad:
		p.skip = true
		m.out.LeftOut++
		return nil
	case e.Header.Get("WARC-Segment-Number") != "":
		m.leave(name, p, CodeSegmented, "a part of a record that was cut up")
		return nil
	case printable(e.ID) != e.ID:
		m.leave(name, p, string(warc.CodeRequired), fmt.Sprintf("record id %.80q has characters that none may have", e.ID))
		return nil
	case m.ids[e.ID]:
		m.leave(name, p, CodeImportTwice, fmt.Sprintf("record id %.80s is that of an earlier record", e.ID))
		return nil
	}
	m.ids[e.ID] = true
	p.block = ibid.Digest(x.Block)
	return m.planCapture(ctx, name, e, x, p)
}

// encoded is uri with what no URI may have in it percent-encoded (RFC 3986, 2.1).
func encoded(uri string) string {
	var b strings.Builder
	for _, c := range []byte(uri) {
		if c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// aboutRecord is the record that says where the others of a segment come from.
func (m *importer) aboutRecord() (*warc.Record, error) {
	id, err := warc.NewID()
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(struct {
		File   string      `json:"file"`
		Digest ibid.Digest `json:"digest"`
		Origin ibid.Origin `json:"origin"`
		At     time.Time   `json:"imported"`
		About  any         `json:"about,omitempty"`
	}{m.i.Name, m.i.Digest, m.i.Origin, m.a.o.Now().UTC(), m.i.About})
	if err != nil {
		return nil, fmt.Errorf("what is known of %s as JSON: %w", m.i.Name, err)
	}
	r := &warc.Record{
		Type: warc.Metadata, ID: id, Date: m.a.o.Now(), TargetURI: importURN + m.i.JobID(), ContentType: "application/json",
		Fields: warc.Header{{Name: fieldRecord, Value: recordImport}},
	}
	setBytes(r, b)
	return r, nil
}
