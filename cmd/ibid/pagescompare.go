package main

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/compare"
	"github.com/ibid-archive/ibid/internal/replay"
	"github.com/ibid-archive/ibid/internal/server"
)

// compare is that of server.Pages.
func (l *library) compare(ctx context.Context, uri, with, from, to string) (server.Comparison, error) {
	out := server.Comparison{URI: uri}
	held, err := l.address(ctx, uri)
	if err != nil {
		return out, err
	}
	out.Choices, out.Others = held.Captures, held.Captures
	left, right, ok := twoOf(held.Captures, from, to)
	if with != "" && with != uri {
		other, err := l.address(ctx, with)
		if err != nil {
			return out, err
		}
		out.With, out.Others = with, other.Captures
		left, right, ok = oneOfEach(held.Captures, other.Captures, from, to)
	}
	if !ok {
		return out, &ibid.Error{Kind: ibid.KindNotFound, Op: "compare captures of", URI: uri, Err: errors.New("two of that time are not held here")}
	}
	readLeft, err := l.side(ctx, left, &out.Left)
	if err != nil {
		return out, err
	}
	readRight, err := l.side(ctx, right, &out.Right)
	if err != nil {
		return out, err
	}
	if left.Digest == right.Digest || !out.Left.IsText || !out.Right.IsText {
		return out, nil
	}
	select { // a long text takes a while, and memory
	case l.comparing <- struct{}{}:
		defer func() { <-l.comparing }()
	case <-ctx.Done():
		return out, ctx.Err()
	}
	found := compare.Diff(readLeft.Lines, readRight.Lines)
	out.Common, out.Changes, out.Left.Words, out.Right.Words = found.Common, found.Changes, found.WordsLeft, found.WordsRight
	for _, row := range compare.Fold(found.Rows) {
		out.Rows = append(out.Rows, server.TextRow{Left: piecesOf(row.Left), Right: piecesOf(row.Right), Same: row.Same, Skipped: row.Skipped})
	}
	return out, nil
}

func piecesOf(all []compare.Piece) []server.TextPiece {
	out := make([]server.TextPiece, len(all))
	for i, p := range all {
		out[i] = server.TextPiece(p)
	}
	return out
}

// twoOf finds the captures of two timestamps in all, which are by time, and puts the earlier first. Without to it is the last,
// without from the one before to.
func twoOf(all []server.Captured, from, to string) (left, right server.Captured, ok bool) {
	j := at(all, to)
	i := j - 1
	if from != "" {
		i = at(all, from)
	}
	if i < 0 && from == "" && j == 0 {
		i = 0 // there is only one
	}
	if i < 0 || j < 0 {
		return left, right, false
	}
	return all[min(i, j)], all[max(i, j)], true
}

// oneOfEach is twoOf where each is of another address: without a timestamp, each is the last.
func oneOfEach(lefts, rights []server.Captured, from, to string) (left, right server.Captured, ok bool) {
	i, j := at(lefts, from), at(rights, to)
	if i < 0 || j < 0 {
		return left, right, false
	}
	return lefts[i], rights[j], true
}

// at is where in all the capture of a timestamp is; without one, the last. It is below zero where there is none.
func at(all []server.Captured, stamp string) int {
	if stamp == "" {
		return len(all) - 1
	}
	return slices.IndexFunc(all, func(c server.Captured) bool { return ibid.Timestamp14(c.Timestamp) == stamp })
}

// side reads one of the two, if it is a text and whoever asks may have it.
func (l *library) side(ctx context.Context, c server.Captured, to *server.Side) (page compare.Page, err error) {
	if _, err := visible(ctx, access.Thing{Collection: c.Collection, Address: c.URI}); err != nil {
		return page, err
	}
	to.Captured = c
	if !compare.Readable(string(c.MediaType)) {
		return page, nil
	}
	payload, err := l.archive.Payload(ctx, c.Collection, c.Capture)
	if err != nil {
		return page, err
	}
	defer payload.Close() //nolint:errcheck // only read from
	body, err := payload.Decoded(archive.Limit(2 * compare.MaxPage))
	if err == nil {
		page, err = compare.Read(body, string(c.MediaType), payload.Header.Get("Content-Type"))
	}
	switch class := ibid.ClassOf(err); {
	case class == ibid.ClassDecodeFailed || class == ibid.ClassDecodedTooLarge:
		return compare.Page{}, nil // the source sent what cannot be read
	case err != nil:
		return page, err
	}
	to.IsText, to.Title, to.Language, to.Cut = true, page.Title, page.Language, page.Cut
	return page, nil
}

// shownBy is where s shows a Capture.
func shownBy(s *replay.Service) func(*http.Request, server.Captured) (address, origin string) {
	return func(r *http.Request, c server.Captured) (address, origin string) {
		return s.Shown(r, &cdx.Entry{Collection: c.Collection, Capture: c.Capture})
	}
}
