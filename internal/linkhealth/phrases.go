package linkhealth

import (
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
)

// absent are the phrases with which pages say that what was asked for is not there, folded; the ends of some are left
// off, as they change. In a title they stand for themselves.
var absent = [...]string{
	"page not found", "404 not found", "error 404", "404 error", "http 404", "page cannot be found", "page can t be found", "page could not be found",
	"page couldn t be found", "page was not found", "page does not exist", "page doesn t exist", "page no longer exists", "page has been removed",
	"page you are looking for", "page you re looking for", "page you were looking for", "page you requested", "page you have requested", "page that you requested",
	"requested page could not", "requested url was not found", "requested page was not found", "requested resource was not found", "file not found",
	"document not found", "article not found", "content not found", "can t find the page", "can t find that page", "couldn t find the page", "could not find the page",
	"cannot find the page", "couldn t find that page", "page isn t available", "page not available", "page unavailable", "nothing was found at this location",
	"content is no longer available", "document is no longer available", "article is no longer available", "no such page", "this link is broken",

	"page introuvable", "page non trouv", "page inexistante", "page n existe pas", "page n existe plus", "page demandee n", "page demand e n",
	"page que vous recherchez", "page que vous cherchez", "page que vous demandez", "page que vous avez demandee", "page demandee est introuvable",
	"erreur 404", "fichier introuvable", "document introuvable", "contenu introuvable", "ressource introuvable", "article introuvable",
	"page n est plus disponible", "document n est plus disponible", "contenu n est plus disponible", "page est introuvable",

	"pagina no encontrada", "pagina no existe", "no se encontro la pagina", "no se ha encontrado la pagina", "no se encuentra la pagina",
	"no se puede encontrar la pagina", "no se pudo encontrar la pagina", "no hemos encontrado la pagina", "no hemos podido encontrar la pagina",
	"no encontramos la pagina", "pagina que busca", "pagina que esta buscando", "pagina que estas buscando", "pagina que intenta", "pagina solicitada no",
	"pagina que ha solicitado", "pagina no disponible", "pagina ya no existe", "pagina no ha sido encontrada", "archivo no encontrado", "documento no encontrado",
	"contenido no disponible", "documento ya no esta disponible", "recurso no encontrado",

	"pagina nao encontrada", "pagina non trovata", "seite nicht gefunden", "seite wurde nicht gefunden", "pagina niet gevonden",
}

// bare are words that say so only where they are all of a title.
var bare = [...]string{" not found ", " 404 ", " introuvable ", " non trouve ", " non trouvee ", " no encontrado ", " no encontrada ", " oops ", " missing page "}

// phrases weighs what title, heading and text say. Title and heading are mostly the same words, and count once. In a
// long text such phrases are what it speaks of.
func (r *reading) phrases() {
	words := r.signs.Text.Words()
	best, where, said := 0, "", ""
	for _, t := range [...]struct{ where, text string }{{"title", r.signs.Title}, {"heading", r.signs.Heading}} {
		if n := titled(t.text, words); n > best {
			best, where, said = n, t.where, t.text
		}
	}
	if best > 0 {
		r.mark("phrase", ibid.HealthSoft404, best, fmt.Sprintf("the %s says %q", where, said))
	}
	if p := firstPhrase(r.lead); p != "" && words <= noticeWords {
		weight := fair
		if words <= hardlyAny {
			weight = strong
		} else if words <= barely {
			weight = grave
		}
		r.mark("phrase-text", ibid.HealthSoft404, weight, fmt.Sprintf("its %d words say %q", words, p))
	}
	if works := " it works "; words <= hardlyAny && (r.title == works || r.heading == works) {
		r.mark("default-page", ibid.HealthSoft404, weak, "the page says nothing but \"It works!\"")
	}
	r.bodyClass()
}

// titled weighs a title over a text of so many words. It may have the name of the site beside what it says.
func titled(title string, words int) int {
	best := 0
	for part := range strings.FieldsFuncSeq(title, parting) {
		best = max(best, said(fold(part)))
	}
	switch {
	case best == 0:
		return 0
	case words > noticeWords:
		return min(best, fair)
	case words > barely && best == grave:
		return fair
	}
	return best
}

// parting says whether r stands between the parts of a title.
func parting(r rune) bool {
	switch r {
	case '|', '–', '—', '·', '»', '«', '•', '›':
		return true
	}
	return false
}

// said weighs a part of a title: no more than a phrase, one with a few words around it, or a bare word.
func said(part string) int {
	for _, b := range bare {
		if part == b {
			return grave
		}
	}
	p := firstPhrase(part)
	if p == "" {
		return 0
	}
	rest := len(strings.Fields(part)) - len(strings.Fields(p))
	switch {
	case rest <= 1 || onlyAbsence(part, p):
		return strong
	case rest <= 6:
		return fair
	}
	return weak
}

// onlyAbsence says whether what stands beside the phrase is "404", "error", "sorry" and the like.
func onlyAbsence(part, phrase string) bool {
	for word := range strings.FieldsSeq(strings.Replace(part, phrase, "", 1)) {
		switch word {
		case "404", "error", "erreur", "http", "not", "found", "oops", "ups", "sorry", "desole", "lo", "sentimos", "the", "this", "la", "cette", "esta", "page", "status":
		default:
			return false
		}
	}
	return true
}

func firstPhrase(folded string) string {
	for _, p := range absent {
		if hasPhrase(folded, p) {
			return p
		}
	}
	return ""
}

// bodyClass looks at the names that systems give to the body of such a page; "error404" is WordPress's.
func (r *reading) bodyClass() {
	for name := range strings.FieldsSeq(clip(r.scan.bodyClass, maxAddress)) {
		switch strings.ToLower(name) {
		case "error404", "error-404", "page-404", "not-found", "notfound", "page-not-found", "pagenotfound", "path-404":
			r.mark("body-class", ibid.HealthSoft404, grave, fmt.Sprintf("the page is of the class %q", name))
			return
		}
	}
}
