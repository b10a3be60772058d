package replay

import (
	"net/http"
	"strconv"
)

// patient holds an answer back until it is whole, or longer than it holds: what goes wrong before that can still be said
// with the right status.
type patient struct {
	w      http.ResponseWriter
	status int
	limit  int
	buf    []byte
	sent   bool
}

func (p *patient) Write(b []byte) (int, error) {
	if !p.sent && len(p.buf)+len(b) <= p.limit {
		p.buf = append(p.buf, b...)
		return len(b), nil
	}
	if err := p.send(); err != nil {
		return 0, err
	}
	return p.w.Write(b)
}

func (p *patient) send() error {
	if p.sent {
		return nil
	}
	p.sent = true
	p.w.WriteHeader(p.status)
	_, err := p.w.Write(p.buf)
	p.buf = nil
	return err
}

// end sends what was held back, or returns err when nothing was sent yet. An answer that has begun and cannot go on is cut
// off, so that nobody takes it for whole.
func (p *patient) end(err error) error {
	switch {
	case err == nil && !p.sent:
		p.w.Header().Set("Content-Length", strconv.Itoa(len(p.buf)))
		_ = p.send() // whoever asked may be gone
	case err != nil && p.sent:
		panic(http.ErrAbortHandler) // the way to say this to net/http
	case err != nil:
		return err
	}
	return nil
}
