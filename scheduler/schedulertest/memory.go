package schedulertest

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// Memory is Plans in memory, for tests. It may be used by many at once.
type Memory struct {
	mu    sync.Mutex
	lines map[ibid.PlanKey]*line
	queue byAt
	turns map[turnKey]ibid.Turn
	// order is that in which turns came on record.
	order  []turnKey
	handed int
	open   map[turnKey]bool
}

// line is a Plan and its place in the queue; -1 when it is not in it.
type line struct {
	ibid.Plan
	place int
}

type turnKey struct {
	ibid.PlanKey
	due int64
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{lines: map[ibid.PlanKey]*line{}, turns: map[turnKey]ibid.Turn{}, open: map[turnKey]bool{}}
}

// Put adds plans, or puts them in the place of those of the same key.
func (m *Memory) Put(_ context.Context, plans ...ibid.Plan) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range plans {
		l := m.lines[p.PlanKey]
		if l == nil {
			l = &line{place: -1}
			m.lines[p.PlanKey] = l
		}
		l.Plan = p
		m.requeue(l)
	}
	return nil
}

// Get returns the Plan of that key.
func (m *Memory) Get(_ context.Context, key ibid.PlanKey) (ibid.Plan, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.lines[key]; l != nil {
		return l.Plan, nil
	}
	return ibid.Plan{}, &ibid.Error{Kind: ibid.KindNotFound, Op: "find the plan of", URI: key.Seed}
}

// Due returns what is due.
func (m *Memory) Due(ctx context.Context, now time.Time, n int) ([]ibid.Plan, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var taken []*line
	for len(taken) < n && len(m.queue) > 0 && !m.queue[0].At.After(now) {
		taken = append(taken, heap.Pop(&m.queue).(*line)) //nolint:errcheck,forcetypeassert // the heap holds nothing else
	}
	plans := make([]ibid.Plan, len(taken))
	for i, l := range taken {
		plans[i] = l.Plan
		heap.Push(&m.queue, l)
	}
	return plans, nil
}

// Advance takes steps.
func (m *Memory) Advance(ctx context.Context, steps []ibid.Step) (taken int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	for _, s := range steps {
		l := m.lines[s.PlanKey]
		if l == nil || l.Fence != s.Fence {
			continue
		}
		taken++
		l.Fence++
		l.Next = s.Next
		for _, t := range s.Turns {
			m.record(l, t)
		}
		m.requeue(l)
	}
	return taken, nil
}

func (m *Memory) record(l *line, t ibid.Turn) {
	key := turnKey{l.PlanKey, t.Due.Unix()}
	if _, known := m.turns[key]; known {
		return
	}
	m.turns[key] = t
	m.order = append(m.order, key)
	if t.Outcome.Look() {
		m.handed++
		m.open[key] = true
		l.Unfinished++
	}
}

// Finish says that the look of that due time is over.
func (m *Memory) Finish(_ context.Context, key ibid.PlanKey, due time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := turnKey{key, due.Unix()}
	if m.open[k] {
		delete(m.open, k)
		m.lines[key].Unfinished--
	}
	return nil
}

// FinishAll ends all looks that were handed on, and forgets what is on record.
func (m *Memory) FinishAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.open {
		m.lines[k.PlanKey].Unfinished--
	}
	m.handed = 0
	clear(m.open)
	clear(m.turns)
	m.order = m.order[:0]
}

// Turns returns what is on record of a Plan, in the order in which it came.
func (m *Memory) Turns(_ context.Context, key ibid.PlanKey) ([]ibid.Turn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var turns []ibid.Turn
	for _, k := range m.order {
		if k.PlanKey == key {
			turns = append(turns, m.turns[k])
		}
	}
	return turns, nil
}

// Handed counts the looks that were handed on.
func (m *Memory) Handed() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.handed
}

// requeue puts l in its place in the queue, or out of it.
func (m *Memory) requeue(l *line) {
	wanted := !l.Paused && !l.Due.IsZero()
	switch {
	case wanted && l.place < 0:
		heap.Push(&m.queue, l)
	case wanted:
		heap.Fix(&m.queue, l.place)
	case l.place >= 0:
		heap.Remove(&m.queue, l.place)
	}
}

// byAt is a heap of lines, the earliest first.
type byAt []*line

func (q byAt) Len() int           { return len(q) }
func (q byAt) Less(i, j int) bool { return q[i].At.Before(q[j].At) }

func (q byAt) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push is for container/heap.
func (q *byAt) Push(x any) {
	l, _ := x.(*line)
	l.place = len(*q)
	*q = append(*q, l)
}

// Pop is for container/heap.
func (q *byAt) Pop() any {
	l := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	l.place = -1
	return l
}
