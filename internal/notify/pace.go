package notify

import "time"

// Pace says when digests go out: with Every, at most once in that time, counted from midnight UTC; else once a day.
type Pace struct {
	// Minute is that of the day, from 0 to 1439, in Zone; nil is UTC.
	Minute int
	Zone   *time.Location
	Every  time.Duration
}

// after is when the digest goes out that speaks of what happened at t: later than t. It follows from t alone, so
// it needs no memory of the last one. A time of day that is skipped when clocks are turned forward is an hour
// off on that day; one that comes twice counts once.
func (p Pace) after(t time.Time) time.Time {
	if p.Every > 0 {
		return t.UTC().Truncate(p.Every).Add(p.Every)
	}
	zone := p.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := t.In(zone).Date()
	for ; ; d++ {
		if at := time.Date(y, m, d, p.Minute/60, p.Minute%60, 0, 0, zone); at.After(t) {
			return at.UTC()
		}
	}
}
