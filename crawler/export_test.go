package crawler

import "time"

// RetrySoon makes c wait a millisecond between tries, for tests from outside.
func (c *Crawler) RetrySoon() { c.backoff = func(int) time.Duration { return time.Millisecond } }
