package rescue

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// fetched is a candidate with what the archive gave: the redirects of the source, as archived, and the end of them.
type fetched struct {
	candidate
	hops   []*Answer
	answer *Answer
	// steps say what happened on the way, for people.
	steps []string
}

func (f *fetched) close() {
	for _, a := range append(f.hops, f.answer) {
		if a != nil {
			a.spool.close()
		}
	}
}

// isAsIndexed says whether the answer is the very capture that was asked for: archives lead to another one when they cannot
// read it.
func (f *fetched) isAsIndexed() bool {
	return len(f.hops) == 0 && f.answer.Captured.Truncate(time.Second).Equal(f.at.Truncate(time.Second))
}

// memento fetches a candidate raw, by the rule of protocols: what has a Memento-Datetime is a Memento, whatever its
// status; a redirect without one leads to the nearest capture; the rest is the archive speaking for itself. It never
// leaves the archive. On an error nothing is kept open.
func (r *Rescuer) memento(ctx context.Context, c candidate) (_ *fetched, err error) {
	f := &fetched{candidate: c}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	uri, seen := c.uriM, map[string]bool{}
	for range maxRedirects + 1 {
		if seen[uri] {
			return nil, &trouble{text: "redirects in a circle"}
		}
		seen[uri] = true
		next, err := r.step(ctx, f, uri)
		if err != nil || next == "" {
			return f, err
		}
		uri = next
	}
	return nil, &trouble{text: fmt.Sprintf("redirects more than %d times", maxRedirects)}
}

// step makes one request on the way to f's end; next is where the way goes on.
func (r *Rescuer) step(ctx context.Context, f *fetched, uri string) (next string, err error) {
	resp, rctx, err := r.get(ctx, ask{archive: f.archive, kind: kindMemento, uri: uri})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to where it was wanted
	if resp.Header.Get("Memento-Datetime") == "" {
		return r.notMemento(rctx, f, uri, resp)
	}
	a, err := r.answerOf(rctx, f.candidate, uri, resp)
	if err != nil {
		return "", r.noted(rctx, f.archive, err)
	}
	r.worked(f.archive.ID)
	if a.next == "" {
		f.answer = a
		return "", nil
	}
	f.hops = append(f.hops, a)
	f.steps = append(f.steps, fmt.Sprintf("archived redirect (%d) to %s", a.Status, oneLine(a.target)))
	return a.next, nil
}

// notMemento follows a redirect to the nearest capture, and says what else an answer without a date means.
func (r *Rescuer) notMemento(ctx context.Context, f *fetched, uri string, resp *http.Response) (string, error) {
	status, location := resp.StatusCode, resp.Header.Get("Location")
	t := refusal(status, resp.Header, r.o.Now())
	switch {
	case t != nil:
		if t.none {
			t.text = "does not have it after all"
		}
		return "", r.noted(ctx, f.archive, t)
	case status >= 300 && location != "":
		raw, ts, _ := f.archive.raw(resolve(uri, location))
		if ts != "" {
			f.steps = append(f.steps, "led on to the capture of "+ts)
		}
		return raw, nil
	}
	body, err := decoded(resp)
	var head []byte
	if err == nil {
		head, err = io.ReadAll(io.LimitReader(body, maxLook))
	}
	if err != nil && len(head) == 0 {
		return "", r.noted(ctx, f.archive, troubleOf(ctx, err))
	}
	low := bytes.ToLower(head)
	if bytes.Contains(low, []byte("has been excluded from")) || bytes.Contains(low, []byte("blocked site error")) || bytes.Contains(low, []byte("robots.txt query exclusion")) {
		return "", &trouble{text: "keeps it from us: its page says that the address is excluded", excluded: true}
	}
	return "", &trouble{text: fmt.Sprintf("sends a page of its own (status %d, no Memento-Datetime)", status)}
}

// maxLook bounds how much of an archive's own page is looked at for its words.
const maxLook = 512 << 10

// exchange makes of a what is written to our archive. The first hop's Via is via.
func (r *Rescuer) exchange(a *Answer, p ibid.Provenance, seed, via string, role ibid.Role) (*ibid.Exchange, error) {
	x := &ibid.Exchange{
		Seed: seed, URI: a.URI, Via: via, Role: role, Began: a.Captured, Took: a.took, Status: a.Status, Header: a.Header,
		MediaType: a.MediaType, PayloadDigest: a.spool.digest(), PayloadLen: a.Size,
	}
	if a.Truncated {
		x.Truncated, x.Class = ibid.TruncatedLength, ibid.ClassLimitLength
	}
	p.Archive, p.URIM, p.Fetched, p.Record, p.HeadersRebuilt = a.Archive, a.URIM, a.fetched, a.record, a.Header != nil
	p.DistanceDays = days(p.Target, a.Captured)
	x.Provenance = &p
	if a.Header == nil {
		x.Response = ibid.Block{ReaderAt: a.spool, Size: a.Size, Digest: x.PayloadDigest}
		return x, nil
	}
	head := headOf(a.Status, a.Header)
	x.HeadLen = int64(len(head))
	x.Response = ibid.Block{ReaderAt: joined{head, a.spool}, Size: x.HeadLen + a.Size}
	whole := newSpoolSum()
	if _, err := io.Copy(whole, x.Response.Reader()); err != nil {
		return nil, a.spool.failed(err)
	}
	x.Response.Digest = ibid.DigestSum(whole)
	return x, nil
}

// exchanges makes Exchanges of all that was fetched: the hops whose heads are known, and the end.
func (r *Rescuer) exchanges(f *fetched, p ibid.Provenance, seed, via string, role ibid.Role) (hops []*ibid.Exchange, end *ibid.Exchange, err error) {
	for _, a := range f.hops {
		if a.Header == nil {
			// Without a head there is no redirect to write down. Provenance says that it was followed.
			continue
		}
		hopRole := ibid.RoleRedirect
		if role != ibid.RoleSource {
			hopRole = role
		}
		p := p
		p.Digest, p.Reasons, p.Hypothesis = "", nil, ""
		x, err := r.exchange(a, p, seed, via, hopRole)
		if err != nil {
			return nil, nil, err
		}
		hops, via = append(hops, x), a.URI
	}
	if len(f.hops) > 0 {
		via = f.hops[len(f.hops)-1].URI
	}
	end, err = r.exchange(f.answer, p, seed, via, role)
	return hops, end, err
}

// way is what Attempt.What says of the fetch of c.
func (c *candidate) way() string {
	return fmt.Sprintf("the capture of %s in %s: %s", c.at.Format(time.DateOnly), c.archive.name(), oneLine(c.uriM))
}

func sentence(parts ...string) string {
	return strings.Join(parts, "; ")
}
