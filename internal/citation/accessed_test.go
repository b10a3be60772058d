package citation

import (
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

func TestStatedAccess(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want ibid.Date
	}{
		{" (accessed 12 May 2009).", "2009-05-12"},
		{", last accessed on May 12th, 2009.", "2009-05-12"},
		{" (last visited May 2009)", "2009-05"},
		{". Retrieved 2009-05-12.", "2009-05-12"},
		{" [Accessed: 12 May 2009]", "2009-05-12"},
		{", retrieved on 13/05/2009", "2009-05-13"},
		{", retrieved on 05/13/2009", "2009-05-13"},
		{", retrieved on 5/6/2009", "2009"},
		{", accessed 2009", "2009"},
		{" [Zugriff: 12.05.2009]", "2009-05-12"},
		{" (zuletzt abgerufen am 3. März 2011)", "2011-03-03"},
		{", consulté le 12 mai 2009", "2009-05-12"},
		{", consulté le 1er août 2009", "2009-08-01"},
		{", consultado el 12 de mayo de 2009", "2009-05-12"},
		{" [Consulta: 12/05/2009]", "2009-05-12"},
		{". Acesso em: 12 maio 2009.", "2009-05-12"},
		{" (URL consultato il 12 maggio 2009)", "2009-05-12"},
		{" [geraadpleegd op 12 mei 2009]", "2009-05-12"},
		{" [dostęp 2009-05-12]", "2009-05-12"},
		{" [cit. 2009-05-12]", "2009-05-12"},
		{" (дата обращения: 12.05.2009)", "2009-05-12"},
		{" 2009年5月12日閲覧。", "2009-05-12"},
		{" [2009-05-12].", "2009-05-12"},
		{" (published 12 May 2009)", ""},
		{" and http://a.example/ (accessed 12 May 2009)", ""},
		{" accessed 31 February 2009", ""},
		{" inaccessible 12 May 2009", ""},
		{" accessed by many; see the report of 12 May 2009", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := statedAccess("x"+tt.text, 1); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestStatedAccessBefore(t *testing.T) {
	t.Parallel()
	text := "Smith, J. (2008). Title. Retrieved May 12, 2009, from http://a.example/"
	if got := statedAccessBefore(text, len(text)-len("http://a.example/")); got != "2009-05-12" {
		t.Errorf("got %q", got)
	}
}

func FuzzStatedAccess(f *testing.F) {
	for _, seed := range []string{"accessed 12 May 2009", "[Zugriff: 12.05.2009]", "2009年5月12日閲覧", "retrieved 4-5 June 2009", "дата обращения: 1.2.\xff", " en \xfc"} {
		f.Add(seed, 0)
	}
	f.Fuzz(func(t *testing.T, text string, after int) {
		if d := statedAccess(text, after); d != "" && !d.Valid() {
			t.Fatalf("%q is no date, from %q", d, text)
		}
		findWorks(text)
	})
}
