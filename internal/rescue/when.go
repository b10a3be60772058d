package rescue

import (
	"strings"
	"time"
)

// Layouts of dates that archives write in TimeMaps and headers: RFC 1123 as RFC 7089, 2.1.1.1 wants it, and what
// is seen instead.
var layouts = []string{
	time.RFC1123, time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05",
	"Mon, 02 Jan 2006 15:04:05", time.RFC850, time.ANSIC, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02",
}

// zones are the names that time.Parse takes for an unknown zone with no offset.
var zones = map[string]int{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "JST": 9}

// parseDate reads a date in any of the forms that archives write. Without a zone it is in UTC.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 4 || len(s) > 64 {
		return time.Time{}, false
	}
	if t, ok := parseTimestamp(s); ok {
		return t, true
	}
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		name, offset := t.Zone()
		if hours, known := zones[name]; known && offset == 0 {
			t = t.Add(-time.Duration(hours) * time.Hour)
		}
		t = t.UTC()
		return t, plausible(t)
	}
	return time.Time{}, false
}

// parseTimestamp reads 4 to 14 digits of a year, month, day, hour, minute and second in UTC. A month or day that does
// not exist makes it no timestamp.
func parseTimestamp(s string) (time.Time, bool) {
	const layout, least = "20060102150405", "00000101000000"
	if len(s) < 4 || len(s) > 14 || len(s)%2 != 0 {
		return time.Time{}, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return time.Time{}, false
		}
	}
	t, err := time.Parse(layout, s+least[len(s):])
	return t, err == nil && plausible(t)
}

// clockSkew is how far in the future a capture may be dated: clocks are wrong.
const clockSkew = 24 * time.Hour

// plausible: the Web is from 1991, and years have four digits.
func plausible(t time.Time) bool { return t.Year() >= 1991 && t.Year() <= 9999 }

// days is the distance from a to b in whole days.
func days(a, b time.Time) int {
	d := b.Sub(a)
	if d < 0 {
		return -int((-d + 12*time.Hour) / (24 * time.Hour))
	}
	return int((d + 12*time.Hour) / (24 * time.Hour))
}
