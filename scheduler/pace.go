package scheduler

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Pace is how often a Seed is looked at, in terms of its schedule: Looks looks in Intervals intervals, of which
// one at least is 1.
type Pace struct {
	Looks, Intervals int
}

// What is found in Facts, and how much it counts. Each point doubles how often to look, or halves it.
const (
	// A source that fails is looked at again soon: to know that it is dead takes several strikes, and it may be
	// back for a while. One that has failed for long is left in peace.
	failingPoints           = 2
	failingFor, failingLong = 6, 20
	// A certificate that nobody renews is often the first sign that nobody is there any more.
	certificateNear, certificateVeryNear = 14 * 24 * time.Hour, 3 * 24 * time.Hour
	// Content that is always the same is looked at less often.
	unchangedFor, unchangedLong = 4, 12
	// Content that was another at three of four looks, once there are four.
	changesOf = 4
)

// Pace says how often a Seed is to be looked at by what is known of it, and why, in one line; the line is empty
// if nothing speaks for sooner or later. What speaks for sooner and what speaks for later is weighed up.
func (a Adapt) Pace(seed string, f ibid.Facts, now time.Time) (pace Pace, why string) {
	pace = Pace{1, 1}
	if a.Factor < 2 {
		return pace, ""
	}
	points, reasons := 0, []string(nil)
	for _, sign := range []func() (int, string){
		func() (int, string) { return failing(f) },
		func() (int, string) { return certificate(f, now) },
		func() (int, string) { return yearInName(seed, now) },
		func() (int, string) { return elsewhere(f) },
		func() (int, string) { return changes(f) },
	} {
		if n, reason := sign(); reason != "" {
			points += n
			reasons = append(reasons, reason)
		}
	}
	switch points = max(-maxPoints, min(points, maxPoints)); {
	case points > 0:
		pace.Looks = min(1<<points, a.Factor)
	case points < 0:
		pace.Intervals = min(1<<-points, a.Factor)
	}
	return pace, strings.Join(reasons, "; ")
}

// maxPoints bounds the sum, so that 1<<maxPoints is a number.
const maxPoints = 8

func failing(f ibid.Facts) (points int, reason string) {
	switch {
	case f.Failing <= 0:
		return 0, ""
	case f.Failing <= failingFor:
		points = failingPoints
	case f.Failing > failingLong:
		points = -1
	}
	return points, "it failed at the last " + looks(f.Failing)
}

func certificate(f ibid.Facts, now time.Time) (points int, reason string) {
	left := f.CertificateEnds.Sub(now)
	switch {
	case f.CertificateEnds.IsZero() || left > certificateNear || left < -certificateNear:
		return 0, ""
	case left < 0:
		return 1, "its certificate ended on " + f.CertificateEnds.UTC().Format(time.DateOnly)
	case left <= certificateVeryNear:
		points = 2
	default:
		points = 1
	}
	return points, "its certificate ends on " + f.CertificateEnds.UTC().Format(time.DateOnly)
}

// years are numbers of four digits that stand alone in a name, and are the year of an event of the web's time.
var years = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)[0-9]{2})(?:[^0-9]|$)`)

// yearInName finds sites that were made for one event: "gfmd2008.org". They are given up soon after it.
func yearInName(seed string, now time.Time) (points int, reason string) {
	u, err := url.Parse(seed)
	if err != nil || strings.Contains(u.Hostname(), ":") { // an IPv6 address is no name
		return 0, ""
	}
	for _, m := range years.FindAllStringSubmatch(u.Hostname(), -1) {
		if year, err := strconv.Atoi(m[1]); err == nil && year >= 1990 && year <= now.Year()+2 {
			return 1, "a year stands in its name, " + m[1]
		}
	}
	return 0, ""
}

func elsewhere(f ibid.Facts) (points int, reason string) {
	if f.Elsewhere == ibid.ElsewhereNone {
		return 1, "no other archive is known to hold it"
	}
	return 0, ""
}

// changes weighs what its content did, as long as there is any.
func changes(f ibid.Facts) (points int, reason string) {
	switch {
	case f.Failing > 0:
		return 0, ""
	case f.Looks >= changesOf && 4*f.Changes >= 3*f.Looks:
		return 1, fmt.Sprintf("it changed at %d of the last %s", f.Changes, looks(f.Looks))
	case f.Unchanged >= unchangedLong:
		points = -2
	case f.Unchanged >= unchangedFor:
		points = -1
	default:
		return 0, ""
	}
	return points, "it was the same at the last " + looks(f.Unchanged)
}

func looks(n int) string {
	if n == 1 {
		return "look"
	}
	return strconv.Itoa(n) + " looks"
}
