package citation

import "testing"

func TestBibTeX(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.bib", []documentTest{
		{"address and DOI", "@article{a, title = {The {Tides} of M{\\\"u}nster}, author = {Smith, John and Doe, Jane},\n url = {http://example.org/a\\_b/~c}, doi = {10.1000/182},\n urldate = {2009-05-12}}", `
bibliography[a]:1 http://example.org/a_b/~c “The Tides of Münster” by Smith, John; Doe, Jane accessed 2009-05-12
bibliography[a]:1 https://doi.org/10.1000/182 “The Tides of Münster” by Smith, John; Doe, Jane accessed 2009-05-12
`},
		{"address without its scheme", "@misc{a, url = {example.org/a}}@misc{b, url = {a.pdf}}", "bibliography[a]:1 http://example.org/a\n"},
		{"DOI of the address", "@article{a, url = {https://dx.doi.org/10.1000/182}, doi = \"10.1000/182\"}", "bibliography[a]:1 https://dx.doi.org/10.1000/182\n"},
		{"DOI as an address", "@article{a, doi = {http://doi.example.org/10.1000/182}}", "bibliography[a]:1 http://doi.example.org/10.1000/182\n"},
		{"macros and quotes", "@string{site = \"http://example.org/\"}\n@misc{b, url = site # \"x\" , title = \"A {\"}B{\"} C\"}", "bibliography[b]:2 http://example.org/x “A \"B\" C”\n"},
		{"the page of a catalogue where there is no other", "@article{a, title={On Tides}, adsurl={http://example.org/abs/a}}\n@article{b, doi={10.1000/182}, adsurl={http://no.example/}}", "bibliography[a]:1 http://example.org/abs/a “On Tides”\nbibliography[b]:2 https://doi.org/10.1000/182\n"},
		{"howpublished", "@misc(c,\n howpublished = {\\url{http://example.org/}},\n note = {Accessed: 12 May 2009})", "bibliography[c]:1 http://example.org/ accessed 2009-05-12\n"},
		{"link in a note", "@misc{c, note = {See \\href{http://example.org/x%20y}{here}}}", "bibliography[c]:1 http://example.org/x%20y\n"},
		{"software", "@software{d, repository = {https://example.org/git}, swhid = {swh:1:rel:6365;\n origin=https://example.org/src;visit=swh:1:snp:1}}", "bibliography[d]:1 https://example.org/git\nbibliography[d]:1 https://example.org/src\n"},
		{"identifier alone", "@misc{e, eprint = {2003.05580}, archivePrefix = {arXiv}}\n@book{f, isbn = {978-3-16-148410-0}}", "bibliography[e]:1 \n"},
		{"not cited", "@comment{x, url = {http://no.example/}}\n@preamble{\"http://no.example/\"}\n@misc{g, abstract = {http://no.example/}, file = {:a.pdf:PDF}}", ""},
		{"entry without an end", "@misc{h, title = {Open, url = {http://example.org/h}\n\n@misc{i, url = {http://example.org/i}}", "bibliography[i]:3 http://example.org/i\n"},
		{"e-mail addresses between", "Mail a@b.example\n@misc{j,url={http://example.org/j},}\n", "bibliography[j]:2 http://example.org/j\n"},
		{"group and others", "@misc{k, author = {{The Group} and Ludwig van Beethoven and others}, url = {www.example.org/k}}", "bibliography[k]:1 http://www.example.org/k by The Group; van Beethoven, Ludwig\n"},
		{"broken over lines", "@misc{l, url = {http://example.org/\n   long/path}}", "bibliography[l]:1 http://example.org/long/path\n"},
	})
}

func TestRIS(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.ris", []documentTest{
		{"without the last space, and without a scheme", "TY  - JOUR\nID  - a\nUR  -http://example.org/a\nUR  - example.org/b\nER  -\n", "bibliography[a]:1 http://example.org/a\nbibliography[a]:1 http://example.org/b\n"},
		{"one record", "TY  - JOUR\nAU  - Smith, John\nTI  - On Tides\nDO  - 10.1000/182\nUR  - http://example.org/a\nY2  - 2009/05/12/\nID  - s09\nER  - \n", `
bibliography[s09]:1 http://example.org/a “On Tides” by Smith, John accessed 2009-05-12
bibliography[s09]:1 https://doi.org/10.1000/182 “On Tides” by Smith, John accessed 2009-05-12
`},
		{"no end", "TY  - JOUR\nUR  - http://example.org/a\nTY  - JOUR\nUR  - http://example.org/b\n", "bibliography[]:1 http://example.org/a\nbibliography[]:3 http://example.org/b\n"},
		{"address over lines", "TY  - ELEC\nUR  - http://example.org/long/\npath\nER  -\n", "bibliography[]:1 http://example.org/long/path\n"},
		{"several addresses", "TY  - ELEC\nUR  - http://example.org/a; http://example.org/b\nER  -", "bibliography[]:1 http://example.org/a\nbibliography[]:1 http://example.org/b\n"},
		{"files are not cited", "TY  - ELEC\nL1  - internal-pdf://0123/a.pdf\nL1  - file:///home/a.pdf\nN2  - http://no.example/\nER  -", ""},
		{"PubMed", "PMID- 21187404\nTI  - On Tides\n      and moons\nFAU - Smith, John\nAU  - Smith J\nLID - 10.1000/182 [doi]\n\nPMID- 21187405\n", "bibliography[21187404]:1 https://doi.org/10.1000/182 “On Tides and moons” by Smith, John\nbibliography[21187405]:8 \n"},
	})
}

