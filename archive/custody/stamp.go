package custody

import (
	"context"
	"errors"
	"strings"

	"github.com/ibid-archive/ibid/archive/blob"
)

// stampsAtOnce is how many checkpoints without a stamp are made up for at once, the newest first.
const stampsAtOnce = 8

// Stamp has the newest checkpoints that have no time stamp yet stamped, and stores the tokens. It returns how many. A failure
// costs nothing but the stamp: the next call asks again.
func (l *Log) Stamp(ctx context.Context, a Authority) (n int, err error) {
	keys, err := l.checkpointKeys(ctx)
	if err != nil {
		return 0, err
	}
	for i := len(keys) - 1; i >= 0 && i >= len(keys)-stampsAtOnce; i-- {
		_, err := l.store.Stat(ctx, stampKey(keys[i]))
		if err == nil {
			continue
		}
		if !errors.Is(err, blob.ErrNotFound) {
			return n, err
		}
		note, err := l.read(ctx, keys[i], maxCheckpoint)
		if err != nil {
			return n, err
		}
		answer, _, err := a.Stamp(ctx, note)
		if err != nil {
			return n, err
		}
		token, err := tokenOf(answer)
		if err != nil {
			return n, err
		}
		if err := l.put(ctx, stampKey(keys[i]), token.RawToken); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// StampOf is the token over a checkpoint; nil: there is none yet.
func (l *Log) StampOf(ctx context.Context, checkpoint string) ([]byte, error) {
	b, err := l.read(ctx, stampKey(checkpoint), maxToken)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, nil
	}
	return b, err
}

// stamps holds each time stamp against its checkpoint.
func (v *logVerifier) stamps(ctx context.Context) error {
	return v.l.store.List(ctx, stampPrefix, func(i blob.Info) error {
		v.out.Stamps++
		name := strings.TrimSuffix(strings.TrimPrefix(i.Key, stampPrefix), stampSuffix)
		note, err := v.l.read(ctx, checkpointPrefix+name+checkpointSuffix, maxCheckpoint)
		if err == nil {
			var token []byte
			if token, err = v.l.read(ctx, i.Key, maxToken); err == nil {
				_, err = CheckStamp(token, note)
			}
		}
		if err != nil && ctx.Err() == nil {
			v.report(&Finding{CodeStamp, i.Key, err.Error()})
			return nil
		}
		return err
	})
}
