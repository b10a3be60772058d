package scheduler

import "time"

// Rule is what one level of the configuration says about when. An empty field says nothing.
type Rule struct {
	// Schedule is what Parse reads, or Never.
	Schedule string
	// Zone is the name of a time zone.
	Zone string
}

// Level is a place at which a Rule can stand.
type Level string

// The Levels, from the outermost to the nearest.
const (
	LevelGlobal     Level = "global"
	LevelCollection Level = "collection"
	LevelDocument   Level = "document"
	LevelSeed       Level = "seed"
)

// Resolved is the Rule that holds for a Seed.
type Resolved struct {
	Rule
	// From is the Level that its Schedule comes from; empty if no level has one.
	From Level
}

// Due says whether there is anything to be due.
func (r Resolved) Due() bool { return r.Schedule != "" && r.Schedule != Never }

// Resolve returns the Rule that holds for a Seed: of the schedules and, apart from them, of the time zones, the
// nearest wins. A time zone that is written in a schedule belongs to it and wins over both; it is taken out of it. Of several
// Documents that cite the Seed, the one that wants it most often counts, and of those the first.
func Resolve(global, collection Rule, documents []Rule, seed Rule) Resolved {
	if len(documents) == 0 {
		documents = []Rule{{}}
	}
	best := nearest([]Rule{global, collection, documents[0], seed})
	if len(documents) == 1 || seed.Schedule != "" {
		return best
	}
	least := best.interval()
	for _, document := range documents[1:] {
		r := nearest([]Rule{global, collection, document, seed})
		if interval := r.interval(); interval > 0 && (least == 0 || interval < least) {
			best, least = r, interval
		}
	}
	return best
}

func nearest(rules []Rule) Resolved {
	var r Resolved
	for i, level := range []Level{LevelGlobal, LevelCollection, LevelDocument, LevelSeed} {
		if rules[i].Schedule != "" {
			r.Schedule, r.From = rules[i].Schedule, level
		}
		if rules[i].Zone != "" {
			r.Zone = rules[i].Zone
		}
	}
	r.Zone, r.Schedule = splitZone(r.Schedule, r.Zone)
	return r
}

// interval is that of the schedule; 0 if nothing is due, or if it cannot be read.
func (r Resolved) interval() time.Duration {
	if !r.Due() {
		return 0
	}
	s, err := Parse(r.Schedule, r.Zone)
	if err != nil {
		return 0
	}
	return s.Interval()
}
