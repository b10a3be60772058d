package catalog_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestRebuildKeepsOnlyWhatTheStoreHoldsAndTheRuns(t *testing.T) {
	catalogtest.Each(t, testRebuildKeepsOnlyWhatTheStoreHoldsAndTheRuns)
}

func testRebuildKeepsOnlyWhatTheStoreHoldsAndTheRuns(t *testing.T, e catalogtest.Engine) {
	c := library(t, e)
	ctx := t.Context()
	if _, _, err := c.StartRun(ctx, catalog.Run{ID: "run", Collection: "default", Fingerprint: "f", Started: day}, seedsOf("http://a.example/")); err != nil {
		t.Fatal(err)
	}
	commit(t, c, jobBatch(0, 2, 3))
	kept := jobBatch(1, 1, 2)
	err := c.Rebuild(ctx, func(f *catalog.Filler) error {
		if err := f.PutDocument(ctx, "default", ibid.Document{ID: "new", Source: "new.md"}, nil); err != nil {
			return err
		}
		if n, err := c.Counts(ctx, "default"); err != nil || n.Captures != 3 || n.Documents != 1 {
			t.Errorf("meanwhile readers see %+v, %v; want the old", n, err)
		}
		_, err := f.Put(ctx, kept)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := c.Counts(ctx, "default")
	if err != nil || n != (catalog.Counts{Documents: 1, Seeds: 1, Visits: 1, Captures: 2, Bytes: 10000}) {
		t.Errorf("counts %+v, %v", n, err)
	}
	if hits, err := c.SearchText(ctx, "default", "manila", 5); err != nil || len(hits) != 0 {
		t.Errorf("old words are found: %v, %v", hits, err)
	}
	if hits, err := c.SearchText(ctx, "default", "report", 5); err != nil || len(hits) != 1 {
		t.Errorf("new words: %v, %v", hits, err)
	}
	if _, total, err := c.RunProgress(ctx, "run"); err != nil || total != 1 {
		t.Errorf("the run has %d seeds, %v", total, err)
	}
}

func TestARebuildThatFailsLeavesTheOld(t *testing.T) {
	catalogtest.Each(t, testARebuildThatFailsLeavesTheOld)
}

func testARebuildThatFailsLeavesTheOld(t *testing.T, e catalogtest.Engine) {
	for name, fail := range map[string]func(cancel func()) error{
		"error":  func(func()) error { return errors.New("the store is unreadable") },
		"cancel": func(cancel func()) error { cancel(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := openNew(t, e)
			commit(t, c, jobBatch(0, 2, 3))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := c.Rebuild(ctx, func(f *catalog.Filler) error {
				if _, err := f.Put(ctx, jobBatch(1, 5, 5)); err != nil {
					return err
				}
				return fail(cancel)
			})
			if err == nil {
				t.Error("no error")
			}
			if n, err := c.Counts(t.Context(), "default"); err != nil || n.Captures != 3 || n.Visits != 2 {
				t.Errorf("counts %+v, %v", n, err)
			}
			commit(t, c, jobBatch(2, 1, 1)) // and it can be written again
		})
	}
}

// crashEnv makes the test binary a child to be killed: what it does, and the address of its catalogue.
const crashEnv = "IBID_TEST_CATALOG_CRASH"

// TestAKillLeavesAllOrNothing kills processes in the middle of transactions, at moments spread over them.
func TestAKillLeavesAllOrNothing(t *testing.T) {
	if task := os.Getenv(crashEnv); task != "" {
		what, dsn, _ := strings.Cut(task, ":")
		writeForEver(t, what, dsn)
		return
	}
	catalogtest.Each(t, testAKillLeavesAllOrNothing)
}

func testAKillLeavesAllOrNothing(t *testing.T, e catalogtest.Engine) {
	for _, what := range []string{"commit", "rebuild"} {
		t.Run(what, func(t *testing.T) {
			dsn := e.New(t)
			told, acks := -1, 0
			for kill := range 15 {
				last, n := killAfter(t, what, dsn, 2+kill%3, time.Duration(kill)*500*time.Microsecond)
				told, acks = max(told, last), acks+n
				c := openAt(t, dsn)
				check(t, c, what, told)
				closeNow(t, c)
			}
			if acks < 15 {
				t.Errorf("only %d transactions were acknowledged: the kills came too early to say anything", acks)
			}
		})
	}
}

const killVisits, killCaptures = 20, 60

// settled reads the captures of each Job and the visits. A server may still be busy with the commit of a process that was killed: what it
// has between two questions is asked for again.
func settled(t *testing.T, c *catalog.Catalog) (captures map[string]int, visits []ibid.Visit) {
	t.Helper()
	for range 20 {
		captures = map[string]int{}
		for capture, err := range c.Captures(t.Context(), "default") {
			if err != nil {
				t.Fatal(err)
			}
			captures[capture.Location.Key]++
		}
		var err error
		if visits, err = c.VisitsOfRun(t.Context(), "default", "run"); err != nil {
			t.Fatal(err)
		}
		if len(visits) == len(captures)*killVisits {
			break
		}
	}
	return captures, visits
}

// check demands that each Job is there whole or not at all, and at least those told of.
func check(t *testing.T, c *catalog.Catalog, what string, told int) {
	t.Helper()
	captures, visits := settled(t, c)
	for key, n := range captures {
		if n != killCaptures {
			t.Errorf("%d captures of %s, want %d", n, key, killCaptures)
		}
	}
	if len(visits) != len(captures)*killVisits {
		t.Errorf("%d visits of %d jobs", len(visits), len(captures))
	}
	if what == "rebuild" && told >= 0 && len(captures) != 1 || what == "commit" && len(captures) < told+1 {
		t.Errorf("%d jobs are there, %d were acknowledged", len(captures), told+1)
	}
	checkIndex(t, c)
}

// killAfter kills a writing process so long after its n-th acknowledgement, and returns the number that the
// last one named and how many there were.
func killAfter(t *testing.T, what, dsn string, n int, delay time.Duration) (last, acks int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKillLeavesAllOrNothing$") //nolint:gosec // ourselves
	child.Env = append(os.Environ(), crashEnv+"="+what+":"+dsn)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	last = -1
	lines := bufio.NewScanner(out)
	for ; lines.Scan(); acks++ {
		if _, err := fmt.Sscanf(lines.Text(), "ACK %d", &last); err != nil {
			t.Errorf("the child said %q", lines.Text())
			break
		}
		if acks == n {
			time.AfterFunc(delay, func() { _ = child.Process.Kill() })
		}
	}
	if err := child.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
	return last, acks
}

func writeForEver(t *testing.T, what, dsn string) {
	c := openAt(t, dsn)
	n, err := c.Counts(t.Context(), "default")
	if err != nil {
		t.Fatal(err)
	}
	for i := n.Captures / killCaptures; ; i++ {
		b := jobBatch(i, killVisits, killCaptures)
		if what == "commit" {
			_, err = c.Commit(t.Context(), b, nil)
		} else {
			err = c.Rebuild(t.Context(), func(f *catalog.Filler) error { _, err := f.Put(t.Context(), b); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Printf("ACK %d\n", i); err != nil {
			t.Fatal(err)
		}
	}
}
