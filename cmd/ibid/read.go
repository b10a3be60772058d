package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
)

type lookupCmd struct {
	URL string `arg:"" help:"Address, as it was cited."`
	At  string `help:"The nearest to this time first: 2009, 2009-06, 2009-06-04, RFC 3339 or 14 digits." placeholder:"TIME"`
}

func (l *lookupCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	captures, err := h.catalog.Mementos(ctx, p.flags.Collection, address(l.URL))
	if err != nil && ibid.KindOf(err) == ibid.KindNotFound || err == nil && len(captures) == 0 {
		return notHeld(l.URL)
	}
	if err != nil {
		return err
	}
	var cited ibid.Date
	if l.At != "" {
		at, err := parseTime(l.At)
		if err != nil {
			return err
		}
		nearestFirst(captures, at)
		cited = ibid.DateOf(at)
	}
	return p.printMementos(ctx, h, l.URL, captures, cited)
}

// address is what is meant by uri, which reports show without its scheme: what is held is found by http for https, too.
func address(uri string) string {
	if uri == "" || strings.Contains(uri, "://") {
		return uri
	}
	return "http://" + uri
}

type getCmd struct {
	URL    string `arg:"" help:"Address, as it was cited."`
	At     string `help:"As of this time: 2009, 2009-06, 2009-06-04, RFC 3339 or 14 digits." placeholder:"TIME"`
	Raw    bool   `help:"The payload as sent, content codings kept."`
	Output string `short:"o" help:"File to write to (else stdout)." placeholder:"FILE"`
}

// maxFollow bounds the archived redirects that get follows, as in the crawler.
const maxFollow = 20

func (g *getCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	at := p.now()
	if g.At != "" {
		if at, err = parseTime(g.At); err != nil {
			return err
		}
	}
	capture, err := g.find(ctx, p, h, at)
	if err != nil {
		return err
	}
	payload, err := h.archive.Payload(ctx, p.flags.Collection, capture)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, payload.Close()) }()
	var body io.Reader = payload
	if !g.Raw {
		if body, err = payload.Decoded(archive.Limit(0)); err != nil {
			return err
		}
	}
	return p.writeOut(g.Output, body)
}

// find is the capture of the address nearest to at; archived redirects are followed to what they led to.
func (g *getCmd) find(ctx context.Context, p *program, h *house, at time.Time) (ibid.Capture, error) {
	uri := address(g.URL)
	for range maxFollow {
		c, err := h.catalog.Nearest(ctx, p.flags.Collection, uri, at)
		if err != nil {
			if ibid.KindOf(err) == ibid.KindNotFound {
				err = notHeld(uri)
			}
			return c, err
		}
		if g.Raw || c.Status < 300 || c.Status > 399 {
			return c, nil
		}
		next, err := location(ctx, p, h, c)
		if err != nil || next == "" {
			return c, err
		}
		p.notice("%s was redirected to %s", uri, next)
		uri, at = next, c.Timestamp
	}
	return ibid.Capture{}, &ibid.Error{Kind: ibid.KindNotFound, Op: "get", URI: g.URL, Err: errors.New("its archived redirects have no end")}
}

// location is where an archived redirect leads, or empty when nothing is held there.
func location(ctx context.Context, p *program, h *house, c ibid.Capture) (string, error) {
	payload, err := h.archive.Payload(ctx, p.flags.Collection, c)
	if err != nil {
		return "", err
	}
	defer payload.Close() //nolint:errcheck // only the head was read
	base, err := url.Parse(c.URI)
	if err != nil {
		return "", nil //nolint:nilerr // an odd address is served as it is
	}
	to, err := base.Parse(payload.Header.Get("Location"))
	if err != nil || payload.Header.Get("Location") == "" {
		return "", nil //nolint:nilerr // as above
	}
	to.Fragment = ""
	if _, err := h.catalog.Nearest(ctx, p.flags.Collection, to.String(), c.Timestamp); err != nil {
		if ibid.KindOf(err) == ibid.KindNotFound {
			return "", nil
		}
		return "", err
	}
	return to.String(), nil
}

// writeOut copies the body to stdout, or to the file: one that is there is whole.
func (p *program) writeOut(name string, body io.Reader) error {
	if name == "" || name == "-" {
		_, err := io.Copy(p.stdout, body)
		return err
	}
	return create(name, func(w io.Writer) error {
		_, err := io.Copy(w, body)
		return err
	})
}

func notHeld(uri string) error {
	return &ibid.Error{
		Kind: ibid.KindNotFound, Op: "find", URI: uri,
		Err: errors.New("nothing is held of it; ibid archive --seed keeps it from now on"),
	}
}

// parseTime reads a time as people and programs write it.
func parseTime(s string) (time.Time, error) {
	for n, layout := range map[int]string{14: "20060102150405", 8: "20060102"} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == n {
			return t, nil
		}
	}
	if t, ok := ibid.Date(s).Time(); ok {
		return t, nil
	}
	return time.Time{}, &ibid.Error{
		Kind: ibid.KindInput, Op: "use --at", URI: s,
		Err: fmt.Errorf("it is no time: give 2009, 2009-06, 2009-06-04, 2009-06-04T12:00:00Z or 20090604120000"),
	}
}
