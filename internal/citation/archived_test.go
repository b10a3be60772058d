package citation

import (
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

func TestUnarchived(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, uri, original string
		date                ibid.Date
	}{
		{"Wayback", "https://web.archive.org/web/20090512093015/http://example.org/a?b=1", "http://example.org/a?b=1", "2009-05-12"},
		{"Wayback, as sent", "https://web.archive.org/web/20090512093015id_/http://example.org:80/a", "http://example.org:80/a", "2009-05-12"},
		{"Wayback without a scheme", "http://web.archive.org/web/20021004080737/www.example.org/a.html", "http://www.example.org/a.html", "2002-10-04"},
		{"Wayback with one slash", "http://web.archive.org/web/200905/http:/example.org/a", "http://example.org/a", "2009-05"},
		{"Wayback, a year", "http://web.archive.org/web/2009/http://example.org/", "http://example.org/", "2009"},
		{"archive.today", "https://archive.ph/2013.05.12-093015/http://example.org/a", "http://example.org/a", "2013-05-12"},
		{"archive.today, long", "http://archive.is/20130512093015/http://example.org/a", "http://example.org/a", "2013-05-12"},
		{"WebCite", "http://www.webcitation.org/query?url=http%3A%2F%2Fexample.org%2Fa&date=2009-05-12", "http://example.org/a", "2009-05-12"},
		{"Google", "http://webcache.googleusercontent.com/search?q=cache:AbC1:http://example.org/a+b&hl=en", "http://example.org/a+b&hl=en", ""},
		{"a national library", "https://arquivo.pt/wayback/20090512093015/http://example.org/a", "http://example.org/a", "2009-05-12"},
		{"Archive-It", "https://wayback.archive-it.org/1234/20090512093015/http://example.org/a", "http://example.org/a", "2009-05-12"},
		{"any Wayback", "https://archive.example.edu/all/20090512093015/http://example.org/a", "http://example.org/a", "2009-05-12"},
		{"calendar", "https://web.archive.org/web/*/http://example.org/", "", ""},
		{"an item", "https://archive.org/details/2009", "", ""},
		{"a code", "https://perma.cc/ABCD-1234", "", ""},
		{"a number in a path", "http://example.org/2009/www.example.com/a", "", ""},
		{"no archive", "http://example.org/20090512/http://example.com/", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			original, date, ok := unarchived(tt.uri)
			if original != tt.original || date != tt.date || ok != (tt.original != "") {
				t.Errorf("got %q %q %v", original, date, ok)
			}
		})
	}
}

func TestReferenceToACopy(t *testing.T) {
	t.Parallel()
	refs := readBody(t, Source{Name: "a.md", Body: []byte("See <https://web.archive.org/web/20090512093015/http://example.org/a>.")}).References
	if len(refs) != 1 || refs[0].Original != "http://example.org/a" || refs[0].Accessed != "2009-05-12" || refs[0].Address() != "http://example.org/a" ||
		refs[0].URI != "https://web.archive.org/web/20090512093015/http://example.org/a" {
		t.Errorf("got %+v", refs)
	}
}
