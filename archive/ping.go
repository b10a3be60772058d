package archive

import (
	"context"

	"github.com/ibid-archive/ibid"
)

// Ping says why the Store cannot be asked now; nil: it can.
func (a *Archive) Ping(ctx context.Context) error {
	_, err := a.o.Store.Stat(ctx, auditsPrefix+"ping")
	if ibid.KindOf(err) == ibid.KindNotFound {
		return nil
	}
	return err
}
