package cdx

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestSorter(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines int
		width int
	}{{"nothing", 0, 0}, {"few lines", 100, 20}, {"more than fits into memory", 5000, 20_000}} {
		t.Run(c.name, func(t *testing.T) {
			s := Sorter{Dir: t.TempDir()}
			for i := range c.lines {
				n := i * 7919 % max(c.lines, 1)
				if err := s.Add(fmt.Sprintf("%08d %s\n", n, strings.Repeat("x", c.width))); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			err := s.Each(func(line string) error { got = append(got, line[:8]); return nil })
			if err != nil || len(got) != c.lines || !slices.IsSorted(got) {
				t.Errorf("%d lines, sorted %v: %v", len(got), slices.IsSorted(got), err)
			}
			if len(slices.Compact(got)) != c.lines {
				t.Error("a line came twice")
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(s.Dir); err != nil || len(left) > 0 {
				t.Errorf("%d files are left: %v", len(left), err)
			}
		})
	}
}
