package metadata

import (
	"strings"
	"time"
)

// span is where in a text a date stands, in bytes.
type span struct{ start, end int }

// scanDate finds the first date in s that has a month at least.
func scanDate(s string, order dateOrder) (parts, span, bool) {
	ts := tokens(s)
	sc := scanner{ts: ts, order: order}
	for i := range ts {
		if i > 0 && (ts[i].n >= 0 || ts[i].word != "") && glued(ts[i-1]) {
			continue
		}
		p, next, ok := sc.at(i)
		if !ok || p.date() == "" {
			continue
		}
		p, next = sc.clock(p, next)
		return p, span{ts[i].start, ts[min(next, len(ts))-1].end}, true
	}
	return parts{}, span{}, false
}

// glued says whether what follows t is not the beginning of a date: part of a longer number or name.
func glued(t token) bool {
	return t.digits > 0 || t.word != "" && !strings.EqualFold(t.word, "T") || t.mark == '/' || t.mark == '#' || t.mark == '_' || t.mark == '='
}

type scanner struct {
	ts    []token
	order dateOrder
}

// get returns the token at i; past the end one that is nothing.
func (sc *scanner) get(i int) token {
	if i >= 0 && i < len(sc.ts) {
		return sc.ts[i]
	}
	return token{n: -1}
}

// skip returns the index past spaces and any of those marks.
func (sc *scanner) skip(i int, marks string) int {
	for t := sc.get(i); t.mark == ' ' || t.mark != 0 && strings.ContainsRune(marks, t.mark); t = sc.get(i) {
		i++
	}
	return i
}

// at reads a date that begins at token i, and returns the index after it.
func (sc *scanner) at(i int) (parts, int, bool) {
	t := sc.get(i)
	switch {
	case t.digits == 4 && t.n >= 1000:
		return sc.yearFirst(i)
	case t.n >= 1 && t.digits <= 2:
		return sc.dayOrMonth(i)
	case t.word != "":
		return sc.word(i)
	}
	return parts{}, i, false
}

// yearFirst reads 2009-06-04, 2009/6/4, 2009.06.04, 2009. 6. 4., 2009-06 and 2009年6月4日.
func (sc *scanner) yearFirst(i int) (parts, int, bool) {
	p := parts{year: sc.get(i).n}
	sep := sc.get(i + 1).mark
	if sep == '年' || sep == '년' {
		return sc.eastAsian(p, i+2)
	}
	if sep != '-' && sep != '/' && sep != '.' && sep != ' ' {
		return p, i, false
	}
	at := i + 2
	if sep == '.' { // "2009. június 4." and "2009. 6. 4." have spaces
		at = sc.skip(at, "")
	}
	month := sc.get(at)
	if m := monthOf(month.word); m > 0 { // 2009-Jun-04, 2009 June 4
		p.month = int(m)
		j := sc.skip(at+1, "-./")
		if d := sc.get(j); d.n >= 1 && d.n <= 31 && d.digits <= 2 && sc.get(j+1).mark != ':' {
			p.day = d.n
			return p, j + 1, true
		}
		return p, at + 1, true
	}
	if sep == ' ' || month.n < 1 || month.n > 12 || month.digits > 2 {
		return p, i, false
	}
	p.month = month.n
	if rest := sc.get(at + 1); rest.mark != sep {
		whole := rest.digits == 0 && rest.word == ""
		return p, at + 1, whole && sep != '.' && month.digits == 2
	}
	if sep == '.' {
		at = sc.skip(at+2, "") - 2
	}
	if d := sc.get(at + 2); d.n >= 1 && d.n <= 31 && d.digits <= 2 {
		p.day = d.n
		return p, at + 3, true
	}
	return p, i, false
}

// eastAsian reads 6月4日 after a year.
func (sc *scanner) eastAsian(p parts, i int) (parts, int, bool) {
	i = sc.skip(i, "")
	m := sc.get(i)
	if mark := sc.get(i + 1).mark; m.n < 1 || m.n > 12 || mark != '月' && mark != '월' {
		return p, i, false
	}
	p.month = m.n
	i = sc.skip(i+2, "")
	d := sc.get(i)
	if mark := sc.get(i + 1).mark; d.n >= 1 && d.n <= 31 && (mark == '日' || mark == '일') {
		p.day = d.n
		i += 2
	}
	return p, i, true
}

// dayOrMonth reads 4 June 2009, 4. Juni 2009, 1er juin 2009, 4 de junio de 2009, 04.06.2009 and, where
// the order is known or plain, 4/6/2009 and 4-6-2009.
func (sc *scanner) dayOrMonth(i int) (parts, int, bool) {
	first := sc.get(i)
	j := i + 1
	if w := sc.get(j).word; ordinal(w) {
		j++
	}
	j = sc.skip(j, ".,-º°ª/")
	if w := sc.get(j).word; w == "de" || w == "of" || w == "d" || w == "di" || w == "του" {
		j = sc.skip(j+1, "'’")
	}
	if m, after := sc.monthIn(i, j); m > 0 && first.n <= 31 {
		year, next := sc.year(after)
		return parts{year: year, month: int(m), day: first.n}, next, year > 0
	}
	return sc.numbers(i)
}

