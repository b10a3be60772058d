package citeform

import (
	"time"

	"github.com/ibid-archive/ibid"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// wayback is a copy in the Internet Archive.
func wayback(ts, uri string) Copy {
	t, err := time.Parse("20060102150405", ts)
	if err != nil {
		panic(err)
	}
	return Copy{URI: "https://web.archive.org/web/" + ts + "/" + uri, Archive: "Internet Archive", ID: "archive.org", Time: t}
}

// ours is a copy at the same time on a site of our own.
func ours(base, ts, uri string) Copy {
	c := wayback(ts, uri)
	c.URI, c.Archive, c.ID = base+"/web/"+ts+"/"+uri, "Ibid", "ibid.example"
	return c
}

// ugly are sources as they come.
func ugly() []Item {
	forum := "http://gfmd2008.org/"
	odd := `http://x.example/a_(b)?q=1&r={2}|"3"%20#top`
	arabic := "https://ar.example/%D9%87%D8%AC%D8%B1%D8%A9"
	return []Item{
		{
			URI: forum, Cited: forum, Title: "Global Forum on Migration and Development", Authors: []string{"International Organization for Migration"},
			Accessed: "2009-06-04", Published: "2008-10-27", Language: "en", Publisher: "GFMD 2008", Health: ibid.HealthGone,
			Copies: []Copy{wayback("20081029120000", forum), ours("https://ibid.example", "20081029120000", forum)},
		},
		{ // quotes, braces and what else formats take for their own
			URI: odd, Title: `The "100% {sure}" case: A_B & C#D ~ $5 [sic] | <b>bold</b> ''it'' \x ^2`, Authors: []string{"O'Neil, Ana María", "Jean-Paul van der Berg Jr."},
			Published: "2011-02", Language: "en", Publisher: "Smith & Sons", Health: ibid.HealthDrifted, Copies: []Copy{wayback("20110301010203", odd)},
		},
		{ // right to left, and a character that would turn the line round
			URI: arabic, Title: "الهجرة \u202eوالتنمية", Authors: []string{"محمد علي"}, Published: "2015", Language: "ar", Health: ibid.HealthParked,
			Copies: []Copy{wayback("20150708000000", arabic)},
		},
		{URI: "https://www.example.org/nothing", Health: ibid.HealthUnknown}, // no title, date, author or copy
		{ // a report of twelve, by year only
			URI: "https://who.example/report.pdf", Title: "Äußerungen über Straßen", MediaType: "application/pdf", Type: "Report", Published: "1999", Language: "de",
			Publisher: "Bundesamt für Straßen", Health: ibid.HealthLive, Identifiers: map[string]string{"doi": "10.1000/x_(1)", "isbn": "9783161484100"},
			Authors: []string{
				"Anna Alpha", "Beta, Bernd", "Čapek, Karel", "Dora Delta", "Emil Øst", "Føx, Finn", "Gamma, G. H.", "Hans von Hof", "Ida I", "Jürgen Jot",
				"Karl Kappa", "Łukasz Lambda",
			},
			Copies: []Copy{ours("", "20200102030405", "https://who.example/report.pdf")},
		},
		{ // in Chinese, and cited with a date that is known to the month
			URI: "https://zh.example/移民", Title: "国际移民报告。", Authors: []string{"王小明", "联合国"}, Published: "2020-05-06T07:08:09Z", Accessed: "2021-03", Language: "zh-Hans",
			Type: "NewsArticle", Health: ibid.HealthSoft404, Copies: []Copy{wayback("20200601000000", "https://zh.example/移民")},
		},
		{ // its title ends with a question, and has quotes within
			URI: "https://blog.example/q", Title: `Who said “never again”?`, Authors: []string{"Ann Other and Co."}, Type: "BlogPosting", Modified: "2022-12-31", Language: "en-GB",
			Accessed: "2023-01-02T03:04:05Z", Health: ibid.HealthBlocked, Copies: []Copy{wayback("20230101000000", "https://blog.example/q")},
		},
		{URI: forum, Title: "Global: a second address of the same words", Authors: []string{"International Organization for Migration"}, Published: "2008"},
	}
}
