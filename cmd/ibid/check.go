package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

type checkCmd struct {
	URLs []string `arg:"" optional:"" name:"url" help:"Sources to look at (else all of the collection)."`
}

// Run asks the live web how sources fare. Nothing is captured.
func (k *checkCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toWork)
	if err != nil {
		return err
	}
	defer done(&err)
	line, err := p.pipeline(ctx, h)
	if err != nil {
		return err
	}
	return line.During(ctx, func(ctx context.Context) error {
		watch, stop := p.watch("sources", false)
		reports, err := line.Check(ctx, p.flags.Collection, k.URLs, watch)
		stop()
		if err != nil {
			return err
		}
		return p.printChecks(reports, h.config.Health.Strikes)
	})
}

// checkWidth is what the columns before the reason take up.
const checkWidth = before + 30 + between + len("unreachable") + between + len("given up") + between

func (p *program) printChecks(reports []pipeline.CheckReport, strikes int) error {
	counts := map[ibid.Health]int{}
	t := newTable("source", "now", "strikes", "")
	for _, r := range reports {
		counts[r.Health]++
		if p.flags.JSON {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		t.row(report.ShortURI(r.URI, 30), report.Health(r.Health), strikeWords(r, strikes), wrap(report.Plain(r.Reason), columns(p.stdout)-checkWidth, 4))
	}
	if p.flags.JSON {
		return nil
	}
	if len(reports) == 0 {
		return &ibid.Error{
			Kind: ibid.KindNotFound, Op: "check the sources of collection", URI: p.flags.Collection,
			Err: errors.New("it has none yet: ibid archive DOCUMENT, or name their addresses"),
		}
	}
	t.write(p.stdout)
	dead := 0
	for h, n := range counts {
		if h.Dead() {
			dead += n
		}
	}
	_, err := fmt.Fprintf(p.stdout, "\n %s: %d there, %d dead, %d not known\n", report.Count(len(reports), "source"),
		counts[ibid.HealthLive]+counts[ibid.HealthMoved]+counts[ibid.HealthDrifted], dead, counts[ibid.HealthBlocked]+counts[ibid.HealthUnknown])
	return err
}

// strikeWords says how often a dead source was found so: "1 of 3".
func strikeWords(r pipeline.CheckReport, of int) string {
	switch {
	case r.GivenUp:
		return "given up"
	case r.Strikes > 0:
		return strconv.Itoa(r.Strikes) + " of " + strconv.Itoa(of)
	}
	return ""
}
