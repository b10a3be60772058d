package scheduler

import (
	"fmt"
	"time"
)

// course is the due times of one Plan: those of its schedule, and the pace at which they are taken.
//
// At the pace of the schedule every time of it is due. Sooner, all of them stay and others are put between them,
// at equal lengths of time. Later, some of them are left out. So whatever the pace was in the meantime, the
// times of the schedule are where they were.
type course struct {
	*Schedule
	pace Pace
	Adapt
}

// settle returns the last time of the schedule that is at or before t, counted from grid.
func (c course) settle(grid, t time.Time) time.Time {
	for {
		next := c.Next(grid)
		if next.IsZero() || next.After(t) {
			return grid
		}
		grid = next
	}
}

// next returns the first due time after t, counted from grid; zero when there is none.
func (c course) next(grid, t time.Time) time.Time {
	if c.pace.Looks > 1 {
		grid = c.settle(grid, t)
		return c.between(grid, c.Next(grid), t)
	}
	due := c.Next(grid)
	for left := c.pace.Intervals - 1; !due.IsZero(); left-- {
		further := c.Next(due)
		if due.After(t) && (left <= 0 || further.IsZero() || further.Sub(grid) > c.Max) {
			return due
		}
		due = further
	}
	return time.Time{}
}

// between returns the first time after t that divides the interval evenly, or its end.
func (c course) between(grid, end, t time.Time) time.Time {
	interval := end.Sub(grid)
	n := c.divisor(interval)
	for j := 1; j < n && !end.IsZero(); j++ {
		if due := grid.Add(interval / time.Duration(n) * time.Duration(j)).Truncate(time.Second); due.After(t) {
			return due
		}
	}
	return end
}

// divisor is in how many parts an interval is divided.
func (c course) divisor(interval time.Duration) int {
	n := c.pace.Looks
	if c.Min > 0 {
		n = int(min(time.Duration(n), interval/c.Min))
	}
	return max(n, 1)
}

// reason is why the due time counted from grid is another than the schedule's.
func (c course) reason(grid, due time.Time, why string) string {
	if why == "" || due.IsZero() {
		return ""
	}
	end := c.Next(grid)
	switch {
	case c.pace.Looks > 1 && c.divisor(end.Sub(grid)) > 1:
		return fmt.Sprintf("sooner, %d looks in each interval: %s", c.divisor(end.Sub(grid)), why)
	case due.After(end):
		return "later, some times of the schedule are left out: " + why
	default:
		return "as scheduled: " + why
	}
}
