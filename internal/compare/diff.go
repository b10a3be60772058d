package compare

import (
	"slices"
	"sort"
)

const (
	// maxCells bounds a table of the longest common subsequence: longer stretches without an anchor count as replaced.
	maxCells = 1 << 18
	// maxDepth bounds how often anchors are looked for between anchors.
	maxDepth = 8
)

// pair says that a[A] and b[B] are one.
type pair struct{ A, B int }

// numbering gives equal tokens equal numbers, from 0 on.
type numbering map[string]int32

func (n numbering) of(token string) int32 {
	id, ok := n[token]
	if !ok {
		id = int32(len(n)) //nolint:gosec // MaxText bounds how many there are
		n[token] = id
	}
	return id
}

// differ finds what two sequences have in common, in order.
type differ struct {
	a, b []int32
	// inA and inB count what is there on each side of a stretch, and atB is where in b it was seen last, by number. Between
	// two uses all counts are 0.
	inA, inB, atB []int32
	pairs         []pair
}

// common returns what a and b, of so many different tokens, have in common: pairs that go up on both sides. First what stands
// at both ends is taken off, then what is there only once on both sides holds the rest together (as patience diff does), and
// what lies between is looked at closely where it is short.
func common(a, b []int32, tokens int) []pair {
	d := &differ{a: a, b: b, inA: make([]int32, tokens), inB: make([]int32, tokens), atB: make([]int32, tokens)}
	d.between(0, len(a), 0, len(b), 0)
	return d.pairs
}

func (d *differ) between(a0, a1, b0, b1, depth int) {
	for a0 < a1 && b0 < b1 && d.a[a0] == d.b[b0] {
		d.pairs = append(d.pairs, pair{a0, b0})
		a0, b0 = a0+1, b0+1
	}
	tail := 0
	for a0 < a1 && b0 < b1 && d.a[a1-1] == d.b[b1-1] {
		a1, b1, tail = a1-1, b1-1, tail+1
	}
	if a0 < a1 && b0 < b1 {
		d.middle(a0, a1, b0, b1, depth)
	}
	for i := range tail {
		d.pairs = append(d.pairs, pair{a1 + i, b1 + i})
	}
}

func (d *differ) middle(a0, a1, b0, b1, depth int) {
	var anchors []pair
	if depth < maxDepth {
		anchors = rising(d.unique(a0, a1, b0, b1))
	}
	switch {
	case len(anchors) > 0:
		for _, at := range anchors {
			d.between(a0, at.A, b0, at.B, depth+1)
			d.pairs = append(d.pairs, at)
			a0, b0 = at.A+1, at.B+1
		}
		d.between(a0, a1, b0, b1, depth+1)
	case (a1-a0)*(b1-b0) <= maxCells:
		d.table(a0, a1, b0, b1)
	}
}

// unique are what is there exactly once on both sides, in the order of a.
func (d *differ) unique(a0, a1, b0, b1 int) (found []pair) {
	for _, n := range d.a[a0:a1] {
		d.inA[n]++
	}
	for j, n := range d.b[b0:b1] {
		d.inB[n]++
		d.atB[n] = int32(b0 + j) //nolint:gosec // as above
	}
	for i, n := range d.a[a0:a1] {
		if d.inA[n] == 1 && d.inB[n] == 1 {
			found = append(found, pair{a0 + i, int(d.atB[n])})
		}
	}
	for _, n := range d.a[a0:a1] {
		d.inA[n] = 0
	}
	for _, n := range d.b[b0:b1] {
		d.inB[n] = 0
	}
	return found
}

// rising is the longest part of pairs that goes up in b, too.
func rising(pairs []pair) []pair {
	if len(pairs) == 0 {
		return nil
	}
	ends := make([]int, 0, len(pairs)) // of the shortest-ending run of each length, the index of its last pair
	before := make([]int, len(pairs))
	for i, p := range pairs {
		at := sort.Search(len(ends), func(k int) bool { return pairs[ends[k]].B > p.B })
		before[i] = -1
		if at > 0 {
			before[i] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, i)
		} else {
			ends[at] = i
		}
	}
	out := make([]pair, 0, len(ends))
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		out = append(out, pairs[i])
	}
	slices.Reverse(out)
	return out
}

// table finds the longest common subsequence of two short stretches.
func (d *differ) table(a0, a1, b0, b1 int) {
	n, m := a1-a0, b1-b0
	longest := make([]int32, (n+1)*(m+1)) // of what is from i and from j on
	at := func(i, j int) int { return i*(m+1) + j }
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if d.a[a0+i] == d.b[b0+j] {
				longest[at(i, j)] = longest[at(i+1, j+1)] + 1
			} else {
				longest[at(i, j)] = max(longest[at(i+1, j)], longest[at(i, j+1)])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case d.a[a0+i] == d.b[b0+j]:
			d.pairs = append(d.pairs, pair{a0 + i, b0 + j})
			i, j = i+1, j+1
		case longest[at(i+1, j)] >= longest[at(i, j+1)]:
			i++
		default:
			j++
		}
	}
}
