package metadata

import (
	"net/http"
	"strings"
	"testing"
)

// Running text of some length, for pages that declare nothing or the wrong thing.
const (
	englishText = `The port of the town was opened again in the morning, and the first ships came in with the tide. The fishermen had been
waiting for three days, and they sold their fish on the market before noon. It is said that the damage was small, and that the trade with the
islands will not be late for more than a day or two, but the people who live on the quay do not believe it.`
	spanishText = `El puerto de la ciudad volvió a abrir por la mañana y los primeros barcos entraron con la marea. Los pescadores, que esperaban
desde hacía tres días, vendieron el pescado en el mercado antes del mediodía. Se dice que los daños son pequeños y que el comercio con las islas
no tendrá más de uno o dos días de retraso, pero la gente que vive en el muelle no lo cree.`
	russianText = `Порт города снова открылся утром, и первые корабли вошли с приливом. Рыбаки ждали три дня и продали рыбу на рынке до полудня.
Говорят, что ущерб невелик и что торговля с островами задержится не больше чем на день или два, но люди, которые живут на набережной, в это не верят.`
)

func TestLanguage(t *testing.T) {
	for want, text := range map[string]string{"en": englishText, "es": spanishText, "ru": russianText} {
		if tag, reliable := Language(text); tag != want || !reliable {
			t.Errorf("got %q, %t, want %q", tag, reliable, want)
		}
	}
	for _, text := range []string{"", "OK", "Привет", "\xff\xfe", strings.Repeat("1234 ", 100)} {
		if tag, reliable := Language(text); reliable {
			t.Errorf("Language(%q) = %q and says that it is reliable", text, tag)
		}
	}
}

func TestLanguageChoice(t *testing.T) {
	for _, c := range []struct {
		name, page string
		header     http.Header
		want, from string
	}{
		{"declared", `<html lang="pt-br"><p>` + "Olá", nil, "pt-BR", "html lang"},
		{"underscore", `<html><meta property=og:locale content=fr_FR>`, nil, "fr-FR", "og:locale"},
		{"by name", `<meta name=language content=Deutsch>`, nil, "de", "language"},
		{"header", `<p>x`, http.Header{"Content-Language": {"es"}}, "es", "http content-language"},
		{"list is none", `<meta http-equiv=content-language content="en, fr"><meta name=dc.language content=fr>`, nil, "fr", "dc.language"},
		{"empty is none", `<html lang=""><meta name=dc.language content=fr>`, nil, "fr", "dc.language"},
		{"nonsense is none", `<html lang="xx-nonsense-"><meta name=dc.language content=fr>`, nil, "fr", "dc.language"},
		{"from the text", `<p>` + spanishText, nil, "es", "text"},
		{"text contradicts", `<html lang=en><p>` + spanishText, nil, "es", "text"},
		{"text agrees with a second declaration", `<html lang=en><meta property=og:locale content=es_MX><p>` + spanishText, nil, "es-MX", "og:locale"},
		{"script contradicts", `<html lang=en><p>` + russianText + russianText, nil, "ru", "text"},
		{"text agrees", `<html lang=en-GB><p>` + englishText, nil, "en-GB", "html lang"},
		{"too short to contradict", `<html lang=en><p>Hola, buenos días a todos los amigos.`, nil, "en", "html lang"},
		{"numbers do not contradict", `<html lang=en><p>` + strings.Repeat("1234567890 ABC-99 ", 100), nil, "en", "html lang"},
		{"nothing known", `<p>x`, nil, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := FromHTML(parsed(t, c.page), "https://a.example/", c.header, noon)
			if d.Language != c.want || d.From["language"] != c.from {
				t.Errorf("got %q from %q, want %q from %q", d.Language, d.From["language"], c.want, c.from)
			}
		})
	}
}
