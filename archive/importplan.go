package archive

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/warc"
)

// planCapture finds out whether e is a capture, and what is known of it.
func (m *importer) planCapture(ctx context.Context, name string, e *warc.Entry, x *warc.Examined, p *planned) error {
	if !isCaptured(e) {
		return nil
	}
	uri := encoded(e.TargetURI)
	if _, err := cdx.SURT(uri); err != nil {
		m.leave(name, p, CodeAddress, fmt.Sprintf("%.100q cannot be indexed: %v", e.TargetURI, err))
		return nil
	}
	if uri != e.TargetURI {
		m.report(Finding{Code: CodeRenamed, Key: name, Offset: e.Offset, Text: fmt.Sprintf("%.100q is no URI, and was taken for %.100q", e.TargetURI, uri)})
	}
	if known, err := m.isKnown(ctx, e, x, p, uri); known || err != nil {
		p.skip = true
		return err
	}
	p.facts = m.factsFor(name, e, x, uri)
	if e.Type != warc.Resource && httpStatus(e, x) == 0 {
		m.report(Finding{Code: CodeNoHead, Key: name, Offset: e.Offset, Text: "no HTTP head can be read in it"})
		p.facts.Status = 0
		return nil
	}
	p.capture = ibid.Capture{
		URI: uri, Timestamp: e.Date.UTC().Truncate(precision), RecordID: e.ID, Digest: ibid.Digest(x.Payload), Revisit: e.Type == warc.Revisit,
	}
	if p.facts.Digest != "" { // chunks of which each reader makes something else
		p.capture.Digest = p.facts.Digest
	}
	m.name(e, x, p)
	return nil
}

// isKnown says whether the capture e need not be written, since the collection has it. Revisits may speak of it.
func (m *importer) isKnown(ctx context.Context, e *warc.Entry, x *warc.Examined, p *planned, uri string) (bool, error) {
	c, err := m.i.Holdings.Held(ctx, m.i.Collection, uri, e.ID)
	if ignoreNotFound(err) != nil {
		return false, err
	}
	if err != nil {
		earlier, ok := m.stored[e.ID]
		if !ok {
			return false, nil
		}
		c = earlier
	}
	m.known[e.ID], m.held[e.ID] = true, c.Location
	for _, id := range e.Header.Values("WARC-Concurrent-To") { // its request
		m.known[bareID(id)] = true
	}
	m.out.Known++
	if c.Revisit == (e.Type == warc.Revisit) && !c.Revisit {
		p.capture, p.facts = c, &facts{Status: c.Status, Type: c.MediaType, Length: c.Length}
		m.name(e, x, p)
	}
	return true, nil
}

func bareID(s string) string { return strings.Trim(s, "<> ") }

// name notes the names that a revisit may give the payload of e, or that the revisit e gives one.
func (m *importer) name(e *warc.Entry, x *warc.Examined, p *planned) {
	h := e.Header
	declared := strings.ToLower(h.Get("WARC-Payload-Digest"))
	if p.capture.Revisit {
		p.refers = []string{declared, bareID(h.Get("WARC-Refers-To")), instantOf(bareID(h.Get("WARC-Refers-To-Target-URI")), h.Get("WARC-Refers-To-Date"))}
		p.like = declared
		p.at, p.from = e.Date, p.capture.URI
		if at, err := warc.ParseDate(h.Get("WARC-Refers-To-Date")); err == nil && h.Get("WARC-Refers-To-Target-URI") != "" {
			p.at, p.from = at, encoded(bareID(h.Get("WARC-Refers-To-Target-URI")))
		}
		return
	}
	for _, n := range []string{declared, x.Payload, e.ID, instantOf(e.TargetURI, h.Get("WARC-Date"))} {
		if n != "" && m.payloads[n] == nil {
			m.payloads[n] = p
		}
	}
}

// instantOf is what an address at a date is called; empty when one is missing.
func instantOf(uri, date string) string {
	t, err := warc.ParseDate(date)
	if err != nil || uri == "" {
		return ""
	}
	return uri + " " + t.UTC().Format(time.RFC3339)
}

// resolve finds the payload of each revisit: in the file, or in the collection. One without is left out.
func (m *importer) resolve(ctx context.Context) error {
	for n, plans := range m.plans {
		for _, p := range plans {
			if !p.capture.Revisit || p.skip {
				continue
			}
			ok, err := m.resolveOne(ctx, p)
			if err != nil {
				return err
			}
			if !ok {
				m.leave(m.i.WARCs[n].Name, p, CodeNoOriginal, fmt.Sprintf("the revisit of %.100q speaks of a payload that is neither here nor in the collection", p.capture.URI))
			}
		}
	}
	return nil
}

func (m *importer) resolveOne(ctx context.Context, p *planned) (bool, error) {
	for _, name := range p.refers {
		if name == "" {
			continue
		}
		if o := m.payloads[name]; o != nil {
			p.takeFrom(&o.capture, o.facts)
			return true, nil
		}
		d := ibid.Digest(name)
		if !d.Valid() || m.a.o.Index == nil {
			continue
		}
		c, err := m.a.o.Index.ByDigest(ctx, m.i.Collection, d)
		if err == nil {
			p.takeFrom(&c, &facts{Status: c.Status, Type: c.MediaType, Length: c.Length})
			return true, nil
		}
		if ibid.KindOf(err) != ibid.KindNotFound {
			return false, err
		}
	}
	return m.resolveHeld(ctx, p)
}

// resolveHeld finds the payload of a revisit in a capture of the collection that says the same of it.
func (m *importer) resolveHeld(ctx context.Context, p *planned) (bool, error) {
	c, err := m.i.Holdings.Nearest(ctx, m.i.Collection, p.from, p.at)
	if err != nil || c.Revisit || c.Truncated != "" {
		return false, ignoreNotFound(err)
	}
	r, err := m.a.Read(ctx, c.Location)
	if err != nil {
		return false, err
	}
	var f facts
	err = json.Unmarshal([]byte(r.Header.Get(fieldExchange)), &f)
	if err = errors.Join(err, r.Close()); err != nil {
		return false, readError(c.Location.Key, err)
	}
	if f.Was == nil || p.like == "" || !strings.EqualFold(f.Was.Payload, p.like) {
		return false, nil
	}
	p.takeFrom(&c, &f)
	return true, nil
}

// takeFrom makes p a revisit of original.
func (p *planned) takeFrom(original *ibid.Capture, f *facts) {
	p.capture.Digest = original.Digest
	p.facts.Length, p.facts.Type = f.Length, cmp.Or(p.facts.Type, f.Type)
	if p.facts.Status == http.StatusNotModified {
		p.facts.Status = f.Status
	}
}
