package citation

import (
	"net/url"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
)

// dropOwn takes out the DOI of the document itself, which publishers print on the first page or on all: a
// document does not cite itself.
func (r *pdfReferences) dropOwn(doc *pdf.Document) {
	own := map[string]bool{}
	for _, s := range statedDOIs(&doc.Info) {
		own[strings.ToLower(s)] = true
	}
	for _, page := range doc.Pages {
		for _, link := range page.Links {
			if doi := crossmarkDOI(link.URI); doi != "" {
				own[strings.ToLower(doi)] = true
			}
		}
	}
	for i := range r.found {
		if p := &r.found[i]; r.frontMatter(p) {
			own[strings.ToLower(p.ref.Identifiers["doi"])] = true
		}
	}
	delete(own, "")
	r.found = slices.DeleteFunc(r.found, func(p placed) bool {
		return own[strings.ToLower(p.ref.Identifiers["doi"])] && strings.Contains(p.ref.URI, "doi.org/") && len(p.ref.Works) == 0
	})
}

// statedDOIs are what metadata say to be the DOI of the document.
func statedDOIs(info *pdf.Info) []string {
	var out []string
	for _, v := range []string{
		info.Dict["doi"], info.Dict["DOI"], info.Get("prism:doi"), info.Get("crossmark:DOI"), info.Get("pdfx:doi"),
		info.Get("dc:identifier"),
	} {
		if i := strings.Index(v, "10."); i >= 0 && doiPrefix(v[i:]) > 0 {
			out = append(out, v[i:])
		}
	}
	return out
}

// crossmarkDOI returns the DOI in a link to Crossref's Crossmark, which is about the document that shows it.
func crossmarkDOI(uri string) string {
	if !strings.Contains(uri, "://crossmark.crossref.org/dialog") {
		return ""
	}
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return u.Query().Get("doi")
}

// frontMatter says whether a DOI stands by itself on a line of the first page of several, outside notes and
// lists of references.
func (r *pdfReferences) frontMatter(p *placed) bool {
	if p.page != 0 || len(r.pages) < 2 || p.ref.Identifiers["doi"] == "" || p.block.kind != ibid.Inline {
		return false
	}
	line := r.lineAt(p.at)
	rest := strings.ReplaceAll(r.text[line.start:line.end], p.ref.Cited, "")
	return len(strings.Trim(rest, " :.")) <= len("DOI")
}
