package blob

import (
	"context"
	"errors"

	"github.com/ibid-archive/ibid"
)

// Quarantine moves what lies under key in s to where no key leads, and returns where that is, for people: the bytes stay,
// and the key is free. KindNotFound: there is no such key. A Store that cannot do so, or may not, gives an error of
// KindStorage, and everything stays as it was.
func Quarantine(ctx context.Context, s Store, key string) (string, error) {
	if q, ok := s.(quarantiner); ok {
		return q.Quarantine(ctx, key)
	}
	return "", &ibid.Error{Kind: ibid.KindStorage, Op: "move away", URI: key, Err: errNoQuarantine}
}

// quarantiner is a Store that can. What stands around a Store passes it on.
type quarantiner interface {
	Quarantine(ctx context.Context, key string) (string, error)
}

var errNoQuarantine = errors.New("this store cannot move objects out of the way")
