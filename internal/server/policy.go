package server

import (
	"fmt"
	"strconv"
	"strings"
)

var weekdays = [...][7]string{
	{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
	{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
}

// policy is what holds for a collection, in one sentence.
func (l language) policy(c Collection) string {
	parts := []string{l.say("Looked at again when somebody asks")}
	if c.Schedule != "" {
		parts[0] = l.say("Looked at again %s (%s)", l.rule(c.Schedule), clip(40, c.Zone))
	}
	if c.IgnoresRobots {
		parts = append(parts, l.say("robots.txt is not asked"))
	} else {
		parts = append(parts, l.say("robots.txt is obeyed"))
	}
	if c.Private {
		parts = append(parts, l.say("only with a token it is seen"))
	} else {
		parts = append(parts, l.say("everybody may read it"))
	}
	return strings.Join(parts, "; ") + "."
}

// named are the schedules that have a name, as cron writes them.
var named = map[string]string{"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}

// rule is a schedule in words, where it is one of the usual ones.
func (l language) rule(schedule string) string {
	if schedule == "@hourly" {
		return l.say("every hour")
	}
	asIs := l.say("by the schedule %s", clip(60, schedule))
	if cron, ok := named[schedule]; ok {
		schedule = cron
	}
	f := strings.Fields(schedule)
	if len(f) != 5 || f[3] != "*" {
		return asIs
	}
	minute, hour, ok := clock(f[0], f[1])
	if !ok {
		return asIs
	}
	at := fmt.Sprintf("%02d:%02d", hour, minute)
	switch day, isDay := number(f[4], 0, 7); {
	case f[2] == "*" && f[4] == "*":
		return l.say("every day at %s", at)
	case f[2] == "*" && isDay:
		return l.say("every %s at %s", weekdays[l][day%7], at)
	}
	if day, ok := number(f[2], 1, 31); ok && f[4] == "*" {
		return l.say("on day %d of every month at %s", day, at)
	}
	return asIs
}

func clock(minute, hour string) (m, h int, ok bool) {
	m, isMinute := number(minute, 0, 59)
	h, isHour := number(hour, 0, 23)
	return m, h, isMinute && isHour
}

func number(text string, least, most int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}
