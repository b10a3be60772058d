package citation

import "testing"

func TestRST(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.rst", []documentTest{
		{"links", "See `the source <http://example.org/a>`_, `Named`_, plain_ and `one more`__.\n\n.. _Named: http://example.org/b\n.. _plain:\n   http://example.org/c\n__ http://example.org/d\n", `
link[]:1 http://example.org/a “the source”
link[]:1 http://example.org/b “Named”
link[]:1 http://example.org/c “plain”
link[]:1 http://example.org/d “one more”
`},
		{"roles", "See :rfc:`2822#section-2`, :PEP:`8`, :pep:`the style <8>`, :doi:`10.1000/182`, :rfc:`x`, :issue:`12`, :py:func:`a` and ``:rfc:`1```.\n", `
link[]:1 https://datatracker.ietf.org/doc/html/rfc2822#section-2 “RFC 2822”
link[]:1 https://peps.python.org/pep-0008/ “PEP 8”
link[]:1 https://peps.python.org/pep-0008/ “the style”
link[]:1 https://doi.org/10.1000/182
`},
		{"what is put in", "See |a|.\n\n.. |a| replace:: `Sea <http://example.org/a>`__\n", "link[]:3 http://example.org/a “Sea”\n"},
		{"targets that nothing leads to", "Text.\n\n.. _x: http://example.org/x\n", "bibliography[x]:3 http://example.org/x\n"},
		{"bare address", "At http://example.org/a_b, and **http://example.org/c**.\n", "inline[]:1 http://example.org/a_b\ninline[]:1 http://example.org/c\n"},
		{"address before a line that ends with a backslash", "At http://example.org/a\\\nand http://example.org/b\\ .\n", "inline[]:1 http://example.org/a\ninline[]:2 http://example.org/b\n"},
		{"code is not cited", "Use ``http://no.example/`` so::\n\n  get http://no.example/\n\n.. code-block:: sh\n\n   get http://no.example/\n\n>>> get('http://no.example/')\n\nText http://example.org/.\n", "inline[]:11 http://example.org/\n"},
		{"comment", ".. This is http://no.example/\n   and http://no.example/\n\nText\n", ""},
		{"quotation after an empty comment", "- Text\n\n..\n\n   Quoted from http://example.org/.\n", "inline[]:5 http://example.org/\n"},
		{"picture with a target by name", ".. image:: a.png\n   :target: `The Source`_\n\n.. _The Source: http://example.org/a\n", "link[]:2 http://example.org/a\n"},
		{"picture", ".. image:: http://no.example/a.png\n   :target: http://example.org/a\n", "link[]:2 http://example.org/a\n"},
		{"badge put in by name", "|b|\n\n.. |b| image:: http://no.example/a.png\n    :target: http://example.org/a\n", "link[]:4 http://example.org/a\n"},
		{"notes", "Text [1]_ [#a]_ [Smith2009]_.\n\n.. [1] See http://example.org/a, accessed 12 May 2009.\n.. [#a] http://example.org/b\n.. [Smith2009] “Tides”.\n   http://example.org/c\n", `
footnote[1]:3 http://example.org/a accessed 2009-05-12
footnote[a]:4 http://example.org/b
bibliography[Smith2009]:6 http://example.org/c “Tides”
`},
		{"list of references", "Study\n=====\n\nText\n\nReferences\n----------\n\n1. “Tides”. http://example.org/a\n2. http://example.org/b\n\nNext\n----\n\nhttp://example.org/c\n", `
bibliography[1]:9 http://example.org/a “Tides”
bibliography[2]:10 http://example.org/b
inline[]:15 http://example.org/c
`},
		{"admonition", ".. note::\n\n   See http://example.org/a.\n\n.. warning:: Not http://example.org/b!\n", "inline[]:3 http://example.org/a\ninline[]:5 http://example.org/b\n"},
		{"DOI", "See :doi:`10.1000/182`.\n", "link[]:1 https://doi.org/10.1000/182\n"},
	})
}

func TestOrg(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.org", []documentTest{
		{"links", "#+TITLE: T\n* Head :tag:\nSee [[http://example.org/a][the source]], [[http://example.org/b]] and http://example.org/c.\n", `
link[]:3 http://example.org/a “the source”
link[]:3 http://example.org/b
inline[]:3 http://example.org/c
`},
		{"notes", "Text[fn:1].\n\n[fn:1] See http://example.org/a\n", "footnote[1]:3 http://example.org/a\n"},
		{"code is not cited", "#+begin_src sh\nhttp://no.example/\n#+end_src\n# http://no.example/\n:PROPERTIES:\n:U: http://no.example/\n:END:\n: http://no.example/\nText =http://no.example/= end.\n", ""},
		{"abbreviated links", "See [[gh:ibid/a][the code]], [[w:Sea tide]], [[lib::b]], [[fn:x][a function]], [[other:y][no link]], [[doi:10.1000/182][On Tides]] and [[doi:10.1000/183]].\n\n#+LINK: gh  https://example.org/%s/tree\n#+link: w https://example.org/w?q=%h\n#+LINK: lib https://example.org/lib/\n#+LINK: fn https://example.org/%(f)\n", `
link[]:1 https://example.org/ibid/a/tree “the code”
link[]:1 https://example.org/w?q=Sea%20tide “w:Sea tide”
link[]:1 https://example.org/lib/b “lib::b”
link[]:1 https://doi.org/10.1000/182 “On Tides”
link[]:1 https://doi.org/10.1000/183
`},
		{"list of references", "* References\n- http://example.org/a\n- http://example.org/b\n", "bibliography[]:2 http://example.org/a\nbibliography[]:3 http://example.org/b\n"},
	})
}

