package rescue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
