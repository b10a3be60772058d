package archive

import (
	"context"
	"io"
	"time"
)

// pace keeps reading from taking all that a Store can give.
type pace struct {
	// share is how much of the time is spent reading; rate how many bytes a second are read, if it is not 0.
	share float64
	rate  int64
	// owed is how long reading has to rest.
	owed time.Duration
}

// of is r at that pace; a nil pace is as fast as it goes.
func (p *pace) of(ctx context.Context, r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return &paced{ctx: ctx, r: r, p: p}
}

type paced struct {
	ctx context.Context //nolint:containedctx // a reader lives within one call
	r   io.Reader
	p   *pace
}

// restAt is how much rest is taken at once.
const restAt = 50 * time.Millisecond

func (r *paced) Read(b []byte) (int, error) {
	if r.p.owed >= restAt {
		rest := time.NewTimer(r.p.owed)
		defer rest.Stop()
		r.p.owed = 0
		select {
		case <-rest.C:
		case <-r.ctx.Done():
			return 0, context.Cause(r.ctx)
		}
	}
	began := time.Now()
	n, err := r.r.Read(b)
	took := time.Since(began)
	if r.p.rate > 0 {
		r.p.owed += max(time.Duration(float64(n)/float64(r.p.rate)*float64(time.Second))-took, 0)
	} else {
		r.p.owed += time.Duration(float64(took) * (1/r.p.share - 1))
	}
	return n, err //nolint:wrapcheck // io.EOF must stay bare
}
