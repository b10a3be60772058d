package citation

import "testing"

func TestJATS(t *testing.T) {
	t.Parallel()
	const begin = `<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "x.dtd"><article xml:lang="en"><front><journal-meta><p>http://no.example/</p></journal-meta><article-meta><article-id pub-id-type="doi">10.9999/own</article-id><title-group><article-title>On <italic>Tides</italic></article-title></title-group><pub-date><day>2</day><month>5</month><year>2009</year></pub-date><permissions><license><license-p><ext-link xlink:href="http://no.example/cc">x</ext-link></license-p></license></permissions></article-meta></front>`
	runDocumentTests(t, "a.xml", []documentTest{
		{"body and references", begin + `<body><sec><title>One</title><p>See <ext-link xlink:href="http://example.org/a">the source</ext-link><xref ref-type="bibr">1</xref>.<fn><label>2</label><p>http://example.org/n</p></fn></p></sec></body><back><ref-list><title>References</title>` +
			`<ref id="B1"><label>1.</label><element-citation><name><surname>Smith</surname><given-names>J</given-names></name><article-title>The moon</article-title><source>Sea</source><year>2009</year><pub-id pub-id-type="doi">10.1000/182</pub-id><pub-id pub-id-type="pmid">21187404</pub-id></element-citation></ref>` +
			`<ref id="B2"><mixed-citation>Doe. <article-title>Water</article-title>. <uri xlink:href="http://example.org/w">http://example.org/w</uri>. Accessed 12 May 2009.</mixed-citation></ref>` +
			`<ref id="B3"><element-citation><data-title>Levels of the sea</data-title><source>Archive</source><pub-id pub-id-type="accession" xlink:href="http://example.org/d">D12</pub-id></element-citation></ref>` +
			`<ref id="B4"><element-citation><comment>Of <italic>Fucus vesiculosus</italic>.</comment><ext-link xlink:href="http://example.org/e">http://example.org/e</ext-link><date-in-citation iso-8601-date="2012-03-04">March 4, 2012</date-in-citation></element-citation></ref></ref-list></back></article>`, `
link[]:0 http://example.org/a “the source”
footnote[2]:0 http://example.org/n
bibliography[1]:0 https://doi.org/10.1000/182 “The moon” by Smith, J
bibliography[B2]:0 http://example.org/w “Water” accessed 2009-05-12
bibliography[B3]:0 http://example.org/d “Levels of the sea”
bibliography[B4]:0 http://example.org/e accessed 2012-03-04
`},
	})
	got := readBody(t, Source{Name: "a.xml", Body: []byte(begin + "<body><p>x</p></body></article>")}).Document
	if got.Title != "On Tides" || got.Date != "2009-05-02" || got.Language != "en" || got.MediaType != typeJATS {
		t.Errorf("got %+v", got)
	}
}

func TestDocBook(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.dbk", []documentTest{
		{"entities", `<!DOCTYPE article PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "docbookx.dtd" [<!ENTITY base 'http://example.org'>]><article><para>See <ulink url="&base;/a">a</ulink>.</para></article>`, "link[]:0 http://example.org/a “a”\n"},
		{"DocBook 5", `<article xmlns="http://docbook.org/ns/docbook" xmlns:xlink="x" version="5.0"><info><title>On Tides</title><legalnotice><para>http://no.example/</para></legalnotice></info><section><title>One</title><para>See <link xlink:href="http://example.org/a">the source</link> and <phrase xlink:href="http://example.org/b">this</phrase>.<footnote><para>http://example.org/n</para></footnote> <literal>http://no.example/</literal></para><programlisting>http://no.example/</programlisting></section><bibliography><biblioentry xml:id="s09"><title>The moon</title> <biblioid class="doi">10.1000/182</biblioid></biblioentry></bibliography></article>`, `
link[]:0 http://example.org/a “the source”
link[]:0 http://example.org/b
footnote[1]:0 http://example.org/n
bibliography[s09]:0 https://doi.org/10.1000/182 “The moon”
`},
		{"DocBook 4", `<?xml version="1.0"?><!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "x.dtd"><book><bookinfo><title>On Tides</title></bookinfo><chapter><title>One</title><para>See <ulink url="http://example.org/a">the source</ulink>.</para></chapter></book>`, "link[]:0 http://example.org/a “the source”\n"},
	})
}
