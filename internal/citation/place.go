package citation

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	ibid "github.com/ibid-archive/ibid"
)

// place is where in a document a passage stands: kind is empty for the body.
type place struct {
	kind  ibid.LocatorKind
	label string
}

// sectionNames are the headings of the parts of a document that hold its references, in lower case, by the kind of what stands there.
var sectionNames = func() map[string]ibid.LocatorKind {
	names := make(map[string]ibid.LocatorKind)
	for kind, list := range map[ibid.LocatorKind]string{
		ibid.Bibliography: `references|reference|reference list|normative references|informative references|bibliography|selected bibliography|
			works cited|literature cited|literature|cited literature|sources|citations|further reading|external links|sources cited|
			literatur|literaturverzeichnis|quellen|quellenverzeichnis|einzelnachweise|weblinks|literaturhinweise|referenzen|
			références|références bibliographiques|bibliographie|liens externes|pour aller plus loin|
			referencias|referencias bibliográficas|bibliografía|enlaces externos|fuentes|referências|referências bibliográficas|ligações externas|
			bibliografia|riferimenti|riferimenti bibliografici|collegamenti esterni|fonti|referenties|bronnen|literatuur|externe links|
			källor|referenser|litteratur|kilder|referanser|litteraturliste|lähteet|przypisy|linki zewnętrzne|literatura|reference a zdroje|
			литература|источники|ссылки|список литературы|список використаних джерел|посилання|kaynakça|kaynaklar|dış bağlantılar|
			参考文献|参考资料|引用文献|外部リンク|外部链接|参考`,
		ibid.Endnote: `notes|note|endnotes|end notes|notes and references|references and notes|anmerkungen|endnoten|notes et références|
			notas|notas y referencias|notas e referências|eindnoten|noter|примечания|примітки|notlar|脚注|脚註|注釈|注释|註釋|出典`,
		ibid.Footnote: `footnotes|foot notes|fußnoten|fussnoten|notes de bas de page|notas al pie|notas de rodapé|note a piè di pagina|voetnoten|fotnoter|сноски|dipnotlar`,
	} {
		for name := range strings.SplitSeq(list, "|") {
			names[strings.TrimSpace(name)] = kind
		}
	}
	return names
}()

// sectionKind says what stands under a heading: empty if it is not a part for references.
func sectionKind(heading string) ibid.LocatorKind {
	if len(heading) > 80 {
		return ""
	}
	name := strings.TrimLeft(strings.ToLower(folded(heading)), "0123456789.§ ")
	return sectionNames[strings.Trim(name, ":.# ¶")]
}

// section follows the headings of a document: a part for references ends with the next heading that is no deeper.
type section struct {
	kind  ibid.LocatorKind
	level int
}

func (s *section) heading(text string, level int) {
	if kind := sectionKind(text); kind != "" {
		s.kind, s.level = kind, level
	} else if level <= s.level {
		s.kind, s.level = "", 0
	}
}

// noteKind says whether an element is a note or an entry of a reference list, or a list of them, by what it calls itself.
func noteKind(n *html.Node) ibid.LocatorKind {
	switch attribute(n, "role") {
	case "doc-footnote":
		return ibid.Footnote
	case "doc-endnote", "doc-endnotes":
		return ibid.Endnote
	case "doc-biblioentry", "doc-bibliography":
		return ibid.Bibliography
	}
	switch attribute(n, "epub:type") {
	case "footnote", "footnotes":
		return ibid.Footnote
	case "endnote", "endnotes", "rearnote", "rearnotes":
		return ibid.Endnote
	}
	for class := range strings.FieldsSeq(attribute(n, "class")) {
		if kind := noteClasses[strings.ToLower(class)]; kind != "" {
			return kind
		}
	}
	return noteID(strings.ToLower(attribute(n, "id")))
}

