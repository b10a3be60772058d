package metadata

import (
	"strings"
	"time"
)

// orderByWeekday tells the order of day and month by the weekday that stands before them, where only one
// order falls on it. The date in p has the day first.
func (sc *scanner) orderByWeekday(i int, p parts) dateOrder {
	j := i - 1
	for j >= 0 && sc.ts[j].mark != 0 && i-j < 4 {
		j--
	}
	weekday, ok := weekdayOf(sc.get(j).word)
	if !ok {
		return orderUnknown
	}
	day := time.Date(p.year, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC).Weekday() == weekday
	month := time.Date(p.year, time.Month(p.day), p.month, 0, 0, 0, 0, time.UTC).Weekday() == weekday
	switch {
	case day && !month:
		return dayFirst
	case month && !day:
		return monthFirst
	}
	return orderUnknown
}

// weekdayOf returns the weekday that a word names, or abbreviates, in English, French, Spanish, German,
// Italian, Portuguese or Dutch.
func weekdayOf(word string) (time.Weekday, bool) {
	switch strings.ToLower(word) {
	case "sun", "sunday", "dim", "dimanche", "dom", "domingo", "domenica", "so", "sonntag", "zo", "zondag":
		return time.Sunday, true
	case "mon", "monday", "lun", "lundi", "lunes", "lunedì", "mo", "montag", "seg", "segunda", "maandag":
		return time.Monday, true
	case "tue", "tuesday", "mar", "mardi", "martes", "martedì", "di", "dienstag", "ter", "terça", "dinsdag":
		return time.Tuesday, true
	case "wed", "wednesday", "mer", "mercredi", "mié", "miércoles", "mercoledì", "mi", "mittwoch", "qua", "quarta", "wo", "woensdag":
		return time.Wednesday, true
	case "thu", "thursday", "jeu", "jeudi", "jue", "jueves", "gio", "giovedì", "do", "donnerstag", "qui", "quinta", "donderdag":
		return time.Thursday, true
	case "fri", "friday", "ven", "vendredi", "vie", "viernes", "venerdì", "fr", "freitag", "sex", "sexta", "vr", "vrijdag":
		return time.Friday, true
	case "sat", "saturday", "sam", "samedi", "sáb", "sábado", "sab", "sabato", "sa", "samstag", "za", "zaterdag":
		return time.Saturday, true
	}
	return 0, false
}
