package server

// uploadMessages are what the pages say that take documents.
var uploadMessages = map[string]translation{
	"Archive a document":     {"Archiver un document", "Archivar un documento"},
	"Archive them":           {"Les archiver", "Archivarlas"},
	"A document of yours":    {"Un document à vous", "Un documento suyo"},
	"Choose what to archive": {"Choisir ce qu’il faut archiver", "Elegir qué se archiva"},
	"Progress":               {"Avancement", "Avance"},
	"Read it":                {"Le lire", "Leerlo"},
	"the other %d":           {"les %d autres", "las otras %d"},
	"What to archive":        {"Que faut-il archiver", "Qué se archiva"},

	"%d reference was found in it|%d references were found in it": {"%d référence y a été trouvée|%d références y ont été trouvées", "Se encontró en él %d referencia|Se encontraron en él %d referencias"},
	"Choose which are to be archived. The document itself is kept already.": {
		"Choisissez celles qu’il faut archiver. Le document lui-même est déjà gardé.", "Elija las que se han de archivar. El documento mismo ya se guarda.",
	},
	"Ibid reads it, shows what it cites, and keeps those sources that you choose: as they are today and, when they are dead, as other archives have them.": {
		"Ibid le lit, montre ce qu’il cite, et garde les sources que vous choisissez : telles qu’elles sont aujourd’hui et, si elles sont mortes, telles que d’autres archives les ont.",
		"Ibid lo lee, muestra lo que cita y guarda las fuentes que usted elija: como son hoy y, si están muertas, como las tienen otros archivos.",
	},
	"PDF, Word, OpenDocument, EPUB, HTML, Markdown, LaTeX, JATS and TEI, lists of references, spreadsheets and plain text, up to %d MiB": {
		"PDF, Word, OpenDocument, EPUB, HTML, Markdown, LaTeX, JATS et TEI, listes de références, tableurs et texte simple, jusqu’à %d Mio",
		"PDF, Word, OpenDocument, EPUB, HTML, Markdown, LaTeX, JATS y TEI, listas de referencias, hojas de cálculo y texto simple, hasta %d MiB",
	},
	"Or the address of a document or of a page":            {"Ou l’adresse d’un document ou d’une page", "O la dirección de un documento o de una página"},
	"This file is too large: up to %d MiB are taken":       {"Ce fichier est trop grand : jusqu’à %d Mio sont acceptés", "Este archivo es demasiado grande: se aceptan hasta %d MiB"},
	"This page is loaded again every few seconds.":         {"Cette page se recharge toutes les quelques secondes.", "Esta página se vuelve a cargar cada pocos segundos."},
	"See what became of its sources":                       {"Voir ce que sont devenues ses sources", "Ver qué ha sido de sus fuentes"},
	"Asking other archives to keep them: %d of %d sources": {"Demande à d’autres archives de les garder : %d sources sur %d", "Pidiendo a otros archivos que las guarden: %d de %d fuentes"},
	"Done: what could be kept is kept.":                    {"Terminé : ce qui pouvait être gardé l’est.", "Hecho: lo que podía guardarse está guardado."},
	"Fetching the sources: %d of %d":                       {"Lecture des sources : %d sur %d", "Leyendo las fuentes: %d de %d"},
	"It could not be done.":                                {"Cela n’a pas pu être fait.", "No se pudo hacer."},
	"It is at work.":                                       {"Le travail est en cours.", "Está en curso."},
	"It waits for its turn.":                               {"Il attend son tour.", "Espera su turno."},
	"Looking in other archives: %d of %d sources":          {"Recherche dans d’autres archives : %d sources sur %d", "Buscando en otros archivos: %d de %d fuentes"},
}
