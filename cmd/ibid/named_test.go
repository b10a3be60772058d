package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestMeant(t *testing.T) {
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	docs := []ibid.Document{
		{ID: "1", Source: "a/note.md"}, {ID: "2", Source: "b/note.md"}, {ID: "3", Source: "http://a.example/paper.pdf"},
		{ID: "4", Source: "thesis.md"}, {ID: "5", Source: "thesis.md"}, {ID: "6", Source: here + "/whole.md"}, {ID: "7", Source: "../up.md"},
	}
	for _, tt := range []struct {
		name, want string
		other      bool
	}{
		{here + "/thesis.md", "5", false},
		{"./thesis.md", "5", false},
		{"../ibid/thesis.md", "5", false},
		{"whole.md", "6", false},
		{"./whole.md", "6", false},
		{filepath.Dir(here) + "/up.md", "7", false},
		{"up.md", "7", false},
		{"a/note.md", "1", false},
		{"note.md", "12", false},
		{"c/note.md", "12", true},
		{"/elsewhere/thesis.md", "5", true},
		{"paper.pdf", "3", false},
		{"/elsewhere/paper.pdf", "3", true},
		{"other.md", "", false},
	} {
		found, other := meant(slices.Clone(docs), tt.name)
		got := ""
		for _, d := range found {
			got += d.ID
		}
		if got != tt.want || other != tt.other {
			t.Errorf("%s: %q, %v; want %q, %v", tt.name, got, other, tt.want, tt.other)
		}
	}
}
