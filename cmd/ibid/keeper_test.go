package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
)

// TestKeeper: what a copy lacks is copied, what is read wrong is repaired, and everything is read again when it is due.
func TestKeeper(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	c := configs.Default()
	c.Store = filepath.Join(dir, "first")
	c.Copies = []configs.Copy{{Store: filepath.Join(dir, "second")}}
	p := &program{stdout: io.Discard, stderr: io.Discard, flags: new(globals), log: slog.New(slog.DiscardHandler), now: func() time.Time { return now }}
	h, err := p.open(t.Context(), c, toWork)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	doc := ibid.Document{ID: ibid.DocumentID(ibid.DigestOf([]byte("a paper"))), Source: "paper.md", Digest: ibid.DigestOf([]byte("a paper"))}
	if err := h.archive.PutDocument(t.Context(), "default", doc, nil, []byte("a paper")); err != nil {
		t.Fatal(err)
	}
	told := 0
	k := &keeper{h: h, told: func() { told++ }, now: p.now, log: p.log, lacking: true}
	folder := "documents/default/" + doc.ID + "/"
	state := func() ibid.Fixity {
		t.Helper()
		f, err := h.catalog.LastChecked(t.Context(), ibid.Location{Key: folder})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	do := func(part func(context.Context) error) {
		t.Helper()
		if err := part(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	audits := func() (n int) {
		t.Helper()
		names, err := os.ReadDir(filepath.Join(c.Store, "audits"))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return len(names)
	}

	if state().Copies >= 2 {
		t.Error("it is secured, and not copied")
	}
	do(k.lack)
	if f := state(); f.Copies < 2 || !f.Checked.Equal(now) {
		t.Errorf("after it was copied: %+v", f)
	}

	now = now.Add(time.Minute)
	source := filepath.Join(c.Store, filepath.FromSlash(folder), "source")
	if err := os.Remove(source); err != nil {
		t.Fatal(err)
	}
	body, err := h.archive.DocumentSource(t.Context(), "default", doc)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); err != nil || string(b) != "a paper" || body.Close() != nil {
		t.Errorf("read %q, %v", b, err)
	}
	if f := state(); f.Damaged != 1 || f.Copies >= 2 {
		t.Errorf("after it was read from the copy: %+v", f)
	}
	now = now.Add(time.Minute)
	do(k.mend)
	if b, err := os.ReadFile(source); err != nil || !strings.HasPrefix(string(b), "a paper") || state().Copies < 2 {
		t.Errorf("after it was mended: %q, %v, %+v", b, err, state())
	}

	if audits() != 1 || told != 1 {
		t.Errorf("the repair is not on record: %d audits, told %d times", audits(), told)
	}
	do(k.cycle) // it was never read whole
	if audits() != 2 || told != 1 {
		t.Errorf("%d audits, told %d times", audits(), told)
	}
	now = now.Add(23 * 24 * time.Hour)
	do(k.cycle)
	if audits() != 2 {
		t.Error("it is read again too soon")
	}
	now = now.Add(25 * time.Hour)
	if err := os.Remove(source); err != nil {
		t.Fatal(err)
	}
	k.history = nil // as after a restart
	do(k.cycle)
	if f := state(); audits() != 3 || told != 2 || f.Copies < 2 || now.Sub(f.Checked) > time.Minute {
		t.Errorf("%d audits, told %d times, %+v", audits(), told, f)
	}
}
