package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestOpenMakesItsFoldersAndKeepsWhatItHolds(t *testing.T) {
	// The characters have a meaning in the addresses that SQLite reads.
	path := filepath.Join(t.TempDir(), "a b", "100% sure?", "no#1", "catalog.db")
	c := openAt(t, "sqlite:"+path)
	if err := c.PutDocument(t.Context(), "default", ibid.Document{ID: "d1", Source: "a.md"}, nil); err != nil {
		t.Fatal(err)
	}
	closeNow(t, c)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	c = openAt(t, "sqlite:"+path)
	defer closeNow(t, c)
	if doc, _, err := c.Document(t.Context(), "default", "d1"); err != nil || doc.Source != "a.md" {
		t.Errorf("after opening again: %+v, %v", doc, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name, dsn string
		prepare   func(t *testing.T)
		kind      ibid.Kind
		says      string
	}{
		{"another scheme", "mysql://localhost", nil, ibid.KindInput, "sqlite:"},
		{"no path", "sqlite:", nil, ibid.KindInput, "sqlite:"},
		{"a folder in its place", "sqlite:" + dir, nil, ibid.KindStorage, "cannot be written"},
		{"a file in the place of its folder", "sqlite:" + dir + "/file/catalog.db", func(t *testing.T) {
			write(t, dir+"/file", "x")
		}, ibid.KindStorage, "not a directory"},
		{"not a database", "sqlite:" + dir + "/text.db", func(t *testing.T) {
			write(t, dir+"/text.db", strings.Repeat("This is a letter to my aunt. ", 100))
		}, ibid.KindStorage, "reindex"},
		{"of a newer program", "sqlite:" + dir + "/new.db", func(t *testing.T) {
			c := openAt(t, "sqlite:"+dir+"/new.db")
			defer closeNow(t, c)
			if _, err := c.DB().Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`); err != nil {
				t.Fatal(err)
			}
		}, ibid.KindStorage, "newer version"},
		{"damaged", "sqlite:" + dir + "/damaged.db", func(t *testing.T) {
			closeNow(t, openAt(t, "sqlite:"+dir+"/damaged.db"))
			content, err := os.ReadFile(dir + "/damaged.db")
			if err != nil {
				t.Fatal(err)
			}
			for i := 100; i < len(content); i++ {
				content[i] = 0xff
			}
			write(t, dir+"/damaged.db", string(content))
		}, ibid.KindStorage, "reindex"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.prepare != nil {
				tt.prepare(t)
			}
			c, err := catalog.Open(t.Context(), tt.dsn, catalog.Options{})
			if err == nil {
				closeNow(t, c)
				t.Fatal("opened")
			}
			if ibid.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %s: %v\nwant %s that says %q", ibid.KindOf(err), err, tt.kind, tt.says)
			}
		})
	}
}

func TestOpenWaitsForALockAndThenSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	other, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() //nolint:errcheck // a test
	if _, err := other.Exec(`BEGIN EXCLUSIVE`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := catalog.Open(ctx, "sqlite:"+path, catalog.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	_, err = catalog.Open(t.Context(), "sqlite:"+path, catalog.Options{Wait: 20 * time.Millisecond})
	if ibid.KindOf(err) != ibid.KindStorage || !strings.Contains(err.Error(), "another process is using it") {
		t.Errorf("while it is locked: %v", err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCommitsAreDurable looks at the settings that a lost power supply would show.
func TestCommitsAreDurable(t *testing.T) {
	c := openNew(t, catalogtest.Engine{})
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2"} {
		var got string
		if err := c.DB().QueryRow(`PRAGMA ` + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", pragma, got, err, want)
		}
	}
}
