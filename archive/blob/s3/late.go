package s3

import (
	"context"
	"io"
	"sync"

	"github.com/ibid-archive/ibid/archive/blob"
)

// Late returns s as a Store that makes its own [Store.Check] before the first call, and before the next ones until it
// succeeds: for a server that is away when the program starts. What keeps the Check from succeeding is the error of the
// call. found is called once, with what the server does; it may make calls of s.
func (s *Store) Late(found func(context.Context, Capabilities)) blob.Store {
	return &late{s: s, found: found}
}

type late struct {
	s     *Store
	found func(context.Context, Capabilities)

	mu      sync.Mutex
	checked bool
	// look is the Check that is under way; nil when there is none.
	look *look
}

// look is one Check, and what came of it.
type look struct {
	done chan struct{} // closed at its end
	err  error
	// given up: whoever made it went away, which says nothing to the others.
	givenUp bool
}

// ready returns when the server was checked. Of calls that come together one asks, and the others take its answer.
func (l *late) ready(ctx context.Context) error {
	for {
		l.mu.Lock()
		if l.checked {
			l.mu.Unlock()
			return nil
		}
		other := l.look
		if other == nil {
			mine := &look{done: make(chan struct{})}
			l.look = mine
			l.mu.Unlock()
			return l.check(ctx, mine)
		}
		l.mu.Unlock()
		select {
		case <-other.done:
			if !other.givenUp {
				return other.err
			}
		case <-ctx.Done():
			return l.s.failed("use the store", "", context.Cause(ctx))
		}
	}
}

func (l *late) check(ctx context.Context, mine *look) error {
	can, err := l.s.Check(ctx)
	if err == nil {
		l.found(ctx, can)
	}
	mine.err, mine.givenUp = err, err != nil && ctx.Err() != nil
	l.mu.Lock()
	defer l.mu.Unlock()
	l.checked, l.look = err == nil, nil
	close(mine.done)
	return err
}

// Put implements blob.Store.
func (l *late) Put(ctx context.Context, o blob.Object) error {
	if err := l.ready(ctx); err != nil {
		return err
	}
	return l.s.Put(ctx, o)
}

// Open implements blob.Store.
func (l *late) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := l.ready(ctx); err != nil {
		return nil, err
	}
	return l.s.Open(ctx, key, offset, length)
}

// Stat implements blob.Store.
func (l *late) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := l.ready(ctx); err != nil {
		return blob.Info{}, err
	}
	return l.s.Stat(ctx, key)
}

// List implements blob.Store.
func (l *late) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	if err := l.ready(ctx); err != nil {
		return err
	}
	return l.s.List(ctx, prefix, yield)
}

// Quarantine implements that of [blob.Quarantine].
func (l *late) Quarantine(ctx context.Context, key string) (string, error) {
	if err := l.ready(ctx); err != nil {
		return "", err
	}
	return l.s.Quarantine(ctx, key)
}

// Remove implements blob.Remover.
func (l *late) Remove(ctx context.Context, key string) error {
	if err := l.ready(ctx); err != nil {
		return err
	}
	return l.s.Remove(ctx, key)
}

// Purge implements that of [blob.Purge].
func (l *late) Purge(ctx context.Context, prefix string) error {
	if err := l.ready(ctx); err != nil {
		return err
	}
	return l.s.Purge(ctx, prefix)
}

// Locked implements blob.Remover.
func (l *late) Locked(ctx context.Context, key string) (string, error) {
	if err := l.ready(ctx); err != nil {
		return "", err
	}
	return l.s.Locked(ctx, key)
}

// CanHold implements that of [blob.CanHold].
func (l *late) CanHold(ctx context.Context) (bool, error) {
	if err := l.ready(ctx); err != nil {
		return false, err
	}
	return l.s.CanHold(ctx)
}

// Hold implements that of [blob.Hold].
func (l *late) Hold(ctx context.Context, key string, on bool) (blob.HoldChange, error) {
	if err := l.ready(ctx); err != nil {
		return blob.HoldKept, err
	}
	return l.s.Hold(ctx, key, on)
}