func TestASCIIDoc(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.adoc", []documentTest{
		{"links", "= T\n:base: http://example.org\n\nSee link:{base}/a[the source], http://example.org/b[it^] and http://example.org/c.\n", `
link[]:4 http://example.org/a “the source”
link[]:4 http://example.org/b “it”
inline[]:4 http://example.org/c
`},
		{"text with attributes", "= T\n\nSee https://example.org/a[\"this, that\",role=x] and link:https://example.org/b[words,window=_blank].\n", "link[]:3 https://example.org/a “this, that”\nlink[]:3 https://example.org/b “words”\n"},
		{"not links", "Text\n// http://no.example/ in a comment\ngoes on: +http://no.example/+ \\http://no.example/ pass:[http://no.example/] \"`http://example.org/a`\".\n", "inline[]:3 http://example.org/a\n"},
		{"notes", "Text.footnote:[See http://example.org/a[this one], and more.] On.\n", "footnote[1]:1 http://example.org/a “this one”\n"},
		{"code is not cited", "----\nhttp://no.example/\n----\n// http://no.example/\n`http://no.example/`\n\nText\n", ""},
		{"titles with a line below", "Moon\n====\n\nAt noon\n-------\nhttp://example.org/a\n\nSources\n~~~~~~~~\nhttp://example.org/b[The moon]\n\nText of a program\n----\nhttp://no.example/\n----\n", `
inline[]:6 http://example.org/a
bibliography[]:10 http://example.org/b “The moon”
`},
		{"bibliography", "[bibliography]\n== References\n\n* [[[smith,1]]] “Tides”. http://example.org/a\n", "bibliography[smith]:4 http://example.org/a “Tides”\n"},
	})
}

func TestWikitext(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.wiki", []documentTest{
		{"notes and templates", "'''It''' is.<ref name=\"a\">{{cite web |last=Smith |first=John |title=On ''Tides'' |url=http://example.org/a|access-date=12 May 2009 |archive-url=https://web.archive.org/web/20090101000000/http://example.org/a}}</ref><ref name=a/> And.<ref>[http://example.org/b The moon], p. 3.</ref>\n", `
footnote[1]:1 http://example.org/a “On Tides” by Smith, John accessed 2009-05-12
footnote[2]:1 http://example.org/b “The moon”
`},
		{"template over lines", "Text.<ref>{{Cite journal\n| title = Tides\n| doi = 10.1000/182\n| url = \n}}</ref>\n", "footnote[1]:1 https://doi.org/10.1000/182 “Tides”\n"},
		{"links", "== External links ==\n* [http://example.org/a Tides]\n* {{official website|example.org}}\n\n== Else ==\n[[Page|text]] http://example.org/c\n", `
bibliography[]:2 http://example.org/a “Tides”
bibliography[]:3 http://example.org
inline[]:6 http://example.org/c
`},
		{"signs in addresses", "See [http://example.org/?a=1&amp;b=2 The first], [http://example.org/c{{!}}d The second] and <ref>{{cite web|url=http://example.org/e?f{{=}}1|title=T}}</ref>\n", `
link[]:1 http://example.org/?a=1&b=2 “The first”
link[]:1 http://example.org/c|d “The second”
footnote[1]:1 http://example.org/e?f=1 “T”
`},
		{"picture", "[[File:A.jpg|thumb|link=http://example.org/a|By [http://example.org/b the painter].]]\n", "link[]:1 http://example.org/a\nlink[]:1 http://example.org/b “the painter”\n"},
		{"address in the place of a page", "See [[http://example.org/é|there]].\n", "link[]:1 http://example.org/%C3%A9 “there”\n"},
		{"notes in a box", "{{Infobox\n| height = 3<ref>http://example.org/a</ref>\n| website = {{URL|example.org/w}}\n}}\nText\n", "inline[]:3 http://example.org/w\nfootnote[1]:2 http://example.org/a\n"},
		{"not cited", "<!-- http://no.example/ --> <nowiki>http://no.example/</nowiki> [[File:a.jpg|thumb|text]]\n", ""},
		{"German", "Text.<ref>{{Internetquelle |autor=Max Muster |url=http://example.org/a |titel=Gezeiten |abruf=2009-05-12}}</ref>\n", "footnote[1]:1 http://example.org/a “Gezeiten” by Max Muster accessed 2009-05-12\n"},
		{"export", "<mediawiki><page><title>T</title><revision><text>A &lt;ref&gt;http://example.org/a&lt;/ref&gt;</text></revision></page></mediawiki>", "footnote[1]:1 http://example.org/a\n"},
	})
}

