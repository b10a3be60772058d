package metadata

import (
	"strings"
	"time"
)

// clock reads a time of day with an offset after a date; without either p stays a day.
func (sc *scanner) clock(p parts, i int) (parts, int) {
	if p.day == 0 {
		return p, i
	}
	j := sc.skip(i, ",-–|·•@")
	if w := strings.ToLower(sc.get(j).word); w == "t" || w == "at" || w == "um" || w == "à" || w == "a" || w == "kl" || w == "alle" {
		j = sc.skip(j+1, ".")
	}
	h, m := sc.get(j), sc.get(j+2)
	if sc.get(j+1).mark != ':' || h.n < 0 || h.n > 23 || m.n < 0 || m.n > 59 || m.digits != 2 {
		return p, i
	}
	hour, second := h.n, 0
	j += 3
	if s := sc.get(j + 1); sc.get(j).mark == ':' && s.n >= 0 && s.n < 60 && s.digits == 2 {
		second = s.n
		j += 2
		if c := sc.get(j).mark; (c == '.' || c == ',') && sc.get(j+1).digits > 0 {
			j += 2
		}
	}
	k := sc.skip(j, "")
	if w := strings.ToLower(sc.get(k).word); (w == "am" || w == "pm") && hour >= 1 && hour <= 12 {
		hour %= 12
		if w == "pm" {
			hour += 12
		}
		j, k = k+1, sc.skip(k+1, "")
	}
	zone, next := sc.zone(k)
	if zone == nil {
		return p, j
	}
	p.clock = time.Date(p.year, time.Month(p.month), p.day, hour, m.n, second, 0, zone)
	p.zoned = true
	return p, next
}

// zone reads Z, UTC, GMT, +02:00, +0200 and +02. Abbreviations like EST mean different offsets in
// different places and are not read.
func (sc *scanner) zone(i int) (*time.Location, int) {
	t := sc.get(i)
	switch strings.ToUpper(t.word) {
	case "Z", "UTC", "GMT":
		return time.UTC, i + 1
	}
	if t.mark != '+' && t.mark != '-' && t.mark != '−' {
		return nil, i
	}
	n := sc.get(i + 1)
	hours, minutes, next := n.n, 0, i+2
	switch {
	case n.digits == 4:
		hours, minutes = n.n/100, n.n%100
	case n.digits == 2 && sc.get(i+2).mark == ':' && sc.get(i+3).digits == 2:
		minutes, next = sc.get(i+3).n, i+4
	case n.digits != 2:
		return nil, i
	}
	if hours < 0 || hours > 15 || minutes > 59 {
		return nil, i
	}
	offset := hours*3600 + minutes*60
	if t.mark != '+' {
		offset = -offset
	}
	return time.FixedZone("", offset), next
}
