package configs

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"github.com/ibid-archive/ibid/scheduler"
)

// collectionName is what can stand in the name of an object of the store and in an address as it is.
var collectionName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$`)

// CollectionName says what is wrong with a name of a collection.
func CollectionName(name string) error {
	if collectionName.MatchString(name) {
		return nil
	}
	return fmt.Errorf("%q is no name: it has 1 to 64 letters (A to Z), digits, '-', '_' and '.', and does not begin with a '.'", name)
}

func collectionsProblem(all []Collection) *problem {
	first := map[string]int{}
	for i, c := range all {
		name := fmt.Sprintf("collections[%d]", i)
		if p := c.problem(name); p != nil {
			return p
		}
		if before, twice := first[c.Name]; twice {
			return &problem{name + ".name", fmt.Errorf("collections[%d] is called %q as well", before, c.Name)}
		}
		first[c.Name] = i
	}
	return nil
}

func (c Collection) problem(name string) *problem {
	if err := CollectionName(c.Name); err != nil {
		return &problem{name + ".name", err}
	}
	if err := oneLine(c.Title); err != nil {
		return &problem{name + ".title", err}
	}
	if p := ruleProblem(name, c.Schedule, c.Timezone); p != nil {
		return p
	}
	if err := between(c.LockDays, 0, maxLockDays); err != nil {
		return &problem{name + ".lock_days", err}
	}
	if p := unique(name+".documents", len(c.Documents), func(i int) string { return c.Documents[i].Source }); p != nil {
		return p
	}
	for i, d := range c.Documents {
		if p := d.problem(fmt.Sprintf("%s.documents[%d]", name, i)); p != nil {
			return p
		}
	}
	if p := unique(name+".seeds", len(c.Seeds), func(i int) string { return c.Seeds[i].URI }); p != nil {
		return p
	}
	for i, s := range c.Seeds {
		if p := s.problem(fmt.Sprintf("%s.seeds[%d]", name, i)); p != nil {
			return p
		}
	}
	return nil
}

func (d Document) problem(name string) *problem {
	if d.Source == "" {
		return &problem{name + ".source", errors.New("it is empty: name a file, or the address of a page")}
	}
	if err := oneLine(d.Source); err != nil {
		return &problem{name + ".source", err}
	}
	return ruleProblem(name, d.Schedule, d.Timezone)
}

func (s Seed) problem(name string) *problem {
	if err := addressProblem(s.URI); err != nil {
		return &problem{name + ".uri", err}
	}
	return ruleProblem(name, s.Schedule, s.Timezone)
}

func addressProblem(uri string) error {
	if err := oneLine(uri); err != nil {
		return err
	}
	if isAddress(uri) {
		return nil
	}
	if better := "http://" + uri; isAddress(better) && uri != "" {
		return fmt.Errorf("%.200q is no address: did you mean %.200q?", uri, better)
	}
	return fmt.Errorf("%.200q is no address: write it whole, as in \"https://www.example.org/report.pdf\"", uri)
}

func isAddress(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// ruleProblem looks at the schedule and the time zone of what is called name.
func ruleProblem(name, schedule, timezone string) *problem {
	if err := scheduler.Check(schedule); err != nil {
		return &problem{name + ".schedule", err}
	}
	if err := zoneProblem(timezone); err != nil {
		return &problem{name + ".timezone", err}
	}
	return nil
}

// unique refuses what is listed twice: of two schedules for the same thing, which would hold?
func unique(name string, n int, item func(i int) string) *problem {
	first := make(map[string]int, n)
	for i := range n {
		if before, twice := first[item(i)]; twice {
			return &problem{fmt.Sprintf("%s[%d]", name, i), fmt.Errorf("%.200q stands there already, as %s[%d]", item(i), name, before)}
		}
		first[item(i)] = i
	}
	return nil
}
