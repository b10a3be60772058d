package library

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Weights of links that may lead to a document library. A page that is a library by name comes before anything else.
const (
	weightLibrary   = 100
	weightPapers    = 80
	weightDocuments = 70
	weightFrame     = 60
	weightMeetings  = 50
	weightLanguage  = 40
	weightOther     = 30
	weightHome      = 20
)

// libraryWords are what links to document libraries say, folded, in English, French, Spanish and German.
var libraryWords = []struct {
	weight int
	said   *regexp.Regexp
}{
	{weightLibrary, kindWords(`(?:document|documents|online|virtual)[ -](?:library|libraries|centre|center)|library of documents|bibliotheque (?:de|des) documents|` +
		`biblioteca de documentos|documentotheque|mediatheque|dokumentenbibliothek`)},
	{weightPapers, kindWords(`(?:background|working|discussion|conference|meeting|session) (?:papers|documents)|documents de (?:travail|fond|reunion|seance)|` +
		`documentos de (?:trabajo|antecedentes|base|reunion)`)},
	{weightDocuments, kindWords(`documents?|documentos?|documentation|documentacion|papers|publications|publicaciones|downloads?|telechargements?|descargas|` +
		`library|bibliotheque|biblioteca|dokumente|docs`)},
	{weightMeetings, kindWords(`round ?tables?|tables? rondes?|mesas? redondas?|sessions|seances|sesiones|reports|rapports|informes`)},
	{weightOther, kindWords(`programme?|programa|meetings?|reunions?|reuniones|conferences?|conferencias?|archives?|archivos|resources|ressources|recursos|` +
		`forum|foro|site ?map|plan du site|mapa del sitio|proceedings|actes|outcomes`)},
	{weightHome, kindWords(`home|accueil|inicio|welcome|bienvenue|bienvenidos|startseite|enter`)},
}

var libraryAddress = regexp.MustCompile(`(?i)com_docman.*cat_view|com_docman$|/(?:document|doc|librar|bibliothe|biblioteca|publication)\w*/?$|document-?_?library`)

// library notes a link that may lead to a document library.
func (r *reader) library(l Link) {
	key := pageKey(l.URI)
	if l.Weight == 0 || len(r.out.Libraries) >= maxLibraries*4 || isFile(l.URI) {
		return
	}
	if i, ok := r.libraries[key]; ok {
		r.out.Libraries[i].Weight = max(r.out.Libraries[i].Weight, l.Weight)
		return
	}
	r.libraries[key] = len(r.out.Libraries)
	r.out.Libraries = append(r.out.Libraries, l)
}

// weigh says how much a link looks like one to a document library. Long texts are of articles.
func weigh(text, uri string) int {
	weight := 0
	if len(text) <= 80 {
		folded := fold(text)
		for _, w := range libraryWords {
			if w.said.MatchString(folded) {
				weight = w.weight
				if len(labels(folded)) > 0 { // "Session 3.4 papers" is one of many
					weight = min(weight, weightMeetings)
				}
				break
			}
		}
	}
	if libraryAddress.MatchString(uri) {
		weight = max(weight, weightDocuments)
	}
	return weight
}

var (
	nextWords = regexp.MustCompile(`^(?:next|suivante?|siguiente|weiter|more|plus|mas|next page|page suivante|pagina siguiente|>|>>|»|›|→|\[?\d{1,4}\]?)(?: ?[>»›→]+)?$`)
	ordering  = regexp.MustCompile(`[?&;](?:C=[NMSD]|[NMSD]=[AD]|order(?:by)?=|sort=|ascdesc=|dir=(?:asc|desc))`)
	direction = regexp.MustCompile(`^(?:parent directory|\.\./?|up|back|retour|volver)$`)
)

// leadsOn notes where a link leads on from here, and says whether it is nothing but that: another page of the listing, another
// order of it, this page.
func (r *reader) leadsOn(a *anchor, uri string, kind sort) bool {
	text, key := fold(a.text), pageKey(uri)
	switch {
	case direction.MatchString(text) || ordering.MatchString(uri) && listingPath(uri) == listingPath(r.here.uri):
		return true
	case key == r.here.page:
		return true
	case sameListing(listingKey(uri), r.here.listing), r.isNext(a, text, uri):
		if !r.more[key] && len(r.out.More) < maxMore {
			r.more[key] = true
			r.out.More = append(r.out.More, uri)
		}
		return true
	}
	switch weight := weigh(a.text, uri); {
	case kind == marking:
		r.library(Link{URI: uri, Text: a.text, Weight: weightLanguage})
	case weight == 0 && strings.HasSuffix(a.text, "/") && strings.HasPrefix(fold(r.out.Title), "index of"):
		r.library(Link{URI: uri, Text: a.text, Weight: weightLanguage})
	case kind == naming:
		r.library(Link{URI: uri, Text: a.text, Weight: weight})
	}
	return false
}

var jahiaLanguage = regexp.MustCompile(`/lang/\w+`)

// sameListing says whether two keys of listings are of parts of one listing. Jahia takes the language of the visitor where an address
// has none.
func sameListing(a, b string) bool {
	if a == b {
		return true
	}
	return strings.Contains(strings.ToLower(a), "/jahia/") && jahiaLanguage.MatchString(a) != jahiaLanguage.MatchString(b) &&
		jahiaLanguage.ReplaceAllString(a, "") == jahiaLanguage.ReplaceAllString(b, "")
}

// isNext says whether a link is to the next page by its words. It stands on the same site, at the same depth.
func (r *reader) isNext(a *anchor, text, uri string) bool {
	if slices.Contains(strings.Fields(a.rel), "next") {
		return !isFile(uri) && siteOf(uri) == siteOf(r.here.uri)
	}
	return len(text) < 30 && nextWords.MatchString(strings.TrimSpace(text)) && listingPath(uri) == listingPath(r.here.uri) && !isFile(uri)
}

// listingPath is an address without its query.
func listingPath(uri string) string {
	uri, _, _ = strings.Cut(uri, "?")
	return uri
}

// alternate takes the <link> to the next page, or to the page in another language.
func (r *reader) alternate(rel, href, hreflang string) {
	uri := resolve(r.base, href)
	if uri == "" || pageKey(uri) == r.here.page {
		return
	}
	switch rel = strings.ToLower(rel); {
	case rel == "next" && !r.more[pageKey(uri)]:
		r.more[pageKey(uri)] = true
		r.out.More = append(r.out.More, uri)
	case rel == "alternate" && knownTag(hreflang) != "":
		r.library(Link{URI: uri, Text: hreflang, Weight: weightLanguage})
	}
}

// sortLibraries puts the best first and keeps as many as a Listing may have.
func (r *reader) sortLibraries() {
	slices.SortStableFunc(r.out.Libraries, func(a, b Link) int { return cmp.Compare(b.Weight, a.Weight) })
	if len(r.out.Libraries) > maxLibraries {
		r.out.Libraries = r.out.Libraries[:maxLibraries]
	}
}
