package rescue

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// ask is one request to an archive.
type ask struct {
	archive *Archive
	kind    string
	uri     string
	// at is sent as Accept-Datetime (RFC 7089, 2.1.1), unless it is zero.
	at time.Time
}

// get waits for its turn, and makes the request. The answer is read under the limits of the Rescuer; its Close ends
// all that belongs to it. What it says is up to the caller.
func (r *Rescuer) get(ctx context.Context, q ask) (*http.Response, context.Context, error) {
	if err := r.turn(ctx, q.archive, q.kind); err != nil {
		return nil, ctx, err
	}
	u, err := url.Parse(q.uri)
	if err != nil || !q.archive.owns(q.uri) {
		return nil, ctx, &trouble{text: "names an address that is not its own: " + oneLine(q.uri)}
	}
	limit := r.o.ListTime
	if q.kind == kindMemento {
		limit = r.o.BodyTime
	}
	ctx, cancel := context.WithCancelCause(ctx)
	b := &body{cancel: cancel, idle: r.o.Idle}
	b.total = time.AfterFunc(limit, func() { cancel(errSlow) })
	b.timer = time.AfterFunc(r.o.Idle, func() { cancel(errIdle) })
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{
		"User-Agent": {r.o.UserAgent}, "Accept-Encoding": {"identity"},
	}}).WithContext(ctx)
	if !q.at.IsZero() {
		req.Header.Set("Accept-Datetime", q.at.UTC().Format(http.TimeFormat))
	}
	resp, err := r.o.Transport.RoundTrip(req)
	if err != nil {
		err = r.noted(ctx, q.archive, troubleOf(ctx, err))
		b.end()
		return nil, ctx, err
	}
	b.ReadCloser, resp.Body = resp.Body, b
	return resp, ctx, nil
}

// turn waits until the archive may be asked.
func (r *Rescuer) turn(ctx context.Context, a *Archive, kind string) error {
	id := string(a.ID)
	kind, every := a.rate(kind)
	if err := r.awake(ctx, a); err != nil {
		return err
	}
	if err := r.o.Budget.Take(ctx, id, kind, every); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return fmt.Errorf("wait for the turn at %s: %w", id, err)
	}
	// Another may have been asked to rest while we waited.
	return r.awake(ctx, a)
}

func (r *Rescuer) awake(ctx context.Context, a *Archive) error {
	until, why, err := r.o.Budget.Resting(ctx, string(a.ID))
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return fmt.Errorf("look whether %s rests: %w", a.ID, err)
	}
	if until.After(r.o.Now()) {
		return &trouble{text: fmt.Sprintf("is left alone until %s: %s", until.UTC().Format(time.RFC3339), why), later: true, until: until}
	}
	return nil
}

// noted draws what follows from trouble with the archive: a rest that was asked for, or one after failures in a row.
// It returns err.
func (r *Rescuer) noted(ctx context.Context, a *Archive, err error) error {
	t, ok := err.(*trouble) //nolint:errorlint // as troubleOf and refusal return it
	if !ok {
		return err
	}
	r.mu.Lock()
	if t.fault {
		r.failures[a.ID]++
	} else if !t.later {
		r.failures[a.ID] = 0
	}
	dormant := r.failures[a.ID] >= maxFailures
	if dormant {
		r.failures[a.ID] = 0
	}
	r.mu.Unlock()
	switch {
	case dormant:
		t.until = r.o.Now().Add(dormancy)
	case t.fault || t.until.IsZero():
		return err
	}
	why, level := t.text, slog.LevelInfo // to be asked to wait is part of asking
	if dormant {
		why, level = fmt.Sprintf("%d failures in a row, the last: %s", maxFailures, t.text), slog.LevelWarn
	}
	r.o.Log.Log(ctx, level, "another archive is left alone for a while", "archive", a.ID, "until", t.until, "why", why)
	// The rest must be known even if this look-up is given up at this moment.
	if err := r.o.Budget.Rest(context.WithoutCancel(ctx), string(a.ID), t.until, why); err != nil {
		return fmt.Errorf("let %s rest: %w", a.ID, err)
	}
	return t
}

// worked ends a row of failures.
func (r *Rescuer) worked(id ibid.Origin) {
	r.mu.Lock()
	delete(r.failures, id)
	r.mu.Unlock()
}

// body ends the request when it is closed, when it is silent, and when it takes too long.
type body struct {
	io.ReadCloser
	cancel       context.CancelCauseFunc
	timer, total *time.Timer
	idle         time.Duration
	once         sync.Once
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.timer.Reset(b.idle)
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.end()
	return err
}

func (b *body) end() {
	b.once.Do(func() {
		b.timer.Stop()
		b.total.Stop()
		b.cancel(errEnough)
	})
}

// capped gives an error where io.LimitedReader gives the end.
type capped struct {
	io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooLong
	}
	n, err := c.Reader.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
