package citation

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSentenceAround(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, at, want string }{
		{"middle", "One is here. Two is at http://a.example/x, as said. Three.", "http://a.example/x", "Two is at http://a.example/x, as said."},
		{"dots in the address", "See http://a.example/x.html for it. More.", "http://a.example/x.html", "See http://a.example/x.html for it."},
		{"ends with the address", "Before. See http://a.example/x. After it.", "http://a.example/x", "See http://a.example/x."},
		{"abbreviations", "As Smith et al. Found, e.g. Here, cf. No. 3 pp. 4, Fig. 2, see www.a.example now. End.", "www.a.example", "As Smith et al. Found, e.g. Here, cf. No. 3 pp. 4, Fig. 2, see www.a.example now."},
		{"initials", "J. R. Miller wrote X at www.a.example there. Y.", "www.a.example", "J. R. Miller wrote X at www.a.example there."},
		{"lower case goes on", "It cost approx. so much, etc. and www.a.example. Y.", "www.a.example", "It cost approx. so much, etc. and www.a.example."},
		{"white space", "A  line\n   and www.a.example\tmore. B", "www.a.example", "A line and www.a.example more."},
		{"empty line", "A heading\n\nThe text www.a.example is\n\nOther", "www.a.example", "The text www.a.example is"},
		{"quote closes", "He said “www.a.example it is.” Then he left.", "www.a.example", "He said “www.a.example it is.”"},
		{"chinese", "第一句。 请见 www.a.example 这里。 第三句。", "www.a.example", "请见 www.a.example 这里。"},
		{"note mark", "First thing.[2] Then www.a.example was.[3] Last.", "www.a.example", "Then www.a.example was."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := strings.Index(tt.text, tt.at)
			if got := sentenceAround(tt.text, i, i+len(tt.at)); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestSentenceAroundIsBounded(t *testing.T) {
	t.Parallel()
	for _, filler := range []string{"word ", "ü", "x"} {
		text := strings.Repeat(filler, 5000) + "http://a.example/x" + strings.Repeat(filler, 5000)
		i := strings.Index(text, "http")
		got := sentenceAround(text, i, i+18)
		if len(got) > maxSentence+40 || !strings.Contains(got, "http://a.example/x") || !utf8.ValidString(got) {
			t.Errorf("%q: %d bytes: %q", filler, len(got), got)
		}
	}
}

func TestSentenceAroundForeignOffsets(t *testing.T) {
	t.Parallel()
	if got := sentenceAround("short", -3, 99); got != "short" {
		t.Errorf("got %q", got)
	}
}
