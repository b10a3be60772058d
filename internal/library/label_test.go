package library

import (
	"strconv"
	"strings"
	"testing"
)

func TestParseLabel(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"2007 Session 3.4", "2007 session=3.4"},
		{"Session 3.4", "session=3.4"},
		{"SESSION 3.4: Regional Dialogues", "session=3.4"},
		{"RT 3.4", "session=3.4"},
		{"RT3.4", "session=3.4"},
		{"Roundtable 3.4", "session=3.4"},
		{"Round Table 3.4", "session=3.4"},
		{"Roundtable Session 2.2", "session=2.2"},
		{"RT Session 2.2 Background Paper", "session=2.2"},
		{"Séance 2.2", "session=2.2"},
		{"Séance de table ronde 2.2", "session=2.2"},
		{"Session de la table ronde n° 2.2", "session=2.2"},
		{"Table ronde 3, séance 3.4", "session=3.4"},
		{"Sesión 2.2", "session=2.2"},
		{"Mesa Redonda 2.2", "session=2.2"},
		{"Sesión de la Mesa Redonda 2.2", "session=2.2"},
		{"Session III.4", "session=3.4"},
		{"Session II", "session=2"},
		{"Round table 3, session 4", "session=3.4"},
		{"Session 4 of Roundtable 3", "session=3.4"},
		{"Round table 3: Session 3.1", "session=3.1"},
		{"GFMD07_Session_3-4_fr.pdf", "session=3.4"},
		{"RT_2.2_background_paper_en.pdf", "session=2.2"},
		{"rt22-en.pdf", "session=2.2"},
		{"session-03-04.pdf", "session=3.4"},
		{"Session 3–4", "session=3.4"},
		{"Session 3.4.pdf", "session=3.4"},
		{"GFMD 2008, Session 3.3.", "2008 session=3.3"},
		{"SÃ©ance 3.4", "session=3.4"},
		{"S\ufffdance 3.4", "session=3.4"},
		{"الجلسة ٣.٤", "session=3.4"},
		{"Сессия 3.4", "session=3.4"},
		{"Working Paper No. 12", "working paper=12"},
		{"Document de travail n° 7", "working paper=7"},
		{"Resolution A/RES/61/208", "resolution=a/res/61/208"},
		{"Annual report 2007", ""},
		{"Sessions in Manila", ""},
		{"Session of 2008", ""},
		{"Obsession 3.4", ""},
		{"art 3.4", ""},
		{"Session", ""},
		{"", ""},
	} {
		l, ok := ParseLabel(c.text)
		if got := labelText(l); got != c.want || ok != (c.want != "") {
			t.Errorf("ParseLabel(%q) = %q, %t, want %q", c.text, got, ok, c.want)
		}
	}
}

func TestAgree(t *testing.T) {
	parse := func(s string) Label { l, _ := ParseLabel(s); return l }
	for _, c := range []struct {
		want, have string
		is         agreement
	}{
		{"Session 3.4", "RT 3.4", same},
		{"Session 3.4", "Session 3.3", other},
		{"Session 3.4", "Round table 3", noWord},
		{"Session 3.4", "Working Paper 3", noWord},
		{"Working Paper No. 3", "Paper 3", same},
		{"Session 3.4", "Session 3.40", other},
	} {
		if got := agree(parse(c.want), []Label{parse(c.have)}); got != c.is {
			t.Errorf("agree(%s, %s) = %d, want %d", c.want, c.have, got, c.is)
		}
	}
}

func TestShortYears(t *testing.T) {
	for name, want := range map[string]int{"gfmd07_session_3-4.pdf": 2007, "gfmd'98 x": 1998, "session07_x": 0, "page12 x": 0, "gfmd70_x": 0} {
		got := 0
		if all := shortYears(name); len(all) > 0 {
			got = all[0]
		}
		if got != want {
			t.Errorf("shortYears(%q) = %d, want %d", name, got, want)
		}
	}
}

func FuzzLabel(f *testing.F) {
	for _, s := range []string{"2007 Session 3.4", "Séance de table ronde III-4", "rt22-en.pdf", "Working Paper No. A/7", "\xff", strings.Repeat("session ", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, ok := ParseLabel(s)
		if ok != (l.Number != "") {
			t.Fatalf("%+v, %t", l, ok)
		}
		if !ok || l.Series != "session" {
			return
		}
		again, _ := ParseLabel(l.Series + " " + l.Number)
		if again.Series != l.Series || again.Number != l.Number {
			t.Errorf("%q gives %v, and that %v", s, l, again)
		}
	})
}

// labelText is the normal form of a Label: "2007 session=3.4". It is empty for no Label.
func labelText(l Label) string {
	switch {
	case l.Number == "":
		return ""
	case l.Year == 0:
		return l.Series + "=" + l.Number
	default:
		return strconv.Itoa(l.Year) + " " + l.Series + "=" + l.Number
	}
}
