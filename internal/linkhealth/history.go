package linkhealth

import (
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// History is how Seeds fared over time, by all looks at them: a moment for each day on which one was looked at or, when these are
// more than n, at most n that divide the time. A Seed fares as it was last seen to.
func History(looks []ibid.Fared, n int) []ibid.HealthMoment {
	if len(looks) == 0 || n < 1 {
		return nil
	}
	slices.SortStableFunc(looks, func(a, b ibid.Fared) int {
		if c := a.Began.Compare(b.Began); c != 0 {
			return c
		}
		return strings.Compare(a.Seed, b.Seed)
	})
	var out []ibid.HealthMoment
	var now ibid.HealthMoment
	fares := map[string]ibid.Health{}
	ends := ends(looks, n)
	for _, l := range looks {
		for l.Began.After(ends[0]) {
			if ends = ends[1:]; len(out) == 0 || !out[len(out)-1].When.Equal(now.When) { // nobody looked for a while
				out = append(out, now)
			}
		}
		if before, known := fares[l.Seed]; known {
			now.Add(before, -1)
		}
		fares[l.Seed], now.When = l.Health, l.Began
		now.Add(l.Health, 1)
	}
	return append(out, now)
}

// ends are the ends of the times that History tells of, for looks in order.
func ends(looks []ibid.Fared, n int) (all []time.Time) {
	for _, l := range looks {
		end := l.Began.UTC().Truncate(24 * time.Hour).Add(24*time.Hour - 1)
		if len(all) == 0 || end.After(all[len(all)-1]) {
			all = append(all, end)
		}
	}
	if len(all) <= n {
		return all
	}
	first, last := looks[0].Began, looks[len(looks)-1].Began
	step := last.Sub(first) / time.Duration(n)
	all = all[:0]
	for i := range n - 1 {
		all = append(all, first.Add(time.Duration(i+1)*step))
	}
	return append(all, last)
}
