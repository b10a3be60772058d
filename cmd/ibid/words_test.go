package main

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestPlainTextCannotSteerATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                "plain",
		"two\nlines":           "two lines",
		"\x1b[31mred":          "\uFFFD[31mred",
		"a\u202Egpj.exe":       "a\uFFFDgpj.exe",
		"\u65e5\u672c\u8a9e ✓": "\u65e5\u672c\u8a9e ✓",
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}

func TestShortURI(t *testing.T) {
	for in, want := range map[string]string{
		"http://gfmd2008.org/":                   "gfmd2008.org/",
		"https://www.iom.int/a/very/long/path/x": "www.io…ong/path/x",
	} {
		if got := shortURI(in, 17); got != want {
			t.Errorf("%s becomes %s, not %s", in, got, want)
		}
	}
}

func TestCSVCellIsNoFormula(t *testing.T) {
	for in, want := range map[string]string{"": "", "a=1": "a=1", "=1+1": "'=1+1", "@x": "'@x", "-1": "'-1", "\tx": "'\tx"} {
		if got := csvCell(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}

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
