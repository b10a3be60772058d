package citation

import (
	"strings"
	"testing"
)

func TestAuthorsOf(t *testing.T) {
	t.Parallel()
	tests := []struct{ entry, want string }{
		{"Smith, J. (2009). On tides.", "Smith, J."},
		{"[12] Smith, J., & Doe-Foe, A. B. (2009a). On tides.", "Smith, J.; Doe-Foe, A. B."},
		{"van der Berg, K. and O’Neill, Mary (June 2009) On tides.", "van der Berg, K.; O’Neill, Mary"},
		{"King, Michael; Smith, John A. (4 June 2009). “On tides”", "King, Michael; Smith, John A."},
		{"Smith, J., et al. (2009).", "Smith, J."},
		{"Ministry of the Sea (2009). Report.", ""},
		{"In the year of the storm (2009) it was so.", ""},
		{"Smith, J. On tides. 2009.", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(authorsOf(tt.entry), "; "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.entry, got, tt.want)
		}
	}
}

func TestSaysSomething(t *testing.T) {
	t.Parallel()
	for _, title := range []string{"On Tides", "RFC 2119", "Go", "日本"} {
		if !saysSomething(title) {
			t.Errorf("%q is a title", title)
		}
	}
	for _, text := range []string{"", "12", "here", "[PDF]", "http://example.org/a", "www.example.org", "10.1000/182", "2011PNAS..108.1815W"} {
		if saysSomething(text) {
			t.Errorf("%q is no title", text)
		}
	}
}

func TestLanguageTag(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"en": "en", " en_US ": "en-US", "de-AT,en": "de-AT", "english": "", "x": "", "": "", "zh-Hant-TW": "zh-Hant-TW", "en'": ""} {
		if got := languageTag(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
