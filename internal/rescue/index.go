package rescue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// look is what one archive says that it has for one hypothesis.
type look struct {
	archive *Archive
	shelf   *shelf
	// found is what can be tried.
	found   []candidate
	attempt ibid.Attempt
	// trouble is why it could not say all; nil: it did.
	trouble *trouble
	// cut says that more is there than was read.
	cut string
	// way is the interface of the archive that was asked, and ways say what came of those before it.
	way, ways string
	err       error // ours
}

// lookUp asks the archive a what it has: its CDX server, else its TimeMap, else its TimeGate.
func (r *Rescuer) lookUp(ctx context.Context, order int, h *hypothesis, w *Wanted) *look {
	a := &r.o.Archives[order]
	l := &look{archive: a, shelf: newShelf(w.At)}
	l.attempt = ibid.Attempt{What: "look for " + h.URI + " in " + a.name(), When: r.o.Now()}
	if h.prefix != "" {
		l.attempt.What = "look below " + h.prefix + " in " + a.name()
	}
	x := &indexer{r: r, l: l, h: h, order: order}
	err := x.ask(ctx)
	switch {
	case err == nil:
		r.worked(a.ID)
	case !errors.As(err, &l.trouble):
		if context.Cause(ctx) == nil || !errors.Is(err, context.Cause(ctx)) {
			l.err = err
		}
		l.trouble = &trouble{text: "was not waited for", later: true}
	}
	l.found = l.shelf.candidates(w.unfit)
	l.attempt.Result = l.result()
	return l
}

func (l *look) result() string {
	before := l.ways
	if before != "" {
		before += "its " + l.way + ": "
	}
	text := before + l.shelf.summary()
	switch {
	case l.trouble != nil && l.shelf.mementos == 0:
		return before + l.trouble.text
	case l.trouble != nil:
		text += "; then it " + l.trouble.text
	}
	if l.cut != "" {
		text += "; " + l.cut
	}
	return text
}

// indexer makes one look-up.
type indexer struct {
	r       *Rescuer
	l       *look
	h       *hypothesis
	order   int
	entries int
	foreign int
	future  int
	bad     int
}

func (x *indexer) ask(ctx context.Context) error {
	a := x.l.archive
	ways := []struct {
		base, name string
		ask        func(context.Context) error
	}{
		{a.CDX, "CDX server", x.askCDX},
		{a.TimeMap, "TimeMap", func(ctx context.Context) error { return x.askTimeMap(ctx, a.TimeMap+x.h.URI) }},
		{a.TimeGate, "TimeGate", x.askTimeGate},
	}
	var err error
	var t, failed *trouble
	for _, way := range ways {
		if way.base == "" {
			continue
		}
		if err != nil {
			x.l.ways += "its " + x.l.way + " " + t.text + "; "
		}
		x.l.way = way.name
		err = way.ask(ctx)
		if !errors.As(err, &t) || !t.otherWay() || x.l.shelf.mementos > 0 || x.h.prefix != "" {
			break
		}
		if t.later {
			failed = t
		}
	}
	x.passed()
	if errors.As(err, &t) && t.none {
		err = nil
	}
	if err == nil && failed != nil && x.l.shelf.mementos == 0 {
		// One that fails may hold what the other does not know of.
		x.l.ways = ""
		return failed
	}
	return err
}

// passed puts into words what was passed over.
func (x *indexer) passed() {
	for why, n := range map[string]int{
		"another address": x.foreign, "a date in the future": x.future, "cannot be read": x.bad,
	} {
		if n > 0 {
			x.l.shelf.passed[why] += n
		}
	}
}

