package metadata

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitNames(t *testing.T) {
	for _, c := range []struct {
		name, in string
		style    nameStyle
		want     []string
	}{
		{"one", "Ann Other", manyNames, []string{"Ann Other"}},
		{"byline", "By Ann Other and Bo Third", manyNames, []string{"Ann Other", "Bo Third"}},
		{"list", "Ann Other, Bo Third & Cy Fourth", manyNames, []string{"Ann Other", "Bo Third", "Cy Fourth"}},
		{"Oxford comma", "Ann Other, Bo Third, and Cy Fourth", manyNames, []string{"Ann Other", "Bo Third", "Cy Fourth"}},
		{"semicolons", "Other, Ann; Third, Bo", manyNames, []string{"Other, Ann", "Third, Bo"}},
		{"turned round", "Other, Ann", manyNames, []string{"Other, Ann"}},
		{"turned round, one per field", "García Lorca, Inés María", oneName, []string{"García Lorca, Inés María"}},
		{"initials", "Smith, J., Jones, K. L.", manyNames, []string{"Smith, J.", "Jones, K. L."}},
		{"particle", "van der Berg, Jan", manyNames, []string{"van der Berg, Jan"}},
		{"role after", "Ann Other, Senior Reporter", manyNames, []string{"Ann Other"}},
		{"role in brackets", "Ann Other (editor)", manyNames, []string{"Ann Other"}},
		{"suffix", "Martin King, Jr.", manyNames, []string{"Martin King, Jr."}},
		{"trailing initial", "Gomez, Aidan N.", oneName, []string{"Gomez, Aidan N."}},
		{"mail", "Ute Müller ute@a.example", manyNames, []string{"Ute Müller"}},
		{"French", "Par Ann Other et Bo Third", manyNames, []string{"Ann Other", "Bo Third"}},
		{"Spanish", "Por Ana Ruiz y Luis Gil", manyNames, []string{"Ana Ruiz", "Luis Gil"}},
		{"Spanish name with y", "José Ortega y Gasset", manyNames, []string{"José Ortega y Gasset"}},
		{"German", "Von Karl Straßer und Ute Müller", manyNames, []string{"Karl Straßer", "Ute Müller"}},
		{"German nobility", "von der Leyen", manyNames, []string{"von der Leyen"}},
		{"name like a label", "Byron Parker", manyNames, []string{"Byron Parker"}},
		{"Chinese", "作者：李小龙、王五", manyNames, []string{"李小龙", "王五"}},
		{"Cyrillic", "Автор: Иван Петров", manyNames, []string{"Иван Петров"}},
		{"body", "World Health Organization (WHO)", manyNames, []string{"World Health Organization (WHO)"}},
		{"body with and", "Department of Health and Human Services", manyNames, []string{"Department of Health and Human Services"}},
		{"body with and of one office", "Policy and Research Unit", oneName, []string{"Policy and Research Unit"}},
		{"body of several departments", "Innovation, Science and Economic Development Canada", manyNames,
			[]string{"Innovation, Science and Economic Development Canada"}},
		{"body with an office", "Universität Seestadt, Pressestelle", manyNames, []string{"Universität Seestadt, Pressestelle"}},
		{"two bodies", "Human Rights Watchers; Lake International", manyNames, []string{"Human Rights Watchers", "Lake International"}},
		{"affiliation", "Ann Other, University of the Lake", manyNames, []string{"Ann Other"}},
		{"et al", "Ann Other et al.", manyNames, []string{"Ann Other"}},
		{"address", "https://www.facebook.com/ann", manyNames, nil},
		{"handle", "@ann", manyNames, nil},
		{"only mail", "ann@a.example", manyNames, nil},
		{"system", "admin", manyNames, nil},
		{"label alone", "By", manyNames, nil},
		{"numbers", "12345", manyNames, nil},
		{"firm", "Smith & Co", manyNames, []string{"Smith & Co"}},
		{"firm of a family", "Müller und Söhne", manyNames, []string{"Müller und Söhne"}},
		{"firm of one name", "Faber and Faber", manyNames, []string{"Faber and Faber"}},
		{"firm of lawyers", "Ernst & Young LLP", manyNames, []string{"Ernst & Young LLP"}},
		{"two firms", "Simon & Schuster; Marks & Spencer", oneName, []string{"Simon & Schuster", "Marks & Spencer"}},
		{"two persons with &", "Ann Other & Bo Third", manyNames, []string{"Ann Other", "Bo Third"}},
		{"body with commas", "National Academies of Sciences, Engineering, and Medicine", manyNames, []string{"National Academies of Sciences, Engineering, and Medicine"}},
		{"pairs", "Smith, John, Doe, Jane", manyNames, []string{"Smith, John", "Doe, Jane"}},
		{"Cyrillic initials", "Иванов И. И., Петров П. П.", manyNames, []string{"Иванов И. И.", "Петров П. П."}},
		{"Arabic", "بقلم: أحمد علي", manyNames, []string{"أحمد علي"}},
		{"Hebrew", "מאת: דנה כהן", manyNames, []string{"דנה כהן"}},
		{"Korean", "김철수 기자", manyNames, []string{"김철수"}},
		{"French text", "Texte : Marie Curie", manyNames, []string{"Marie Curie"}},
		{"empty", "", manyNames, nil},
		{"markup", "<a href='/ann'>Ann Other</a>", manyNames, []string{"Ann Other"}},
		{"entities", "Ren&eacute; Other", oneName, []string{"René Other"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := splitNames(c.in, c.style); !slices.Equal(got, c.want) {
				t.Errorf("splitNames(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestSameNameIsKeptOnce(t *testing.T) {
	got := distinct([]string{"Ann B. Other", "OTHER, Ann B", "ann b other", "Bo Third"})
	if want := []string{"Ann B. Other", "Bo Third"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAuthorsChoice(t *testing.T) {
	for _, c := range []struct {
		name, page string
		want       []string
	}{
		{"a link is no name, the byline is", `<meta property=article:author content="https://f.example/ann"><h1>Port</h1><p class=byline>By Ann Other</p>`,
			[]string{"Ann Other"}},
		{"property= before name=", `<meta name=dc.creator content="Ann Other"><meta property=dc:creator content="Bo Third">`, []string{"Bo Third"}},
		{"several properties in one", `<meta property="dc:creator twitter:x" content="Ann Other">`, []string{"Ann Other"}},
		{"link to the author", `<h1>Port</h1><a href="/author/ann">Ann Other</a><a href="/author/ann">View all posts</a>`, []string{"Ann Other"}},
		{"one element each", `<h1>Port</h1><p><span class=author>Ann Other</span>, <span class=author>Bo Third</span>`, []string{"Ann Other", "Bo Third"}},
		{"text after the heading", `<h1>Port</h1><p>By Ann Other</p><p>By the quay lay a ship.</p>`, []string{"Ann Other"}},
		{"who comments is no author", `<h1>Port</h1><div class=comments><span class=author>Angry Reader</span></div>`, nil},
		{"author of a cited work is none", `<h1>Port</h1><ol class=references><li itemscope itemtype="http://schema.org/Article"><b itemprop=author>N. Nobody</b></ol>`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := of(t, c.page, "https://a.example/x").Authors; !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzSplitNames(f *testing.F) {
	for _, s := range []string{"By A B and C, D", "作者：李小龙、王五", "Smith, J., Jones, K.", "a@b <i>x</i>; y (editor)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, style := range []nameStyle{oneName, manyNames} {
			for _, name := range splitNames(s, style) {
				if name == "" || len(name) > maxName || strings.ContainsAny(name, "\x00\n\u202e") {
					t.Fatalf("splitNames(%q) has %q", s, name)
				}
			}
		}
		_ = startsByline(s)
	})
}
