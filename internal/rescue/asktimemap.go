package rescue

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

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
