package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/ibid-archive/ibid/internal/chromiumtest"
)

// uploads gives a document to the upload page, chooses what it cites, and watches until all of that is archived.
func (s *seen) uploads() {
	note := filepath.Join(s.dir, "sent.md")
	if err := os.WriteFile(note, []byte("# A note that was sent\n\nSee <"+s.site+"/trap/0> and <"+brussels+">, 4 June 2009.\n"), 0o600); err != nil {
		s.Fatal(err)
	}
	s.Asked()
	tab := s.Tab(s.T)
	tab.Open(s.app + "/")
	tab.Click("nav a[href='/upload']")
	tab.Choose("#document", note)
	tab.Click("main form button")
	if n := chromiumtest.Eval[int](tab, "document.querySelectorAll('main input[name=reference]:checked').length"); n != 2 {
		s.Errorf("%d references are there to choose from, not 2", n)
	}
	tab.Click("main form button")
	if at := chromiumtest.Eval[string](tab, "location.pathname"); !strings.HasPrefix(at, "/uploads/") {
		s.Fatalf("it leads to %s", at)
	}
	tab.Await("!document.querySelector('[data-over]').hidden")
	outcomes := chromiumtest.Eval[string](tab, "[...document.querySelectorAll('[data-outcome]')].map(e => e.className).join()")
	if strings.Count(outcomes, "o-captured") != 1 || strings.Count(outcomes, "o-rescued") != 1 {
		s.Errorf("its references are %s", outcomes)
	}
	tab.Click("[data-over] a")
	tab.Text("A note that was sent")
	s.onlyOurs("the archivist")
}
