package retry

import (
	"context"
	"errors"
	"io"

	"github.com/ibid-archive/ibid/archive/blob"
)

// reader is a body that goes on where it broke off.
type reader struct {
	ctx            context.Context //nolint:containedctx // a reader lives within the call that opened it
	s              *Store
	key            string
	offset, length int64 // of what is left; length is negative for all to the end
	body           io.ReadCloser
	// barren is how many bodies in a row brought nothing.
	barren int
}

// open opens what is left.
func (r *reader) open() error {
	return r.s.reading(r.ctx, "read", r.key, func(context.Context) (err error) {
		r.body, err = r.s.store.Open(r.ctx, r.key, r.offset, r.length)
		return err
	})
}

// maxBarren bounds how often in a row a body is opened that brings nothing.
const maxBarren = 8

func (r *reader) Read(p []byte) (int, error) {
	for {
		if r.body == nil {
			if err := r.open(); err != nil {
				return 0, err
			}
		}
		n, err := r.body.Read(p)
		r.offset += int64(n)
		if r.length > 0 {
			r.length -= int64(n)
		}
		if n > 0 {
			r.barren = 0
		}
		if err == nil || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || r.ctx.Err() != nil {
			return n, err //nolint:wrapcheck // io.EOF must stay bare
		}
		if r.barren++; r.barren > maxBarren || outcomeOf(err) != passing {
			return n, err
		}
		r.s.o.Log.Debug("an object is read on where its body broke off", "key", r.key, "offset", r.offset, "error", err)
		if err := r.drop(); err != nil {
			r.s.o.Log.Debug("closing what broke off", "key", r.key, "error", err)
		}
		if n > 0 {
			return n, nil
		}
	}
}

func (r *reader) drop() error {
	body := r.body
	r.body = nil
	return body.Close()
}

// Close closes what is open of the object.
func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	return r.drop()
}

var _ blob.Store = (*Store)(nil)