// list opens a list, through redirects within the archive.
func (x *indexer) list(ctx context.Context, uri string, at time.Time) (*http.Response, context.Context, error) {
	for range 4 {
		resp, rctx, err := x.r.get(ctx, ask{archive: x.l.archive, kind: kindIndex, uri: uri, at: at})
		if err != nil {
			return nil, ctx, err
		}
		if t := refusal(resp.StatusCode, resp.Header, x.r.o.Now()); t != nil {
			_ = resp.Body.Close()
			return nil, ctx, x.r.noted(ctx, x.l.archive, t)
		}
		if resp.StatusCode < 300 || !at.IsZero() {
			return resp, rctx, nil
		}
		_ = resp.Body.Close()
		next, err := resp.Location()
		if err != nil {
			return nil, ctx, &trouble{text: fmt.Sprintf("answers with status %d", resp.StatusCode)}
		}
		uri = next.String()
	}
	return nil, ctx, &trouble{text: "sends its lists in a circle"}
}

// pageSize is how many rows a CDX server is asked for at a time.
const pageSize = 5000

func (x *indexer) askCDX(ctx context.Context) error {
	query := url.Values{"url": {x.h.URI}, "output": {"json"}, "limit": {strconv.Itoa(pageSize)}, "showResumeKey": {"true"}}
	if x.h.prefix != "" {
		query.Set("url", x.h.prefix)
		query.Set("matchType", "prefix")
	}
	seen := map[string]bool{}
	for n := 1; ; n++ {
		rows := x.entries
		end, last, err := x.cdxPage(ctx, x.l.archive.CDX+"?"+query.Encode())
		x.bad += end.bad
		switch {
		case err != nil:
			return err
		case end.resume == "" || x.entries == rows:
			return nil
		case x.h.prefix == "" && last.After(x.l.shelf.target):
			// Rows come in the order of their dates: what is after the date has been met.
			x.l.cut = "later ones were not asked for"
			return nil
		case seen[end.resume]:
			return &trouble{text: "sends its list in a circle"}
		case n >= x.r.o.MaxPages || x.entries >= x.r.o.MaxEntries:
			x.l.cut = fmt.Sprintf("only the first %d rows were read", x.entries)
			return nil
		}
		seen[end.resume] = true
		query.Set("resumeKey", end.resume)
		if n == 1 && x.h.prefix == "" {
			x.skipTo(query, last)
		}
	}
}

// skipTo leaves out most of what lies between the first page of a long list and the date.
func (x *indexer) skipTo(query url.Values, last time.Time) {
	from := x.l.shelf.target.AddDate(-1, 0, 0)
	if from.After(last) {
		query.Del("resumeKey")
		query.Set("from", ibid.Timestamp14(from))
	}
}

