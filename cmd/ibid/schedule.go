package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/report"
)

type scheduleCmd struct {
	List   scheduleListCmd   `cmd:"" default:"withargs" help:"What is due when, and what ran last."`
	Run    scheduleRunCmd    `cmd:"" help:"Have a collection or a source be due now."`
	Pause  schedulePauseCmd  `cmd:"" help:"Have nothing be due of a collection or a source until it is resumed."`
	Resume scheduleResumeCmd `cmd:"" help:"End a pause."`
}

// scheduled is what the commands of schedules name: a collection, or a source of the collection of --collection.
type scheduled struct {
	Name string `arg:"" help:"A collection, or the address of a source in the collection of --collection."`
}

// with opens the catalogue and finds out what s names.
func (s scheduled) with(ctx context.Context, p *program, do func(c *catalog.Catalog, collection, seed string) (int64, error), said string) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	names, err := h.catalog.Collections(ctx)
	if err != nil {
		return err
	}
	collection, seed := p.flags.Collection, s.Name
	for _, name := range names {
		if name == s.Name {
			collection, seed = name, ""
		}
	}
	n, err := do(h.catalog, collection, seed)
	if err != nil {
		return err
	}
	if n == 0 {
		return &ibid.Error{
			Kind: ibid.KindNotFound, Op: "find", URI: s.Name,
			Err: fmt.Errorf("it is neither a collection with a schedule nor a source of %q with one that this would change; ibid schedule list shows them", collection),
		}
	}
	_, err = fmt.Fprintf(p.stdout, "%s %s\n", report.Count(n, "source"), said)
	return err
}

type scheduleRunCmd struct{ scheduled }

// Run makes Plans due now: whoever serves hands them on within a second.
func (s scheduleRunCmd) Run(ctx context.Context, p *program) error {
	return s.with(ctx, p, func(c *catalog.Catalog, collection, seed string) (int64, error) {
		return c.DueNow(ctx, collection, seed, p.now())
	}, "due now; ibid serve looks at what is due")
}

type schedulePauseCmd struct{ scheduled }

// Run pauses.
func (s schedulePauseCmd) Run(ctx context.Context, p *program) error {
	return s.with(ctx, p, func(c *catalog.Catalog, collection, seed string) (int64, error) {
		return c.Pause(ctx, collection, seed)
	}, "paused")
}

type scheduleResumeCmd struct{ scheduled }

// Run resumes.
func (s scheduleResumeCmd) Run(ctx context.Context, p *program) error {
	return s.with(ctx, p, func(c *catalog.Catalog, collection, seed string) (int64, error) {
		return c.Resume(ctx, collection, seed, p.now())
	}, "looked at again when due")
}

type scheduleListCmd struct{}

