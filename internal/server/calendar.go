package server

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// calendar is the captures of an address by year and month, and a list of those in a period of it.
type calendar struct {
	Address
	// Period is what is listed: "" is all, "2009", "200906", "20090604".
	Period string
	Years  []count
	// Year is that of the months; 0: nothing is held.
	Year   int
	Months []count
	Pager  pager
	List   []Captured
}

// count is how many captures a year or a month has, and that as a share of the most, from 0 to 100.
type count struct {
	Period string
	Number int
	N      int
	Share  int
}

// calendarPattern is the address of a calendar, escaped or not.
var calendarPattern = regexp.MustCompile(`^/web/(\d{0,8})(?:\*|%2[aA])/(.+)$`)

// calendarOf reads the address and the period that a calendar is asked for. It looks at what was sent: ServeMux would
// merge the slashes of the address.
func calendarOf(r *http.Request) (uri, period string, ok bool) {
	found := calendarPattern.FindStringSubmatch(r.URL.EscapedPath())
	if found == nil {
		return "", "", false
	}
	uri = broken.ReplaceAllString(found[2], "$1://$2")
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		uri += "?" + r.URL.RawQuery
	}
	if !strings.Contains(uri, "://") {
		uri = "http://" + uri
	}
	return uri, found[1], true
}

// newCalendar counts the captures of a and lists the n-th page of those in the period.
func newCalendar(a Address, period string, page int) calendar {
	perPage := min(max(linkBudget/(cost(a.URI)+20), 4), 80)
	c := calendar{Address: a, Period: period, Pager: pager{Page: page, PerPage: perPage}}
	if len(a.Captures) == 0 {
		return c
	}
	c.Year = a.Captures[len(a.Captures)-1].Timestamp.UTC().Year()
	if len(period) >= 4 {
		c.Year, _ = strconv.Atoi(period[:4]) // digits, as the pattern has it
	}
	years := map[int]int{}
	months := make([]count, 12)
	var listed []Captured
	for i := range a.Captures {
		at := a.Captures[i].Timestamp.UTC()
		years[at.Year()]++
		if at.Year() == c.Year {
			months[at.Month()-1].N++
		}
		if strings.HasPrefix(at.Format("20060102"), period) {
			listed = append(listed, a.Captures[i])
		}
	}
	c.Years, c.Months = yearCounts(years), monthCounts(c.Year, months)
	c.Pager.Total = len(listed)
	from, to := c.Pager.part().Of(len(listed))
	c.List = listed[from:to]
	return c
}

// yearCounts has each year from the first to the last.
func yearCounts(years map[int]int) (all []count) {
	first, last, most := 1<<31, 0, 1
	for y, n := range years {
		first, last, most = min(first, y), max(last, y), max(most, n)
	}
	for y := max(first, last-maxYears); y <= last; y++ {
		all = append(all, count{Period: strconv.Itoa(y), Number: y, N: years[y], Share: share(years[y], most)})
	}
	return all
}

// maxYears bounds the years of a calendar: the web is not older, but a clock may have been wrong.
const maxYears = 60

func monthCounts(year int, months []count) []count {
	most := max(1, slices.MaxFunc(months, func(a, b count) int { return a.N - b.N }).N)
	for i := range months {
		months[i].Number, months[i].Share = i+1, share(months[i].N, most)
		months[i].Period = time.Date(year, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC).Format("200601")
	}
	return months
}

// share is n of most in hundredths; what is not nothing is seen.
func share(n, most int) int {
	if n == 0 {
		return 0
	}
	return max(8, n*100/most)
}

// pager is which page of a list is shown. Page counts from 1.
type pager struct{ Page, PerPage, Total int }

func (p pager) part() Part { return Part{(p.Page - 1) * p.PerPage, p.PerPage} }

// Pages is how many there are, one at least.
func (p pager) Pages() int { return max(1, (p.Total+p.PerPage-1)/p.PerPage) }

// First and Last count the rows that are shown from 1.
func (p pager) First() int { return min(p.part().Skip+1, p.Total) }

// Last is the last row that is shown.
func (p pager) Last() int { return min(p.part().Skip+p.PerPage, p.Total) }

// Before and After are the pages beside this one; 0: there is none.
func (p pager) Before() int { return p.Page - 1 }

// After is the page that follows.
func (p pager) After() int {
	if p.Page >= p.Pages() {
		return 0
	}
	return p.Page + 1
}
