package faulty

import (
	"context"
	"io"
	"time"
)

// flow is a body on its way: slowed down, and with one bit changed.
type flow struct {
	ctx  context.Context //nolint:containedctx // lives within one request
	r    io.Reader
	rate int64
	// flip is the offset of the bit to change, or -1.
	flip int64
	at   int64
}

func (f *flow) Read(p []byte) (int, error) {
	if f.rate > 0 {
		p = p[:min(int64(len(p)), max(f.rate/20, 1))]
	}
	n, err := f.r.Read(p)
	if i := f.flip/8 - f.at; f.flip >= 0 && i >= 0 && i < int64(n) {
		p[i] ^= 1 << (f.flip % 8)
	}
	f.at += int64(n)
	if f.rate > 0 && !wait(f.ctx, time.Duration(n)*time.Second/time.Duration(f.rate)) {
		return n, context.Cause(f.ctx)
	}
	return n, err //nolint:wrapcheck // io.EOF must stay bare
}

// flipAt is which bit of a body of that length to change, or -1.
func flipAt(wanted bool, at float64, length int64) int64 {
	if !wanted || length <= 0 {
		return -1
	}
	return int64(at * float64(length*8))
}
