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
	"The archived version is named by its path: others can follow it once notify.base_url says where this archive is reached.": {
		"La version archivée est nommée par son chemin : d’autres pourront le suivre quand notify.base_url dira où cette archive est accessible.",
		"La versión archivada se nombra por su ruta: otros podrán seguirla cuando notify.base_url diga dónde se accede a este archivo.",
	},
}
