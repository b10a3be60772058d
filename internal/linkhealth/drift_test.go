package linkhealth

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func signsOf(t testing.TB, body string) *Signs { return Read(pageOf(t, body)) }

func document(lang, title, body string) string {
	return fmt.Sprintf("<html lang=%q><head><title>%s</title></head><body>%s</body></html>", lang, title, body)
}

func TestDrift(t *testing.T) {
	text := prose("en", 400)
	japanese := "この港は古くから栄えた。船は北から来て、南へ去った。町の人々は海を見て暮らしている。冬には嵐が来る。商人は失ったものを数え、手紙を書く。"
	chinese := "委员会于六月四日开会，审议了关于移民政策的报告，并决定在明年春天再次讨论各成员国的意见和建议。"
	links := func(names ...string) string {
		var b strings.Builder
		for _, n := range names {
			fmt.Fprintf(&b, `<a href="/%s">%s</a> | `, n, n)
		}
		return b.String()
	}
	for _, c := range []struct {
		name          string
		before, after string
		drifted       bool
		low, high     float64
	}{
		{"the same", document("en", "T", text), document("en", "T", text), false, 0, 0},
		{"a menu by its class", document("en", "T", `<ul id="menu"><li>Home<li>Old things</ul>`+text), document("en", "T", `<ul id="menu"><li>Start<li>All the new things that we do</ul>`+text), false, 0, 0},
		{
			"a menu of links without a name", document("en", "T", "<table><tr><td>"+links("Home", "News", "About us", "Members", "Jobs", "Contact")+"<td>"+text+"</table>"),
			document("en", "T", "<table><tr><td>"+links("Start", "Press room", "Who we are", "Partners", "Careers", "Write to us")+"<td>"+text+"</table>"), false, 0, 0.01,
		},
		{"an advertisement", document("en", "T", text+`<div class="ad">Buy ships</div>`), document("en", "T", text+`<div class="ad">Sell all your ships to us today for good money</div>`), false, 0, 0},
		{"dates and counters", document("en", "T", text+"Read 12 times, last on 4 June 2009."), document("en", "T", text+"Read 98,765 times, last on 17 June 2026."), false, 0, 0.01},
		{"a cookie banner", document("en", "T", text), document("en", "T", `<div role="dialog">We value what you think of biscuits and more</div>`+text), false, 0, 0},
		{"it has grown", document("en", "T", text), document("en", "T", text+prose("other", 4000)), false, 0, 0.02},
		{"a paragraph was rewritten", document("en", "T", text+prose("other", 60)), document("en", "T", text+prose("fr", 60)), false, 0.05, 0.3},
		{"half is gone", document("en", "T", text), document("en", "T", text[:len(text)/2]), false, 0.4, 0.59},
		{"another body", document("en", "T", text), document("en", "T", prose("other", 400)), true, 0.95, 1},
		{"another language", document("en", "T", text), document("fr", "T", prose("fr", 400)), true, 0.95, 1},
		{"another language, by half", document("en", "T", text), document("fr", "T", text[:len(text)/2]+prose("fr", 200)), true, 0.35, 0.6},
		{"a new tag over the same text", document("en", "T", text), document("fr", "T", text), false, 0, 0},
		{"a region is no other language", document("en", "T", text), document("en_GB", "T", text), false, 0, 0},
		{"japanese, the same", document("ja", "T", japanese), document("ja", "T", "<p>"+japanese+"</p>"), false, 0, 0},
		{"japanese, another text", document("ja", "T", japanese), document("ja", "T", strings.Repeat("東京の電車は朝から混んでいるので人々は静かに立って窓の外を眺めていた。", 3)), true, 0.9, 1},
		{"chinese, one sentence more", document("zh", "T", chinese), document("zh", "T", chinese+"主席感谢各位代表。"), false, 0, 0},
		{"arabic, another text", document("ar", "T", "يحتفظ الميناء بسفنه وربابنتها عندما يأتي الشتاء بالعواصف من الشمال ويحصي التجار ما فقدوه"), document("ar", "T", "كل مهاجر يعبر الحدود يحمل أوراقا يقرأها الموظفون ببطء قبل ختمها تحت المصابيح في المكاتب"), true, 0.9, 1},
		{"a long text, the same", document("en", "T", prose("en", 60_000)), document("en", "T", prose("en", 60_000)), false, 0, 0},
		{"a long text, a tenth gone", document("en", "T", prose("en", 60_000)), document("en", "T", prose("en", 54_000)), false, 0.05, 0.15},
		{"a long text, replaced", document("en", "T", prose("en", 60_000)), document("en", "T", prose("other", 60_000)), true, 0.95, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, ok := Compare(signsOf(t, c.before), signsOf(t, c.after))
			if !ok {
				t.Fatal("not compared")
			}
			if Drifted(d) != c.drifted || d.Score < c.low || d.Score > c.high {
				t.Errorf("score %.3f, drifted %v", d.Score, Drifted(d))
			}
			if was, is := signsOf(t, c.before).Fingerprint(), signsOf(t, c.after).Fingerprint(); was == is && d != (ibid.Drift{}) {
				t.Errorf("one fingerprint, %s, and yet %+v", is, d)
			}
		})
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	text := document("en", "T", prose("en", 400))
	for _, c := range []struct {
		name          string
		before, after *Signs
		ok            bool
	}{
		{"nothing", nil, nil, false},
		{"nothing before", nil, signsOf(t, text), false},
		{"no text before", signsOf(t, `<html><body><img src="a.png"></body></html>`), signsOf(t, text), false},
		{"nine words", signsOf(t, "<p>The committee meets each fourth of June in Bangkok"), signsOf(t, text), false},
		{"nine words, the same", signsOf(t, "<p>The committee meets each fourth of June in Bangkok"), signsOf(t, "<div>The committee meets each fourth of June in Bangkok</div>"), true},
		{"a page made by scripts now", signsOf(t, text), signsOf(t, `<html><head><title>T</title><script src="/app.js"></script></head><body><div id="root"></div></body></html>`), false},
		{"a text of a million words now", signsOf(t, document("en", "T", prose("en", 60))), signsOfText(prose("other", 300_000), "T", "en"), false},
		{"a notice now", signsOf(t, text), signsOf(t, "<p>We have closed."), true},
	} {
		if d, ok := Compare(c.before, c.after); ok != c.ok {
			t.Errorf("%s: compared %v, %v", c.name, ok, d)
		}
		if is := c.after.Fingerprint(); is != "" && is == c.before.Fingerprint() && !c.ok {
			t.Errorf("%s: one fingerprint, %s, of what is not compared", c.name, is)
		}
	}
}

