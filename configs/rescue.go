package configs

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Health says when a dead source counts as gone for good.
type Health struct {
	Strikes  int      `yaml:"strikes"`
	Interval Duration `yaml:"interval"`
}

// Rescue says which other web archives are asked for dead sources.
type Rescue struct {
	Enabled    bool        `yaml:"enabled"`
	Compare    Duration    `yaml:"compare"`
	Again      Duration    `yaml:"again"`
	Archives   []Archive   `yaml:"archives"`
	Migrations []Migration `yaml:"migrations"`
}

// Push says whether and how copies are pushed outward.
type Push struct {
	Enabled   bool     `yaml:"enabled"`
	Key       Secret   `yaml:"key"`
	Secret    Secret   `yaml:"secret"`
	Endpoint  string   `yaml:"endpoint"`
	Rate      Rate     `yaml:"rate"`
	NotWithin Duration `yaml:"not_within"`
}

// Archive is another web archive. Absent keys are as in default.yaml.
type Archive struct {
	ID          string `yaml:"id"`
	Name        string `yaml:"name"`
	TimeMap     string `yaml:"timemap"`
	TimeGate    string `yaml:"timegate"`
	CDX         string `yaml:"cdx"`
	Raw         string `yaml:"raw"`
	Rate        Rate   `yaml:"rate"`
	MementoRate Rate   `yaml:"memento_rate"`
	Enabled     bool   `yaml:"enabled"`
}

// defaults are the values of keys that an item leaves out.
func (a *Archive) defaults() { a.Raw, a.Rate, a.Enabled = "id_", 24, true }

// Migration is a rule by which a site moved what it holds.
type Migration struct {
	Name    string `yaml:"name"`
	Match   string `yaml:"match"`
	Replace string `yaml:"replace"`
}

// Rate is a number of requests a minute.
type Rate float64

// UnmarshalText reads a number of requests a minute, or one with a unit: "24", "8/s", "24/min", "100/h".
func (r *Rate) UnmarshalText(text []byte) error {
	number, unit, _ := strings.Cut(strings.ReplaceAll(string(text), " ", ""), "/")
	n, err := strconv.ParseFloat(number, 64)
	factor, known := map[string]float64{"": 1, "min": 1, "m": 1, "s": 60, "h": 1.0 / 60}[unit]
	if err != nil || !known || !(n > 0 && n <= 1e6) {
		return fmt.Errorf("%q is not a rate: write a number of requests a minute, or one with a unit, as in \"24/min\", \"8/s\"", text)
	}
	*r = Rate(n * factor)
	return nil
}

// String writes r as requests a minute; UnmarshalText reads it back.
func (r Rate) String() string { return strconv.FormatFloat(float64(r), 'g', -1, 64) + "/min" }

// Every is the time from one request to the next. Of no rate it is 0.
func (r Rate) Every() time.Duration {
	if r <= 0 {
		return 0
	}
	return time.Duration(float64(time.Minute) / float64(r))
}

func (r Rescue) problem() *problem {
	ids := map[string]bool{}
	for i, a := range r.Archives {
		key := fmt.Sprintf("rescue.archives[%d]", i)
		switch {
		case a.ID == "" || strings.ContainsAny(a.ID, " \t\r\n\x00\"<>") || a.ID == "live":
			return &problem{key + ".id", errors.New(`it must be one word, such as "web.archive.org", and not "live"`)}
		case ids[a.ID]:
			return &problem{key + ".id", fmt.Errorf("%q is the id of another one", a.ID)}
		case a.TimeMap == "" && a.CDX == "" && a.TimeGate == "":
			return &problem{key, errors.New("it has none of timemap, timegate and cdx: one is needed to ask it")}
		}
		ids[a.ID] = true
		for name, base := range map[string]string{"timemap": a.TimeMap, "timegate": a.TimeGate, "cdx": a.CDX} {
			if err := baseProblem(base); err != nil {
				return &problem{key + "." + name, err}
			}
		}
	}
	for i, m := range r.Migrations {
		if _, err := regexp.Compile(m.Match); err != nil || m.Name == "" || m.Match == "" || m.Replace == "" {
			return &problem{fmt.Sprintf("rescue.migrations[%d]", i), errors.Join(errors.New("it needs a name, a regular expression to match, and what replaces it"), err)}
		}
	}
	return nil
}

func baseProblem(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is not the beginning of an address, such as https://archive.example/timemap/link/", base)
	}
	return nil
}
