package citation

import (
	"slices"
	"testing"
)

func TestContinuesAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name             string
		tail, head, rest string
		ragged           bool // head would have fitted
		want             bool
	}{
		{"after the colon of the scheme", "https:", "//doi.org/10.1000/182", "", true, true},
		{"after the slashes of the scheme", "http://", "example.org/a", "and", true, true},
		{"after a slash", "https://doi.org/", "10.1000/182.", "", false, true},
		{"after a slash, a word", "http://example.org/", "publications", "", false, true},
		{"after a slash, prose", "http://example.org/", "for", "details see below", false, false},
		{"after a slash, access", "http://example.org/", "Accessed", "12 May 2009", false, false},
		{"after a slash, a sentence", "http://example.org/", "Their", "report says", false, false},
		{"after a slash, a capital in the path", "http://example.org/wiki/", "StranglerApplication.html", "next", false, true},
		{"after a dot of a DOI", "https://doi.org/10.", "1145/3597503", "", false, true},
		{"after a dot in the suffix of a DOI", "https://doi.org/10.1109/ICSA-C.2019.", "00041,", "x", false, true},
		{"after a dot of a DOI, prose", "https://doi.org/10.1109/5.", "The", "next", false, false},
		{"after a dot in the host", "https://www.", "oreilly.com/library/", "x", false, true},
		{"after a dot, an extension", "http://example.org/paper.", "pdf", "and", false, true},
		{"after a full stop", "http://example.org/a.", "However", "not", false, false},
		{"after a full stop, lower case", "http://example.org/a.", "see", "also", false, false},
		{"after a hyphen", "https://doi.org/10.1007/978-3-031-", "40213-5", "", false, true},
		{"after a hyphen, a word", "http://example.org/very-", "long/path", "for", false, true},
		{"after a hyphen, prose", "http://example.org/-", "The", "next", false, false},
		{"after an underscore", "http://example.org/a_", "b.html", "", false, true},
		{"before a slash", "http://example.org", "/a/b", "", false, true},
		{"before a question mark", "http://example.org/a", "?b=c", "", false, true},
		{"before a dot", "http://example.org/a", ".html", "", false, true},
		{"after a letter, a path", "http://example.org/collec", "tions/a_b.html", "x", false, true},
		{"after a letter, prose", "http://example.org/a", "provides", "more", false, false},
		{"after a letter, a year", "http://example.org/a", "2009.", "x", false, false},
		{"after a letter, another address", "http://example.org/a", "http://b.example/", "", false, false},
		{"a label", "https://doi.org/10.1000/182", "[12]", "Other", false, false},
		{"after a comma", "http://example.org/a,", "b/c", "", false, false},
		{"room was left", "http://example.org/very-", "long/path", "", true, false},
		{"in angle brackets", "<http://example.org/a", "b>", "x", true, true},
		{"no address", "and/", "or/not", "", false, false},
		{"a DOI without a scheme", "doi:10.1000/", "182", "", false, true},
		{"nothing follows", "http://example.org/", "", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := lineBreak{tail: tt.tail, head: tt.head, rest: tt.rest, forced: !tt.ragged}
			if got := b.continuesAddress(); got != tt.want {
				t.Errorf("%q + %q: got %v, want %v", tt.tail, tt.head, got, tt.want)
			}
		})
	}
}

// A line that is all address and full to the brim is cut where it ends, in the middle of a word too.
func TestContinuesAddressOverWholeLine(t *testing.T) {
	t.Parallel()
	b := lineBreak{tail: "http://example.org/a-very-long-add", head: "ress", rest: "and", forced: true, alone: true, brimful: true}
	if !b.continuesAddress() {
		t.Error("a cut word was not joined")
	}
	if b.brimful = false; b.continuesAddress() {
		t.Error("a word was joined to a line with room left")
	}
}

func TestTightened(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		inside         bool
		removed        []int
	}{
		{"no address", "a / b", "a / b", false, nil},
		{"an ordinary address", "https://doi.org/10. 1000", "https://doi.org/10. 1000", false, nil},
		{"a spaced one", "at https:// doi. org/ 10. 1007/ s10664-021 now", "at https://doi.org/10.1007/s10664-021 now", false, []int{11, 16, 21, 25, 31}},
		{"up to a sentence", "https:// doi. org/ 10. 1000/ 182. Smith", "https://doi.org/10.1000/182. Smith", false, []int{8, 13, 18, 22, 28}},
		{"the rest of one", "s10664- 021- 10072-8 and", "s10664-021-10072-8 and", true, []int{7, 12}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, removed := tightened(tt.in, tt.inside)
			if got != tt.want || !slices.Equal(removed, tt.removed) {
				t.Errorf("got %q %v, want %q %v", got, removed, tt.want, tt.removed)
			}
		})
	}
}

func FuzzContinuesAddress(f *testing.F) {
	f.Add("https://doi.org/10.", "1145/3597503", "x", true)
	f.Add("<http://", ">", "", false)
	f.Add("www.\xff", "\xff.", ".", true)
	f.Fuzz(func(t *testing.T, tail, head, rest string, forced bool) {
		b := lineBreak{tail: tail, head: head, rest: rest, forced: forced, alone: forced, brimful: forced}
		if b.continuesAddress() && !addressLike(tail) {
			t.Errorf("%q is no address", tail)
		}
		if text, removed := tightened(head, forced); len(text)+len(removed) != len(head) {
			t.Errorf("%q lost more than its spaces: %q", head, text)
		}
	})
}
