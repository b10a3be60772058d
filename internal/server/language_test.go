package server

import (
	"io/fs"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestLanguageIsTheOneAskedFor(t *testing.T) {
	for _, tt := range []struct {
		name, target, cookie, accept string
		want                         language
	}{
		{"nothing said", "/", "", "", english},
		{"a browser", "/", "", "es-MX,es;q=0.9,en;q=0.8", spanish},
		{"by weight", "/", "", "en;q=0.3, fr;q=0.7", french},
		{"none of ours", "/", "", "de, th;q=0.5", english},
		{"refused", "/", "", "fr;q=0, en;q=0.1", english},
		{"odd weights", "/", "", "fr;q=9, es;q=x", english},
		{"chosen before", "/", "fr", "es", french},
		{"asked for now", "/?lang=es", "fr", "en", spanish},
		{"asked for by an archived address", "/web/2009/http://a.example/?lang=es", "", "fr", french},
		{"asked for none of ours", "/?lang=de", "", "fr", french},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), "GET", tt.target, nil)
			r.Header.Set("Accept-Language", tt.accept)
			if tt.cookie != "" {
				r.Header.Set("Cookie", languageCookie+"="+tt.cookie)
			}
			if got := languageOf(r); got != tt.want {
				t.Errorf("got %s, want %s", got.Tag(), tt.want.Tag())
			}
		})
	}
}

func TestChoiceOfALanguageIsKept(t *testing.T) {
	w := ask(t, serverOf(demoShelf()), "GET", "/documents?lang=fr")
	if c := w.Result().Cookies(); len(c) != 1 || c[0].Value != "fr" || !c[0].HttpOnly || w.Header().Get("Content-Language") != "fr" {
		t.Errorf("cookies %v", c)
	}
	if !strings.Contains(w.Body.String(), `<html lang="fr">`) {
		t.Error("the page is not French")
	}
}

// said finds the messages in templates and in code.
var said = regexp.MustCompile(`(?:\bt |\bword |say\(|past\()"([^"]+)"(?:, "([^"]+)")?`)

// TestEveryMessageIsTranslated holds that what pages say is said in all languages, with the same places for what stands
// in it, and that nothing is translated that no page says.
func TestEveryMessageIsTranslated(t *testing.T) {
	used := map[string]bool{}
	for _, o := range outcomes {
		used[string(o)] = true
	}
	for _, where := range []string{"templates/*.html", "*.go"} {
		files, err := fs.Glob(os.DirFS("."), where)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, found := range said.FindAllStringSubmatch(string(text), -1) {
				for _, message := range found[1:] {
					if message != "" {
						used[message] = true
					}
				}
			}
		}
	}
	for message := range used {
		if _, ok := translated(message); !ok {
			t.Errorf("%q is in English only", message)
		}
	}
	verbs := regexp.MustCompile(`%[ds]`)
	for _, table := range []map[string]translation{messages, thingMessages, uploadMessages, wordMessages} {
		for message, others := range table {
			if _, isWord := wordMessages[message]; !used[message] && !isWord {
				t.Errorf("no page says %q", message)
			}
			_, last, _ := strings.Cut("|"+message[strings.LastIndex(message, "|")+1:], "|")
			for _, text := range others {
				form := text[strings.LastIndex(text, "|")+1:]
				if text == "" || strings.Join(verbs.FindAllString(form, -1), "") != strings.Join(verbs.FindAllString(last, -1), "") {
					t.Errorf("%q is translated as %q", message, text)
				}
			}
		}
	}
}

// TestEveryWordIsTranslated holds that the words that stores hold are known.
func TestEveryWordIsTranslated(t *testing.T) {
	words := []any{ibid.VisitCapture, ibid.VisitCheck, ibid.VisitRescue, ibid.VisitPush, ibid.VisitWorks}
	for _, h := range []ibid.Health{
		ibid.HealthLive, ibid.HealthMoved, ibid.HealthDrifted, ibid.HealthSoft404, ibid.HealthGone, ibid.HealthParked, ibid.HealthBlocked,
		ibid.HealthUnreachable, ibid.HealthUnknown,
	} {
		words = append(words, h)
	}
	for _, v := range []ibid.Verdict{ibid.Archived, ibid.ArchivedNoted, ibid.Truncated, ibid.Failed, ibid.Refused} {
		words = append(words, v)
	}
	for _, k := range []ibid.LocatorKind{ibid.Footnote, ibid.Endnote, ibid.Bibliography, ibid.Inline, ibid.Link} {
		words = append(words, k)
	}
	for _, o := range []ibid.TurnOutcome{
		ibid.TurnTaken, ibid.TurnCaughtUp, ibid.TurnMissedDowntime, ibid.TurnMissedOverlap, ibid.TurnMissedPaused, ibid.TurnMissedUnreadable,
	} {
		words = append(words, o)
	}
	for _, w := range words {
		if _, ok := translated(wordOf(w)); !ok {
			t.Errorf("%q is in English only", wordOf(w))
		}
	}
}

func TestWordsForTimes(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{english.distance(-7), "7 days before the citation"}, {english.distance(1), "1 day after the citation"}, {english.distance(0), "on the day of the citation"},
		{english.distance(6383), "17 years after the citation"}, {french.distance(-1), "1 jour avant la citation"}, {spanish.distance(218), "218 días después de la cita"},
		{english.away(now.Add(-90*time.Minute), now), "90 minutes ago"}, {english.away(now.Add(26*time.Hour), now), "in 26 hours"}, {english.away(now, now), "now"},
		{french.away(now.AddDate(-3, 0, 0), now), "il y a 3 ans"}, {spanish.away(now.AddDate(0, 0, 9), now), "en 9 días"},
		{french.day(at("2009-06-01T00:00:00Z")), "1er juin 2009"}, {spanish.day(at("2009-06-04T00:00:00Z")), "4 de junio de 2009"}, {english.day(at("2009-06-04T00:00:00Z")), "4 June 2009"},
		{english.date("2009"), "2009"}, {spanish.date("2009-06"), "junio de 2009"}, {french.date("2009-06-04T12:00:00Z"), "4 juin 2009"}, {english.date("2009-99"), "2009-99"},
		{english.number(1234567), "1,234,567"}, {english.number(-1234), "-1,234"}, {spanish.number(1234), "1234"}, {french.number(12345), "12\u202f345"},
		{english.percent(0, 3), "0%"}, {english.percent(1, 1000), "1%"}, {english.percent(999, 1000), "99%"}, {french.percent(3, 3), "100\u00a0%"}, {english.percent(0, 0), "–"},
		{english.size(110*1024 + 900), "110.9\u00a0KiB"}, {french.size(1536), "1,5\u00a0Kio"}, {english.size(12), "12\u00a0B"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}
