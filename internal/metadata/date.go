package metadata

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/itlightning/dateparse"

	"github.com/ibid-archive/ibid"
)

// dateOrder says how numbers like 4/6/2016 are read. Without knowing, they are not read at all.
type dateOrder int

const (
	orderUnknown dateOrder = iota
	dayFirst
	monthFirst
)

// orderOf derives the order from a language tag and, where that names no region, from og:locale.
// English alone decides nothing: only the United States and a few others put the month first.
func orderOf(language, locale string) dateOrder {
	tag := strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	if !strings.Contains(tag, "-") && locale != "" {
		if l := strings.ToLower(strings.ReplaceAll(locale, "_", "-")); tag == "" || strings.HasPrefix(l, tag+"-") {
			tag = l
		}
	}
	switch base, region, _ := strings.Cut(tag, "-"); {
	case base == "":
		return orderUnknown
	case base == "en" && (region == "us" || region == "ph"):
		return monthFirst
	case base == "en" && region != "" && region != "ca" && region != "za":
		return dayFirst
	case base == "en", base == "zh", base == "ja", base == "ko", base == "hu", base == "lt", base == "mn", base == "fa":
		return orderUnknown
	}
	return dayFirst
}

// maxDate bounds the length of a value that can be a date, in bytes.
const maxDate = 120

// parseDate reads a whole value that is declared to be a date. The result is never more precise than
// s: without an offset the time of day is left out, as is midnight, which stands for "no time". It
// refuses numbers whose order is not known.
func parseDate(s string, order dateOrder) ibid.Date {
	if len(s) > maxDate {
		return ""
	}
	s = clean(s, maxDate)
	s = strings.Trim(s, " .,;\"'")
	if s == "" {
		return ""
	}
	if d := parseCompact(s); d != "" {
		return d
	}
	if p, _, ok := scanDate(s, order); ok {
		return p.date()
	}
	return parseLoose(s)
}

// parseCompact reads values of digits alone: a year, YYYYMM, YYYYMMDD, with or without a time, and
// seconds or milliseconds since 1970.
func parseCompact(s string) ibid.Date {
	digits := 0
	for digits < len(s) && digit(s[digits]) {
		digits++
	}
	if digits < len(s) && (digits != 8 || s[digits] != 'T') {
		return ""
	}
	n, err := strconv.ParseInt(s[:digits], 10, 64)
	if err != nil {
		return ""
	}
	switch digits {
	case 4:
		return parts{year: int(n)}.date()
	case 6:
		return parts{year: int(n / 100), month: int(n % 100)}.date()
	case 8:
		return parts{year: int(n / 10000), month: int(n / 100 % 100), day: int(n % 100)}.date()
	case 14:
		n /= 1000000
		return parts{year: int(n / 10000), month: int(n / 100 % 100), day: int(n % 100)}.date()
	case 10, 13:
		if digits == 13 {
			n /= 1000
		}
		if t := time.Unix(n, 0).UTC(); t.Year() >= 1995 && t.Year() <= 2100 {
			return ibid.DateOf(t)
		}
	}
	return ""
}

// parseLoose hands what is left to a parser of many layouts, and keeps the precision of the layout
// that it found.
func parseLoose(s string) ibid.Date {
	if !hasYear(s) || len(s) < 8 || !utf8.ValidString(s) {
		return ""
	}
	t, layout, err := libraryDate(s)
	if err != nil || !strings.Contains(layout, "2006") {
		return ""
	}
	p := parts{year: t.Year(), month: int(t.Month()), day: t.Day()}
	if strings.Contains(layout, "-07") || strings.Contains(layout, "Z07") || strings.Contains(s, "UTC") || strings.Contains(s, "GMT") {
		p.clock, p.zoned = t, true
	}
	return p.date()
}

// libraryDate asks dateparse for the instant and the layout of s. That library (v0.2.1) panics on some
// malformed values, "000000 x,0000002000" for one; here a value that cannot be read is no date.
func libraryDate(s string) (t time.Time, layout string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("read date %q: %v", s, fault)
		}
	}()
	if t, err = dateparse.ParseStrict(s); err != nil {
		return t, "", fmt.Errorf("read date %q: %w", s, err)
	}
	if layout, err = dateparse.ParseFormat(s); err != nil {
		return t, "", fmt.Errorf("read layout of date %q: %w", s, err)
	}
	return t, layout, nil
}

// parts is a date as far as it is known; 0 is unknown.
type parts struct {
	year, month, day int
	// clock is the instant, if zoned says that time of day and offset are known.
	clock time.Time
	zoned bool
}

// date writes p, or nothing if there is no such day.
func (p parts) date() ibid.Date {
	if p.year < 1000 || p.year > 2200 || p.month > 12 || p.month < 0 || p.day < 0 {
		return ""
	}
	switch {
	case p.month == 0:
		return ibid.Date(fmt.Sprintf("%04d", p.year))
	case p.day == 0:
		return ibid.Date(fmt.Sprintf("%04d-%02d", p.year, p.month))
	case time.Date(p.year, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC).Day() != p.day:
		return ""
	}
	midnight := p.clock.Hour() == 0 && p.clock.Minute() == 0 && p.clock.Second() == 0
	if p.zoned && !midnight && validOffset(p.clock) {
		return ibid.Date(p.clock.Format(time.RFC3339))
	}
	return ibid.Date(fmt.Sprintf("%04d-%02d-%02d", p.year, p.month, p.day))
}

func validOffset(t time.Time) bool {
	_, offset := t.Zone()
	return offset%60 == 0 && offset > -16*3600 && offset < 16*3600
}