func TestISBNInANoteOfRIS(t *testing.T) {
	t.Parallel()
	refs := readBody(t, Source{Name: "a.ris", Body: []byte("TY  - RPRT\nSN  - A/RES/63/225\nUR  - http://example.org/a\nN1  - Archived; ISBN 9783161484100\nER  - \n")}).References
	if len(refs) != 1 || refs[0].Identifiers["isbn"] != "9783161484100" {
		t.Errorf("%+v", refs)
	}
}

func TestEndNote(t *testing.T) {
	t.Parallel()
	const begin = "<?xml version=\"1.0\"?><xml><records>"
	runDocumentTests(t, "a.xml", []documentTest{
		{"address over two lines", begin + "<record><rec-number>7</rec-number><urls><related-urls><url>http://example.org/a/\nb</url></related-urls></urls></record></records></xml>", "bibliography[7]:1 http://example.org/a/b\n"},
		{"one record", begin + "<record><rec-number>7</rec-number><contributors><authors><author><style face=\"normal\">Smith, John</style></author></authors></contributors>" +
			"<titles><title><style>On </style><style face=\"italic\">Tides</style></title></titles><electronic-resource-num><style>10.1000/182</style></electronic-resource-num>" +
			"<urls><related-urls><url><style>http://example.org/a?b=1&amp;c=2</style></url></related-urls><pdf-urls><url>internal-pdf://x.pdf</url></pdf-urls></urls>" +
			"<access-date>12 May 2009</access-date></record></records></xml>", `
bibliography[7]:1 http://example.org/a?b=1&c=2 “On Tides” by Smith, John accessed 2009-05-12
bibliography[7]:1 https://doi.org/10.1000/182 “On Tides” by Smith, John accessed 2009-05-12
`},
		{"cut", begin + "<record><urls><related-urls><url>http://example.org/a</url></related-urls></urls><tit", "bibliography[]:1 http://example.org/a\n"},
	})
}

func TestRefer(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.enw", []documentTest{
		{"records", "%0 Journal Article\n%A Smith, John\n%A Jane Doe\n%T On Tides\n  and moons\n%R 10.1000/182\n%U http://example.org/a\n%[ 12 May 2009\n%F s09\n\n%0 Web Page\n%T B\n%U http://example.org/b\n", `
bibliography[s09]:1 http://example.org/a “On Tides and moons” by Smith, John; Doe, Jane accessed 2009-05-12
bibliography[s09]:1 https://doi.org/10.1000/182 “On Tides and moons” by Smith, John; Doe, Jane accessed 2009-05-12
bibliography[]:11 http://example.org/b “B”
`},
		{"nothing between", "%0 Book\n%@ 978-3-16-148410-0\n%U http://example.org/a\n%0 Book\n%U http://example.org/b", "bibliography[]:1 http://example.org/a\nbibliography[]:4 http://example.org/b\n"},
	})
	runDocumentTests(t, "a.txt", []documentTest{{"by its content", "%0 Book\n%U http://example.org/a\n", "bibliography[]:1 http://example.org/a\n"}})
}

func TestMODS(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.xml", []documentTest{
		{"a collection", `<?xml version="1.0"?>
<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods ID="s09"><titleInfo><title>On Tides</title></titleInfo>
<name type="personal"><namePart type="family">Smith</namePart><namePart type="given">John</namePart></name>
<name type="corporate"><namePart>Smith &amp; Co</namePart></name><subject><name><namePart>Nobody</namePart></name></subject>
<relatedItem type="host"><titleInfo><title>A Journal</title></titleInfo><identifier type="doi">10.1000/1</identifier></relatedItem>
<identifier type="doi">10.1000/182</identifier><location><url dateLastAccessed="2009-05-12">http://example.org/a</url></location></mods>
<mods><location><url>http://example.org/b</url></location></mods></modsCollection>`, `
bibliography[s09]:2 http://example.org/a “On Tides” by Smith, John; Smith & Co accessed 2009-05-12
bibliography[s09]:2 https://doi.org/10.1000/182 “On Tides” by Smith, John; Smith & Co accessed 2009-05-12
bibliography[]:7 http://example.org/b
`},
		{"cut", `<mods:mods xmlns:mods="http://www.loc.gov/mods/v3"><mods:location><mods:url>http://example.org/a</mods:url></mods:location><mods:tit`, "bibliography[]:1 http://example.org/a\n"},
	})
}

