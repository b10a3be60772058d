package replay

import (
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// patience is how much of a listing is held back for errors, in bytes.
const patience = 64 << 10

// cdx answers the CDX API with rows of the index, as they come.
func (s *Service) cdx(w http.ResponseWriter, r *http.Request) error {
	q, err := parseCDX(r.URL.RawQuery)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", cdxFormats[q.output].kind)
	h.Set("Cache-Control", "no-cache")
	out := &patient{w: w, status: http.StatusOK, limit: patience}
	if q.showNumPages {
		return out.end(s.pages(r, q, out))
	}
	return out.end(s.rows(r, q, out))
}

// pages writes how many pages there are.
func (s *Service) pages(r *http.Request, q *cdxQuery, out *patient) error {
	n, err := s.o.Index.Count(r.Context(), q.Query)
	if err != nil {
		return err
	}
	size := int64(q.pageSize) * blockRows
	pages := (n + size - 1) / size
	if q.output == outputText || q.output == outputJSON {
		_, err = fmt.Fprintf(out, "%d\n", pages)
		return err
	}
	_, err = fmt.Fprintf(out, "{\"pages\": %d, \"pageSize\": %d, \"blocks\": %d}\n", pages, q.pageSize, (n+blockRows-1)/blockRows)
	return err
}

// rows writes what is asked for, and where to go on.
func (s *Service) rows(r *http.Request, q *cdxQuery, out *patient) error {
	write := cdxFormats[q.output].writer(out, q.fields)
	if q.last > 0 {
		last, err := s.lastRows(r, q)
		if err != nil {
			return err
		}
		for i := range last {
			if err := write.row(&last[i]); err != nil {
				return err
			}
		}
		return write.end("")
	}
	skip, n := q.offset, 0
	var behind cdx.Position // of the last row that was looked at
	for e, err := range s.kept(r, q, &behind) {
		switch {
		case err != nil:
			return err
		case skip > 0:
			skip--
			continue
		case q.limit > 0 && n == q.limit:
			return write.end(q.resume(behind))
		}
		n++
		if err := write.row(e); err != nil {
			return err
		}
	}
	return write.end("")
}

// kept goes through the rows that access, filters and collapsing leave. behind is where the row before the one given
// stands, with all that was passed over.
func (s *Service) kept(r *http.Request, q *cdxQuery, behind *cdx.Position) iter.Seq2[*cdx.Entry, error] {
	return func(yield func(*cdx.Entry, error) bool) {
		same := q.collapsing()
		var at cdx.Position
		for e, err := range s.paged(r, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			*behind, at = at, e.Position()
			if s.o.Access(r, &e) == Exclude || !q.passes(&e) || same(&e) {
				continue
			}
			if !yield(&e, nil) {
				return
			}
		}
	}
}

// paged goes through the rows of a page, or through all.
func (s *Service) paged(r *http.Request, q *cdxQuery) iter.Seq2[cdx.Entry, error] {
	all := s.o.Index.Entries(r.Context(), q.Query)
	if !q.closest.IsZero() {
		all = s.closest(r, q)
	}
	if q.page < 0 {
		return all
	}
	size := q.pageSize * blockRows
	skip, end := q.page*size, (q.page+1)*size
	return func(yield func(cdx.Entry, error) bool) {
		n := 0
		for e, err := range all {
			if err == nil && n < skip {
				n++
				continue
			}
			if n >= end || !yield(e, err) {
				return
			}
			n++
		}
	}
}

// closest goes through the captures of an address by their distance from a time; of two as far, the earlier first.
func (s *Service) closest(r *http.Request, q *cdxQuery) iter.Seq2[cdx.Entry, error] {
	return func(yield func(cdx.Entry, error) bool) {
		before, after := q.Query, q.Query
		before.Reverse, before.To = true, q.closest
		if after.From = q.closest.Add(time.Microsecond); !q.To.IsZero() && q.To.Before(q.closest) {
			before.To = q.To
		}
		if q.From.After(after.From) {
			after.From = q.From
		}
		earlier, stopEarlier := iter.Pull2(s.o.Index.Entries(r.Context(), before))
		defer stopEarlier()
		later, stopLater := iter.Pull2(s.o.Index.Entries(r.Context(), after))
		defer stopLater()
		a, errA, okA := earlier()
		b, errB, okB := later()
		for okA || okB {
			if okA && (!okB || errA != nil || q.closest.Sub(a.Timestamp) <= b.Timestamp.Sub(q.closest)) {
				if !yield(a, errA) || errA != nil {
					return
				}
				a, errA, okA = earlier()
				continue
			}
			if !yield(b, errB) || errB != nil {
				return
			}
			b, errB, okB = later()
		}
	}
}

// lastRows are the last of the rows, in the order asked for. Where rows are collapsed all of them must be seen; else they
// are read from behind.
func (s *Service) lastRows(r *http.Request, q *cdxQuery) ([]cdx.Entry, error) {
	backwards := len(q.collapse) == 0 && q.closest.IsZero() && q.page < 0 && q.After == nil
	from := *q
	if backwards {
		from.Reverse = !from.Reverse
	}
	var last []cdx.Entry
	var behind cdx.Position
	for e, err := range s.kept(r, &from, &behind) {
		if err != nil {
			return nil, err
		}
		if backwards && len(last) == q.last {
			break
		}
		last = append(last, *e)
		if len(last) >= 2*q.last && !backwards {
			last = append(last[:0], last[len(last)-q.last:]...)
		}
	}
	if backwards {
		reverse(last)
	}
	return last[max(0, len(last)-q.last):], nil
}
