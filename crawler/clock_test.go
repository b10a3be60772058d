package crawler

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// TestTheClockOnTheWall is about what is dated, or due again, by the clock that the Crawler was given: not what only takes
// a while.
func TestTheClockOnTheWall(t *testing.T) {
	s := serve(t, nil, map[string]script{"/": ok("text/html", "<title>A</title>")})
	var ahead atomic.Int64
	start := time.Date(2009, 6, 4, 12, 0, 0, 0, time.UTC)
	o := fast()
	o.Now = func() time.Time { return start.Add(time.Duration(ahead.Add(int64(time.Minute)))) } // it leaps at each look
	var asked time.Time
	o.Describe = func(_ context.Context, p *Page) Described {
		asked = p.Asked
		return Described{}
	}
	c := newCrawler(t, o, s)
	for _, after := range []time.Duration{0, 23 * time.Hour, 25 * time.Hour} {
		ahead.Store(int64(after))
		v := visitOne(t, c, &memSink{}, s.url("/"))
		for what, at := range map[string]time.Time{"the visit": v.Began, "the capture": v.Final.Timestamp, "the page": asked} {
			if d := at.Sub(start.Add(after)); d < 0 || d > time.Hour {
				t.Errorf("%s is of %v, though it is %v", what, at, start.Add(after))
			}
		}
		if v.Verdict != ibid.Archived || v.Seconds < 0 || v.Seconds > 30 { // the clock leaps by minutes meanwhile
			t.Errorf("%s in %v s", v.Verdict, v.Seconds)
		}
	}
	if n := s.count("/robots.txt"); n != 2 { // it holds for a day
		t.Errorf("robots.txt was asked for %d times", n)
	}
}
