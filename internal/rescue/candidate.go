package rescue

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// candidate is a Memento that might be what is wanted.
type candidate struct {
	archive *Archive
	// order is the place of the archive in Options.Archives.
	order int
	at    time.Time
	// uri is the address as it was captured, as far as the list says.
	uri       string
	uriM      string
	status    int
	mediaType ibid.MediaType
	// digest is that of the archive's index, as it stands there.
	digest  string
	revisit bool
}

// compare orders what is wanted as of t: before it the nearest first, then after it the nearest first.
func compare(t time.Time) func(a, b candidate) int {
	return func(a, b candidate) int {
		if a.at.After(t) != b.at.After(t) {
			if a.at.After(t) {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(t.Sub(a.at).Abs(), t.Sub(b.at).Abs()), cmp.Compare(a.order, b.order), strings.Compare(a.uriM, b.uriM))
	}
}

// shelfSize bounds the candidates kept on each side of the date.
const shelfSize = 40

// shelf keeps the candidates of one archive that are nearest to the date, out of any number, and counts the rest.
type shelf struct {
	target        time.Time
	before, after []candidate
	mementos      int
	first, last   time.Time
	passed        map[string]int
	// known tells what a digest's bytes are, for the revisits of them.
	known map[string]row
}

func newShelf(target time.Time) *shelf {
	return &shelf{target: target, passed: map[string]int{}, known: map[string]row{}}
}

// count counts a Memento that the archive has.
func (s *shelf) count(at time.Time) {
	s.mementos++
	if s.first.IsZero() || at.Before(s.first) {
		s.first = at
	}
	if at.After(s.last) {
		s.last = at
	}
}

// pass counts a Memento that need not be fetched, and why.
func (s *shelf) pass(why string) {
	if len(s.passed) < 50 || s.passed[why] > 0 {
		s.passed[why]++
	}
}

func (s *shelf) add(c candidate) {
	side := &s.before
	if c.at.After(s.target) {
		side = &s.after
	}
	order := compare(s.target)
	i, found := slices.BinarySearchFunc(*side, c, order)
	if found || i >= shelfSize {
		return
	}
	*side = slices.Insert(*side, i, c)
	if len(*side) > shelfSize {
		*side = (*side)[:shelfSize]
	}
}

// learn remembers what the bytes of a digest are.
func (s *shelf) learn(c row) {
	if c.digest != "" && !c.revisit && c.status != 0 && len(s.known) < 10_000 {
		s.known[c.digest] = c
	}
}

// candidates returns what is kept, the revisits resolved as far as their originals are known, without what cannot be it.
func (s *shelf) candidates(unfit func(status int, mediaType ibid.MediaType) string) []candidate {
	all := slices.Concat(s.before, s.after)
	for i, c := range all {
		if was, ok := s.known[c.digest]; ok && c.revisit {
			all[i].status, all[i].mediaType = was.status, was.mediaType
		} else if c.revisit {
			all[i].mediaType = ""
		}
	}
	return slices.DeleteFunc(all, func(c candidate) bool {
		why := unfit(c.status, c.mediaType)
		if why != "" {
			s.pass(why)
		}
		return why != ""
	})
}

// summary says what there is, in one line.
func (s *shelf) summary() string {
	text := "no captures"
	switch s.mementos {
	case 0:
	case 1:
		text = "1 capture, " + s.first.Format(time.DateOnly)
	default:
		text = fmt.Sprintf("%d captures, %s to %s", s.mementos, s.first.Format(time.DateOnly), s.last.Format(time.DateOnly))
	}
	for _, why := range slices.Sorted(maps.Keys(s.passed)) {
		text += fmt.Sprintf("; %d passed over: %s", s.passed[why], why)
	}
	return text
}
