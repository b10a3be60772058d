package archive

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
)

// Segments of a Job are numbered from 1 without gaps, over all the months in which they were made, so that
// no two have the same file name.

// months are the firsts of the months from one instant to another, in UTC.
func months(from, to time.Time) []time.Time {
	from = from.UTC()
	var all []time.Time
	for m := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); !m.After(to.UTC()); m = m.AddDate(0, 1, 0) {
		all = append(all, m)
	}
	return all
}

// back is how many days before now the older segments of a Job that is worked again are looked for.
const (
	backWriting = 31
	backReading = 400
)

// segmentKey is where the n-th segment of a Job lies; empty when there is none.
func (a *Archive) segmentKey(ctx context.Context, collection, job string, in []time.Time, n int) (string, error) {
	for i := len(in) - 1; i >= 0; i-- {
		key := warcKey(collection, job, in[i], n)
		_, err := a.o.Store.Stat(ctx, key)
		if err == nil {
			return key, nil
		}
		if ibid.KindOf(err) != ibid.KindNotFound {
			return "", err
		}
	}
	return "", nil
}

// nextNumber is the lowest number that no segment of the Job has.
func (a *Archive) nextNumber(ctx context.Context, job *ibid.Job) (int, error) {
	now := a.o.Now()
	from := now.AddDate(0, 0, -backWriting)
	if !job.Due.IsZero() && job.Due.Before(from) {
		from = job.Due
	}
	in := months(from, now)
	for n := 1; ; n++ {
		key, err := a.segmentKey(ctx, job.Collection, job.ID, in, n)
		if err != nil || key == "" {
			return n, err
		}
	}
}
