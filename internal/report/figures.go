package report

import (
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// Figures tell link rot from content drift among the addresses that a Document cites. Editions of Works do not
// count: the Document gives no address for them.
type Figures struct {
	// Told are the addresses whose state the live web told: not those that kept us out or that nobody looked at.
	Told int
	// Rotten lead to nothing of the source; Final of them do for good. Drifted lead to something else.
	Rotten, Final, Drifted int
	// Untold could not be told.
	Untold int
}

// FiguresOf counts the addresses of r.
func FiguresOf(r pipeline.DocumentReport) (f Figures) {
	for _, ref := range r.References {
		switch h := ref.Health; {
		case ref.Address() == "":
			continue
		case h == ibid.HealthUnreachable && ref.Strikes == 0: // our own network was away
			f.Untold++
			continue
		case h.Dead():
			f.Rotten++
			if ref.GivenUp {
				f.Final++
			}
		case h == ibid.HealthDrifted:
			f.Drifted++
		case !h.Settled():
			f.Untold++
			continue
		}
		f.Told++
	}
	return f
}

// String is the figures in one sentence: "link rot 3 of 4 addresses, content drift 1 of 4".
func (f Figures) String() string {
	s := fmt.Sprintf("link rot %d of %s, content drift %d of %d", f.Rotten, addresses(f.Told), f.Drifted, f.Told)
	if f.Untold > 0 {
		s += fmt.Sprintf(", %d not known", f.Untold)
	}
	return s
}

func addresses(n int) string {
	if n == 1 {
		return "1 address"
	}
	return fmt.Sprintf("%d addresses", n)
}

// counted is how many things came to an Outcome.
type counted struct {
	Outcome ibid.Outcome
	N       int
}

// counts are those of s that are not zero.
func counts(s pipeline.Summary) (all []counted) {
	for i, n := range []int{s.Captured, s.Rescued, s.Succeeded, s.Lost, s.Excluded, s.Failed, s.Pending} {
		if n > 0 {
			all = append(all, counted{outcomes[i], n})
		}
	}
	return all
}

// Sum is the closing sentence on what, which is so many things: "12 things cited: 2 captured, 1 lost".
func Sum(what string, s pipeline.Summary) string {
	var parts []string
	for _, c := range counts(s) {
		parts = append(parts, fmt.Sprintf("%d %s", c.N, c.Outcome))
	}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	return what + ": " + strings.Join(parts, ", ")
}
