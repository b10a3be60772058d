package library

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/metadata"
)

var dialogues = ibid.Work{
	Title: "Regional Dialogues and Development: Working Side by Side", Label: "2007 Session 3.4", Languages: []string{"en", "fr", "es"},
}

// TestMatch says for each listing which address is the Work in each language; "" is none.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, page string
		en, fr, es string
	}{
		{
			"row with siblings", `<title>2007</title><li>Session 3.4 <a href=e.pdf>Regional Dialogues and Development: Working Side by Side</a> [<a href=s.pdf>ES</a>|<a href=f.pdf>FR</a>]`,
			"e.pdf", "f.pdf", "s.pdf",
		},
		{
			"titles in their languages", `<title>2007</title><p><a href=e.pdf>RT 3.4 Regional Dialogues and Development</a> (English)</p><p><a href=f.pdf>Table ronde 3.4 Dialogues régionaux et développement</a> (français)</p>
			<p><a href=s.pdf>Mesa Redonda 3.4 Diálogos regionales y desarrollo</a> (español)</p>`, "e.pdf", "f.pdf", "s.pdf",
		},
		{"names alone", `<a href=GFMD07_Session_3-4_en.pdf>Download</a><br><a href=GFMD07_Session_3-4_fr.pdf>GFMD07_Session_3-4_fr.pdf</a>`, "", "GFMD07_Session_3-4_fr.pdf", ""},
		{"right title, wrong session", `<title>2007</title><li>Session 3.3 <a href=e.pdf>Regional Dialogues and Development: Working Side by Side</a> [<a href=f.pdf>FR</a>]`, "", "", ""},
		{"right session, other year", `<li><a href=e.pdf>2008 Session 3.4 Regional Dialogues and Development: Working Side by Side</a> [<a href=f.pdf>FR</a>]`, "", "", ""},
		{"right session, page of another year", `<title>Manila 2008</title><li><a href=e.pdf>Session 3.4 Of something else</a> [<a href=f.pdf>FR</a>]`, "", "", ""},
		{"other paper of the session", `<title>2007</title><li><a href=e.pdf>Session 3.4 List of participants</a> [<a href=f.pdf>FR</a>]`, "", "", ""},
		{
			"the better of two", `<title>2007</title><li><a href=x.pdf>Session 3.4 Summary</a> (English)<li><a href=e.pdf>Session 3.4 Regional Dialogues and Development</a> (English)`,
			"e.pdf", "", "",
		},
		{"under a heading", `<title>2007</title><h3>Session 3.4</h3><ul><li><a href=e.pdf>Regional Dialogues and Development, Working Side by Side</a> [<a href=f.pdf>FR</a>]</ul>`, "e.pdf", "f.pdf", ""},
		{"title alone, misspelt", `<li><a href=e.pdf>Regionnal dialogue and developement: working side by side</a> (English)`, "e.pdf", "", ""},
		{"title alone, lost letters", "<li><a href=e.pdf>Regional Dialogues and Develo\ufffdment: Working Side by Side</a> (English)", "e.pdf", "", ""},
		{"only like it", `<title>2007</title><li><a href=e.pdf>Regional Economic Development</a> (English)`, "", "", ""},
		{"nothing", `<a href=/>Home</a>`, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := map[string]string{}
			for _, m := range match(dialogues, Read(parsed(t, c.page), "http://forum.example/docs/").Entries) {
				if found[m.Language] == "" && m.Score >= Enough {
					found[m.Language] = strings.TrimPrefix(m.URI, "http://forum.example/docs/")
				}
				if m.Score >= Enough && len(m.Reasons) == 0 || m.Score < Enough && len(m.Against)+len(m.Reasons) == 0 {
					t.Errorf("%s with %.2f, and no reason", m.URI, m.Score)
				}
			}
			if found["en"] != c.en || found["fr"] != c.fr || found["es"] != c.es {
				t.Errorf("got %v, want en %q, fr %q, es %q", found, c.en, c.fr, c.es)
			}
		})
	}
}

// An impostor is among the candidates, below Enough, and says why.
func TestMatchNamesImpostors(t *testing.T) {
	for page, why := range map[string]string{
		`<li>Session 3.3 <a href=e.pdf>Regional Dialogues and Development: Working Side by Side</a>`:      "filed under Session 3.3, not Session 3.4",
		`<li><a href=e.pdf>2008 Session 3.4 Regional Dialogues and Development: Working Side by Side</a>`: "of 2008, not 2007",
	} {
		got := match(dialogues, Read(parsed(t, page), "http://forum.example/").Entries)
		if len(got) == 0 || got[0].Score >= Enough || !strings.Contains(strings.Join(got[0].Against, "; "), why) {
			t.Errorf("%s: %+v", page, got)
		}
	}
}

func TestMatchWithoutLanguages(t *testing.T) {
	w := ibid.Work{Title: "Fourteen Rooms: A Stocktaking of Regional Dialogues"}
	got := match(w, Read(parsed(t, `<html lang=en><li><a href=a.pdf>Fourteen Rooms: a stocktaking of regional dialogues</a> (French)`), "http://a.example/").Entries)
	if len(got) != 1 || got[0].Language != "fr" || got[0].Score < Enough {
		t.Errorf("%+v", got)
	}
}

func TestJudge(t *testing.T) {
	const french = `Table ronde 3, séance 3.4. Dialogues régionaux et développement. Les dialogues régionaux sur la migration parlent rarement de développement,
		et ceux qui préparent le développement viennent rarement aux dialogues. Ce document cherche à savoir pourquoi, et ce qu’il faudrait pour que cela change.`
	c := match(dialogues, Read(parsed(t, `<title>2007</title><li>Session 3.4 <a href=e.pdf>Regional Dialogues</a> (English)`), "http://a.example/").Entries)[0]
	for _, j := range []struct {
		name, text string
		languages  string
		enough     bool
		said       string
	}{
		{"another language than claimed", french, "fr", true, "claimed to be in en, but its text is in fr"},
		{"another session", strings.ReplaceAll(french, "3.4", "3.3"), "fr", false, "calls itself Session 3.3, not Session 3.4"},
		{"no text", " \n", "en", true, "no text in it to check"},
		{"too short", "Session 3.4", "en", true, "too short or too mixed"},
	} {
		t.Run(j.name, func(t *testing.T) {
			got := Judge(dialogues, c, j.text, metadata.Language)
			if strings.Join(got.Languages, " ") != j.languages || got.Score >= Enough != j.enough || !strings.Contains(strings.Join(got.Against, "; "), j.said) {
				t.Errorf("got %v, %.2f, %q", got.Languages, got.Score, got.Against)
			}
		})
	}
}

// match returns the entries that may be w, one Candidate for each of its languages that they may be in, the best first. Entries
// that cannot be it, though they look so, are among them with a Score below Enough and what speaks against them.
// Where w has no languages, any will do.
func match(w ibid.Work, entries []Entry) []Candidate {
	wanted := want(w)
	var out []Candidate
	for i := range entries {
		c := wanted.judge(&entries[i])
		if c.Score <= 0 {
			continue
		}
		for _, l := range wanted.languages() {
			if in, ok := c.in(l); ok {
				out = append(out, in)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
	return out
}
