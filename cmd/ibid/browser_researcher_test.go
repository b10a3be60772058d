package main

import (
	"strings"

	"github.com/ibid-archive/ibid/internal/chromiumtest"
)

// nearest is the link to the capture that is nearest to a date, of the list in a calendar.
const nearest = `(() => {
	const to = Date.parse("2009-06-04");
	const all = [...document.querySelectorAll("table.rows th a")];
	const off = a => Math.abs(Date.parse(a.querySelector("time").dateTime) - to);
	const best = all.reduce((a, b) => off(b) < off(a) ? b : a);
	best.id = "nearest";
	return best.querySelector("time").dateTime;
})()`

// researches pastes each of the founding addresses, and reads the source as of June 2009.
func (s *seen) researches() {
	for uri, want := range map[string]struct{ day, text string }{
		pid866:   {"2009-05-28", "consultation"},
		brussels: {"2009-06-11", "Brussels"},
		manila:   {"2008-10-29", "Manila"},
	} {
		s.Asked()
		tab := s.Tab(s.T)
		tab.Open(s.app + "/")
		tab.Type("main input[name=q]", uri)
		tab.Click("main form[role=search] button")
		if at := chromiumtest.Eval[string](tab, nearest); !strings.HasPrefix(at, want.day) {
			s.Errorf("%s: the nearest capture is of %s, not %s", uri, at, want.day)
		}
		tab.Click("#nearest")
		if told := chromiumtest.Eval[string](tab, "document.querySelector('time').dateTime"); !strings.HasPrefix(told, want.day) {
			s.Errorf("%s: the banner says that it is of %s", uri, told)
		}
		tab.FrameText(want.text)
		s.onlyOurs(uri)
	}
}

// onlyOurs holds that nothing was asked for but what is ours.
func (s *seen) onlyOurs(what string) {
	for _, r := range s.Asked() {
		if !r.Allowed {
			s.Errorf("%s asks for %s %s", what, r.Method, r.URL)
		}
	}
}
