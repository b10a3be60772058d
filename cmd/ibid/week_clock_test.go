package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// clockFile names to the program under test the file of a testClock.
const clockFile = "IBID_TEST_CLOCK"

// testClock is a clock on the wall that a test sets, for itself and for programs that it runs. It goes on as the real one
// does, so many hours ahead or behind as its file says: a week passes in as many steps as something happens in it. A
// clock that ran some thousand times faster would not do: in the second within which a due time is noticed, an hour
// would pass.
type testClock string

// now is the time of c. The file is replaced, never changed, so whatever is read of it is whole.
func (c testClock) now() time.Time {
	text, err := os.ReadFile(string(c))
	if err != nil {
		panic(err)
	}
	ahead, err := time.ParseDuration(string(text))
	if err != nil {
		panic(err)
	}
	return time.Now().Round(0).Add(ahead)
}

// set makes it at now. An instant that has passed is left alone: this clock is never set back.
func (c testClock) set(t *testing.T, at time.Time) {
	t.Helper()
	if _, err := os.Stat(string(c)); err == nil && c.now().After(at) {
		return
	}
	next := string(c) + ".next"
	if err := os.WriteFile(next, []byte(time.Until(at).String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, string(c)); err != nil {
		t.Fatal(err)
	}
}

// newClock makes a clock at which it is at.
func newClock(t *testing.T, at time.Time) testClock {
	t.Helper()
	c := testClock(filepath.Join(t.TempDir(), "clock"))
	c.set(t, at)
	return c
}

// clockFrom is the clock that the environment names; nil: there is none.
func clockFrom(environ func(string) string) func() time.Time {
	if name := environ(clockFile); name != "" {
		return testClock(name).now
	}
	return nil
}
