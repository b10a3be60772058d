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
	p, current, known, err := c.versions(ctx)
	if err != nil || current == known {
		return err
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

// versions are that of the tables, and the one that is known here, which is not older.
func (c *Catalog) versions(ctx context.Context) (p *goose.Provider, current, known int64, err error) {
	steps, err := fs.Sub(migrations, c.engine.migrations)
	if err != nil {
		return nil, 0, 0, err
	}
	if p, err = goose.NewProvider(c.engine.dialect, c.write, steps); err != nil {
		return nil, 0, 0, fmt.Errorf("read the embedded migrations: %w", err)
	}
	if current, known, err = p.GetVersions(ctx); err == nil && current > known {
		err = fmt.Errorf("%w (its tables have version %d, known here is %d)", errNewer, current, known)
	}
	return p, current, known, err
}