func TestCSL(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.json", []documentTest{
		{"items", `[{"id":1,"title":"On Tides","URL":"http://example.org/a","DOI":"10.1000/182","accessed":{"date-parts":[["2009",5,"12"]]},"author":[{"family":"Smith","given":"John"}]}]`, `
bibliography[1]:0 http://example.org/a “On Tides” by Smith, John accessed 2009-05-12
bibliography[1]:0 https://doi.org/10.1000/182 “On Tides” by Smith, John accessed 2009-05-12
`},
		{"one item", `{"id":"a","URL":"http://example.org/a"}`, "bibliography[a]:0 http://example.org/a\n"},
		{"an object of items", `{"items":[{"id":"a","URL":"http://example.org/a"}]}`, "bibliography[a]:0 http://example.org/a\n"},
		{"lines of the note", `[{"id":"a","note":"DOI: 10.1000/182\nOriginal URL: http://example.org/a\naccessed: 2009-05-12\nCitation Key: http://no.example/"}]`, `
bibliography[a]:0 http://example.org/a accessed 2009-05-12
bibliography[a]:0 https://doi.org/10.1000/182 accessed 2009-05-12
`},
		{"variables in the note", `[{"id":"a","note":"{:DOI: 10.1000/182} {:accessed: 2009-05-12}{:PMID: 21187404}"}]`, "bibliography[a]:0 https://doi.org/10.1000/182 accessed 2009-05-12\n"},
		{"a note that says nothing new", `[{"id":"a","URL":"http://example.org/a","DOI":"10.1000/182","note":"DOI: 10.1000/183\nURL: http://no.example/"}]`, "bibliography[a]:0 http://example.org/a\nbibliography[a]:0 https://doi.org/10.1000/182\n"},
		{"a note of another type", `[{"id":"a","URL":"http://example.org/a","note":["DOI: 10.1000/183"]}]`, "bibliography[a]:0 http://example.org/a\n"},
		{"PubMed alone", `[{"id":"a","PMID":21187404,"abstract":"http://no.example/"}]`, "bibliography[a]:0 \n"},
	})
}

func TestOutline(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.opml", []documentTest{{"feeds", "<?xml version='1.0'?>\n<opml><head><title>Mine</title></head><body>\n<outline text='Tides' xmlUrl='http://example.org/feed' htmlUrl='http://example.org/'/></body></opml>", `
link[]:3 http://example.org/ “Tides”
link[]:3 http://example.org/feed “Tides”
`}})
	runDocumentTests(t, "a.json", []documentTest{
		{"Firefox", `{"guid":"root","children":[{"type":"text/x-moz-place","title":"Tides","uri":"http://example.org/a"},{"uri":"place:sort=8"}]}`, "link[]:0 http://example.org/a “Tides”\n"},
		{"Chromium", `{"roots":{"bookmark_bar":{"children":[{"date_added":"13","name":"Tides","type":"url","url":"http://example.org/a"}],"name":"Bar"}}}`, "link[]:0 http://example.org/a “Tides”\n"},
	})
	runDocumentTests(t, "a.html", []documentTest{{"Netscape", "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<DL><p>\n<DT><A HREF=\"http://example.org/a\" ADD_DATE=\"1\">Tides</A>\n</DL>", "link[]:0 http://example.org/a “Tides”\n"}})
}

func TestCSV(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.csv", []documentTest{
		{"with a header", "Title,URL,Accessed\n\"Tides, again\",http://example.org/a,2009-05-12\nNone,,\nDOI,10.1000/182,\n", `
link[]:2 http://example.org/a “Tides, again” accessed 2009-05-12
link[]:4 https://doi.org/10.1000/182 “DOI”
`},
		{"without", "http://example.org/a\nhttp://example.org/b\n", "link[]:1 http://example.org/a\nlink[]:2 http://example.org/b\n"},
		{"semicolons", "name;link\nTides;http://example.org/a,b\n", "link[]:2 http://example.org/a,b “Tides”\n"},
		{"text around", "note\n\"see http://example.org/a, and http://example.org/b.\"\n", "link[]:2 http://example.org/a\nlink[]:2 http://example.org/b\n"},
	})
}
