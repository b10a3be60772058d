package replay

import (
	"net/http"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// finder looks for the mementos of one address on behalf of one request.
type finder struct {
	s   *Service
	r   *http.Request
	uri string
	// match is cdx.MatchURI while there are captures of the very address, and cdx.MatchExact where only others with its
	// key are held: the same page by https, or by another name of its host.
	match cdx.Match
	// held are the collections that are asked, once they are known.
	holders []string
	// oldest and newest are the first and the last, if they are known.
	oldest, newest *cdx.Entry
}

// finder finds out which captures count for uri. The error is of KindNotFound when there are none.
func (s *Service) finder(r *http.Request, uri string) (*finder, error) {
	f := &finder{s: s, r: r, uri: uri}
	for _, f.match = range []cdx.Match{cdx.MatchURI, cdx.MatchExact} {
		e, err := f.first(cdx.Query{})
		if err != nil || e != nil {
			return f, err
		}
	}
	return nil, s.absent(r, uri)
}

// first is the first capture that q asks for and that may be known of; nil when there is none.
func (f *finder) first(q cdx.Query) (*cdx.Entry, error) {
	if f.holders == nil {
		var err error
		if f.holders, err = f.s.o.Index.Holders(f.r.Context()); err != nil || len(f.holders) == 0 {
			return nil, err
		}
	}
	q.Match, q.URI, q.Collections = f.match, f.uri, f.holders
	for e, err := range f.s.o.Index.Entries(f.r.Context(), q) {
		if err != nil {
			return nil, err
		}
		if f.s.o.Access(f.r, &e) != Exclude {
			return &e, nil
		}
	}
	return nil, nil //nolint:nilnil // none is an answer
}

// nearest finds the capture of uri that is nearest to at, and the finder of its neighbours. One in the second that at
// begins is nearer than any other; of two as near, the earlier.
func (s *Service) nearest(r *http.Request, uri string, at time.Time) (*finder, *cdx.Entry, error) {
	f := &finder{s: s, r: r, uri: uri}
	for _, f.match = range []cdx.Match{cdx.MatchURI, cdx.MatchExact} {
		e, err := f.nearest(at)
		if err != nil || e != nil {
			return f, e, err
		}
	}
	return nil, nil, s.absent(r, uri)
}

func (f *finder) nearest(at time.Time) (*cdx.Entry, error) {
	after, err := f.first(cdx.Query{From: at})
	if err != nil || after != nil && after.Timestamp.Before(at.Add(time.Second)) {
		return after, err
	}
	before, err := f.first(cdx.Query{To: at, Reverse: true})
	switch {
	case err != nil:
		return nil, err
	case before == nil:
		f.oldest = after
		return after, nil
	case after == nil:
		f.newest = before
		return before, nil
	case after.Timestamp.Sub(at) < at.Sub(before.Timestamp):
		return after, nil
	}
	return before, nil
}

// neighbours are mementos that are worth a link; those that are not there are nil.
type neighbours struct {
	first, prev, next, last *cdx.Entry
}

// ends finds the first and the last.
func (f *finder) ends() (n neighbours, err error) {
	n.first, n.last = f.oldest, f.newest
	if n.first == nil {
		if n.first, err = f.first(cdx.Query{}); err != nil {
			return n, err
		}
	}
	if n.last == nil {
		n.last, err = f.first(cdx.Query{Reverse: true})
	}
	return n, err
}

// around finds those around e too. Others within its second have the same address, and are none.
func (f *finder) around(e *cdx.Entry) (neighbours, error) {
	n, err := f.ends()
	if err != nil {
		return n, err
	}
	second := e.Timestamp.Truncate(time.Second)
	if n.prev, err = f.first(cdx.Query{To: second.Add(-time.Microsecond), Reverse: true}); err != nil {
		return n, err
	}
	n.next, err = f.first(cdx.Query{From: second.Add(time.Second)})
	return n, err
}