// planLine is one object of `ibid schedule list --json`.
type planLine struct {
	Collection string     `json:"collection"`
	URI        string     `json:"uri"`
	Schedule   string     `json:"schedule"`
	Timezone   string     `json:"timezone"`
	Next       *time.Time `json:"next,omitempty"`
	Paused     bool       `json:"paused,omitempty"`
	Running    bool       `json:"running,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Last       *turnLine  `json:"last,omitempty"`
}

// turnLine is what became of a due time.
type turnLine struct {
	Due     time.Time        `json:"due"`
	Outcome ibid.TurnOutcome `json:"outcome"`
	Verdict ibid.Verdict     `json:"verdict,omitempty"`
	Health  ibid.Health      `json:"health,omitempty"`
	// Missed counts the due times between this one and the look before that nobody was there for, or that were paused.
	Missed int `json:"missed,omitempty"`
}

// Run lists all Plans.
func (scheduleListCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toRead)
	if err != nil {
		return err
	}
	defer done(&err)
	t, n, collection := newTable("source", "schedule", "next", "last"), 0, ""
	err = everyPlan(ctx, h.catalog, func(line planLine) error {
		n++
		if p.flags.JSON {
			return p.printJSON(line)
		}
		if line.Collection != collection {
			collection = line.Collection
			t.heading("collection " + collection)
		}
		t.row(scheduleRow(line, columns(p.stdout))...)
		return nil
	})
	switch {
	case err != nil || p.flags.JSON:
		return err
	case n == 0:
		_, err = fmt.Fprintln(p.stdout, "Nothing has a schedule. Give one in ibid.yaml (key schedule), then: ibid serve")
		return err
	}
	t.write(p.stdout)
	_, err = fmt.Fprintf(p.stdout, "\n %s        times are those of this machine (%s)\n", report.Count(n, "source"), p.now().Format("MST, -07:00"))
	return err
}

// everyPlan goes through the Plans of all Collections.
func everyPlan(ctx context.Context, c *catalog.Catalog, do func(planLine) error) error {
	names, err := c.Collections(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		for after := ""; ; {
			plans, err := c.PlansOf(ctx, name, after, page)
			if err != nil {
				return err
			}
			if len(plans) == 0 {
				break
			}
			for i := range plans {
				line, err := lineOf(ctx, c, &plans[i])
				if err != nil {
					return err
				}
				if err := do(line); err != nil {
					return err
				}
			}
			after = plans[len(plans)-1].Seed
		}
	}
	return nil
}

func lineOf(ctx context.Context, c *catalog.Catalog, plan *ibid.Plan) (planLine, error) {
	line := planLine{
		Collection: plan.Collection, URI: plan.Seed, Schedule: plan.Schedule, Timezone: plan.Zone, Paused: plan.Paused,
		Running: plan.Unfinished > 0, Reason: plan.Reason,
	}
	if !plan.Due.IsZero() {
		line.Next = &plan.Due
	}
	turns, err := c.Turns(ctx, plan.PlanKey, 1+missedRows)
	if err != nil || len(turns) == 0 {
		return line, err
	}
	line.Last = &turnLine{Due: turns[0].Due, Outcome: turns[0].Outcome, Missed: missed(turns[1:])}
	v, err := c.LatestVisit(ctx, plan.Collection, plan.Seed)
	if err != nil && ibid.KindOf(err) != ibid.KindNotFound {
		return line, err
	}
	if err == nil && turns[0].Outcome.Look() && plan.Unfinished == 0 {
		line.Last.Verdict, line.Last.Health = v.Verdict, v.Health
	}
	return line, nil
}

// missedRows is how many rows of missed due times there can be between two looks: those of a pause, and others.
const missedRows = 2

// missed counts the due times of turns, the latest first, up to the last look.
func missed(turns []ibid.Turn) (n int) {
	for _, t := range turns {
		if t.Outcome.Look() {
			break
		}
		n += t.Count
	}
	return n
}

// The columns of what is due, and what all but the next due time take up.
const (
	sourceWidth, scheduleWidth, lastWidth = 22, 18, 16
	otherWidth                            = before + sourceWidth + scheduleWidth + lastWidth + 3*between
)

func scheduleRow(l planLine, width int) []string {
	return []string{report.ShortURI(l.URI, sourceWidth), scheduleWords(l), nextWords(l, width-otherWidth), wrap(lastWords(l), lastWidth, 4)}
}

func scheduleWords(l planLine) string {
	if l.Timezone != "" && l.Timezone != "UTC" {
		return wrap(report.Plain(l.Schedule+" "+l.Timezone), scheduleWidth, 4)
	}
	return wrap(report.Plain(l.Schedule), scheduleWidth, 4)
}

func nextWords(l planLine, width int) string {
	switch {
	case l.Paused:
		return "paused"
	case l.Running:
		return "under way"
	case l.Next == nil:
		return wrap("never: "+report.Plain(l.Reason), width, 6)
	case l.Reason != "":
		return l.Next.Local().Format("2006-01-02 15:04") + "\n" + wrap(report.Plain(l.Reason), width, 6)
	}
	return l.Next.Local().Format("2006-01-02 15:04")
}

func lastWords(l planLine) string {
	if l.Last == nil {
		return "not yet"
	}
	words := l.Last.Due.Local().Format("2006-01-02 15:04") + " " + string(l.Last.Outcome)
	if l.Last.Verdict != "" {
		words += ", " + string(l.Last.Verdict) + ", " + string(l.Last.Health)
	}
	if l.Last.Missed > 0 {
		words += fmt.Sprintf("; %d missed before", l.Last.Missed)
	}
	return words
}
