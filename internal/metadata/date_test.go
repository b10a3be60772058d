package metadata

import (
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		name, in string
		order    dateOrder
		want     ibid.Date
	}{
		{"year", "2009", orderUnknown, "2009"},
		{"month", "2009-06", orderUnknown, "2009-06"},
		{"month of highwire", "2009/06", orderUnknown, "2009-06"},
		{"day", "2009-06-04", orderUnknown, "2009-06-04"},
		{"day of highwire", "2009/6/4", orderUnknown, "2009-06-04"},
		{"digits", "20090604", orderUnknown, "2009-06-04"},
		{"digits and time", "20090604T101500Z", orderUnknown, "2009-06-04"},
		{"fourteen digits", "20090604101500", orderUnknown, "2009-06-04"},
		{"seconds since 1970", "1244103300", orderUnknown, "2009-06-04T08:15:00Z"},
		{"milliseconds since 1970", "1244103300000", orderUnknown, "2009-06-04T08:15:00Z"},
		{"with offset", "2009-06-04T10:15:00+02:00", orderUnknown, "2009-06-04T10:15:00+02:00"},
		{"offset without colon", "2009-06-04T10:15:00+0200", orderUnknown, "2009-06-04T10:15:00+02:00"},
		{"fraction", "2009-06-04T10:15:00.123Z", orderUnknown, "2009-06-04T10:15:00Z"},
		{"minutes only", "2009-06-04T10:15Z", orderUnknown, "2009-06-04T10:15:00Z"},
		{"space and offset", "2009-06-04 10:15:00 -0400", orderUnknown, "2009-06-04T10:15:00-04:00"},
		{"no offset is a day", "2009-06-04T10:15:00", orderUnknown, "2009-06-04"},
		{"midnight is a day", "2009-06-04T00:00:00-0500", orderUnknown, "2009-06-04"},
		{"RFC 1123", "Thu, 04 Jun 2009 08:15:00 GMT", orderUnknown, "2009-06-04T08:15:00Z"},
		{"Unix date", "Fri May 13 16:43:53 UTC 2016", orderUnknown, "2016-05-13T16:43:53Z"},
		{"zone that is not one", "June 4, 2009 7:31 pm EDT", orderUnknown, "2009-06-04"},
		{"afternoon", "June 4, 2009, 7:31 pm GMT", orderUnknown, "2009-06-04T19:31:00Z"},
		{"after midnight", "June 4, 2009 at 12:05 am UTC", orderUnknown, "2009-06-04T00:05:00Z"},
		{"English", "4th June 2009", orderUnknown, "2009-06-04"},
		{"English of", "the 4th of June, 2009", orderUnknown, "2009-06-04"},
		{"American", "Jun. 4, 2009", orderUnknown, "2009-06-04"},
		{"month and year", "June 2009", orderUnknown, "2009-06"},
		{"French", "1er août 2009", orderUnknown, "2009-08-01"},
		{"French capitals", "MARDI 4 FÉVRIER 2009", orderUnknown, "2009-02-04"},
		{"French narrow spaces", "4\u202fjuin\u00a02009", orderUnknown, "2009-06-04"},
		{"Spanish", "jueves 4 de junio de 2009", orderUnknown, "2009-06-04"},
		{"Spanish del", "4 de junio del 2009", orderUnknown, "2009-06-04"},
		{"German", "4. März 2009", orderUnknown, "2009-03-04"},
		{"German with time", "04. Juni 2009 um 10:15 Uhr", orderUnknown, "2009-06-04"},
		{"Italian", "4 giugno 2009", orderUnknown, "2009-06-04"},
		{"Portuguese", "4 de Março de 2009", orderUnknown, "2009-03-04"},
		{"Dutch", "4 mei 2009", orderUnknown, "2009-05-04"},
		{"Polish", "4 października 2009", orderUnknown, "2009-10-04"},
		{"Russian", "4 июня 2009 г.", orderUnknown, "2009-06-04"},
		{"Turkish", "4 Haziran 2009", orderUnknown, "2009-06-04"},
		{"Arabic", "٤ يونيو ٢٠٠٩", orderUnknown, "2009-06-04"},
		{"Arabic, both names", "٤ حزيران/يونيو ٢٠٠٩", orderUnknown, "2009-06-04"},
		{"Arabic, first and second", "4 تشرين الثاني/نوفمبر 2009", orderUnknown, "2009-11-04"},
		{"Arabic, of Syria", "4 كانون الأول 2009", orderUnknown, "2009-12-04"},
		{"weekday tells the order", "Thu, 06/04/2009 - 10:15", dayFirst, "2009-06-04"},
		{"weekday tells the other order", "jeudi 04/06/2009", orderUnknown, "2009-06-04"},
		{"weekday of neither", "Sun, 06/04/2009", orderUnknown, ""},
		{"Japanese", "2009年6月4日（木）", orderUnknown, "2009-06-04"},
		{"Korean", "2009년 6월 4일", orderUnknown, "2009-06-04"},
		{"dots", "4.6.2009", orderUnknown, "2009-06-04"},
		{"dots and spaces", "4. 6. 2009", orderUnknown, "2009-06-04"},
		{"dots, year first", "2009.06.04", orderUnknown, "2009-06-04"},
		{"slashes, ambiguous", "4/6/2009", orderUnknown, ""},
		{"slashes, day first", "4/6/2009", dayFirst, "2009-06-04"},
		{"slashes, month first", "4/6/2009 4:00:00 PM", monthFirst, "2009-04-06"},
		{"slashes, plain", "13/6/2009", orderUnknown, "2009-06-13"},
		{"slashes, plain the other way", "6/13/2009", dayFirst, "2009-06-13"},
		{"slashes, same number", "6/6/2009", orderUnknown, "2009-06-06"},
		{"two-digit year", "04/06/09", dayFirst, ""},
		{"no such day", "2009-02-30", orderUnknown, ""},
		{"no such month", "2009-13", orderUnknown, ""},
		{"zero month", "2009-00-00", orderUnknown, ""},
		{"no date", "n.d.", orderUnknown, ""},
		{"season", "Spring", orderUnknown, ""},
		{"version", "v2.10.2009.1", orderUnknown, ""},
		{"telephone", "+41 22 717 91 11", orderUnknown, ""},
		{"long number", "123456789012345678901234567890", orderUnknown, ""},
		{"empty", "", orderUnknown, ""},
		{"only zeros", "0000-00-00 00:00:00", orderUnknown, ""},
		{"impossible offset", "2009-06-04T10:15:00+99:00", orderUnknown, "2009-06-04"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parseDate(c.in, c.order); got != c.want {
				t.Errorf("parseDate(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestOrderOf(t *testing.T) {
	for _, c := range []struct {
		language, locale string
		want             dateOrder
	}{
		{"", "", orderUnknown},
		{"en", "", orderUnknown},
		{"en", "en_US", monthFirst},
		{"en-US", "en_GB", monthFirst},
		{"en-GB", "", dayFirst},
		{"en-CA", "", orderUnknown},
		{"fr", "en_US", dayFirst},
		{"", "en_US", monthFirst},
		{"ja", "", orderUnknown},
	} {
		if got := orderOf(c.language, c.locale); got != c.want {
			t.Errorf("orderOf(%q, %q) = %d, want %d", c.language, c.locale, got, c.want)
		}
	}
}

func TestDateInPath(t *testing.T) {
	for path, want := range map[string]ibid.Date{
		"/2009/06/04/ports-reopen":       "2009-06-04",
		"/news/2009/6/4/":                "2009-06-04",
		"/2009/jun/04/ports":             "2009-06-04",
		"/2009-06-04-ports.html":         "2009-06-04",
		"/a/20090604/1.html":             "2009-06-04",
		"/wp-content/2009/06/ports":      "2009-06",
		"/article/2009/19999/x":          "",
		"/2009":                          "",
		"/issues/20091234/":              "",
		"/stories/20090604123456789.htm": "",
	} {
		if got := dateInPath(path); got != want {
			t.Errorf("dateInPath(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestPublishedChoice(t *testing.T) {
	for _, c := range []struct{ name, page, uri, want, from string }{
		{"a day refines a month", `<meta name=citation_date content="2014/07"><meta name=dc.date content="2014-07-21">`, "", "2014-07-21", "dc.date"},
		{"another month does not", `<meta name=citation_date content="2014/08"><meta name=dc.date content="2014-07-21">`, "", "2014-08", "citation_date"},
		{"ambiguous gives way", `<html lang=en><meta name=date content="4/6/2016"><h1>Port</h1><time datetime="2016-04-06T16:00:00Z">x</time>`, "",
			"2016-04-06T16:00:00Z", "html time"},
		{"address", `<h1>Port</h1><p>Text of 2011.`, "https://a.example/2009/06/04/port", "2009-06-04", "url"},
		{"the page refines the address", `<h1>Port</h1><p class=date>4 June 2009</p>`, "https://a.example/2009/06/port/", "2009-06-04", "html text"},
		{"the address overrules the page", `<h1>Port</h1><p class=date>4 June 2012</p>`, "https://a.example/2009/06/04/port", "2009-06-04", "url"},
		{"label in its own element", `<h1>Port</h1><p><b>Published:</b> <span>4 June 2009</span></p>`, "", "2009-06-04", "html text"},
		{"day in its own element", `<h1>Port</h1><p class=date><b>4</b> <i>June</i> <u>2009</u></p>`, "", "2009-06-04", "html text"},
		{"running text is no date", `<h1>Port</h1><p>On 4 June 2009 the port was closed because of the storm in the north.</p>`, "", "", ""},
		{"related stories are not the page", `<h1>Port</h1><div class="related-stories"><time datetime=2009-06-04>4 June</time></div>`, "", "", ""},
		{"the future is no date of publication", `<meta name=date content="2999-01-01">`, "", "", ""},
		{"comments are not the page", `<h1>Port</h1><div id=comments><p class=date>4 June 2009</p></div>`, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := of(t, c.page, c.uri)
			if string(d.Published) != c.want || d.From["published"] != c.from {
				t.Errorf("got %q from %q, want %q from %q", d.Published, d.From["published"], c.want, c.from)
			}
		})
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2009", "4. März 2009", "2009-06-04T10:15:00.5+02:00", "٤ يونيو ٢٠٠٩", "4/6/2009 4:00 PM", "Fri May 13 16:43:53 UTC 2016"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, order int) {
		if d := parseDate(s, dateOrder(order%3)); d != "" && !d.Valid() {
			t.Fatalf("parseDate(%q) = %q, which is no date", s, d)
		}
		_ = dateInPath(s)
	})
}
