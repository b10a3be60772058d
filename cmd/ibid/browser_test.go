package main

import "testing"

// TestTheDemoInABrowser is what a person does with the demo's archive, and what the browser says to its pages.
func TestTheDemoInABrowser(t *testing.T) {
	s := newSeen(t)
	defer s.end()
	t.Run("a researcher", func(t *testing.T) { s.with(t).researches() })
	t.Run("an archivist", func(t *testing.T) { s.with(t).uploads() })
	t.Run("interactive", func(t *testing.T) { s.with(t).isInteractive() })
	t.Run("attacks", func(t *testing.T) { s.with(t).attacked() })
	t.Run("every page", func(t *testing.T) { s.with(t).looks() })
}

// with is s for a part of the test.
func (s *seen) with(t *testing.T) *seen {
	part := *s
	part.T = t
	return &part
}
