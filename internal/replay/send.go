package replay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

const (
	// heldBack is how much of an answer is verified before any of it is sent, in bytes: most pages and pictures whole.
	heldBack = 1 << 20
	// maxShown bounds what a memento may decode to, in bytes: what is larger is an attack, or is read as it was sent.
	maxShown = 2 << 30
	// version is that of the rewriting, so that browsers ask again when it has changed.
	version = "1"
)

// errOutlives is why.
var errOutlives = errors.New("a worker outlives the page that it belongs to")

// playing is one memento on its way to one reader.
type playing struct {
	s           *Service
	w           http.ResponseWriter
	r           *http.Request
	e           *cdx.Entry
	v           view
	record      *Record
	status      int
	kind        ibid.MediaType
	contentType string
}

func (p *playing) send() error {
	h := p.w.Header()
	h.Set("Content-Type", p.contentType)
	if p.status < 200 || p.status > 599 || p.status == http.StatusPartialContent || p.status == http.StatusNotModified {
		p.status = http.StatusOK // there is no such answer to this request
	}
	if bodiless(p.status) {
		p.w.WriteHeader(p.status)
		return nil
	}
	coded := strings.Join(p.record.Header.Values("Content-Encoding"), ", ")
	rewrite := p.rewriter()
	switch {
	case p.v.raw:
		if coded != "" {
			h.Set("Content-Encoding", coded)
		}
		if d := p.record.Header.Get("Content-Disposition"); validValue(d) {
			h.Set("Content-Disposition", d)
		}
		h.Set("Etag", `"`+p.e.Digest.Hex()+`"`)
		return p.bytes()
	case rewrite != nil:
		h.Set("Etag", `W/"`+p.e.Digest.Hex()+"-"+ibid.Timestamp14(p.e.Timestamp)+p.v.modifier()+"-"+version+`"`)
		if p.unchanged() {
			return nil
		}
		return p.stream(rewrite)
	case coded != "":
		return p.stream(func(w io.Writer, r io.Reader) error { _, err := io.Copy(w, r); return err })
	}
	h.Set("Etag", `"`+p.e.Digest.Hex()+`"`)
	return p.bytes()
}

// unchanged answers with 304 when the reader has the same already (RFC 9110, 13.1.2).
func (p *playing) unchanged() bool {
	has := p.r.Header.Get("If-None-Match")
	if has == "" || p.status != http.StatusOK || !strings.Contains(has, p.w.Header().Get("Etag")) {
		return false
	}
	p.w.WriteHeader(http.StatusNotModified)
	return true
}

// stream sends what write makes of the decoded payload. The rest of the record is read too, which verifies it, before the
// last of the answer is sent.
func (p *playing) stream(write func(w io.Writer, r io.Reader) error) error {
	out := &patient{w: p.w, status: p.status, limit: heldBack}
	if p.e.Length < heldBack/2 {
		out.buf = make([]byte, 0, p.e.Length+p.e.Length/2) // most pages become somewhat longer
	}
	if p.r.Method == http.MethodHead {
		out.w.WriteHeader(p.status)
		return nil
	}
	body, err := p.record.Decoded(maxShown)
	if err == nil {
		err = write(out, &lenient{r: body})
	}
	if err == nil {
		_, err = io.Copy(io.Discard, p.record.Body)
	}
	if err != nil {
		err = reading(p.e.URI, err)
	}
	return out.end(err)
}

// lenient ends where a payload cannot be decoded any further, once some of it was: browsers show so much too, and a capture
// may have been cut off. Damage in the store is not of this kind.
type lenient struct {
	r   io.Reader
	got bool
}

func (l *lenient) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	l.got = l.got || n > 0
	if l.got && ibid.ClassOf(err) == ibid.ClassDecodeFailed {
		err = io.EOF
	}
	return n, err
}

// bytes sends the payload as it was sent, or the part of it that is asked for (RFC 9110, 14). A short one is read and
// verified first.
func (p *playing) bytes() error {
	r, content := p.r, io.ReadSeeker(nil)
	if p.status != http.StatusOK {
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	if p.e.Length <= heldBack {
		// What is as long as it says fits at once; the read behind its end is where damage is told.
		b := bytes.NewBuffer(make([]byte, 0, p.e.Length+bytes.MinRead))
		if _, err := b.ReadFrom(io.LimitReader(p.record.Body, heldBack+1)); err != nil {
			return reading(p.e.URI, err)
		}
		content = bytes.NewReader(b.Bytes())
	} else {
		content = &rereader{ctx: r.Context(), p: p, size: p.e.Length, body: p.record.Body}
	}
	if coded := p.w.Header().Get("Content-Encoding"); coded != "" && r.Header.Get("Range") == "" {
		size, err := content.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		p.w.Header().Set("Content-Length", itoa(size))
	}
	http.ServeContent(&statusWriter{p.w, p.status}, r, "", time.Time{}, content)
	return nil
}

// statusWriter answers with the archived status where all is well.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if status == http.StatusOK {
		status = w.status
	}
	w.ResponseWriter.WriteHeader(status)
}

// ReadFrom hands r on to the server, which has buffers for it.
func (w *statusWriter) ReadFrom(r io.Reader) (int64, error) { return io.Copy(w.ResponseWriter, r) }

// rereader lets a payload be read from anywhere: going back opens it again, going on reads over what lies between.
type rereader struct {
	ctx  context.Context //nolint:containedctx // of the one request that it answers
	p    *playing
	size int64
	want int64 // where the next read is to begin
	at   int64 // where body stands
	body io.ReadCloser
}

func (s *rereader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.want
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("before the beginning")
	}
	s.want = offset
	return offset, nil
}

func (s *rereader) Read(b []byte) (int, error) {
	if s.want < s.at {
		if err := s.again(); err != nil {
			return 0, err
		}
	}
	if s.at < s.want {
		n, err := io.CopyN(io.Discard, s.body, s.want-s.at)
		s.at += n
		if err != nil {
			return 0, err
		}
	}
	n, err := s.body.Read(b)
	s.at += int64(n)
	s.want = s.at
	if err != nil && !errors.Is(err, io.EOF) {
		s.p.s.o.Log.ErrorContext(s.ctx, "a memento was cut off", "uri", clipped(s.p.e.URI), "error", err)
	}
	return n, err
}

func (s *rereader) again() error {
	if err := s.body.Close(); err != nil {
		return err
	}
	record, err := s.p.s.o.Records.Open(s.ctx, *s.p.e)
	if err != nil {
		return err
	}
	s.p.record, s.body, s.at = record, record.Body, 0
	return nil
}
