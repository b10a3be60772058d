package ibid

import "time"

// Date is a point in time with the precision with which it is known: "2009", "2009-06", "2009-06-04"
// or RFC 3339 with a time of day. It is never made more precise than its source. Empty is unknown.
type Date string

// Time returns the earliest instant that d can mean, in UTC, and whether d is a date at all.
func (d Date) Time() (time.Time, bool) {
	layout := time.RFC3339Nano
	switch len(d) {
	case len(time.DateOnly), len("2006-01"), len("2006"):
		layout = time.DateOnly[:len(d)]
	}
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// Valid says whether d has one of the four forms.
func (d Date) Valid() bool {
	_, ok := d.Time()
	return ok
}

// DateOf returns t as a Date with the precision of a second, in UTC.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.RFC3339)) }
