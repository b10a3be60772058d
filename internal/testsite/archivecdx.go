package testsite

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// row is a line of an index by the names of its fields: those of the Wayback Machine, and those of pywb.
type row map[string]string

// row makes the index line of c.
func (c *capture) row() row {
	r := row{
		"urlkey": c.key, "timestamp": c.timestamp, "original": c.uri, "mimetype": c.mediaType(),
		"statuscode": strconv.Itoa(c.page.status), "digest": c.digest, "length": strconv.FormatInt(c.page.body.size+400, 10),
		"offset": "0", "filename": c.source,
	}
	if c.revisit {
		r["mimetype"], r["statuscode"] = "warc/revisit", "-"
	}
	r["url"], r["mime"], r["status"] = r["original"], r["mimetype"], r["statuscode"]
	return r
}

// query is what an index is asked.
type query struct {
	url.Values
	dialect string
	key     string
	match   string // exact, prefix, host or domain
}

// newQuery reads what both dialects have in common. An error is for the client.
func newQuery(values url.Values, dialect string) (query, error) {
	q := query{Values: values, dialect: dialect, match: values.Get("matchType")}
	source := values.Get("url")
	if source == "" {
		return q, fmt.Errorf("the url parameter is required")
	}
	if rest, ok := strings.CutSuffix(source, "*"); ok && q.match == "" {
		source, q.match = rest, "prefix"
	}
	if rest, ok := strings.CutPrefix(source, "*."); ok && q.match == "" {
		source, q.match = rest, "domain"
	}
	q.key = surt(source)
	if q.match == "prefix" && strings.HasSuffix(source, "/") && !strings.HasSuffix(q.key, "/") {
		q.key += "/"
	}
	return q, nil
}

func (q query) matches(key string) bool {
	host, _, _ := strings.Cut(q.key, ")")
	switch q.match {
	case "prefix":
		return strings.HasPrefix(key, q.key)
	case "host":
		return strings.HasPrefix(key, host+")")
	case "domain":
		return strings.HasPrefix(key, host+")") || strings.HasPrefix(key, host+",")
	}
	return key == q.key
}

// select returns the rows that q asks for, in its order, before limits.
func (a *archive) selectRows(q query) ([]row, error) {
	from, to := q.Get("from"), q.Get("to")
	var out []row
	for _, c := range a.captures {
		// A timestamp that is cut short means its whole span: compared as far as it goes.
		if !q.matches(c.key) || from != "" && c.timestamp < from || to != "" && c.timestamp[:min(len(to), len(stamp))] > to {
			continue
		}
		r := c.row()
		keep, err := q.filtered(r)
		if err != nil {
			return nil, err
		}
		if keep {
			out = append(out, r)
		}
	}
	return q.sorted(collapse(out, q.Values["collapse"]))
}

// filtered says whether r passes all filters of q.
func (q query) filtered(r row) (bool, error) {
	for _, f := range q.Values["filter"] {
		rest, negated := strings.CutPrefix(f, "!")
		how := "~"
		if q.dialect == pywb {
			how = "" // contains
			if strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "~") {
				how, rest = rest[:1], rest[1:]
			}
		}
		field, want, _ := strings.Cut(rest, ":")
		ok := strings.Contains(r[field], want)
		switch how {
		case "=":
			ok = r[field] == want
		case "~":
			re, err := regexp.Compile("^(?:" + want + ")$")
			if err != nil {
				return false, err
			}
			ok = re.MatchString(r[field])
		}
		if ok == negated {
			return false, nil
		}
	}
	return true, nil
}

// collapse drops rows that are like the row before in a field, or in its first characters: "timestamp:8".
func collapse(rows []row, by []string) []row {
	for _, rule := range by {
		field, digits, _ := strings.Cut(rule, ":")
		n, err := strconv.Atoi(digits)
		if err != nil {
			n = 1 << 20
		}
		rows = slices.CompactFunc(rows, func(x, y row) bool {
			return x[field][:min(n, len(x[field]))] == y[field][:min(n, len(y[field]))]
		})
	}
	return rows
}

// sorted puts rows in the order that q asks for.
func (q query) sorted(rows []row) ([]row, error) {
	switch q.Get("sort") {
	case "closest":
		at, err := readStamp(q.Get("closest"), lowest)
		if err != nil {
			return nil, err
		}
		far := func(r row) time.Duration {
			t, _ := time.Parse(stamp, r["timestamp"])
			return t.Sub(at).Abs()
		}
		slices.SortStableFunc(rows, func(x, y row) int { return int((far(x) - far(y)) / time.Second) })
	case "reverse":
		slices.Reverse(rows)
	}
	return rows, nil
}

// lowest completes timestamps that are cut short.
const lowest = "20000101000000"

// limited cuts rows to the limit of q, a negative one to the last. more says that rows were left after them.
func (q query) limited(rows []row) (out []row, more bool) {
	n, err := strconv.Atoi(q.Get("limit"))
	switch {
	case err != nil || n == 0:
		return rows, false
	case n < 0:
		return rows[max(0, len(rows)+n):], false
	case n < len(rows):
		return rows[:n], true
	}
	return rows, false
}

// resumed drops the rows before the resume key of q: the urlkey and timestamp to go on at.
func (q query) resumed(rows []row) []row {
	key := q.Get("resumeKey")
	if !strings.Contains(key, " ") {
		// Clients send it as it was given, which is escaped, or escape that once more.
		if plain, err := url.QueryUnescape(key); err == nil {
			key = plain
		}
	}
	return slices.DeleteFunc(rows, func(r row) bool { return r["urlkey"]+" "+r["timestamp"] < key })
}

// resumeKey is where to go on after r.
func resumeKey(r row) string {
	key := []byte(r["urlkey"] + " " + r["timestamp"])
	key[len(key)-1]++
	return string(key)
}

// fields are the columns of an answer.
func (q query) fields(all string) []string {
	for _, name := range []string{"fl", "fields"} {
		if list := q.Get(name); list != "" {
			return strings.Split(list, ",")
		}
	}
	return strings.Fields(all)
}

func (r row) values(fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		if out[i] = r[f]; out[i] == "" {
			out[i] = "-"
		}
	}
	return out
}
