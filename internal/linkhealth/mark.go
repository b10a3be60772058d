package linkhealth

import (
	"cmp"
	"slices"

	"github.com/ibid-archive/ibid"
)

// The weights of Marks. Those for one Health are added up.
const (
	// weak is seen on many honest pages too.
	weak = 1
	// fair is seldom seen on honest pages.
	fair = 2
	// grave needs no more than one weak sign beside it.
	grave = 3
	// strong is enough alone.
	strong = 4
	// decisive is how much it takes to call a source something else than live.
	decisive = strong
)

// Mark is something that was seen, and how much that says. A negative Weight speaks against the Health.
type Mark struct {
	ibid.Evidence
	Weight int
}

func mark(rule string, health ibid.Health, weight int, text string) Mark {
	return Mark{Evidence: ibid.Evidence{Rule: rule, For: health, Text: text}, Weight: weight}
}

// overLive are the Healths that Marks can give to a source which answers, the most certain first: what keeps us
// out says nothing of what is behind it.
var overLive = [...]ibid.Health{ibid.HealthBlocked, ibid.HealthParked, ibid.HealthUnreachable, ibid.HealthSoft404}

// points adds up what speaks for h.
func points(marks []Mark, h ibid.Health) int {
	sum := 0
	for i := range marks {
		if marks[i].For == h {
			sum += marks[i].Weight
		}
	}
	return sum
}

// decided returns the Health that the marks leave no doubt about, or "".
func decided(marks []Mark) ibid.Health {
	for _, h := range overLive {
		if points(marks, h) >= decisive {
			return h
		}
	}
	return ""
}

// evidence lists what was seen, what speaks for h first and the gravest of it at the top. Rules that say the same
// are listed once.
func evidence(marks []Mark, h ibid.Health) []ibid.Evidence {
	sorted := slices.Clone(marks)
	slices.SortStableFunc(sorted, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(rank(a, h), rank(b, h)), cmp.Compare(b.Weight, a.Weight))
	})
	var out []ibid.Evidence
	for _, m := range sorted {
		if !slices.Contains(out, m.Evidence) {
			out = append(out, m.Evidence)
		}
	}
	return out[:min(len(out), maxEvidence)]
}

// maxEvidence bounds what is kept with a Visit, in entries.
const maxEvidence = 12

func rank(m Mark, h ibid.Health) int {
	if m.For == h && m.Weight > 0 {
		return 0
	}
	return 1
}