var noteClasses = map[string]ibid.LocatorKind{
	"footnote": ibid.Footnote, "footnotes": ibid.Footnote, "footnotes-list": ibid.Footnote, "footnote-item": ibid.Footnote,
	"sidenote": ibid.Footnote, "marginnote": ibid.Footnote, "fn": ibid.Footnote, "msofootnotetext": ibid.Footnote, "mw-references-wrap": ibid.Footnote,
	"endnote": ibid.Endnote, "endnotes": ibid.Endnote, "msoendnotetext": ibid.Endnote, "notes": ibid.Endnote,
	"reference": ibid.Bibliography, "references": ibid.Bibliography, "reference-list": ibid.Bibliography, "ref-list": ibid.Bibliography, "reflist": ibid.Bibliography,
	"bibliography": ibid.Bibliography, "csl-entry": ibid.Bibliography, "csl-bib-body": ibid.Bibliography, "refbegin": ibid.Bibliography,
	"citation-list": ibid.Bibliography, "c-article-references": ibid.Bibliography, "bibitem": ibid.Bibliography, "ltx_bibitem": ibid.Bibliography,
	"ltx_bibliography": ibid.Bibliography, "thebibliography": ibid.Bibliography, "biblist": ibid.Bibliography, "ref": ibid.Bibliography,
}

// noteID reads the ids that word processors, converters and wikis give to notes: "fn:1", "_ftn1", "cite_note-3", "sdfootnote1".
func noteID(id string) ibid.LocatorKind {
	for _, known := range []struct {
		prefix string
		kind   ibid.LocatorKind
	}{
		{"_ftn", ibid.Footnote}, {"sdfootnote", ibid.Footnote}, {"footnote", ibid.Footnote}, {"cite_note", ibid.Footnote}, {"user-content-fn-", ibid.Footnote},
		{"fn:", ibid.Footnote}, {"fn", ibid.Footnote}, {"_edn", ibid.Endnote}, {"sdendnote", ibid.Endnote}, {"endnote", ibid.Endnote},
		{"ref-cr", ibid.Bibliography}, {"bib", ibid.Bibliography}, {"ref", ibid.Bibliography},
	} {
		rest, ok := strings.CutPrefix(id, known.prefix)
		if !ok || strings.HasPrefix(rest, "ref") {
			continue
		}
		rest = strings.TrimLeft(rest, "-_:.")
		if d := digits(rest); known.prefix == "cite_note" || d > 0 && d < 5 {
			return known.kind
		}
	}
	return ""
}

// navigation are the elements that never hold content.
var navigation = map[atom.Atom]bool{
	atom.Nav: true, atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Button: true, atom.Select: true,
	atom.Textarea: true, atom.Svg: true, atom.Iframe: true, atom.Object: true, atom.Menu: true, atom.Head: true,
}

// boilerplate are the words by which pages name what is not their content, as classes, ids and roles.
var boilerplate = wordSet(`nav navbar navigation navbox menu menubar sidebar side-bar breadcrumb breadcrumbs footer site-footer page-footer
	site-header page-header masthead toc table-of-contents mw-editsection mw-jump-link catlinks printfooter mw-cite-backlink share
	sharing share-buttons social social-links social-share related related-posts related-articles comments comment-list cookie cookie-banner
	cookie-notice pagination pager advert advertisement ads newsletter subscribe skip-link screen-reader-only toolbar widget site-nav
	main-nav nav-menu main-menu sitemap post-navigation mw-indicators mw-navigation topnav sidenav bottomnav
	contentinfo search complementary banner`)

// excluded says whether an element is navigation or boilerplate. Inside the content of a page, what has the name of an element
// of the frame (header, footer, aside) belongs to the content.
func (p *page) excluded(n *html.Node) bool {
	if navigation[n.DataAtom] || notShown(n) {
		return true
	}
	switch n.DataAtom {
	case atom.Body, atom.Html, atom.Main, atom.Article:
		return false
	case atom.Header, atom.Footer, atom.Aside:
		return !p.inContent && noteKind(n) == "" && !p.wiki
	}
	if boilerplate[strings.ToLower(attribute(n, "role"))] || boilerplate[strings.ToLower(attribute(n, "id"))] {
		return true
	}
	for class := range strings.FieldsSeq(attribute(n, "class")) {
		if boilerplate[strings.ToLower(class)] {
			return true
		}
	}
	return false
}

// notShown says whether an element is not shown at all.
func notShown(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && strings.Contains(strings.ReplaceAll(a.Val, " ", ""), "display:none") {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
