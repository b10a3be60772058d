package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

// printDead prints each dead source on a line, as compilers print what they find, with its archived versions: what a build shows
// that fails on them.
func (p *program) printDead(reports []pipeline.DocumentReport, c configs.Config) error {
	s, found := newCiter(c), 0
	for i := range reports {
		for j := range reports[i].References {
			ref := &reports[i].References[j]
			if !isDead(&ref.State) {
				continue
			}
			found++
			if p.flags.JSON {
				if err := p.printJSON(ref); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(p.stdout, "%s: %s: %s\n", whereabouts(reports[i].Document, ref.Locator), report.Plain(ref.Address()), s.deadLine(&ref.State))
		}
	}
	if found > 0 {
		return errIncomplete
	}
	return nil
}

// isDead says whether a reader who follows the citation today finds nothing. A host that did not answer once may answer again.
func isDead(s *pipeline.State) bool {
	return s.Health.Dead() && (s.Health != ibid.HealthUnreachable || s.GivenUp)
}

// whereabouts is "report.md:12", or "report.pdf, note 2".
func whereabouts(d ibid.Document, l ibid.Locator) string {
	at := report.Plain(d.Source)
	switch {
	case l.Line > 0:
		return fmt.Sprintf("%s:%d", at, l.Line)
	case l.Label != "":
		return at + ", note " + report.Plain(l.Label)
	case l.Page > 0:
		return fmt.Sprintf("%s, page %d", at, l.Page)
	}
	return at
}

// deadLine says how the source fares, and where it is archived.
func (s *citer) deadLine(state *pipeline.State) string {
	line := report.Health(state.Health)
	it := s.item("", state)
	for _, c := range it.Copies {
		line += fmt.Sprintf("; archived %s: %s", c.Time.UTC().Format(time.DateOnly), report.Plain(c.URI))
	}
	switch {
	case len(it.Copies) > 0:
		return line
	case state.Successor != nil:
		return line + "; succeeded by " + report.Plain(state.Successor.URI)
	}
	return line + "; " + cmp.Or(report.Plain(state.Reason), "no archived version is held")
}
