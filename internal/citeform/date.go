package citeform

import (
	"fmt"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// dateParts are year, month and day of d, as many as it has; nil for no date. A time of day is left out: no form of citation
// has it.
func dateParts(d ibid.Date) []int {
	t, ok := d.Time()
	if !ok {
		return nil
	}
	parts := []int{t.Year(), int(t.Month()), t.Day()}
	switch len(d) {
	case len("2009"):
		return parts[:1]
	case len("2009-06"):
		return parts[:2]
	}
	return parts
}

// isoDay is d without its time of day.
func isoDay(d ibid.Date) string {
	var b strings.Builder
	for i, n := range dateParts(d) {
		fmt.Fprintf(&b, []string{"%04d", "-%02d", "-%02d"}[i], n)
	}
	return b.String()
}

// dayFirst is d as British prose has it: "4 June 2009", "June 2009", "2009".
func dayFirst(d ibid.Date) string { return prose(d, "2 January 2006") }

// monthFirst is d as American prose has it: "June 4, 2009", "June 2009", "2009".
func monthFirst(d ibid.Date) string { return prose(d, "January 2, 2006") }

func prose(d ibid.Date, layout string) string {
	p := dateParts(d)
	switch len(p) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%04d", p[0])
	case 2:
		return time.Month(p[1]).String() + fmt.Sprintf(" %04d", p[0])
	}
	return time.Date(p[0], time.Month(p[1]), p[2], 0, 0, 0, 0, time.UTC).Format(layout)
}

// year is the year of d, or empty.
func year(d ibid.Date) string {
	if p := dateParts(d); len(p) > 0 {
		return fmt.Sprintf("%04d", p[0])
	}
	return ""
}
