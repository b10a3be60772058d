package library

import (
	"container/heap"
	"fmt"
	"slices"
)

// way is a page to look at.
type way struct {
	uri string
	// source counts the sources: in which it is looked at.
	source int
	// weight says how promising it is.
	weight int
	// depth counts links from the cited pages, part the pages of one listing.
	depth, part int
	order       int
}

// Weights of ways that are no links to a library.
const (
	weightCited = 90
	// weightPromising is that of a page that has the label or the title of a Work.
	weightPromising = 85
	// weightYear is that of a link that names the year of a Work.
	weightYear  = 35
	forWorkYear = 15
	// enoughToFollow is the Score of a Candidate that is looked at for its links.
	enoughToFollow = 0.3
)

// Bounds on the walk: how many ways may be open, and how many pages one listing may have.
const (
	maxWays  = 5000
	maxParts = 60
)

// ways are the pages to look at, the most promising first, each once in each source.
type ways struct {
	list  []way
	seen  map[string]bool
	count int
}

func (w *ways) push(n way) {
	key := fmt.Sprint(n.source, " ", pageKey(n.uri))
	if w.seen[key] || len(w.list) >= maxWays {
		return
	}
	w.seen[key] = true
	n.order = w.count
	w.count++
	heap.Push((*wayHeap)(w), n)
}

func (w *ways) pop() (way, bool) {
	if len(w.list) == 0 {
		return way{}, false
	}
	n, ok := heap.Pop((*wayHeap)(w)).(way)
	return n, ok
}

// wayHeap orders ways for container/heap.
type wayHeap ways

func (h *wayHeap) Len() int { return len(h.list) }
func (h *wayHeap) Less(i, j int) bool {
	a, b := h.list[i], h.list[j]
	if a.weight != b.weight {
		return a.weight > b.weight
	}
	return a.order < b.order
}
func (h *wayHeap) Swap(i, j int) { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *wayHeap) Push(x any) {
	if n, ok := x.(way); ok {
		h.list = append(h.list, n)
	}
}

func (h *wayHeap) Pop() any {
	last := h.list[len(h.list)-1]
	h.list = h.list[:len(h.list)-1]
	return last
}

// on adds the ways that lead on from a page: the rest of its listing as long as there is something new in it, and links that look
// like libraries, or that name the year of a Work.
func (s *search) on(w way, l Listing, fresh bool) {
	if fresh && w.part < maxParts {
		for _, uri := range l.More {
			s.follow(way{uri: uri, weight: w.weight - 1, depth: w.depth, part: w.part + 1})
		}
	}
	if w.depth >= s.q.Limits.Depth {
		return
	}
	for _, link := range l.Libraries {
		weight := link.Weight
		if s.ofYear(years(fold(link.Text + " " + link.URI))) {
			weight += forWorkYear
		}
		s.follow(way{uri: link.URI, weight: weight - 2*w.depth, depth: w.depth + 1})
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		switch {
		case isFile(e.URI):
		case s.promising(e):
			s.follow(way{uri: e.URI, weight: weightPromising - 2*w.depth, depth: w.depth + 1})
		case len(e.Title) <= 80 && s.ofYear(e.Years):
			s.follow(way{uri: e.URI, weight: weightYear - 2*w.depth, depth: w.depth + 1})
		}
	}
}

// promising says whether a page may be about a Work, or be its session's.
func (s *search) promising(e *Entry) bool {
	return slices.ContainsFunc(s.works, func(w *work) bool { return w.judge(e).Score >= enoughToFollow })
}

// follow adds a way on an allowed site, in the first source.
func (s *search) follow(w way) {
	if s.allowed[siteOf(w.uri)] {
		s.ways.push(w)
	}
}

func (s *search) ofYear(said []int) bool {
	for _, w := range s.works {
		if w.label.Year != 0 && slices.Contains(said, w.label.Year) {
			return true
		}
	}
	return false
}
