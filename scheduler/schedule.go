package scheduler

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Never is the schedule of what is never due, whatever a level further out says.
const Never = "never"

// maxText bounds a schedule, in bytes.
const maxText = 1000

// Schedule is a parsed schedule in its time zone. It never changes.
type Schedule struct {
	text string
	zone *time.Location
	// every is set for @every, spec for all others. The Location of spec is UTC: it is asked about wall time.
	every time.Duration
	spec  *cron.SpecSchedule
	// hourly is set when spec leaves out no hour of the day.
	hourly bool
}

// Parse reads a schedule: five fields (minute, hour, day of the month, month, day of the week), six with the
// second before them, one of "@hourly", "@daily", "@weekly", "@monthly" and "@yearly", or "@every" and a
// length of time, "@every 36h". In front of it may stand its own time zone, "CRON_TZ=Asia/Manila 0 3 * * *", which
// then counts instead of zone. An empty zone is UTC.
//
// The error says what is wrong and, where that can be told, what was most likely meant.
func Parse(text, zone string) (*Schedule, error) {
	zone, expression := splitZone(text, zone)
	location, err := Zone(zone)
	if err != nil {
		return nil, err
	}
	return parseIn(expression, location)
}

// Check says what is wrong with a schedule as it may stand in the configuration: nothing if it is empty or
// [Never].
func Check(text string) error {
	if text == "" || text == Never {
		return nil
	}
	_, err := Parse(text, "")
	return err
}

// splitZone takes the time zone off the front of text; without one there, it is zone.
func splitZone(text, zone string) (name, expression string) {
	text = strings.TrimSpace(text)
	for _, prefix := range []string{"CRON_TZ=", "TZ="} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			fields := strings.Fields(rest)
			if len(fields) == 0 || strings.HasPrefix(rest, " ") {
				return "?", rest // no name at all: no zone is called so
			}
			return fields[0], strings.TrimSpace(rest[len(fields[0]):])
		}
	}
	return zone, text
}

func parseIn(text string, zone *time.Location) (*Schedule, error) {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case text == "":
		return nil, errors.New(`there is no schedule: write one such as "0 3 * * 0" (Sundays at three) or "@weekly"`)
	case len(text) > maxText:
		return nil, fmt.Errorf("it is longer than %d bytes, so it is no schedule", maxText)
	}
	s := &Schedule{text: text, zone: zone}
	if length, ok := strings.CutPrefix(text, "@every"); ok {
		every, err := parseEvery(length)
		s.every = every
		return s, err
	}
	fields, err := normal(text)
	if err != nil {
		return nil, err
	}
	if err := s.parseSpec(fields); err != nil {
		return nil, err
	}
	if s.Next(leapYear()).IsZero() {
		return nil, fmt.Errorf("%q is never: no month that it names has such a day", text)
	}
	return s, nil
}

// leapYear is the beginning of one, for questions that every schedule must have an answer to.
func leapYear() time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) }

func (s *Schedule) parseSpec(fields string) error {
	parser := cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	parsed, err := parser.Parse(fields)
	if err != nil {
		return fmt.Errorf("%q is no schedule: %w", s.text, err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return fmt.Errorf("%q is no schedule of fields", s.text)
	}
	spec.Location = time.UTC
	const day = 1<<24 - 1
	s.spec, s.hourly = spec, spec.Hour&day == day
	return nil
}

// parseEvery reads the length of time of an "@every".
func parseEvery(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	d, err := time.ParseDuration(text)
	var days, weeks int
	switch {
	case err != nil && scan(text, "%dd", &days):
		return 0, fmt.Errorf(`"@every %s": the units are h, m and s: did you mean "@every %dh"?`, text, 24*days)
	case err != nil && scan(text, "%dw", &weeks):
		return 0, fmt.Errorf(`"@every %s": the units are h, m and s: did you mean "@every %dh"?`, text, 7*24*weeks)
	case err != nil:
		return 0, fmt.Errorf(`"@every %s": write a length of time such as "@every 36h" or "@every 1h30m"`, text)
	case d < time.Second || d%time.Second != 0:
		return 0, fmt.Errorf(`"@every %s": write whole seconds, one at least, such as "@every 90s"`, text)
	}
	return d, nil
}

// scan reads the one number of text and says whether it is all that there is.
func scan(text, format string, n *int) bool {
	_, err := fmt.Sscanf(text, format, n)
	return err == nil && *n > 0 && *n < 10_000 && fmt.Sprintf(format, *n) == text
}

// String is the schedule with its zone in front, as Parse reads it.
func (s *Schedule) String() string { return "CRON_TZ=" + s.zone.String() + " " + s.text }

// Zone is the time zone in which the schedule is meant.
func (s *Schedule) Zone() *time.Location { return s.zone }

// Interval is the mean length of time between two due times. That of "@weekly" is a week.
func (s *Schedule) Interval() time.Duration {
	if s.every > 0 {
		return s.every
	}
	const most = 48
	first := s.Next(leapYear())
	last, n := first, 0
	for next := s.Next(first); n < most && !next.IsZero(); next = s.Next(next) {
		last = next
		n++
	}
	return last.Sub(first) / time.Duration(max(n, 1))
}
