package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/ibid-archive/ibid/internal/pipeline"
)

// pursueEvery is how often it is looked whether there is something to be found of the documents, and pursueFirst how long
// after the start: their sources are captured meanwhile.
const (
	pursueFirst = 5 * time.Minute
	pursueEvery = time.Hour
)

// pursuer looks for what the documents of the collections cite and the live web does not have.
type pursuer struct {
	h    *house
	line *pipeline.Pipeline
	log  *slog.Logger
}

// run looks again and again until ctx ends. What fails is told, and tried the next time.
func (s *pursuer) run(ctx context.Context) error {
	return repeat(ctx, pursueFirst, func() time.Duration {
		s.all(ctx)
		return pursueEvery
	})
}

func (s *pursuer) all(ctx context.Context) {
	for _, c := range s.h.config.Collections {
		docs, err := s.h.catalog.Documents(ctx, c.Name)
		if err != nil && ctx.Err() == nil {
			s.log.Error("the documents cannot be listed", "collection", c.Name, "error", err)
		}
		for _, d := range docs {
			if err := s.line.Pursue(ctx, c.Name, d.ID); err != nil && ctx.Err() == nil {
				s.log.Error("what a document cites is not looked for elsewhere", "document", d.Source, "error", err)
			}
		}
	}
}