func TestDriftSaysWhatChanged(t *testing.T) {
	d, ok := Compare(signsOf(t, document("en-GB", "The report", prose("en", 100))), signsOf(t, document("fr", "Le rapport", prose("fr", 100))))
	if !ok || d.Title != "The report -> Le rapport" || d.Language != "en-GB -> fr" {
		t.Errorf("%+v", d)
	}
	if d, _ := Compare(signsOf(t, document("en", "The  Report", prose("en", 100))), signsOf(t, document("", "the report", prose("en", 100)))); d != (ibid.Drift{}) {
		t.Errorf("%+v", d)
	}
	if d, ok := Compare(signsOfText(prose("en", 300), "The report", "en"), signsOf(t, document("en", "The report", prose("en", 300)))); !ok || d.Score != 0 {
		t.Errorf("a text and a page of the same words: %+v", d)
	}
}

func TestFingerprint(t *testing.T) {
	text := prose("en", 100)
	a, b := plainText(text+" 12"), signsOf(t, "<nav>Menu</nav><p>"+text+" 4711").Text
	if a.Fingerprint() == 0 || a.Fingerprint() != b.Fingerprint() {
		t.Error("the same words have two fingerprints")
	}
	other, short := plainText("more "+text), plainText("Not here")
	if other.Fingerprint() == a.Fingerprint() || short.Fingerprint() != 0 {
		t.Error("fingerprints that say too much")
	}
}

func TestFingerprintOfAPage(t *testing.T) {
	text := prose("en", 100)
	page := document("en", "The report of 2009", text)
	for _, c := range []struct {
		name, other string
		same        bool
	}{
		{"the same", page, true},
		{"another menu, and other counters", document("en", "The report of 2009", `<nav>Start, News</nav>`+text), true},
		{"another word", document("en", "The report of 2009", text+" Corrected"), false},
		{"another title", document("en", "The report of 2010", text), false},
		{"another language", document("fr", "The report of 2009", text), false},
	} {
		if got := signsOf(t, c.other).Fingerprint() == signsOf(t, page).Fingerprint(); got != c.same {
			t.Errorf("%s: the same %t", c.name, got)
		}
	}
	for name, p := range map[string]string{
		"no words":          `<html><body><img src="a.png"></body></html>`,
		"a page of scripts": `<html><head><title>T</title><script src="/app.js"></script></head><body><div id="root"></div></body></html>`,
	} {
		if got := signsOf(t, p).Fingerprint(); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// plainText is the Text of a text without a page around it.
func plainText(s string) Text {
	w := &writer{}
	w.write(s)
	return w.text()
}

// signsOfText are Signs of such a text.
func signsOfText(text, title, language string) *Signs {
	return &Signs{Status: http.StatusOK, Title: tidy(title, maxTitle), Language: language, Text: plainText(text)}
}

// TestShinglesAreTheSameAtOnce draws them when they are asked for, and as the text is written.
func TestShinglesAreTheSameAtOnce(t *testing.T) {
	for _, words := range []int{0, 5, 100, 5000, maxWaiting + 5000} {
		text := prose("en", words)
		later, once := &writer{}, &writer{set: setOf(nil)}
		later.write(text)
		once.write(text)
		a, b := later.text(), once.text()
		one, other := a.shingles(), b.shingles()
		slices.Sort(one.hashes)
		slices.Sort(other.hashes)
		if !slices.Equal(one.hashes, other.hashes) || one.limit != other.limit || a.Fingerprint() != b.Fingerprint() {
			t.Errorf("%d words: %d shingles, at once %d", words, len(one.hashes), len(other.hashes))
		}
	}
}
