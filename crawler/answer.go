package crawler

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// request is what is to be fetched, and why.
type request struct {
	uri  *url.URL
	via  string
	role ibid.Role
	kind kind
	// main says that the Visit's own goroutine asks: while it waits to try again, others of the Job may work.
	main bool
}

// answer is one request on its way and what became of it. It is used by one goroutine at a time.
type answer struct {
	visit *visit
	request
	cookies string
	held    *ibid.Capture // what the server is asked to confirm
	leave   func()        // ends the stay at the host

	sent    *url.URL // the address as it went over the wire
	rec     *recording
	sends   int // how often the request was sent
	x       *ibid.Exchange
	capture ibid.Capture
	stored  bool // the Sink has it
	body    decoded
	raw     *[]byte      // the buffer under text
	text    []byte       // what is to be read of the body, in UTF-8
	notes   []ibid.Class // what is worth a note, the first the most
	cut     bool         // only the beginning of the page was read for what it refers to
	page    *page        // of an HTML answer
	sheet   *refs        // of a style sheet or manifest
	err     error        // why nothing came; an ibid.Error
	fatal   error
}

// note adds a class to what is noted of this answer.
func (a *answer) note(class ibid.Class) {
	if class != "" {
		a.notes = append(a.notes, class)
	}
}

// class is the failure or the first note of the answer; empty: nothing to say.
func (a *answer) class() ibid.Class {
	switch {
	case a.err != nil:
		return ibid.ClassOf(a.err)
	case len(a.notes) > 0:
		return a.notes[0]
	}
	return ""
}

// record makes the Exchange of what the tap recorded and gives it to the Sink. An error is one of our storage.
func (a *answer) record(ctx context.Context) error {
	a.x = a.rec.exchange()
	a.x.Seed, a.x.Via, a.x.Role = a.visit.seed.URI, a.via, a.role
	a.x.URI = withoutFragment(a.sent)
	a.x.MediaType = mediaType(a.x.Header.Get("Content-Type"))
	a.confirm()
	if a.role == ibid.RoleSource && a.location() != "" {
		a.x.Role = ibid.RoleRedirect
	}
	if err := a.decode(); err != nil {
		return err
	}
	if a.x.Class == "" && a.x.TLS != nil {
		a.x.Class = a.x.TLS.Problem
	}
	if a.x.Class == "" {
		a.x.Class = a.body.class
	}
	a.note(a.x.Class)
	capture, err := a.visit.job.write(ctx, a.x)
	a.capture, a.stored = capture, err == nil
	return err
}

// confirm takes a 304 for what it is when it answers our question.
func (a *answer) confirm() {
	switch {
	case a.x.Status != http.StatusNotModified || a.x.Class != "":
	case a.held != nil:
		a.x.NotModified = a.held
	default:
		a.x.Class, a.x.Truncated = ibid.ClassMalformedStatus, ibid.TruncatedUnspecified
	}
}

// decode undoes the codings where somebody is to read the payload.
func (a *answer) decode() error {
	m := a.rec.msg
	if !m.headDone() || m.payloadLen == 0 || a.role == ibid.RoleRequisite && !a.readable() {
		a.body = decoded{body: m.spool.section(0, 0)}
		return nil
	}
	d, err := a.visit.c.wire.decode(m, a.visit.c.o.MaxDecoded)
	if err != nil {
		return err
	}
	a.body = d
	if a.x.MediaType == "" {
		var start [512]byte
		n, _ := d.body.ReadAt(start[:], 0) // What can be read is enough to guess by.
		a.x.MediaType = mediaType(http.DetectContentType(start[:n]))
	}
	return nil
}

// readable says whether the answer is one that somebody reads for what it refers to or says of itself.
func (a *answer) readable() bool {
	isHTML := a.x.MediaType == "text/html" || a.x.MediaType == "application/xhtml+xml"
	switch a.role {
	case ibid.RoleRobots:
		return false
	case ibid.RoleRequisite:
		// What a style sheet is called does not matter: many old servers say text/plain.
		return a.x.Status == http.StatusOK && (a.kind == frame && isHTML || (a.kind == sheet || a.kind == manifest) && !isHTML)
	}
	scope := a.visit.seed.Scope
	return a.x.Status != 0 && isHTML && (scope.Requisites || scope.Depth > 0 || a.visit.c.o.Describe != nil)
}

// read is called back by Colly with the copy of the payload. No page that is hostile costs more than its links.
func (a *answer) read(body []byte) {
	switch {
	case len(body) == 0:
	case a.kind == sheet:
		a.sheet = &refs{}
		a.sheet.css(string(body))
	case a.kind == manifest:
		a.sheet = &refs{}
		a.sheet.manifestIcons(body)
	default:
		scope := a.visit.seed.Scope
		a.page = a.visit.c.parse(body, scope.Requisites || scope.Depth > 0)
		if a.cut && a.page.note == "" {
			a.page.note = ibid.ClassLinksCapped
		}
		a.note(a.page.note)
	}
}

// malformed says whether the head is so wrong that what it says cannot be relied on.
func (a *answer) malformed() bool {
	return a.x.Truncated != "" && (a.x.Class == ibid.ClassMalformedHeader || a.x.Class == ibid.ClassMalformedLength)
}

// location is where the answer redirects to, as it stands there; empty: it does not.
func (a *answer) location() string {
	if a.malformed() {
		return ""
	}
	switch a.x.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return a.x.Header.Get("Location")
	}
	return ""
}

// close gives back what the answer holds: its Blocks, Page and Body are gone.
func (a *answer) close() {
	if a.body.own != nil {
		a.body.own.release()
	}
	if a.rec != nil {
		a.visit.c.wire.release(a.rec)
	}
}

// exchange is what was recorded, as an ibid.Exchange without the facts of the visit. No byte comes to it any more.
func (r *recording) exchange() *ibid.Exchange {
	m := r.msg
	x := &ibid.Exchange{
		Began: r.began, Took: time.Since(r.since), Remote: r.conn.remote, TLS: r.conn.tls,
		Request:  ibid.Block{ReaderAt: bytes.NewReader(r.request), Size: int64(len(r.request)), Digest: ibid.DigestOf(r.request)},
		Response: ibid.Block{ReaderAt: m.spool, Size: m.spool.size, Digest: ibid.DigestSum(m.block)},
		HeadLen:  m.headLen, Status: m.status, Header: m.header,
		PayloadDigest: ibid.DigestSum(m.payload), PayloadLen: m.payloadLen,
		Truncated: m.truncated, Class: m.class,
	}
	if x.Class == "" && x.Status == http.StatusPartialContent {
		// An answer to what was not asked: a part is not the whole of the source.
		x.Class, x.Truncated = ibid.ClassMalformedStatus, ibid.TruncatedUnspecified
	}
	return x
}

func withoutFragment(u *url.URL) string {
	clean := *u
	clean.Fragment, clean.RawFragment, clean.User = "", "", nil
	return clean.String()
}

// mediaType is the type of a Content-Type, in lower case and without parameters; empty when there is none.
func mediaType(contentType string) ibid.MediaType {
	if t, _, err := mime.ParseMediaType(contentType); err == nil {
		return ibid.MediaType(t)
	}
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.ToLower(strings.TrimSpace(t))
	if !strings.Contains(t, "/") || strings.ContainsAny(t, " \t\"") {
		return ""
	}
	return ibid.MediaType(t)
}
