package replay_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The files of testdata, *.in.*, are shown as *.out.* says.
func TestGoldenPages(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.in.*")
	if err != nil || len(inputs) < 5 {
		t.Fatalf("%d inputs, %v", len(inputs), err)
	}
	kinds := map[string]string{".html": "text/html", ".css": "text/css", ".svg": "image/svg+xml", ".xml": "text/xml"}
	for _, name := range inputs {
		t.Run(filepath.Base(name), func(t *testing.T) {
			in, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			h := &held{}
			h.add(t, "http://a.example/dir/page", "20090604120000", kinds[filepath.Ext(name)], string(in))
			modifier := ""
			if strings.Contains(name, "scripts") {
				modifier = "on_"
			}
			res := ask(t, service(t, h, nil), replayHost, "/web/20090604120000"+modifier+"/http://a.example/dir/page")
			got := text(t, res)
			golden := strings.Replace(name, ".in.", ".out.", 1)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) || res.StatusCode != 200 || res.Header.Get("Content-Type") != kinds[filepath.Ext(name)]+"; charset=utf-8" {
				t.Errorf("%d %s\n%s\nwant\n%s", res.StatusCode, res.Header.Get("Content-Type"), got, want)
			}
		})
	}
}

// Pages of every charset are shown in UTF-8.
func TestCharsets(t *testing.T) {
	const word = "Señor Dvořák"
	coded := func(label, s string) string {
		enc, _ := charset.Lookup(label)
		out, err := enc.NewEncoder().String(s)
		if err != nil {
			t.Fatal(label, err)
		}
		return out
	}
	utf16 := "\xff\xfe" + coded("utf-16le", "<p>"+word)
	for _, tt := range []struct{ name, mime, body, want string }{
		{"UTF-8 by its bytes", "text/html", "<p>" + word, word},
		{"by the header", "text/html; charset=utf-8", "<p>" + word, word},
		{"the header before the page", "text/html; charset=iso-8859-2", coded("iso-8859-2", "<meta charset=utf-8><p>Dvořák"), "Dvořák"},
		{"by the page", "text/html", coded("iso-8859-2", `<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Dvořák`), "Dvořák"},
		{"by nobody", "text/html", coded("windows-1252", "<p>Señor “x”"), "Señor “x”"},
		{"by its mark", "text/html", utf16, word},
		{"Japanese", "text/html; charset=Shift_JIS", coded("shift_jis", "<p>移住と開発"), "移住と開発"},
		{"Chinese", "text/html", coded("gb18030", `<meta charset="gb2312"><p>移民与发展论坛`), "移民与发展论坛"},
		{"Russian", "text/html; charset=KOI8-R", coded("koi8-r", "<p>Миграция"), "Миграция"},
		{"none that is known", "text/html; charset=nonsense", "<p>" + word, word},
		{"a style sheet by its rule", "text/css", coded("iso-8859-2", `@charset "iso-8859-2"; p:after { content: "ř" }`), `"ř"`},
		{"a style sheet", "text/css", `p:after { content: "ř" }`, `"ř"`},
		{"a picture", "image/svg+xml", coded("iso-8859-2", `<?xml version="1.0" encoding="iso-8859-2"?><svg><text>ř</text></svg>`), "<text>ř</text>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := &held{}
			h.add(t, "http://a.example/", "20090604120000", tt.mime, tt.body)
			res := ask(t, service(t, h, nil), replayHost, "/web/20090604120000/http://a.example/")
			if got := text(t, res); !strings.Contains(got, tt.want) || !strings.HasSuffix(res.Header.Get("Content-Type"), "; charset=utf-8") {
				t.Errorf("%s: %q", res.Header.Get("Content-Type"), got)
			}
		})
	}
}