func TestLaTeX(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.tex", []documentTest{
		{"links", "\\newcommand{\\base}{http://example.org}\nSee \\url{http://example.org/a_b%20c}, \\href{\\base/d\\#e}{the \\emph{source}} and \\url|http://example.org/f|. % http://no.example/\n", `
link[]:2 http://example.org/a_b%20c
link[]:2 http://example.org/d#e “the source”
link[]:2 http://example.org/f
`},
		{"accents alone, breaks, and what is not typeset", "At http://example.org/\\~{}a/x\\_y and \\url{http://example.org/%\n  b}.\n\\end{document}\nhttp://no.example/\n", `
inline[]:1 http://example.org/~a/x_y
link[]:1 http://example.org/b
`},
		{"a journal in italics is no title", "\\begin{thebibliography}{9}\n\\bibitem{a} A. Smith, On Tides, \\emph{Annals of the Sea} 17, 891--921 (2009). \\url{http://example.org/a}\n\\end{thebibliography}\n", "bibliography[a]:2 http://example.org/a\n"},
		{"a list of Biber without its document", "% $ biblatex auxiliary file $\n\\entry{a}{online}{}{}\n\\field{title}{On Tides}\n\\verb{urlraw}\n\\verb http://example.org/a\n\\endverb\n\\verb{url}\n\\verb http://example.org/a\n\\endverb\n\\endentry\n", "bibliography[a]:0 http://example.org/a “On Tides”\n"},
		{"notes", "Text\\footnote{“Tides”, \\url{http://example.org/a} (accessed 12 May 2009).} goes on.\n\nNext\\footnote[7]{http://example.org/b.}\n", `
footnote[1]:1 http://example.org/a “Tides” accessed 2009-05-12
footnote[7]:3 http://example.org/b
`},
		{"list of references", "\\begin{thebibliography}{9}\n\\bibitem{smith} J. Smith, \\emph{On Tides}, 2009. \\url{http://example.org/a}\n\\bibitem[D10]{doe} ``The moon''. http://example.org/b\n\\end{thebibliography}\n", `
bibliography[smith]:2 http://example.org/a “On Tides”
bibliography[doe]:3 http://example.org/b “The moon”
`},
		{"not cited", "\\begin{lstlisting}[language=C]\nhttp://no.example/\n\\end{lstlisting}\n\\verb|http://no.example/| \\includegraphics{http://no.example/}\n", ""},
		{"commands of its own", "\\newcommand{\\site}[1]{\\url{https://example.org/#1}}\n\\newcommand*{\\weblink}[2]{\\href{#1}{#2}}\n\\def\\doc#1#2{\\href{https://example.org/#1}{\\emph{#2}}}\n" +
			"\\NewDocumentCommand{\\note}{m}{\\footnote{\\url{#1}}}\n\\newcommand{\\home}{\\href{https://example.org/home}{our page}}\n\\newcommand{\\repo}[1]{https://example.org/git/#1}\n\n" +
			"See \\site{a\\_b}, \\weblink{https://example.org/~c\\#d}{these \\emph{words}}, \\doc{e}{On Tides}, \\home{} and \\href{\\repo{f}}{this one}\\note{https://example.org/g}.\n", `
link[]:8 https://example.org/a_b
link[]:8 https://example.org/~c#d “these words”
link[]:8 https://example.org/e “On Tides”
link[]:8 https://example.org/home “our page”
link[]:8 https://example.org/git/f “this one”
footnote[1]:8 https://example.org/g
`},
		{"commands that are left alone", "\\newcommand{\\a}[1]{\\a{#1}\\url{https://example.org/#1}}\\newcommand{\\weblink}[2][x]{\\href{#1}{#2}}\\newcommand{\\bold}[1]{\\textbf{#1}}\\renewcommand{\\cite}{\\citep}\n" +
			"\\bold{http://example.org/b} and \\weblink{http://example.org/c}. \\newcommand{\\mine}[1]{\\url{http://no.example/#1}}\\mine x \\cite{k} \\a{d}\n", `
inline[]:2 http://example.org/b
inline[]:2 http://example.org/c
link[]:2 https://example.org/d
link[]:2 https://example.org/d
link[]:2 https://example.org/d
`},
		{"DOI", "\\doi{10.1000/182}\n", "link[]:1 https://doi.org/10.1000/182\n"},
	})
}