// cdxPage reads one page of rows; last is the date of the last of them.
func (x *indexer) cdxPage(ctx context.Context, uri string) (end cdxEnd, last time.Time, err error) {
	resp, ctx, err := x.list(ctx, uri, time.Time{})
	if err != nil {
		return end, last, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to where it was wanted
	from, err := decoded(resp)
	if err == nil {
		end, err = readCDX(&capped{from, x.r.o.MaxList}, func(c row) error {
			last = c.at
			return x.row(c)
		})
	}
	if err != nil {
		err = x.r.noted(ctx, x.l.archive, troubleOf(ctx, err))
	}
	return end, last, err
}

// row takes one capture of an index.
func (x *indexer) row(c row) error {
	if x.entries++; x.entries > x.r.o.MaxEntries {
		x.l.cut = fmt.Sprintf("only the first %d rows were read", x.r.o.MaxEntries)
		return errStop
	}
	if !x.h.covers(c.original) {
		x.foreign++
		return nil
	}
	x.l.shelf.learn(c)
	x.add(candidate{
		at: c.at, uri: c.original, uriM: x.l.archive.mementoOf(c.timestamp, escapeStray(c.listed)), status: c.status,
		mediaType: c.mediaType, digest: c.digest, revisit: c.revisit,
	})
	return nil
}

func (x *indexer) add(c candidate) {
	if c.at.After(x.r.o.Now().Add(clockSkew)) {
		x.future++
		return
	}
	c.archive, c.order = x.l.archive, x.order
	x.l.shelf.count(c.at)
	x.l.shelf.add(c)
}

// askTimeMap reads a TimeMap, and the pages of it that are nearest to the date.
func (x *indexer) askTimeMap(ctx context.Context, uri string) error {
	seen := map[string]bool{uri: true}
	var pages []page
	for n := 1; ; n++ {
		base := uri
		m := timeMap{memento: func(uriM string, at time.Time) error { return x.memento(resolve(base, uriM), at) }}
		if err := x.readTimeMap(ctx, uri, &m); err != nil {
			return err
		}
		for _, p := range m.pages {
			if !seen[p.uri] && m.part(&p) {
				seen[p.uri] = true
				pages = append(pages, p)
			}
		}
		if len(pages) == 0 {
			return nil
		}
		if n >= x.r.o.MaxPages || x.entries >= x.r.o.MaxEntries {
			x.l.cut = fmt.Sprintf("%d further pages of the list were not read", len(pages))
			return nil
		}
		slices.SortStableFunc(pages, func(a, b page) int {
			return int(a.distance(x.l.shelf.target)/time.Second - b.distance(x.l.shelf.target)/time.Second)
		})
		uri, pages = resolve(uri, pages[0].uri), pages[1:]
	}
}

func resolve(base, ref string) string {
	if strings.HasPrefix(ref, "http://") || strings.HasPrefix(ref, "https://") {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

func (x *indexer) readTimeMap(ctx context.Context, uri string, m *timeMap) error {
	resp, ctx, err := x.list(ctx, uri, time.Time{})
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to where it was wanted
	from, err := decoded(resp)
	if err == nil {
		err = m.read(&capped{from, x.r.o.MaxList}, x.row)
	}
	if err != nil {
		return x.r.noted(ctx, x.l.archive, troubleOf(ctx, err))
	}
	return nil
}

// memento takes one entry of a TimeMap.
func (x *indexer) memento(uriM string, at time.Time) error {
	if x.entries++; x.entries > x.r.o.MaxEntries {
		x.l.cut = fmt.Sprintf("only the first %d entries were read", x.r.o.MaxEntries)
		return errStop
	}
	raw, _, original := x.l.archive.raw(uriM)
	c := candidate{at: at, uri: x.h.URI, uriM: raw}
	if original != "" {
		uri, ok := clean(original)
		switch {
		case !ok:
			x.bad++
			return nil
		case !x.h.covers(uri):
			x.foreign++
			return nil
		}
		c.uri = uri
	}
	if !x.l.archive.owns(raw) {
		x.foreign++
		return nil
	}
	x.add(c)
	return nil
}

// askTimeGate asks for what is nearest to the date, and takes what the answer names (RFC 7089, 4.1 and 4.2).
func (x *indexer) askTimeGate(ctx context.Context) error {
	gate := x.l.archive.TimeGate + x.h.URI
	resp, _, err := x.list(ctx, gate, x.l.shelf.target)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	links := headerLinks(resp.Header.Values("Link"))
	for _, l := range links {
		if l.is("memento") && !l.datetime.IsZero() {
			if err := x.memento(resolve(gate, l.uri), l.datetime); err != nil {
				return nil //nolint:nilerr // enough entries
			}
		}
	}
	to := resp.Header.Get("Location")
	if to == "" {
		to = resp.Header.Get("Content-Location")
	}
	if to = resolve(gate, to); to != gate {
		if _, ts, _ := x.l.archive.raw(to); ts != "" {
			if at, ok := parseTimestamp(ts); ok {
				_ = x.memento(to, at) // One entry more is not too many.
			}
		}
	}
	if x.l.shelf.mementos == 0 && resp.Header.Get("Memento-Datetime") == "" && resp.StatusCode < 300 {
		return &trouble{text: errNotAList.Error()}
	}
	return nil
}
