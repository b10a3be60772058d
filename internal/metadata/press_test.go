package metadata

import (
	"strings"
	"testing"
)

// TestPressPages describes pages in the shapes that newspapers, agencies and blogs of many countries give them.
func TestPressPages(t *testing.T) {
	for _, c := range []struct{ name, uri, page, title, authors, published, publisher string }{
		{"article of JSON-LD inside of a list", "https://www.tidepost.example/a/1", `<html lang=en><head><title>Quay reopens | Tide Post</title>
<script type="application/ld+json">[{"@context":"http://schema.org","@type":"NewsArticle","headline":"Quay reopens","datePublished":"2019-05-02T10:11:00+01:00",
"author":[{"@type":"Person","name":"Ann Other"},{"@type":"Person","name":"Bo Third"}],"publisher":{"@type":"Organization","name":"Tide Post"}}]</script></head><body><h1>Quay reopens</h1>`,
			"Quay reopens", "Ann Other; Bo Third", "2019-05-02T10:11:00+01:00", "Tide Post"},
		{"author is a string", "https://kai.example/b", `<html lang=de><title>Der Kai ist offen - Kaiblatt</title><script type="application/ld+json">{"@context":"https://schema.org","@type":"BlogPosting","headline":"Der Kai ist offen","author":"Jörg Kranz","datePublished":"2020-03-01"}</script><h1>Der Kai ist offen</h1>`,
			"Der Kai ist offen", "Jörg Kranz", "2020-03-01", "Kaiblatt"},
		{"JSON-LD in a comment of HTML", "https://a.example/x", `<title>Quay</title><script type="application/ld+json"><!--
{"@context":"https://schema.org","@type":"Article","headline":"Quay","author":{"@type":"Person","name":"Ann Other"},"datePublished":"2018-01-02"}
//--></script>`, "Quay", "Ann Other", "2018-01-02", ""},
		{"JSON-LD with line breaks in strings", "https://a.example/x", "<title>Quay</title><script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"Article\",\"headline\":\"Quay\nand tide\",\"author\":{\"name\":\"Ann Other\"},}</script>",
			"Quay and tide", "Ann Other", "", ""},
		{"CDATA around JSON-LD", "https://a.example/x", `<title>Quay</title><script type="application/ld+json">//<![CDATA[
{"@context":"https://schema.org","@type":"ReportageNewsArticle","headline":"Quay","creator":["Ann Other"],"dateCreated":"2018-01-02T00:00:00Z"}
//]]></script>`, "Quay", "Ann Other", "2018-01-02", ""},
		{"French paper", "https://www.lequai.example/2018/02/03/port.html", `<html lang=fr><head><meta property="og:title" content="Le port rouvre"><meta property="og:site_name" content="Le Quai"><title>Le port rouvre - Le Quai</title></head>
<body><article><h1>Le port rouvre</h1><p class="article__meta">Par <a href="/signataires/anne-dupre">Anne Dupré</a> et <a href="/signataires/luc-noir">Luc Noir</a></p><p class="date">Publié le 3 février 2018 à 10h12 - Mis à jour le 4 février 2018 à 09h00</p>`,
			"Le port rouvre", "Anne Dupré; Luc Noir", "2018-02-03", "Le Quai"},
		{"French byline in capitals", "https://www.lequai.example/x", `<html lang=fr><meta property="og:site_name" content="Le Quai"><title>Le port rouvre</title><article><h1>Le port rouvre</h1><div class="signature">Par ANNE DUPRÉ, à Marseille</div><time datetime="2018-02-03T10:12:00+01:00">03/02/2018</time>`,
			"Le port rouvre", "ANNE DUPRÉ", "2018-02-03T10:12:00+01:00", "Le Quai"},
		{"German byline with agency", "https://hafenblatt.example/x", `<html lang=de><meta name="author" content="Hafenblatt"><meta property="og:site_name" content="Hafenblatt"><title>Der Hafen | Hafenblatt</title><article><h1>Der Hafen</h1><span class="author">Von Karla Weiß (dpa)</span><span class="date">3. Februar 2018, 10:12 Uhr</span>`,
			"Der Hafen", "Karla Weiß", "2018-02-03", "Hafenblatt"},
		{"German date in a line with the place", "https://hafenblatt.example/x", `<html lang=de><meta property="og:site_name" content="Hafenblatt"><title>Der Hafen</title><article><h1>Der Hafen</h1><p class="datum">Hamburg, den 3.2.2018</p>`,
			"Der Hafen", "", "2018-02-03", "Hafenblatt"},
		{"Italian", "https://ilmolo.example/x", `<html lang=it><meta property="og:title" content="Il molo riapre"><meta property="og:site_name" content="Il Molo"><meta property="article:published_time" content="2017-11-05T08:00:00+01:00"><article><h1>Il molo riapre</h1><p class=firma>di <strong>Maria Rossi</strong></p>`,
			"Il molo riapre", "Maria Rossi", "2017-11-05T08:00:00+01:00", "Il Molo"},
		{"Spanish", "https://elmuelle.example/x", `<html lang=es><title>El muelle reabre | El Muelle</title><meta property="og:site_name" content="El Muelle"><article><h1>El muelle reabre</h1><div class="autor">Por <b>Ana Ruiz Gil</b></div><div class="fecha">5 de noviembre de 2017 - 08:00</div>`,
			"El muelle reabre", "Ana Ruiz Gil", "2017-11-05", "El Muelle"},
		{"Portuguese", "https://ocais.example/x", `<html lang=pt-BR><title>O cais reabre - O Cais</title><meta property="og:site_name" content="O Cais"><article><h1>O cais reabre</h1><p class="content-publication-data__from">Por João da Silva, G1 — São Paulo</p><p class="content-publication-data__updated">05/11/2017 08h00 Atualizado há 2 anos</p>`,
			"O cais reabre", "João da Silva", "2017-11-05", "O Cais"},
		{"Dutch", "https://dekade.example/x", `<html lang=nl><title>De kade is open - De Kade</title><meta property="og:site_name" content="De Kade"><article><h1>De kade is open</h1><p class=meta><span>Door Piet de Vries</span> <span class=date>05 november 2017</span></p>`,
			"De kade is open", "Piet de Vries", "2017-11-05", "De Kade"},
		{"Polish", "https://nabrzeze.example/x", `<html lang=pl><title>Port otwarty</title><meta property="og:site_name" content="Nabrzeże"><article><h1>Port otwarty</h1><div class="article-author">Autor: Jan Kowalski</div><div class="article-date">5 listopada 2017, 08:00</div>`,
			"Port otwarty", "Jan Kowalski", "2017-11-05", "Nabrzeże"},
		{"Russian", "https://prichal.example/x", `<html lang=ru><title>Порт открыт — Причал</title><meta property="og:site_name" content="Причал"><article><h1>Порт открыт</h1><div class=author>Иван Петров</div><div class="article__date">08:00, 5 ноября 2017</div>`,
			"Порт открыт", "Иван Петров", "2017-11-05", "Причал"},
		{"Ukrainian", "https://port.example/x", `<html lang=uk><title>Порт відкрито</title><article><h1>Порт відкрито</h1><div class="post_author">Автор: Олена Коваль</div><div class="post_time">Неділя, 5 листопада 2017, 08:00</div>`,
			"Порт відкрито", "Олена Коваль", "2017-11-05", ""},
		{"Czech", "https://nabrezi.example/x", `<html lang=cs><title>Přístav otevřen | Nábřeží</title><meta property="og:site_name" content="Nábřeží"><article><h1>Přístav otevřen</h1><p class="author">Jana Nováková</p><p class="date">5. listopadu 2017 8:00</p>`,
			"Přístav otevřen", "Jana Nováková", "2017-11-05", "Nábřeží"},
		{"Hungarian", "https://rakpart.example/x", `<html lang=hu><title>Megnyílt a kikötő</title><article><h1>Megnyílt a kikötő</h1><div class="author">Nagy Péter</div><div class="date">2017. november 5. 08:00</div>`,
			"Megnyílt a kikötő", "Nagy Péter", "2017-11-05", ""},
		{"Hungarian in figures", "https://rakpart.example/x", `<html lang=hu><title>Megnyílt a kikötő</title><article><h1>Megnyílt a kikötő</h1><div class="date">2017. 11. 05. 08:00</div>`,
			"Megnyílt a kikötő", "", "2017-11-05", ""},
		{"Swedish", "https://kajen.example/x", `<html lang=sv><title>Hamnen öppen</title><article><h1>Hamnen öppen</h1><div class="byline">Text: Karin Ek</div><time datetime="2017-11-05 08:00">5 november 2017</time>`,
			"Hamnen öppen", "Karin Ek", "2017-11-05", ""},
		{"Danish", "https://kajen.example/x", `<html lang=da><title>Havnen er åben</title><article><h1>Havnen er åben</h1><div class="byline">Af Mette Holm</div><div class=date>5. nov. 2017 kl. 08.00</div>`,
			"Havnen er åben", "Mette Holm", "2017-11-05", ""},
		{"Finnish", "https://laituri.example/x", `<html lang=fi><title>Satama auki</title><article><h1>Satama auki</h1><div class="author">Matti Virtanen</div><div class=date>5.11.2017 klo 8.00</div>`,
			"Satama auki", "Matti Virtanen", "2017-11-05", ""},
		{"Romanian", "https://cheiul.example/x", `<html lang=ro><title>Portul e deschis</title><article><h1>Portul e deschis</h1><div class="author">Ion Popescu</div><div class=date>5 noiembrie 2017, 08:00</div>`,
			"Portul e deschis", "Ion Popescu", "2017-11-05", ""},
		{"Catalan", "https://elmoll.example/x", `<html lang=ca><title>El moll reobre</title><article><h1>El moll reobre</h1><div class="autor">Jordi Puig</div><div class=date>5 de novembre de 2017</div>`,
			"El moll reobre", "Jordi Puig", "2017-11-05", ""},
		{"Greek", "https://limani.example/x", `<html lang=el><title>Το λιμάνι άνοιξε</title><article><h1>Το λιμάνι άνοιξε</h1><div class="author">Μαρία Παπά</div><div class=date>5 Νοεμβρίου 2017</div>`,
			"Το λιμάνι άνοιξε", "Μαρία Παπά", "2017-11-05", ""},
		{"Turkish", "https://rihtim.example/x", `<html lang=tr><title>Liman açıldı</title><article><h1>Liman açıldı</h1><div class="author">Ayşe Yılmaz</div><div class=date>5 Kasım 2017 Pazar 08:00</div>`,
			"Liman açıldı", "Ayşe Yılmaz", "2017-11-05", ""},
		{"Vietnamese", "https://ben.example/x", `<html lang=vi><title>Cảng mở lại</title><article><h1>Cảng mở lại</h1><span class="date">Chủ nhật, 5/11/2017, 08:00 (GMT+7)</span>`,
			"Cảng mở lại", "", "2017-11-05", ""},
		{"Vietnamese months", "https://ben.example/x", `<html lang=vi><title>Cảng mở lại</title><article><h1>Cảng mở lại</h1><span class="date">5 tháng 11, 2017</span>`,
			"Cảng mở lại", "", "2017-11-05", ""},
		{"Indonesian", "https://dermaga.example/x", `<html lang=id><title>Pelabuhan dibuka</title><article><h1>Pelabuhan dibuka</h1><div class="author">Oleh Budi Santoso</div><span class="date">Minggu, 5 Agustus 2018 08:00 WIB</span>`,
			"Pelabuhan dibuka", "Budi Santoso", "2018-08-05", ""},
		{"Japanese", "https://minato.example/x", `<html lang=ja><title>港が再開 - 港新聞</title><meta property="og:site_name" content="港新聞"><article><h1>港が再開</h1><p class="author">山田太郎</p><p class="date">2017年11月5日 8時00分</p>`,
			"港が再開", "山田太郎", "2017-11-05", "港新聞"},
		{"Chinese", "https://gang.example/x", `<html lang=zh-CN><title>港口重开_港报网</title><meta property="og:site_name" content="港报网"><h1>港口重开</h1><div class="info">2017-11-05 08:00:00 来源：港报网 作者：李明</div>`,
			"港口重开", "李明", "2017-11-05", "港报网"},
		{"Korean", "https://hang.example/x", `<html lang=ko><title>항구 재개 | 항구일보</title><meta property="og:site_name" content="항구일보"><h1>항구 재개</h1><span class="byline">김철수 기자</span><span class="date">입력 2017.11.05 08:00</span>`,
			"항구 재개", "김철수", "2017-11-05", "항구일보"},
		{"Hindi", "https://ghat.example/x", `<html lang=hi><title>बंदरगाह खुला</title><article><h1>बंदरगाह खुला</h1><span class="date">5 नवंबर 2017</span>`,
			"बंदरगाह खुला", "", "2017-11-05", ""},
		{"Persian with Gregorian attribute", "https://bandar.example/x", `<html lang=fa><title>بندر باز شد</title><article><h1>بندر باز شد</h1><time datetime="2017-11-05T08:00:00+03:30">۱۴ آبان ۱۳۹۶</time>`,
			"بندر باز شد", "", "2017-11-05T08:00:00+03:30", ""},
		{"byline with date in one line", "https://a.example/x", `<html lang=en-US><title>Quay</title><article><h1>Quay</h1><p class="post-meta">by <a href="/author/ann/">Ann Other</a> | Nov 5, 2017 | <a href=/cat>News</a>, <a href=/c>Ports</a> | 0 comments</p>`,
			"Quay", "Ann Other", "2017-11-05", ""},
		{"WordPress entry-meta", "https://a.example/x", `<html lang=en-US><title>Quay – Ann's log</title><article class="post"><h1 class="entry-title">Quay</h1><div class="entry-meta"><span class="posted-on">Posted on <a href="/x" rel="bookmark"><time class="entry-date published" datetime="2017-11-05T08:00:00+00:00">November 5, 2017</time><time class="updated" datetime="2018-01-01T00:00:00+00:00">January 1, 2018</time></a></span><span class="byline"> by <span class="author vcard"><a class="url fn n" href="https://a.example/author/ann/">Ann Other</a></span></span></div>`,
			"Quay", "Ann Other", "2017-11-05T08:00:00Z", "Ann's log"},
		{"Blogger", "https://ann.blogspot.example/2017/11/quay.html", `<html lang=en><title>Ann's log: Quay</title><h2 class='date-header'><span>Sunday, November 5, 2017</span></h2><h1 class=title>Ann's log</h1><h3 class='post-title entry-title'>Quay</h3><p>Some text of it here.<p><span class='post-author vcard'>Posted by <span class='fn'>Ann Other</span></span> <span class='post-timestamp'>at <abbr class='published' title='2017-11-05T08:00:00-05:00'>8:00 AM</abbr></span>`,
			"Quay", "Ann Other", "2017-11-05T08:00:00-05:00", ""},
		{"Medium", "https://medium.example/@ann/quay-1a2b", `<html lang=en><title>Quay. Why tides turn | by Ann Other | The Harbour | Medium</title><meta property="og:site_name" content="Medium"><meta property="og:title" content="Quay"><meta name="author" content="Ann Other"><meta property="article:published_time" content="2017-11-05T08:00:00.123Z"><meta property="article:author" content="https://medium.example/@ann"><h1>Quay</h1>`,
			"Quay", "Ann Other", "2017-11-05T08:00:00Z", "Medium"},
		{"Ghost", "https://a.example/x", `<html lang=en><title>Quay</title><meta property="og:site_name" content="Harbour"><meta property="og:title" content="Quay"><meta property="article:published_time" content="2017-11-05T08:00:00.000Z"><meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ann Other"><meta name="twitter:label2" content="Filed under"><meta name="twitter:data2" content="Ports, Tides">`,
			"Quay", "Ann Other", "2017-11-05T08:00:00Z", "Harbour"},
		{"parsely JSON", "https://a.example/x", `<html lang=en><title>Quay</title><meta name="parsely-page" content='{"title":"Quay and tide","link":"https://a.example/x","type":"post","authors":["Ann Other","Bo Third"],"pub_date":"2017-11-05T08:00:00Z","section":"News"}'>`,
			"Quay and tide", "Ann Other; Bo Third", "2017-11-05T08:00:00Z", ""},
		{"sailthru", "https://a.example/x", `<html lang=en><title>Quay</title><meta name="sailthru.author" content="Ann Other"><meta name="sailthru.date" content="Sun, 05 Nov 2017 08:00:00 +0000"><meta name="sailthru.title" content="Quay and tide">`,
			"Quay and tide", "Ann Other", "2017-11-05T08:00:00Z", ""},
		{"microdata", "https://a.example/x", `<html lang=en><title>Quay | Harbour</title><article itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">Quay</h1><span itemprop="author" itemscope itemtype="http://schema.org/Person"><span itemprop="name">Ann Other</span></span><meta itemprop="datePublished" content="2017-11-05T08:00:00Z"><div itemprop="publisher" itemscope itemtype="http://schema.org/Organization"><meta itemprop="name" content="Harbour"></div></article>`,
			"Quay", "Ann Other", "2017-11-05T08:00:00Z", "Harbour"},
		{"hNews", "https://a.example/x", `<html lang=en><title>Quay</title><div class="hentry hnews"><h1 class="entry-title">Quay</h1><p class="byline author vcard">By <span class="fn">Ann Other</span>, <span class="org fn">Harbour Agency</span></p><abbr class="published" title="2017-11-05T08:00:00Z">Nov 5</abbr>`,
			"Quay", "Ann Other", "2017-11-05T08:00:00Z", ""},
		{"microformats2", "https://a.example/x", `<html lang=en><title>Quay</title><div class="h-entry"><h1 class="p-name">Quay</h1><a class="p-author h-card" href="/">Ann Other</a> <time class="dt-published" datetime="2017-11-05">5 Nov</time>`,
			"Quay", "Ann Other", "2017-11-05", ""},
		{"rel=author in prose", "https://a.example/x", `<html lang=en><title>Quay</title><h1>Quay</h1><p>Photo: Cy Fourth</p><p>By <a rel="author" href="/people/ann">Ann Other</a>, Harbour correspondent</p><p>Published 08:00 GMT, 5 November 2017 | Updated 09:30 GMT, 6 November 2017</p>`,
			"Quay", "Ann Other", "2017-11-05", ""},
		{"section and site in the title", "https://www.tidepost.example/x", `<html lang=en><title>Quay reopens after storm - World - The Tide Post</title><h1>Quay reopens after storm</h1>`,
			"Quay reopens after storm", "", "", "The Tide Post"},
		{"og:title with the site in front", "https://www.tidepost.example/x", `<html lang=en><meta property="og:title" content="The Tide Post: Quay reopens"><meta property="og:site_name" content="The Tide Post"><title>The Tide Post: Quay reopens</title>`,
			"Quay reopens", "", "", "The Tide Post"},
		{"author of several with roles", "https://a.example/x", `<html lang=en><title>Quay</title><h1>Quay</h1><div class="byline">By Ann Other in Geneva, Bo Third in Oslo and Cy Fourth</div>`,
			"Quay", "Ann Other; Bo Third; Cy Fourth", "", ""},
		{"byline in capitals", "https://a.example/x", `<html lang=en><title>Quay</title><h1>Quay</h1><div class="byline">BY ANN OTHER AND BO THIRD</div>`,
			"Quay", "ANN OTHER; BO THIRD", "", ""},
		{"byline with agency", "https://a.example/x", `<html lang=en><title>Quay</title><meta name="author" content="Ann Other, Harbour Press"><h1>Quay</h1>`,
			"Quay", "Ann Other", "", ""},
		{"Wikipedia", "https://en.wikipedia.example/wiki/Quay", `<html lang=en><title>Quay - Wikipedia</title><meta property="og:title" content="Quay - Wikipedia"><h1 id=firstHeading>Quay</h1><script type="application/ld+json">{"@context":"https:\/\/schema.org","@type":"Article","name":"Quay","url":"https:\/\/en.wikipedia.example\/wiki\/Quay","author":{"@type":"Organization","name":"Contributors to Wikimedia projects"},"publisher":{"@type":"Organization","name":"Wikimedia Foundation, Inc."},"datePublished":"2003-05-06T07:08:09Z","dateModified":"2020-01-01T00:00:00Z","headline":"structure on the shore"}</script>`,
			"Quay", "Contributors to Wikimedia projects", "2003-05-06T07:08:09Z", "Wikimedia Foundation, Inc."},
		{"GitHub repository", "https://git.example/ann/quay", `<html lang=en><title>GitHub - ann/quay: Tides in Go</title><meta property="og:site_name" content="GitHub"><meta property="og:title" content="GitHub - ann/quay: Tides in Go">`,
			"ann/quay: Tides in Go", "", "", "GitHub"},
		{"video", "https://video.example/watch?v=1", `<html lang=en><title>Quay at dawn - YouTube</title><meta property="og:site_name" content="YouTube"><meta property="og:title" content="Quay at dawn"><div itemscope itemtype="http://schema.org/VideoObject"><meta itemprop="name" content="Quay at dawn"><span itemprop="author" itemscope itemtype="http://schema.org/Person"><link itemprop="url" href="http://x.example/ann"><link itemprop="name" content="Ann Other"></span><meta itemprop="datePublished" content="2017-11-05"></div>`,
			"Quay at dawn", "Ann Other", "2017-11-05", "YouTube"},
		{"date with dashes of Dutch and others", "https://a.example/x", `<html lang=nl><title>De kade</title><article><h1>De kade</h1><span class="date">05-11-2017</span>`,
			"De kade", "", "2017-11-05", ""},
		{"two-digit year of German sites", "https://a.example/x", `<html lang=de><title>Der Kai</title><article><h1>Der Kai</h1><span class="date">05.11.17</span>`,
			"Der Kai", "", "2017-11-05", ""},
		{"date only in the copyright", "https://a.example/x", `<html lang=en><title>Quay</title><h1>Quay</h1><p>Text without a date at all in it.<footer>© 2017 Harbour</footer>`,
			"Quay", "", "", ""},
		{"Publisher by the application", "https://a.example/x", `<html lang=en><title>Quay</title><meta name="application-name" content="Harbour News">`,
			"Quay", "", "", "Harbour News"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := of(t, c.page, c.uri)
			authors := strings.Join(d.Authors, "; ")
			for field, pair := range map[string][2]string{"title": {d.Title, c.title}, "authors": {authors, c.authors},
				"published": {string(d.Published), c.published}, "publisher": {d.Publisher, c.publisher}} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %q from %q, want %q", field, pair[0], d.From[field], pair[1])
				}
			}
		})
	}
}
