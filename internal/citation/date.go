package citation

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// dateOrder says in which order a language writes the numbers of a date.
type dateOrder int

const (
	ambiguous dateOrder = iota
	dayFirst
	yearFirst
)

// dateAt reads the date that the lower-case text s begins with, with the precision in which it is stated, and returns its length;
// 0 if there is none. Of a range ("4-5 June 2009") it is the first day. "2/1/2009" is only a year where order does not say
// which number is the month.
func dateAt(s string, order dateOrder) (ibid.Date, int) {
	if s == "" {
		return "", 0
	}
	if !isDigit(s[0]) {
		return monthFirst(s)
	}
	n := digits(s)
	if n == 4 {
		return yearAt(s, n)
	}
	if n > 2 {
		return "", 0
	}
	if date, length := dayMonthName(s); length > 0 {
		return date, length
	}
	return numeric(s, n, order)
}

// yearAt reads 2009-05-12, 2009/05/12, 2009.05.12, 2009-05, 2009年5月12日, 2009 May 12 and 2009.
func yearAt(s string, n int) (ibid.Date, int) {
	year, _ := strconv.Atoi(s[:n])
	if year < 1500 || year > 2999 {
		return "", 0
	}
	rest := s[n:]
	for _, cjk := range [][3]string{{"年", "月", "日"}, {"년", "월", "일"}} {
		if after, ok := strings.CutPrefix(rest, cjk[0]); ok {
			return cjkDate(s, year, after, cjk)
		}
	}
	if rest != "" && strings.IndexByte("-/.", rest[0]) >= 0 {
		if m := digits(rest[1:]); m == 2 || (m == 1 && rest[0] != '.') {
			return monthOf(s, year, n, m)
		}
	}
	if month, length := monthName(strings.TrimLeft(rest, " ,")); length > 0 {
		skipped := len(rest) - len(strings.TrimLeft(rest, " ,"))
		at := n + skipped + length
		after := strings.TrimLeft(s[at:], " .")
		if d := digits(after); d > 0 && d <= 2 {
			return full(year, month, atoi(after[:d]), len(s)-len(after)+d)
		}
		return full(year, month, 0, at)
	}
	return full(year, 0, 0, n)
}

// monthOf reads the month, and the day after the same mark, of a date that began with its year.
func monthOf(s string, year, n, m int) (ibid.Date, int) {
	month := atoi(s[n+1 : n+1+m])
	end := n + 1 + m
	if end < len(s) && s[end] == s[n] {
		if d := digits(s[end+1:]); d == 1 || d == 2 {
			if date, length := full(year, month, atoi(s[end+1:end+1+d]), end+1+d); length > 0 {
				return date, length
			}
		}
	}
	if s[n] == '-' && month >= 1 && month <= 12 {
		return full(year, month, 0, end)
	}
	return full(year, 0, 0, n)
}

func cjkDate(s string, year int, after string, marks [3]string) (ibid.Date, int) {
	length := len(s) - len(after)
	month, rest, ok := cjkPart(after, marks[1])
	if !ok {
		return full(year, 0, 0, length)
	}
	length = len(s) - len(rest)
	if day, rest, ok := cjkPart(rest, marks[2]); ok {
		return full(year, month, day, len(s)-len(rest))
	}
	return full(year, month, 0, length)
}

func cjkPart(s, mark string) (value int, rest string, ok bool) {
	s = strings.TrimLeft(s, " ")
	n := digits(s)
	rest, ok = strings.CutPrefix(s[n:], mark)
	if n == 0 || n > 2 || !ok {
		return 0, s, false
	}
	return atoi(s[:n]), rest, true
}

// dayMonthName reads "12 May 2009", "4-5 June 2009", "28 June - 2 July 2009", "1er mai 2009", "12 de mayo de 2009".
func dayMonthName(s string) (ibid.Date, int) {
	day := atoi(s[:digits(s)])
	i := skipLinks(s, digits(s))
	if i < len(s) && isDigit(s[i]) { // a range within a month
		i = skipLinks(s, i+digits(s[i:]))
	}
	month, n := monthName(s[i:])
	if n == 0 {
		return "", 0
	}
	i = skipLinks(s, i+n)
	if d := digits(s[i:]); d == 1 || d == 2 { // a range over months
		j := skipLinks(s, i+d)
		if _, n := monthName(s[j:]); n > 0 {
			i = skipLinks(s, j+n)
		}
	}
	return withYear(s, i, month, day)
}

// monthFirst reads "May 12, 2009", "June 4-5, 2009", "May 2009" and "mai 2009".
func monthFirst(s string) (ibid.Date, int) {
	month, n := monthName(s)
	if n == 0 {
		return "", 0
	}
	i, day := skipLinks(s, n), 0
	if d := digits(s[i:]); d == 1 || d == 2 {
		day = atoi(s[i : i+d])
		i = skipLinks(s, i+d)
		if d := digits(s[i:]); d == 1 || d == 2 {
			i = skipLinks(s, i+d)
		}
	}
	return withYear(s, i, month, day)
}

