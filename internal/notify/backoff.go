package notify

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	firstPause = 10 * time.Second
	// longestPause caps what we, or a Retry-After, wait between two attempts.
	longestPause = 24 * time.Hour
	// longestBreak caps how long a Channel that failed is left alone: when it works again, it is noticed by then.
	longestBreak = time.Hour
	// keepTrying is the age from which an Event that cannot be delivered is given up.
	keepTrying = 72 * time.Hour
)

// pause is how long to wait after so many failures in a row, at least one: twice as long each time, at most
// longest, and up to a quarter less by chance, so that what failed together does not come back together.
func pause(failures int, longest time.Duration) time.Duration {
	d := longest
	if failures < 20 {
		d = min(firstPause<<(max(failures, 1)-1), longest)
	}
	return d - rand.N(d/4) //nolint:gosec // no secret
}

// retryAfter is how long a server asks to be left alone (RFC 9110, 10.2.3: seconds or a date), at most
// longestPause; 0 when it says nothing that can be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value != "" && strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(longestPause/time.Second) {
			return longestPause
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longestPause)
}

// failed is the result of an attempt that failed with err: tried again at next, unless it has become too old.
func failed(d ibid.Delivery, err error, now, next time.Time) ibid.DeliveryResult {
	r := ibid.DeliveryResult{ID: d.Event.ID, Err: oneLine(err.Error(), maxText), Next: next}
	if now.Sub(d.Event.When) >= keepTrying {
		r.Next = time.Time{}
	}
	return r
}

// waiting is the result of a Delivery that was not attempted.
func waiting(d ibid.Delivery, until time.Time) ibid.DeliveryResult {
	return ibid.DeliveryResult{ID: d.Event.ID, Next: until}
}
