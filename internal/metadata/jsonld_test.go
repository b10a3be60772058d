package metadata

import (
	"strings"
	"testing"
)

func TestReadJSONLD(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", `{"@type":"Article","headline":"Port"}`, "Port"},
		{"list", `[{"headline":"Port"},{"headline":"Other"}]`, "Port"},
		{"graph", `{"@graph":[{"@type":"WebSite","name":"x"},{"headline":"Port"}]}`, "Port"},
		{"main entity", `{"@type":"WebPage","mainEntity":{"headline":"Port"}}`, "Port"},
		{"full names", `{"https://schema.org/headline":"Port"}`, "Port"},
		{"value object", `{"headline":{"@value":"Port","@language":"en"}}`, "Port"},
		{"CDATA", "<![CDATA[\n{\"headline\":\"Port\"}\n]]>", "Port"},
		{"CDATA in a comment", "//<![CDATA[\n{\"headline\":\"Port\"}\n//]]>", "Port"},
		{"HTML comment", `<!-- {"headline":"Port"} -->`, "Port"},
		{"comments inside", "{/* a */\"headline\": // b\n\"Port\"}", "Port"},
		{"byte order mark", "\ufeff{\"headline\":\"Port\"}", "Port"},
		{"raw line end in a string", "{\"description\":\"a\nb\",\"headline\":\"Port\"}", "Port"},
		{"commas too many", `{"a":[1,2,],,"headline":"Port",}`, "Port"},
		{"commas too few", `{"a":1 "headline":"Port"}`, ""},
		{"values side by side", `{"name":"x"}{"headline":"Port"}`, "Port"},
		{"semicolon", `{"headline":"Port"};`, "Port"},
		{"escapes", `{"headline":"\u0050o\/rt"}`, "Po/rt"},
		{"surrogate pair", `{"headline":"\ud83d\udea2"}`, "🚢"},
		{"half a pair", `{"headline":"\ud83d!"}`, "\ufffd!"},
		{"cut off", `{"headline":"Port","author":{"name":"An`, "Port"},
		{"escaped as HTML", `{&quot;headline&quot;:&quot;Port&quot;}`, "Port"},
		{"numbers and null", `{"x":-1.5e3,"headline":null,"y":true}`, ""},
		{"not JSON", `var x = "headline";`, ""},
		{"brackets only", strings.Repeat("[", 100_000), ""},
		{"objects only", strings.Repeat(`{"a":`, 100_000), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for _, thing := range flatten(readJSONLD(c.in)) {
				if s, _ := thing.text("headline"); s != "" {
					got = s
					break
				}
			}
			if got != c.want {
				t.Errorf("headline %q, want %q", got, c.want)
			}
		})
	}
}

func TestMainItem(t *testing.T) {
	script := func(s string) string {
		return `<title>Port reopens - Tide</title><script type="application/ld+json">` + s + `</script>`
	}
	for _, c := range []struct{ name, page, want, from string }{
		{"the article, not the video before it", script(`[{"@type":"VideoObject","name":"A film"},{"@type":"NewsArticle","headline":"The port reopens"}]`),
			"The port reopens", "json-ld headline"},
		{"of several the one with this address", script(`[{"@type":"Article","headline":"One thing","url":"https://a.example/1"},
			{"@type":"Article","headline":"Another thing","url":"https://a.example/x"}]`), "Another thing", "json-ld headline"},
		{"of several without a sign none", script(`[{"@type":"Article","headline":"One thing"},{"@type":"Article","headline":"Another thing"}]`),
			"Port reopens - Tide", "title"},
		{"a type in full", script(`{"@type":"https://schema.org/ScholarlyArticle","headline":"The port reopens"}`), "The port reopens", "json-ld headline"},
		{"RDFa", `<title>Tide</title><div vocab="https://schema.org/" typeof="Article"><h1 property="headline">The port reopens</h1></div>`,
			"The port reopens", "rdfa headline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := of(t, c.page, "https://a.example/x")
			if d.Title != c.want || d.From["title"] != c.from {
				t.Errorf("title %q from %q, want %q from %q", d.Title, d.From["title"], c.want, c.from)
			}
		})
	}
}

func TestPublisherIsNoPerson(t *testing.T) {
	d := of(t, `<title>Port - Tide Radio</title><script type="application/ld+json">{"@type":"WebPage","publisher":{"type":"Person","name":"Ann Other"}}</script>`,
		"https://www.tideradio.example/x")
	if d.Publisher != "Tide Radio" || d.From["publisher"] != "title" {
		t.Errorf("publisher %q from %q", d.Publisher, d.From["publisher"])
	}
}

func FuzzReadJSONLD(f *testing.F) {
	for _, s := range []string{`{"@graph":[{"headline":"a","author":[{"name":"b"}]}]}`, "<![CDATA[{\"name\":\"\\ud83d\\udea2\"}]]>", `[[[{"a":{"b":[1,2,`, `{"x":/*`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		things := flatten(readJSONLD(s))
		if len(things) > maxThings {
			t.Fatalf("%d things", len(things))
		}
	})
}
