package metadata

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

// TestKindsOfPages describes pages as the systems and the institutions write them that documents cite most.
func TestKindsOfPages(t *testing.T) {
	for _, c := range []struct {
		name, uri, page string
		want            ibid.Description
	}{
		{"British government", "https://www.gov.example.uk/government/statistics/arrivals",
			`<html lang=en><title>Arrivals, year ending June 2009 - GOV.EXAMPLE.UK</title><meta property=og:site_name content="GOV.EXAMPLE.UK">
<script type=application/ld+json>{"@type":"Article","name":"Arrivals, year ending June 2009","author":[{"@type":"Organization","name":"Home Department"}],"datePublished":"2009-06-04T09:30:00+01:00"}</script>
<h1>Arrivals, year ending June 2009</h1><dl><dt>Published</dt><dd>4 June 2009</dd></dl>`,
			ibid.Description{Title: "Arrivals, year ending June 2009", Authors: []string{"Home Department"}, Published: "2009-06-04T09:30:00+01:00",
				Language: "en", Publisher: "GOV.EXAMPLE.UK"}},
		{"Canadian government", "https://www.canada.example/en/report.html",
			`<html lang=en><title>Annual report - Canada.example</title><meta name=dcterms.title content="Annual report">
<meta name=dcterms.creator content="Immigration, Refugees and Citizenship Canada"><meta name=dcterms.issued content=2009-06-04><meta name=dcterms.modified content=2010-01-02>`,
			ibid.Description{Title: "Annual report", Authors: []string{"Immigration, Refugees and Citizenship Canada"}, Published: "2009-06-04",
				Modified: "2010-01-02", Language: "en", Publisher: "Canada.example"}},
		{"Australian government, AGLS", "http://www.health.gov.example/x",
			`<meta name=DCTERMS.title content="Quarantine notice"><meta name=DCTERMS.creator content="corporateName=Department of Health; jurisdiction=AU; contact=1 Quay">
<meta name=DCTERMS.publisher content="c=AU; o=Commonwealth; ou=Department of Health"><meta name=DCTERMS.created content=2009-06-04>`,
			ibid.Description{Title: "Quarantine notice", Authors: []string{"Department of Health"}, Published: "2009-06-04", Publisher: "Department of Health"}},
		{"Chinese government", "http://www.port.gov.example/art_9.html",
			`<html lang=zh-CN><title>港口重新开放_新闻_港务局</title><meta name=SiteName content="港务局"><meta name=ArticleTitle content="港口重新开放">
<meta name=PubDate content="2009-06-04 10:15"><p>发布时间：2009-06-04 10:15 来源：港务局</p>`,
			ibid.Description{Title: "港口重新开放", Published: "2009-06-04", Language: "zh-CN", Publisher: "港务局"}},
		{"Chinese news without metadata", "http://news.tide.example/art_9.html",
			`<html lang=zh><title>港口重新开放-新闻-潮汐网</title><h1>港口重新开放</h1><div class=info>2009年06月04日 10:15 来源：潮汐网</div>`,
			ibid.Description{Title: "港口重新开放", Published: "2009-06-04", Language: "zh", Publisher: "潮汐网"}},
		{"Japanese", "https://www.minato.example/9",
			`<html lang=ja><title>港が再開：みなと新聞デジタル</title><meta property=og:site_name content="みなと新聞デジタル"><h1>港が再開</h1><p>公開日 2009年6月4日</p>`,
			ibid.Description{Title: "港が再開", Published: "2009-06-04", Language: "ja", Publisher: "みなと新聞デジタル"}},
		{"Korean", "https://www.hang.example/9",
			`<html lang=ko><title>항구 재개 | 항만청</title><h1>항구 재개</h1><ul><li>등록일 2009.06.04</li><li>조회 12</li></ul>`,
			ibid.Description{Title: "항구 재개", Published: "2009-06-04", Language: "ko", Publisher: "항만청"}},
		{"Arabic, months of both names", "https://www.un.example/ar/9",
			`<html lang=ar dir=rtl><title>إعادة فتح الميناء | الأمم المتحدة</title><h1>إعادة فتح الميناء</h1><div class=date>31 كانون الأول/ديسمبر 2009</div>`,
			ibid.Description{Title: "إعادة فتح الميناء", Published: "2009-12-31", Language: "ar", Publisher: "الأمم المتحدة"}},
		{"international body named by its acronym", "https://www.ilx.example/decent-work",
			`<html lang=en><title>Decent work on quays | International Labour Xchange</title><meta property=article:published_time content=2009-06-04>`,
			ibid.Description{Title: "Decent work on quays", Published: "2009-06-04", Language: "en", Publisher: "International Labour Xchange"}},
		{"short acronym", "https://www.ilx.example/decent-work", `<html lang=en><title>Decent work on quays - ILX</title>`,
			ibid.Description{Title: "Decent work on quays", Language: "en", Publisher: "ILX"}},
		{"WordPress with a Twitter card", "https://ngo.example/briefing",
			`<html lang=en-US><title>Briefing - The Lake NGO</title><meta property=og:title content="Briefing"><meta property=og:site_name content="The Lake NGO">
<meta name=twitter:label1 content="Written by"><meta name=twitter:data1 content="Ann Other"><meta name=twitter:label2 content="Est. reading time"><meta name=twitter:data2 content="3 minutes">
<time class="entry-date published" datetime=2009-06-04T10:15:00+00:00>June 4, 2009</time><time class=updated datetime=2009-06-05T10:15:00+00:00>June 5</time>`,
			ibid.Description{Title: "Briefing", Authors: []string{"Ann Other"}, Published: "2009-06-04T10:15:00Z", Modified: "2009-06-05T10:15:00Z",
				Language: "en-US", Publisher: "The Lake NGO"}},
		{"only an account", "https://ngo.example/b", `<title>Briefing</title><meta name=twitter:creator content=@LakeNGO>`,
			ibid.Description{Title: "Briefing", Authors: []string{"LakeNGO"}}},
		{"DOCman", "https://www.mcm.example/en/docman-list/papers/12-paper/file",
			`<html lang=en-gb><title>Working paper on remittances - MCM</title><h1 class=koowa_header><span class=koowa_header__item>Working paper on remittances</span></h1>
<p class=docman_document_details><span class=created-on-label><time itemprop=datePublished datetime="2009-06-04 10:15:00">04 June 2009</time></span>
<span class=owner-label>By <span itemprop=author>Secretariat of the Forum</span></span></p>`,
			ibid.Description{Title: "Working paper on remittances", Authors: []string{"Secretariat of the Forum"}, Published: "2009-06-04", Language: "en-GB", Publisher: "MCM"}},
		{"repository with the particulars beside the text", "https://repository.example/record/9",
			`<html lang=fr><title>La marée - Archive ouverte</title><h1>La marée</h1><p>Texte.</p>
<div class=sidebar><ul><li><p>Mise en ligne</p><p>4 juin 2009</p></li><li><p>Enregistrement</p><p>3 mai 2009</p></li></ul></div>`,
			ibid.Description{Title: "La marée", Published: "2009-06-04", Language: "fr", Publisher: "Archive ouverte"}},
		{"dates of other documents beside the text", "https://repository.example/record/9",
			`<html lang=fr><h1>La marée</h1><div class=sidebar><p>Publié le 4 juin 2009</p><p>Publié le 5 juin 2009</p></div>`,
			ibid.Description{Title: "La marée", Language: "fr"}},
		{"names repeated for those who listen", "https://tide.example/9",
			`<html lang=en><h1>Port<span class=sr-only>Port</span></h1><a class=author href=/author/ann>Ann Other<span class=visually-hidden>Ann Other</span></a>`,
			ibid.Description{Title: "Port", Authors: []string{"Ann Other"}, Language: "en"}},
		{"Open Journal Systems", "https://journal.example/index.php/j/article/view/9",
			`<html lang=es><title>La marea | Revista del Puerto</title><meta name=DC.Creator.PersonalName content="Ana Ruiz"><meta name=DC.Creator.PersonalName content="Luis Gil">
<meta name=DC.Date.issued content=2009-06-04><meta name=DC.Date.modified content=2009-07-01><meta name=DC.Title content="La marea"><meta name=citation_journal_title content="Revista del Puerto">`,
			ibid.Description{Title: "La marea", Authors: []string{"Ana Ruiz", "Luis Gil"}, Published: "2009-06-04", Modified: "2009-07-01", Language: "es",
				Publisher: "Revista del Puerto"}},
		{"SharePoint, an event's dates", "https://www.tide.example/pages/9.aspx",
			"<html lang=en><title>\n\tHome - Report of the meeting\n</title><h1><a href=/>Pages</a></h1><div class=ms-rtestate-field>Geneva, 4-5 June 2009</div>",
			ibid.Description{Title: "Report of the meeting", Language: "en"}},
		{"Drupal's numbers after a weekday", "https://hub.example/report",
			`<html lang=en><title>Report on quays | Migration Hub</title><h1>Report on quays</h1>
<div class=node__submitted>Submitted by <a property="schema:name">jdoe</a> on <span>Thu, 06/04/2009 - 10:15</span></div>`,
			ibid.Description{Title: "Report on quays", Published: "2009-06-04", Language: "en", Publisher: "Migration Hub"}},
		{"Drupal's labelled fields", "https://hub.example/report",
			`<html lang=en><h1>Report</h1><div class=field><div class=label>Author(s)</div><div class=item>Ann Other</div><div class=item>Bo Third</div></div>
<div class=field><div class=label>Document date</div><div class=item>4 June 2009</div></div>`,
			ibid.Description{Title: "Report", Authors: []string{"Ann Other", "Bo Third"}, Published: "2009-06-04", Language: "en"}},
		{"list of definitions", "https://bank.example/doc/9",
			`<html lang=fr><h1>Marées</h1><dl><dt>Auteur :</dt><dd>Other, Ann; Third, Bo</dd><dt>Date de publication</dt><dd>4 juin 2009</dd></dl>`,
			ibid.Description{Title: "Marées", Authors: []string{"Other, Ann", "Third, Bo"}, Published: "2009-06-04", Language: "fr"}},
		{"label in bold", "https://lab.example/9", `<html lang=en><h1>Tides</h1><p><b>Author:</b> Ann Other, University of the Lake</p>`,
			ibid.Description{Title: "Tides", Authors: []string{"Ann Other"}, Language: "en"}},
		{"table of documents", "https://lab.example/9",
			`<html lang=en><h1>Papers</h1><table><tr><td>Author</td><td>Title</td></tr></table><p><b>Author:</b> Ann Other</p><p><b>Author:</b> Bo Third</p>`,
			ibid.Description{Title: "Papers", Language: "en"}},
		{"two labelled dates in one line", "https://mer.example/9",
			`<html lang=fr><title>Réouverture du port - Ministère de la Mer</title><h1>Réouverture du port</h1><p>Publié le 04/06/2009 • Modifié le 05/06/2009</p>`,
			ibid.Description{Title: "Réouverture du port", Published: "2009-06-04", Modified: "2009-06-05", Language: "fr", Publisher: "Ministère de la Mer"}},
		{"Spanish newspaper", "https://muelle.example/9",
			`<html lang=es><meta property=og:title content="El puerto reabre - El Muelle"><meta property=og:site_name content="El Muelle"><h1>El puerto reabre</h1>
<div class=firma>ANA RUIZ</div><div class=fecha>Ginebra - 04 jun 2009 - 10:15 CEST</div>`,
			ibid.Description{Title: "El puerto reabre", Authors: []string{"ANA RUIZ"}, Published: "2009-06-04", Language: "es", Publisher: "El Muelle"}},
		{"university before a colon", "https://uni.example/9",
			`<html lang=de><title>Universität Seestadt: Gezeiten verstehen</title><h1>Gezeiten verstehen</h1><p class=date>04.06.2009</p>`,
			ibid.Description{Title: "Gezeiten verstehen", Published: "2009-06-04", Language: "de"}},
		{"a colon of the title itself", "https://uni.example/9", `<html lang=en><title>Tides: a history</title><h1>a history</h1>`,
			ibid.Description{Title: "Tides: a history", Language: "en"}},
		{"a photographer is no author", "https://tide.example/9",
			`<html lang=en><h1>Tides</h1><div class=byline>Words: Ann Photopoulos<br>Photography: Bo Third</div>`,
			ibid.Description{Title: "Tides", Authors: []string{"Ann Photopoulos"}, Language: "en"}},
		{"staff after persons", "https://tide.example/9",
			`<html lang=en><script type=application/ld+json>{"@type":"NewsArticle","headline":"Tides turn","author":"By Ann Other and Bo Third, Lake Times Staff"}</script>`,
			ibid.Description{Title: "Tides turn", Authors: []string{"Ann Other", "Bo Third"}, Language: "en"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := FromHTML(parsed(t, c.page), c.uri, http.Header{"Date": {"Tue, 24 Nov 2026 10:00:00 GMT"}}, noon)
			differ := func(field string, got, want any) {
				if got != want {
					t.Errorf("%s %q, want %q", field, got, want)
				}
			}
			differ("title", d.Title, c.want.Title)
			differ("published", d.Published, c.want.Published)
			differ("modified", d.Modified, c.want.Modified)
			differ("language", d.Language, c.want.Language)
			differ("publisher", d.Publisher, c.want.Publisher)
			differ("authors", strings.Join(d.Authors, "; "), strings.Join(c.want.Authors, "; "))
		})
	}
}

func TestAgent(t *testing.T) {
	for in, want := range map[string]string{
		"Ann Other": "Ann Other", "": "", "x = y": "x = y", "a=b; plain": "a=b; plain", "c=AU": "c=AU",
		"c=AU; o=Commonwealth; ou=Health": "Health", "corporateName=Health; personalName=Ann Other": "Ann Other",
	} {
		if got := agent(in); got != want {
			t.Errorf("agent(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHostNames(t *testing.T) {
	for host, want := range map[string][]string{
		"":                  nil,
		"www.sn.dk":         {"sn.dk", "sn", "sn.dk"},
		"blog.tide.co.uk":   {"blog.tide.co.uk", "tide", "co.uk"},
		"www.ilx.org":       {"ilx.org", "ilx", "ilx.org"},
		"www.un.org":        {"un.org", "un", "un.org"},
		"localhost":         {"localhost", "localhost"},
		"statistics.gov.uk": {"statistics.gov.uk", "statistics", "gov.uk"},
		"portal.health.int": {"portal.health.int", "portal", "health", "health.int"},
	} {
		if got := hostNames(host); !slices.Equal(slices.Compact(got), slices.Compact(want)) {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}
