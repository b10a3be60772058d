package server

import (
	"errors"
	"net/http"
	"regexp"

	"github.com/ibid-archive/ibid"
)

// searchPage is what was found for words.
type searchPage struct {
	Query string
	Hits  []Hit
	// More says that there may be more than these.
	More bool
}

// search answers an address with its calendar, and words with the titles and contexts that have them. What only looks like
// an address is taken for words when nothing is known of it.
func (s *server) search(r *http.Request) (answer, error) {
	q := r.URL.Query().Get("q")
	if err := readable(q); err != nil {
		return answer{}, err
	}
	if uri, ok := addressOf(q); ok {
		a, err := s.addressPage(r, uri, r.URL.Query().Get("period"))
		if c, isPage := a.data.(calendar); err != nil || uri == q || isPage && len(c.Captures)+len(c.Cited) > 0 {
			a.query = q
			return a, err
		}
		hits, err := s.Pages.Search(r.Context(), q, maxHits)
		if err != nil || len(hits) == 0 {
			a.query = q
			return a, err
		}
		return answer{page: "search", query: q, data: searchPage{q, hits, len(hits) == maxHits}}, nil
	}
	var hits []Hit
	var err error
	if q != "" {
		hits, err = s.Pages.Search(r.Context(), q, maxHits)
	}
	return answer{page: "search", query: q, data: searchPage{q, hits, len(hits) == maxHits}}, err
}

// calendar answers /web/*/{uri}.
func (s *server) calendar(r *http.Request) (answer, error) {
	uri, period, _ := calendarOf(r)
	if err := readable(uri); err != nil {
		return answer{}, err
	}
	a, err := s.addressPage(r, uri, period)
	a.query = uri
	return a, err
}

var errPeriod = errors.New("a period is a year, a month or a day: 2009, 200906, 20090604")

var periodPattern = regexp.MustCompile(`^(\d{4}|\d{6}|\d{8})?$`)

// addressPage is the calendar of an address. It has addresses of its own with a query, which a calendar has not: there,
// the query is part of the address.
func (s *server) addressPage(r *http.Request, uri, period string) (answer, error) {
	p := pager{Page: 1}
	if r.URL.Path == "/search" {
		var err error
		if p, err = pageOf(r, rowsAPage); err != nil {
			return answer{}, err
		}
	}
	if !periodPattern.MatchString(period) {
		return answer{}, &ibid.Error{Kind: ibid.KindInput, Op: "show the captures of", URI: period, Err: errPeriod}
	}
	found, err := s.Pages.Address(r.Context(), bare(uri))
	if err != nil {
		return answer{}, err
	}
	c := newCalendar(found, period, p.Page)
	if p.Page > 1 {
		err = c.Pager.check(r)
	}
	return answer{page: "address", data: c, here: searchPath(uri, period)}, err
}
