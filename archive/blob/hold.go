package blob

import (
	"context"
	"errors"

	"github.com/ibid-archive/ibid"
)

// HoldChange is what became of the hold on an object.
type HoldChange string

// The HoldChanges. Of several versions of an object, the last of them in this order counts.
const (
	// HoldKept: it was as it should be.
	HoldKept HoldChange = ""
	// HoldForeign: somebody else put it there, so it is not lifted.
	HoldForeign HoldChange = "foreign"
	HoldLifted  HoldChange = "lifted"
	HoldPut     HoldChange = "put"
	// HoldRestored: it was put before, and somebody had lifted it.
	HoldRestored HoldChange = "restored"
)

// CanHold says whether s can keep objects from being deleted until that is taken back, whoever asks: only buckets with Object Lock
// can. The error is of KindStorage: it cannot be found out.
func CanHold(ctx context.Context, s Store) (bool, error) {
	if h, ok := s.(holder); ok {
		return h.CanHold(ctx)
	}
	return false, nil
}

// Hold puts a hold on what lies under key in s, or lifts one that Hold has put there; it may be called again. KindNotFound:
// there is no such key. The Store must be one that CanHold.
func Hold(ctx context.Context, s Store, key string, on bool) (HoldChange, error) {
	if h, ok := s.(holder); ok {
		return h.Hold(ctx, key, on)
	}
	return HoldKept, &ibid.Error{Kind: ibid.KindStorage, Op: "hold", URI: key, Err: errors.New("this store keeps no object under a hold")}
}

// holder is a Store that may. What stands around a Store passes it on.
type holder interface {
	CanHold(ctx context.Context) (bool, error)
	Hold(ctx context.Context, key string, on bool) (HoldChange, error)
}
