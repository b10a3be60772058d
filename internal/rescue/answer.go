package rescue

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Answer is a Memento as an archive gave it, to be judged. It is valid until the Found is closed that it belongs to,
// or Judge returns.
type Answer struct {
	// URI is the address as it was captured, and URIM where it was read.
	URI, URIM string
	Archive   ibid.Origin
	// Captured is its Memento-Datetime.
	Captured time.Time
	// Status is the archived one.
	Status int
	// Header is the origin's, as far as the archive tells it; nil: not at all.
	Header    http.Header
	MediaType ibid.MediaType
	// Body holds Size bytes, as captured. Truncated: it was longer than is taken.
	Body      io.ReaderAt
	Size      int64
	Truncated bool

	// location is where an archived redirect leads, in the archive and at the origin.
	next, target string
	record       string
	spool        *spool
	fetched      time.Time
	took         time.Duration
}

// maxText bounds the decoded text of an Answer in bytes.
const maxText = 16 << 20

// Text returns a reader over the body, its content coding undone; at most 16 MiB of it.
func (a *Answer) Text() (io.Reader, error) {
	r := io.Reader(io.NewSectionReader(a.Body, 0, a.Size))
	switch coding := strings.ToLower(strings.TrimSpace(a.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("undo gzip: %w", err)
		}
		r = z
	default:
		return nil, fmt.Errorf("the content coding %q cannot be undone", oneLine(coding))
	}
	return io.LimitReader(r, maxText), nil
}

// Judgement is what the content of an Answer says.
type Judgement struct {
	// Bad are signs that it is not the source: a soft 404, a parked domain, a block page. Each is a line for people.
	Bad []string
	// Title, Language (BCP 47) and Text are those of the page; empty: not known.
	Title, Language, Text string
}

// answerOf reads an answer that is a Memento: it has a Memento-Datetime, whatever its status (RFC 7089, 2.1.2).
func (r *Rescuer) answerOf(ctx context.Context, c candidate, uriM string, resp *http.Response) (*Answer, error) {
	at, ok := parseDate(resp.Header.Get("Memento-Datetime"))
	if !ok || at.After(r.o.Now().Add(clockSkew)) {
		return nil, &trouble{text: "dates it in a way that cannot be: " + oneLine(resp.Header.Get("Memento-Datetime"))}
	}
	a := &Answer{
		URI: c.uri, URIM: uriM, Archive: c.archive.ID, Captured: at, Status: resp.StatusCode,
		Header: originalHeader(resp.Header), record: oneLine(resp.Header.Get("X-Archive-Src")), fetched: r.o.Now().UTC(),
	}
	a.named(c.archive, resp)
	a.redirect(c.archive, resp)
	if err := r.readBody(ctx, a, resp); err != nil {
		return nil, err
	}
	a.MediaType = mediaTypeOf(resp.Header.Get("Content-Type"))
	if a.Header != nil {
		a.complete(c.archive, resp.Header.Get("Content-Type"))
	}
	return a, nil
}

// named finds out which address was captured: the one the archive calls the original, else the one in its address.
func (a *Answer) named(in *Archive, resp *http.Response) {
	for _, l := range headerLinks(resp.Header.Values("Link")) {
		if uri, ok := clean(l.uri); ok && l.is("original") {
			a.URI = uri
			return
		}
	}
	if _, _, original := in.raw(a.URIM); original != "" {
		if uri, ok := clean(original); ok {
			a.URI = uri
		}
	}
}

// redirect finds out where an archived redirect leads.
func (a *Answer) redirect(in *Archive, resp *http.Response) {
	to := resp.Header.Get("Location")
	if a.Status < 300 || a.Status > 399 || to == "" {
		return
	}
	resolved := resolveAt(resp.Request, to)
	if raw, ts, original := in.raw(resolved); ts != "" && in.owns(resolved) {
		a.next = raw
		a.target, _ = clean(original)
		return
	}
	// It tells the origin's own words: they are about the origin.
	if uri, ok := clean(resolve(a.URI, to)); ok {
		a.target, a.next = uri, in.mementoOf(ibid.Timestamp14(a.Captured), uri)
	}
}

func resolveAt(req *http.Request, to string) string {
	if req == nil || req.URL == nil {
		return to
	}
	u, err := req.URL.Parse(escapeStray(to))
	if err != nil {
		return to
	}
	return u.String()
}

// readBody takes the body, and undoes a content coding that is the archive's own.
func (r *Rescuer) readBody(ctx context.Context, a *Answer, resp *http.Response) error {
	from := io.Reader(resp.Body)
	if coding := codingOf(resp); coding != "" && !strings.EqualFold(coding, a.Header.Get("Content-Encoding")) {
		var err error
		if from, err = decoded(resp); err != nil {
			return troubleOf(ctx, err)
		}
	}
	a.spool = newSpool(r.o.SpoolDir)
	began := r.o.Now()
	n, err := io.Copy(a.spool, io.LimitReader(from, r.o.MaxBody))
	if err == nil && n == r.o.MaxBody {
		more, _ := io.ReadFull(from, make([]byte, 1)) // An error after the last byte that is taken changes nothing.
		a.Truncated = more > 0
	}
	if err != nil {
		a.spool.close()
		return troubleOf(ctx, err)
	}
	a.took = r.o.Now().Sub(began)
	a.Body, a.Size = a.spool, a.spool.size
	return nil
}

// codingOf is the content coding of the archive's own answer.
func codingOf(resp *http.Response) string {
	if c := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); c != "identity" {
		return c
	}
	return ""
}

// decoded undoes a content coding that was not asked for, as far as it is gzip: some archives know no other way.
func decoded(resp *http.Response) (io.Reader, error) {
	switch coding := codingOf(resp); coding {
	case "":
		return resp.Body, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(resp.Body)
		if errors.Is(err, io.EOF) {
			return bytes.NewReader(nil), nil
		}
		return z, err
	default:
		return nil, &trouble{text: "sends it in a coding that it was not asked for: " + oneLine(coding)}
	}
}

// complete makes a whole head of what is told: some archives pass the type on as it was, and rewrite where a redirect
// leads.
func (a *Answer) complete(in *Archive, contentType string) {
	if a.Header.Get("Content-Type") == "" && contentType != "" && in.Raw != "" && fieldValue(contentType) {
		a.Header.Set("Content-Type", contentType)
	}
	if t := mediaTypeOf(a.Header.Get("Content-Type")); t != "" {
		a.MediaType = t
	}
	if a.target != "" && a.Header.Get("Location") == "" {
		a.Header.Set("Location", a.target)
	}
	agree(a.Header, a.Size, a.coded())
}

// coded says whether the body has the content coding that the origin's head names. Archives undo it or not.
func (a *Answer) coded() bool {
	switch strings.ToLower(strings.TrimSpace(a.Header.Get("Content-Encoding"))) {
	case "gzip", "x-gzip":
		return a.begins("\x1f\x8b")
	case "zstd":
		return a.begins("\x28\xb5\x2f\xfd")
	case "", "identity":
		return true
	}
	// The others have no mark. A page that reads as one is not coded.
	head := make([]byte, 64)
	n, _ := a.Body.ReadAt(head, 0)
	return n > 0 && !isText(head[:n])
}

func (a *Answer) begins(magic string) bool {
	head := make([]byte, len(magic))
	n, _ := a.Body.ReadAt(head, 0)
	return string(head[:n]) == magic
}

// isText says whether b has none of the bytes that text has not.
func isText(b []byte) bool {
	return !bytes.ContainsFunc(b, func(c rune) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == '\uFFFD' })
}
