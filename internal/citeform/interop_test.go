package citeform

import (
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// readWithCitationJS prints as CSL-JSON what another program makes of the citations on its standard input.
const readWithCitationJS = `
import fs from "node:fs";
import { createRequire } from "node:module";
const load = createRequire(process.argv[2] + "/");
const { plugins } = load("@citation-js/core");
load("@citation-js/plugin-ris");
load("@citation-js/plugin-bibtex");
console.log(JSON.stringify(plugins.input.chain(fs.readFileSync(0, "utf8"), { generateGraph: false })));`

// TestCitationJSReadsWhatWeWrite holds that citation.js finds in what we write the items that our CSL-JSON has: of RIS every field, of
// the others what pandoc is asked for. It is there because the pandoc of some systems does not read RIS. IBID_CITATIONJS is the folder
// that has the packages @citation-js/core, plugin-ris and plugin-bibtex of npm.
func TestCitationJSReadsWhatWeWrite(t *testing.T) {
	modules := os.Getenv("IBID_CITATIONJS")
	node, err := exec.LookPath("node")
	if modules == "" || err != nil {
		t.Skip("needs node, and in IBID_CITATIONJS the folder of the npm packages of citation.js")
	}
	script := filepath.Join(t.TempDir(), "read.mjs")
	if err := os.WriteFile(script, []byte(readWithCitationJS), 0o600); err != nil {
		t.Fatal(err)
	}
	items := append(ugly(), filed()...)
	read := func(t *testing.T, f Format, into any) {
		cmd := exec.CommandContext(t.Context(), node, script, modules)
		cmd.Stdin = strings.NewReader(written(t, f, items, Options{}))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, into); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []Format{CSL, BibTeX, Biblatex} {
		t.Run(string(f), func(t *testing.T) {
			var got []cslItem
			read(t, f, &got)
			sameItems(t, got, items, f != CSL)
		})
	}
	t.Run("ris", func(t *testing.T) {
		var got []risItem
		read(t, RIS, &got)
		sameFields(t, got, items)
	})
}

// filed are sources of the other types, with numbers and dates of each precision.
func filed() []Item {
	resolution, base := "https://docs.example/A/RES/63/225", map[string]string{"symbol": "A/RES/63/225"}
	copied := []Copy{wayback("20240102030405", resolution)}
	return []Item{
		{URI: resolution, Title: "Migrations internationales et développement : « suite »", Authors: []string{"Assemblée générale, Nations Unies"}, Type: "Report", Published: "2009-03-10",
			Publisher: "Nations Unies", Language: "fr", Accessed: "2024-01", Identifiers: base, Copies: copied},
		{URI: resolution + "?page", Title: "A page with a symbol", Authors: []string{"Ursula von der Leyen", "Ñáñez, José Á."}, Published: "2009-03", Publisher: "UN", Accessed: "2024", Identifiers: base, Copies: copied},
		{URI: "https://press.example/book", Title: "Ein Buch – über Ƶiele", Authors: []string{"Ludwig van Beethoven"}, Type: "Book", Published: "2001", Publisher: "Verlag, Köln",
			Identifiers: map[string]string{"isbn": "9783161484100", "doi": "10.1000/182"}, Accessed: "2020-02-29"},
		{URI: "https://uni.example/thesis", Title: "A Thesis", Authors: []string{"de la Cruz, María"}, Type: "Thesis", Published: "2017-06-30", Publisher: "Universidad de Ejemplo", Accessed: "2020-02-29"},
		{URI: "https://data.example/set", Title: "Tables", Authors: []string{"World Bank"}, Type: "Dataset", Published: "2018", Publisher: "World Bank", Accessed: "2020-02-29"},
		{URI: "https://news.example/n", Title: "News: the “day”", Authors: []string{"Agence France-Presse"}, Type: "NewsArticle", Published: "2018-01-02", Publisher: "The Example Times", Accessed: "2020-02-29"},
		{URI: "https://journal.example/n", Title: "An Article", Authors: []string{"Ann Other"}, Type: "ScholarlyArticle", Published: "2018-01-02", Publisher: "Journal of Examples", Accessed: "2020-02-29"},
	}
}

// risItem is an item of RIS as citation.js has it: beside its own fields, those that the specification gives to the name of the archive
// (DB) and of the site of a web page (T2).
type risItem struct {
	cslItem
	Source     string `json:"source"`
	Collection string `json:"collection-title"`
}

// sameFields compares what was read from RIS with our CSL-JSON, field by field.
func sameFields(t *testing.T, got []risItem, items []Item) {
	t.Helper()
	var want []cslItem
	if err := json.Unmarshal([]byte(written(t, CSL, items, Options{})), &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d items, not %d", len(got), len(want))
	}
	for i := range want {
		w, g := reflect.ValueOf(inRIS(want[i])), reflect.ValueOf(got[i].asCSL())
		for f := range w.NumField() {
			if name := w.Type().Field(f).Name; !reflect.DeepEqual(g.Field(f).Interface(), w.Field(f).Interface()) {
				t.Errorf("%s: %s is read as %+v, not %+v", want[i].ID, name, g.Field(f), w.Field(f))
			}
		}
	}
}

// asCSL puts the fields that have another name where ours are.
func (r *risItem) asCSL() cslItem {
	c := r.cslItem
	c.Archive, c.ContainerTitle = r.Source, cmp.Or(c.ContainerTitle, r.Collection)
	for i, n := range c.Author {
		if n.Given == "" { // one word is a family name to it
			c.Author[i] = name{Literal: cmp.Or(n.Literal, n.Family)}
		}
	}
	return c
}

// inRIS is c with what RIS cannot say: all articles are pages, since those of journals lack what makes them so, names have no comma
// but the one that divides them, and what a type has no tag for is a note.
func inRIS(c cslItem) cslItem {
	if strings.HasPrefix(c.Type, "article") {
		c.Type = "webpage"
	}
	for i := range c.Author {
		c.Author[i].Literal = strings.ReplaceAll(c.Author[i].Literal, ",", "")
	}
	archived := strings.Replace(c.Note, "Archived ", "Archived at "+c.ArchiveLocation+", ", 1)
	switch {
	case c.Type != "report":
		c.Note, c.Number = joinNonEmpty("; ", archived, c.Number), ""
	case c.ISBN != "":
		c.Note, c.ISBN = joinNonEmpty("; ", archived, "ISBN "+c.ISBN), ""
	default:
		c.Note = archived
	}
	return c
}
