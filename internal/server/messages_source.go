package server

// sourceMessages are what the pages of a source say: how to cite it, what changed, and what stands around an archived page.
var sourceMessages = map[string]translation{
	// A reference.
	"%d change|%d changes":                         {"%d changement|%d changements", "%d cambio|%d cambios"},
	"%d look at the source|%d looks at the source": {"%d visite à la source|%d visites à la source", "%d visita a la fuente|%d visitas a la fuente"},
	"Cite it":                          {"La citer", "Citarla"},
	"Copied":                           {"Copié", "Copiado"},
	"Copy":                             {"Copier", "Copiar"},
	"Download":                         {"Télécharger", "Descargar"},
	"It is too long to be shown here.": {"Elle est trop longue pour être montrée ici.", "Es demasiado larga para mostrarla aquí."},
	"Last fixity check":                {"Dernier contrôle d’intégrité", "Último control de integridad"},
	"Look":                             {"Visite", "Visita"},
	"not yet checked":                  {"pas encore contrôlé", "aún no comprobado"},
	"The live web":                     {"Le web", "La web"},
	"What changed":                     {"Ce qui a changé", "Lo que cambió"},
	"What was captured":                {"Ce qui a été capturé", "Lo que se capturó"},
	"Compare what was cited with what was captured last": {"Comparer ce qui fut cité avec la dernière capture", "Comparar lo citado con la última captura"},
	"this archive": {"cette archive", "este archivo"},

	// What stands around an archived page.
	"All captures":                {"Toutes les captures", "Todas las capturas"},
	"Archived page":               {"Page archivée", "Página archivada"},
	"As it was sent":              {"Telle qu’envoyée", "Tal como se envió"},
	"captured from the live web":  {"capturée sur le web", "capturada de la web"},
	"Captures in time":            {"Captures dans le temps", "Capturas en el tiempo"},
	"earlier":                     {"avant", "antes"},
	"first":                       {"la première", "la primera"},
	"last":                        {"la dernière", "la última"},
	"later":                       {"après", "después"},
	"Open the document by itself": {"Ouvrir le document seul", "Abrir el documento solo"},
	"taken from %s":               {"reprise de %s", "tomada de %s"},
	"With its scripts":            {"Avec ses scripts", "Con sus scripts"},
	"Interactive":                 {"Interactif", "Interactivo"},
	"Without its scripts":         {"Sans ses scripts", "Sin sus scripts"},

	// Two captures side by side.
	"%d line is the same|%d lines are the same":                  {"%d ligne est la même|%d lignes sont les mêmes", "%d línea es igual|%d líneas son iguales"},
	"%d of the %d words before and of the %d after are the same": {"%d des %d mots d’avant et des %d d’après sont les mêmes", "%d de las %d palabras de antes y de las %d de después son iguales"},
	"As of":                     {"État du", "A fecha de"},
	"As they look":              {"Leur aspect", "Su aspecto"},
	"Both have the same bytes.": {"Les deux ont les mêmes octets.", "Ambas tienen los mismos bytes."},
	"Compare":                   {"Comparer", "Comparar"},
	"It cannot be shown here.":  {"Elle ne peut pas être montrée ici.", "No se puede mostrar aquí."},
	"Only the beginning was compared: it is very long.":          {"Seul le début a été comparé : c’est très long.", "Solo se comparó el principio: es muy larga."},
	"The bytes differ, but the text that they show is the same.": {"Les octets diffèrent, mais le texte montré est le même.", "Los bytes difieren, pero el texto que muestran es el mismo."},
	"The text":         {"Le texte", "El texto"},
	"The two captures": {"Les deux captures", "Las dos capturas"},
	"Title":            {"Titre", "Título"},
	"Between":          {"Entre", "Entre"},
	"and":              {"et", "y"},
	"Not both are texts, so their words cannot be compared. The digests tell that their bytes are not the same; this is how they were sent:": {
		"Les deux ne sont pas des textes : leurs mots ne peuvent pas être comparés. Les empreintes disent que leurs octets diffèrent ; voici comment elles furent envoyées :",
		"No ambas son textos: sus palabras no se pueden comparar. Los resúmenes dicen que sus bytes difieren; así se enviaron:",
	},
	"The archived version is named by its path: others can follow it once notify.base_url says where this archive is reached.": {
		"La version archivée est nommée par son chemin : d’autres pourront le suivre quand notify.base_url dira où cette archive est accessible.",
		"La versión archivada se nombra por su ruta: otros podrán seguirla cuando notify.base_url diga dónde se accede a este archivo.",
	},
}