// monthIn reads the month that follows a day. "listopada" is November in Polish and October in Croatian, which
// writes a full stop after the day; in Vietnamese months have numbers.
func (sc *scanner) monthIn(day, i int) (time.Month, int) {
	switch word := sc.get(i).word; {
	case strings.EqualFold(word, "listopada") && sc.get(day+1).mark == '.':
		return time.October, i + 1
	case strings.EqualFold(word, "listopada"):
		return time.November, i + 1
	case strings.EqualFold(word, "tháng"):
		j := sc.skip(i+1, "")
		if m := sc.get(j); m.n >= 1 && m.n <= 12 {
			return time.Month(m.n), sc.skip(j+1, "")
		}
	}
	return sc.month(i)
}

// month reads the name of a month, and returns the index after it. Arabic documents of the United Nations
// name it twice: "6 أيار/مايو 2019".
func (sc *scanner) month(i int) (time.Month, int) {
	m, next := monthOf(sc.get(i).word), i+1
	if m == 0 && sc.get(i+1).mark == ' ' {
		m, next = twinMonths[sc.get(i).word+" "+sc.get(i+2).word], i+3
	}
	if twin := sc.get(next + 1).word; m > 0 && sc.get(next).mark == '/' && monthOf(twin) == m {
		next += 2
	}
	return m, next
}

// ordinal says whether w makes a number a day: 1st, 2nd, 3rd, 4th, 1er.
func ordinal(w string) bool {
	switch strings.ToLower(w) {
	case "st", "nd", "rd", "th", "er", "re", "o", "a", "e":
		return true
	}
	return false
}

// year reads the year after a month: "June 2009", "juin 2009", "junio de 2009", "June, 2009".
func (sc *scanner) year(i int) (year, next int) {
	i = sc.skip(i, ".,-/’'")
	if w := strings.ToLower(sc.get(i).word); w == "de" || w == "del" || w == "of" || w == "г" || w == "năm" {
		i = sc.skip(i+1, "")
	}
	if t := sc.get(i); t.digits == 4 && t.n >= 1000 && t.n <= 2200 {
		return t.n, i + 1
	}
	return 0, i
}

// numbers reads d.m.y, d/m/y and m/d/y.
func (sc *scanner) numbers(i int) (parts, int, bool) {
	a, b := sc.get(i), sc.get(i+2)
	sep := sc.get(i + 1).mark
	j := i + 3
	if sep == '.' { // "4. 6. 2009" is usual too
		k := sc.skip(i+2, "")
		b, j = sc.get(k), k+1
	}
	if sep != sc.get(j).mark || sep != '.' && sep != '/' && sep != '-' || b.n < 1 || b.digits > 2 {
		return parts{}, i, false
	}
	k := j + 1
	if sep == '.' {
		k = sc.skip(k, "")
	}
	y := sc.get(k)
	if sep == '.' && sc.order == dayFirst && y.digits == 2 && y.n >= 0 {
		y.n, y.digits = fullYear(y.n), 4 // 04.06.09, as it is written where dots are usual
	}
	if y.digits != 4 || y.n < 1900 || y.n > 2200 {
		return parts{}, i, false
	}
	p := parts{year: y.n, day: a.n, month: b.n}
	order := sc.order
	switch {
	case sep != '.' && a.n <= 12 && b.n <= 12 && sc.orderByWeekday(i, p) != orderUnknown:
		order = sc.orderByWeekday(i, p) // Drupal has "Thu, 06/04/2009 - 10:15" in every language
	case sep == '.' && a.n <= 31 && b.n <= 12:
		order = dayFirst // dots are not used in the other order
	case a.n > 12:
		order = dayFirst
	case b.n > 12:
		order = monthFirst
	case a.n == b.n:
		order = dayFirst
	}
	if order == orderUnknown {
		return p, i, false
	}
	if order == monthFirst {
		p.day, p.month = p.month, p.day
	}
	return p, k + 1, p.month <= 12 && p.day <= 31
}

// fullYear is the year of the web or of the century before it that two digits mean.
func fullYear(n int) int {
	if n < 70 {
		return 2000 + n
	}
	return 1900 + n
}

// word reads June 4, 2009 and June 2009, and steps over the name of a weekday.
func (sc *scanner) word(i int) (parts, int, bool) {
	m, after := sc.month(i)
	if m == 0 {
		return parts{}, i, false
	}
	p := parts{month: int(m)}
	j := sc.skip(after, ".,-")
	if year, next := sc.year(j); year > 0 {
		p.year = year
		return p, next, true
	}
	d := sc.get(j)
	if d.n < 1 || d.n > 31 || d.digits > 2 {
		return p, i, false
	}
	p.day = d.n
	j++
	if ordinal(sc.get(j).word) {
		j++
	}
	year, next := sc.year(j)
	p.year = year
	return p, next, year > 0
}
