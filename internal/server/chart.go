package server

import (
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
)

// chart is how sources fared over time, to be drawn.
type chart struct {
	// ID tells it from other charts of its page.
	ID       string
	Moments  []ibid.HealthMoment
	From, To ibid.HealthMoment
}

// box is a part of a drawing that is 100 wide and 100 high. Class says what it shows.
type box struct{ Class, X, Y, Width, Height string }

func newChart(id string, moments []ibid.HealthMoment) chart {
	c := chart{ID: id, Moments: moments}
	if len(moments) > 0 {
		c.From, c.To = moments[0], moments[len(moments)-1]
	}
	return c
}

// Rot and Drift are the share of what leads to nothing of the source, or to something else, of what was told of.
func (c chart) Rot() []box {
	return c.draw(func(m ibid.HealthMoment) (int, []layer) { return m.Told, []layer{{"o-lost", m.Rotten}} })
}

// Drift is as Rot.
func (c chart) Drift() []box {
	return c.draw(func(m ibid.HealthMoment) (int, []layer) { return m.Told, []layer{{"o-failed", m.Drifted}} })
}

// Stack is how all fared, the dead at the bottom.
func (c chart) Stack() []box {
	return c.draw(func(m ibid.HealthMoment) (int, []layer) {
		return m.Told + m.Untold, []layer{{"o-lost", m.Rotten}, {"o-failed", m.Drifted}, {"o-captured", livingOf(m)}, {"rest", m.Untold}}
	})
}

// livingOf is how many were as they should be.
func livingOf(m ibid.HealthMoment) int { return m.Told - m.Rotten - m.Drifted }

// layer is a part of a column.
type layer struct {
	class string
	n     int
}

// draw draws a column for each moment, as wide as it lasted: the last as long as the others on average.
func (c chart) draw(column func(m ibid.HealthMoment) (total int, layers []layer)) (all []box) {
	span := c.To.When.Sub(c.From.When)
	span += span / time.Duration(max(1, len(c.Moments)-1))
	for i, m := range c.Moments {
		end := c.From.When.Add(span)
		if i+1 < len(c.Moments) {
			end = c.Moments[i+1].When
		}
		total, layers := column(m)
		below := 0
		for _, l := range layers {
			if l.n == 0 || total == 0 {
				continue
			}
			below += l.n
			all = append(all, box{l.class, part(m.When.Sub(c.From.When), span), tenths(total-below, total), part(end.Sub(m.When), span), tenths(l.n, total)})
		}
	}
	return all
}

func part(d, of time.Duration) string { return tenths(int(d/time.Second), max(1, int(of/time.Second))) }

// tenths is how much of total n is, of 100, to a tenth.
func tenths(n, total int) string {
	return strconv.FormatFloat(100*float64(n)/float64(total), 'f', 1, 64)
}

// drawing is one drawing of a chart, with what it says.
type drawing struct {
	ID, Title, Text string
	Boxes           []box
	From, To        time.Time
}

// drawing draws what c says: "rot", "drift" or "stack".
func (l language) drawing(c chart, what string) drawing {
	d := drawing{ID: c.ID + "-" + what, From: c.From.When, To: c.To.When}
	from, to := l.day(c.From.When.UTC()), l.day(c.To.When.UTC())
	rot := l.say("From %s on %s to %s on %s", l.percent(c.From.Rotten, c.From.Told), from, l.percent(c.To.Rotten, c.To.Told), to)
	drift := l.say("From %s on %s to %s on %s", l.percent(c.From.Drifted, c.From.Told), from, l.percent(c.To.Drifted, c.To.Told), to)
	switch what {
	case "rot":
		d.Title, d.Text, d.Boxes = l.say("Link rot over time"), rot, c.Rot()
	case "drift":
		d.Title, d.Text, d.Boxes = l.say("Content drift over time"), drift, c.Drift()
	default:
		d.Title, d.Boxes = l.say("How its sources fared over time"), c.Stack()
		d.Text = l.say("Link rot") + ": " + rot + ". " + l.say("Content drift") + ": " + drift
	}
	return d
}
