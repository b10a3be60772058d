package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/gocolly/colly/v2"

	"github.com/ibid-archive/ibid"
)

// answerKey is the context key under which a request of Colly's finds its answer.
type answerKey struct{}

// newBase makes the one collector that all others are cloned from. It is not made by colly.NewCollector, which
// lets COLLY_* variables of the environment override what the code says. Of Colly's own services none
// is used that would act behind our back: robots.txt, cookies, redirects, limits and the list of what was
// visited are ours, for reasons told where they are.
func newBase(o Options, transport http.RoundTripper) *colly.Collector {
	base := &colly.Collector{}
	base.Init()
	base.UserAgent = o.UserAgent
	base.AllowURLRevisit = true
	base.ParseHTTPErrorResponse = true
	base.MaxBodySize = 0 // Its limit cuts without a word; what it gets is bounded already.
	base.DisableCookies()
	base.SetRequestTimeout(0)
	base.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
	base.WithTransport(transport)
	return base
}

// ask lets Colly make one request for a, whose fields say what came of it. An error is not a's: ctx ended,
// or our storage failed.
func (c *Crawler) ask(ctx context.Context, a *answer) (err error) {
	defer func() {
		// Colly has no recover of its own.
		if p := recover(); p == nil {
			return
		} else if a.stored {
			a.note(ibid.ClassLinksNotExtracted)
		} else {
			err = &ibid.Error{Kind: ibid.KindInternal, Op: "record", URI: a.uri.String(), Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	k := c.base.Clone()
	k.Context = context.WithValue(ctx, answerKey{}, a)
	k.OnResponse(func(*colly.Response) { a.readText() })
	err = k.Request(http.MethodGet, a.uri.String(), nil, nil, c.header(a))
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case a.fatal != nil:
		return a.fatal
	case err != nil && a.err == nil && a.x == nil:
		// Colly or net/http refused the address before anything was sent.
		a.err = &ibid.Error{Kind: ibid.KindPolicy, Op: "fetch", URI: a.uri.String(), Class: ibid.ClassAddressRefused, Err: err}
	}
	return nil
}

// header is what we send beside Host: few and fixed, and the cookies that this very Visit was given.
func (c *Crawler) header(a *answer) http.Header {
	h := http.Header{
		"User-Agent":      {c.o.UserAgent},
		"Accept":          {"text/html,application/xhtml+xml,*/*;q=0.8"},
		"Accept-Encoding": {acceptEncoding},
	}
	if a.cookies != "" {
		h["Cookie"] = []string{a.cookies}
	}
	if a.held != nil && a.held.ETag != "" {
		h["If-None-Match"] = []string{a.held.ETag}
	}
	if a.held != nil && a.held.LastModified != "" {
		h["If-Modified-Since"] = []string{a.held.LastModified}
	}
	return h
}

// driver is the http.RoundTripper under Colly.
type driver struct{ c *Crawler }

// RoundTrip records the Exchange, gives it to the Sink, and only then lets Colly go on, with a copy: content
// codings undone, text in UTF-8, bounded, and without the headers that would make Colly or net/http act on them.
func (d driver) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	a, ok := ctx.Value(answerKey{}).(*answer)
	if !ok {
		return nil, errors.New("crawler: a request that nobody asked for")
	}
	// The address that goes over the wire is on record, as Colly made it (WHATWG URL).
	a.sent = req.URL
	timeout, maxBody := d.c.o.Timeout, d.c.o.MaxBody
	if a.role == ibid.RoleRobots {
		timeout.Total, maxBody = min(timeout.Total, robotsTime), min(maxBody, robotsLimit)
	}
	a.rec = d.c.wire.record(timeout, maxBody)
	err := d.c.wire.exchange(ctx, req, a.rec)
	a.leave()
	a.sends = a.rec.sends
	if err != nil {
		if a.err = err; ibid.KindOf(err) == ibid.KindStorage {
			a.fatal = err
		}
		return nil, err
	}
	if err := a.record(ctx); err != nil {
		a.fatal = err
		return nil, err
	}
	resp, err := a.copyForColly(req)
	a.fatal = err
	return resp, err
}

// copyForColly is the answer as Colly sees it. Its text is left beside it, in a.text: of a body Colly would make
// a copy more, in a buffer that it grows, which took a fifth of all memory that was ever allocated.
func (a *answer) copyForColly(req *http.Request) (*http.Response, error) {
	resp := &http.Response{
		StatusCode: a.x.Status, ProtoMajor: 1, ProtoMinor: 1, Request: req, Header: http.Header{},
		Body: http.NoBody, Uncompressed: true,
	}
	if !a.readable() {
		return resp, nil
	}
	resp.Header.Set("Content-Type", string(a.x.MediaType)+"; charset=utf-8")
	return resp, a.takeText()
}

// takeText makes a.text of the decoded payload, up to maxParse.
func (a *answer) takeText() error {
	w := a.visit.c.wire
	a.raw = w.texts.Get().(*[]byte)
	size := a.body.body.Size()
	body := slices.Grow((*a.raw)[:0], int(min(size, maxParse)))[:min(size, maxParse)]
	*a.raw = body
	if n, err := a.body.body.ReadAt(body, 0); err != nil && !errors.Is(err, io.EOF) {
		return spoolError(a.visit.c.o.SpoolDir, err)
	} else if int64(n) < size {
		a.cut = true
	}
	var conflict bool
	if a.text, conflict = text(body, a.x.Header.Get("Content-Type")); conflict {
		a.note(ibid.ClassCharsetConflict)
	}
	return nil
}

// readText reads a.text, which is gone then.
func (a *answer) readText() {
	if a.raw == nil {
		return
	}
	defer func() {
		if cap(*a.raw) <= maxKept {
			a.visit.c.wire.texts.Put(a.raw)
		}
		a.raw, a.text = nil, nil
	}()
	a.read(a.text)
}

// maxKept is the largest buffer of a text that is kept for the next one, in bytes.
const maxKept = 1 << 20
