package custody

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// either is several Stores: what one has not comes from the next.
type either []blob.Store

// keys are those of all Stores.
func (e either) keys(ctx context.Context, prefix string) ([]string, error) {
	all := map[string]bool{}
	for _, s := range e {
		err := s.List(ctx, prefix, func(i blob.Info) error {
			all[i.Key] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(all)), nil
}

// Open implements blob.Store.
func (e either) Open(ctx context.Context, key string, offset, length int64) (rc io.ReadCloser, err error) {
	for _, s := range e {
		if rc, err = s.Open(ctx, key, offset, length); err == nil {
			return rc, nil
		}
	}
	return nil, err
}

// Stat implements blob.Store.
func (e either) Stat(ctx context.Context, key string) (info blob.Info, err error) {
	for _, s := range e {
		if info, err = s.Stat(ctx, key); err == nil {
			return info, nil
		}
	}
	return info, err
}

// List implements blob.Store.
func (e either) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	keys, err := e.keys(ctx, prefix)
	for _, key := range keys {
		info, statErr := e.Stat(ctx, key)
		if err = errors.Join(err, statErr); err == nil {
			err = yield(info)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// Put implements blob.Store: nothing is put.
func (e either) Put(_ context.Context, o blob.Object) error {
	return &ibid.Error{Kind: ibid.KindInternal, Op: "store", URI: o.Key, Err: errors.New("it is only read from")}
}
