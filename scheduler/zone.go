package scheduler

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// zoneNames are the names of the IANA time zone database, release 2025c, one a line. They serve to say what was
// meant; which zones there are, the database itself says.
//
//go:embed zones.txt
var zoneNames string

// offsetName is a zone that somebody wrote as a distance from UTC.
var offsetName = regexp.MustCompile(`^(?:UTC|GMT)?([+-])0?(\d{1,2})(?::?(\d\d))?$`)

// Zone returns the time zone of that name in the IANA time zone database; the empty name is UTC. The error of an
// unknown one says which was most likely meant.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	if name == "Local" {
		return nil, errors.New(`the time zone "Local" is another one on each machine: write its name, such as "Europe/Brussels"`)
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		return zone, nil
	}
	if m := offsetName.FindStringSubmatch(name); m != nil {
		return nil, fixedName(name, m[1], m[2], m[3])
	}
	return nil, fmt.Errorf("there is no time zone %.80q: did you mean %q?", name, likeliest(name, strings.Fields(zoneNames)))
}

// fixedName is the error for a distance from UTC. The names for those turn the sign around.
func fixedName(name, sign, hours, minutes string) error {
	const why = "%q is no time zone, and a distance from UTC knows no daylight saving time: write a name such as \"Europe/Brussels\""
	n, err := strconv.Atoi(hours)
	east := sign == "+"
	if err != nil || strings.Trim(minutes, "0") != "" || n > 14 || !east && n > 12 {
		return fmt.Errorf(why, name)
	}
	turned := map[bool]string{true: "-", false: "+"}[east]
	return fmt.Errorf(why+", or \"Etc/GMT%s%d\"", name, turned, n)
}

// distance writes an offset in seconds as people do: "UTC+02:00".
func distance(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}
