package main

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestParseTime(t *testing.T) {
	want := time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC)
	for _, in := range []string{"2009-06-04", "20090604", "20090604000000", "2009-06-04T00:00:00Z", "2009-06-04T02:00:00+02:00"} {
		if got, err := parseTime(in); err != nil || !got.Equal(want) {
			t.Errorf("%s is read as %v (%v)", in, got, err)
		}
	}
	if _, err := parseTime("soon"); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("soon: %v", err)
	}
}

func TestNearestFirst(t *testing.T) {
	at := func(year int) ibid.Capture {
		return ibid.Capture{Timestamp: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}
	}
	captures := []ibid.Capture{at(2001), at(2020), at(2010)}
	nearestFirst(captures, time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC))
	for i, year := range []int{2010, 2001, 2020} {
		if got := captures[i].Timestamp.Year(); got != year {
			t.Errorf("number %d is of %d, not of %d", i, got, year)
		}
	}
}

func TestSizeWords(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 2 << 30: "2.0 GiB"} {
		if got := sizeWords(n); got != want {
			t.Errorf("%d is %s, not %s", n, got, want)
		}
	}
}