func withYear(s string, i, month, day int) (ibid.Date, int) {
	if digits(s[i:]) != 4 {
		return "", 0
	}
	year := atoi(s[i : i+4])
	if year < 1500 || year > 2999 {
		return "", 0
	}
	return full(year, month, day, i+4)
}

// numeric reads 12.05.2009, 12/05/2009 and 12-05-2009.
func numeric(s string, n int, order dateOrder) (ibid.Date, int) {
	if n >= len(s) || strings.IndexByte("./-", s[n]) < 0 {
		return "", 0
	}
	mark := s[n]
	gap := n + 1
	if mark == '.' && gap < len(s) && s[gap] == ' ' {
		gap++
	}
	m := digits(s[gap:])
	if m == 0 || m > 2 || gap+m >= len(s) || s[gap+m] != mark {
		return "", 0
	}
	y := gap + m + 1
	if y < len(s) && s[y] == ' ' && mark == '.' {
		y++
	}
	if digits(s[y:]) != 4 {
		return "", 0
	}
	first, second, year := atoi(s[:n]), atoi(s[gap:gap+m]), atoi(s[y:y+4])
	switch {
	case mark == '.' || order != ambiguous || first > 12 || first == second:
		return full(year, second, first, y+4)
	case second > 12:
		return full(year, first, second, y+4)
	}
	return full(year, 0, 0, y+4)
}

// full writes a date, less precise where month or day is 0. A date that cannot be is no date.
func full(year, month, day, length int) (ibid.Date, int) {
	date := ibid.Date(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	switch {
	case month == 0:
		date = date[:len("2006")]
	case day == 0:
		date = date[:len("2006-01")]
	}
	if !date.Valid() {
		return "", 0
	}
	return date, length
}

// skipLinks goes over what stands between the parts of a date: white space, commas, dashes, "de", "of", "th".
func skipLinks(s string, i int) int {
	for i < len(s) {
		n := 0
		for _, link := range dateLinks {
			if strings.HasPrefix(s[i:], link) && len(link) > n {
				if last := link[len(link)-1]; isAlnum(last) && continues(s[i+len(link):]) {
					continue
				}
				n = len(link)
			}
		}
		if n == 0 {
			return i
		}
		i += n
	}
	return i
}

var dateLinks = []string{
	" ", "\t", "\n", "\r", ",", ".", "-", "–", "—", "\u00a0", "de", "del", "of", "to", "and", "und", "bis", "et", "au", "y", "al",
	"st", "nd", "rd", "th", "er", "º", "ª", "the", "den", "di", "d'", "do",
}

// monthName is the month whose name, or abbreviation, s begins with, and the length of it.
func monthName(s string) (month, length int) {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r < 'a' || (r > 'z' && r < 0xc0) {
			break
		}
		n += size
		if n > 24 {
			return 0, 0
		}
	}
	return months[s[:n]], n * min(1, months[s[:n]])
}

// months are the names of the months, in lower case, in the languages in which accessWords are known.
var months = func() map[string]int {
	table := make(map[string]int)
	for i, names := range []string{
		"january jan januar jänner janvier janv enero ene janeiro gennaio gen januari tammikuuta styczeń stycznia leden ledna январь января янв січня ocak gener ianuarie január",
		"february feb februar februari février févr fév febrero fevereiro febbraio helmikuuta luty lutego únor února февраль февраля фев лютого şubat febrer februarie február",
		"march mar märz mrz mars marzo março maart marts maaliskuuta marzec marca březen března март марта мар березня mart març martie március",
		"april apr avril avr abril abr aprile huhtikuuta kwiecień kwietnia duben dubna апрель апреля апр квітня nisan aprilie április",
		"may mai mayo maio maggio mag mei maj toukokuuta maja květen května май мая травня mayıs maig május",
		"june jun juni juin junio junho giugno giu kesäkuuta czerwiec czerwca červen června июнь июня июн червня haziran juny iunie június",
		"july jul juli juillet juil julio julho luglio lug heinäkuuta lipiec lipca červenec července июль июля июл липня temmuz juliol iulie július",
		"august aug août agosto ago augustus augusti elokuuta sierpień sierpnia srpen srpna август августа авг серпня ağustos agost",
		"september sep sept septembre septiembre setembro set settembre syyskuuta wrzesień września září сентябрь сентября сен вересня eylül setembre septembrie szeptember",
		"october oct oktober okt octobre octubre outubro out ottobre ott lokakuuta październik października říjen října октябрь октября окт жовтня ekim octombrie október",
		"november nov novembre noviembre novembro marraskuuta listopad listopada ноябрь ноября ноя листопада kasım noiembrie",
		"december dec dezember dez décembre déc diciembre dic dezembro dicembre desember des joulukuuta grudzień grudnia prosinec prosince декабрь декабря дек грудня aralık desembre decembrie",
	} {
		for name := range strings.FieldsSeq(names) {
			table[name] = i + 1
		}
	}
	return table
}()

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
