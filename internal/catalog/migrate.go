package catalog

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// migrate brings the tables up to date, each step in a transaction of its own.
func (c *Catalog) migrate(ctx context.Context) error {
	steps, err := fs.Sub(migrations, c.engine.migrations)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(c.engine.dialect, c.write, steps)
	if err != nil {
		return fmt.Errorf("read the embedded migrations: %w", err)
	}
	current, known, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > known {
		return fmt.Errorf("%w (its tables have version %d, known here is %d)", errNewer, current, known)
	}
	if current == known {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			return fmt.Errorf("bring its tables up to date: %w", partial.Err)
		}
		return err
	}
	c.log.DebugContext(ctx, "the catalogue's tables were brought up to date", "from", current, "to", known)
	return nil
}
