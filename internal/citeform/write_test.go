package citeform

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func written(t *testing.T, f Format, items []Item, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, f, items, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUglyDataInEveryFormat(t *testing.T) {
	for name, tt := range map[string]struct {
		format Format
		o      Options
	}{
		"robustlinks-2020.html": {RobustLinks, Options{Spec: Spec2020}},
		"robustlinks-2025.html": {RobustLinks, Options{Spec: Spec2025}},
		"csl.json":              {CSL, Options{}},
		"bibtex.bib":            {BibTeX, Options{}},
		"biblatex.bib":          {Biblatex, Options{}},
		"ris.ris":               {RIS, Options{}},
		"cs1.wiki":              {CS1, Options{}},
		"pwid.txt":              {PWID, Options{}},
		"apa.txt":               {Text, Options{Style: APA}},
		"chicago.txt":           {Text, Options{Style: Chicago}},
		"mla.txt":               {Text, Options{Style: MLA}},
		"oscola.txt":            {Text, Options{Style: OSCOLA}},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, written(t, tt.format, ugly(), tt.o)) })
	}
}

func TestWriteRefusesWhatItDoesNotKnow(t *testing.T) {
	if err := Write(io.Discard, "endnote", nil, Options{}); err == nil {
		t.Error("an unknown format is written")
	}
	if err := Write(io.Discard, Text, nil, Options{Style: "harvard"}); err == nil {
		t.Error("an unknown style is written")
	}
	if err := Write(brokenWriter{}, CS1, ugly(), Options{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the writer's error is lost: %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestCSLIsReadBack(t *testing.T) {
	var got []cslItem
	if err := json.Unmarshal([]byte(written(t, CSL, ugly(), Options{})), &got); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for i, want := range ugly() {
		c := got[i]
		if want = want.clean(); c.URL != linkURL(want.URI) || c.Title != want.Title || len(c.Author) != len(want.Authors) {
			t.Errorf("item %d: %+v", i, c)
		}
		if ids[c.ID] {
			t.Errorf("the id %s is used twice", c.ID)
		}
		ids[c.ID] = true
	}
}

// TestBibTeXIsReadBack reads what is written with a reader of its own: braces are balanced, values come back.
func TestBibTeXIsReadBack(t *testing.T) {
	for _, f := range []Format{BibTeX, Biblatex} {
		entries := readBib(t, written(t, f, ugly(), Options{}))
		if len(entries) != len(ugly()) {
			t.Fatalf("%s: %d entries, not %d", f, len(entries), len(ugly()))
		}
		for i, want := range ugly() {
			e := entries[i]
			if want = want.clean(); plainTeX(e["title"]) != want.Title || e["url"] != bibURL(want.URI) {
				t.Errorf("%s: entry %d: %q %q", f, i, plainTeX(e["title"]), e["url"])
			}
			authors := 0
			if e["author"] != "" {
				authors = len(splitAnd(e["author"]))
			}
			if authors != len(want.Authors) {
				t.Errorf("%s: entry %d has %d authors, not %d: %s", f, i, authors, len(want.Authors), e["author"])
			}
		}
	}
}

// readBib reads entries of the form that we write: "name = {value}," with balanced braces.
func readBib(t *testing.T, s string) (entries []map[string]string) {
	t.Helper()
	for i := strings.IndexByte(s, '@'); i >= 0 && i < len(s); {
		open := i + strings.IndexByte(s[i:], '{')
		end := balanced(t, s, open)
		e := map[string]string{}
		for j := open + strings.IndexByte(s[open:], ','); ; {
			eq := strings.IndexByte(s[j:end], '=')
			if eq < 0 {
				break
			}
			from := j + eq + 2
			if s[from] != '{' {
				j = from + strings.IndexByte(s[from:], ',')
				continue
			}
			to := balanced(t, s, from)
			e[strings.Trim(s[j:j+eq], ", \n")] = s[from+1 : to]
			j = to + 1
		}
		entries = append(entries, e)
		next := strings.IndexByte(s[end:], '@')
		if next < 0 {
			break
		}
		i = end + next
	}
	return entries
}

// balanced is the offset of the brace that closes the one at i.
func balanced(t *testing.T, s string, i int) int {
	t.Helper()
	depth := 0
	for j := i; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return j
			}
		}
	}
	t.Fatalf("braces are not balanced: %s", s[i:])
	return 0
}

func splitAnd(s string) (out []string) {
	depth, from := 0, 0
	for i := range len(s) {
		switch {
		case s[i] == '{':
			depth++
		case s[i] == '}':
			depth--
		case depth == 0 && strings.HasPrefix(s[i:], " and "):
			out, from = append(out, s[from:i]), i+5
		}
	}
	return append(out, s[from:])
}

func plainTeX(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	s = strings.NewReplacer(`{'}`, "'", "{`}", "`", `-{}`, "-").Replace(s)
	return strings.NewReplacer(`\textbackslash{}`, `\`, `\textasciitilde{}`, "~", `\textasciicircum{}`, "^", `\{`, "{", `\}`, "}", `\$`, "$", `\&`, "&",
		`\#`, "#", `\_`, "_", `\%`, "%").Replace(s)
}

func TestNames(t *testing.T) {
	for in, want := range map[string]name{
		"Ada Quay":                                 {Family: "Quay", Given: "Ada"},
		"Quay, Ada":                                {Family: "Quay", Given: "Ada"},
		"Ludwig van Beethoven":                     {Family: "van Beethoven", Given: "Ludwig"},
		"Martin Luther King Jr.":                   {Family: "King", Given: "Martin Luther", Suffix: "Jr."},
		"King, Martin Luther, Jr.":                 {Family: "King", Given: "Martin Luther", Suffix: "Jr."},
		"Martin Luther King, Jr.":                  {Family: "King", Given: "Martin Luther", Suffix: "Jr."},
		"International Organization for Migration": {Literal: "International Organization for Migration"},
		"Ministry of Labour, Manila":               {Literal: "Ministry of Labour, Manila"},
		"OECD":                                     {Literal: "OECD"},
		"王 小明":                                     {Literal: "王 小明"},
		"Organisation des Nations":                 {Literal: "Organisation des Nations"},
		"G20 Secretariat":                          {Literal: "G20 Secretariat"},
		",":                                        {},
	} {
		if got := nameOf(in); got != want && want != (name{}) {
			t.Errorf("%q: %+v, not %+v", in, got, want)
		}
	}
	if got := initials("Jean-Paul M"); got != "J.-P. M." {
		t.Errorf("initials: %s", got)
	}
}

func TestKeysStayWhenItemsAreAdded(t *testing.T) {
	all := ugly()
	full := keys(all)
	for n := range all {
		for i, key := range keys(all[:n]) {
			if key != full[i] {
				t.Errorf("with %d items the key of %d is %s, with all %s", n, i, key, full[i])
			}
		}
	}
}

func TestReadingAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://web.archive.org/web/20081029120000id_/http://a.example/": "https://web.archive.org/web/20081029120000/http://a.example/",
		"https://web.archive.org/web/20081029120000/http://a.example/":    "https://web.archive.org/web/20081029120000/http://a.example/",
		"https://perma.cc/ABCD-1234":                                      "https://perma.cc/ABCD-1234",
		"/web/20081029120000id_/http://a.example/20081029120000id_/":      "/web/20081029120000/http://a.example/20081029120000id_/",
		"": "",
	} {
		if got := ReadingAddress(in); got != want {
			t.Errorf("%s: %s, not %s", in, got, want)
		}
	}
}
