package server

// thingMessages are what the pages of documents, references, addresses, collections and schedules say.
var thingMessages = map[string]translation{
	// Lists and collections.
	"%d capture|%d captures":                 {"%d capture|%d captures", "%d captura|%d capturas"},
	"%d citing document|%d citing documents": {"%d document citant|%d documents citants", "%d documento que cita|%d documentos que citan"},
	"%d reference|%d references":             {"%d référence|%d références", "%d referencia|%d referencias"},
	"capture|captures":                       {"capture|captures", "captura|capturas"},
	"Captures":                               {"Captures", "Capturas"},
	"Collection":                             {"Collection", "Colección"},
	"Date":                                   {"Date", "Fecha"},
	"Document":                               {"Document", "Documento"},
	"nothing cited":                          {"rien de cité", "nada citado"},
	"References":                             {"Références", "Referencias"},
	"Size":                                   {"Taille", "Tamaño"},
	"What became of them":                    {"Ce qu’elles sont devenues", "Qué ha sido de ellas"},
	"Looked at again by the schedule %s (%s)": {"Revues selon le calendrier %s (%s)", "Se revisan según la programación %s (%s)"},
	"Looked at again when somebody asks":      {"Revues quand quelqu’un le demande", "Se revisan cuando alguien lo pide"},
	"robots.txt is not asked":                 {"robots.txt n’est pas consulté", "no se consulta robots.txt"},
	"robots.txt is obeyed":                    {"robots.txt est respecté", "se respeta robots.txt"},
	"A collection is a set of documents and sources with one policy. The first document makes the first one:": {
		"Une collection est un ensemble de documents et de sources avec une seule règle. Le premier document crée la première :",
		"Una colección es un conjunto de documentos y fuentes con una sola regla. El primer documento crea la primera:",
	},
	"Here stand the documents whose sources are kept. This one command reads a document and keeps all that it cites:": {
		"Ici se trouveront les documents dont les sources sont gardées. Cette commande lit un document et garde tout ce qu’il cite :",
		"Aquí estarán los documentos cuyas fuentes se guardan. Esta orden lee un documento y guarda todo lo que cita:",
	},
	"No document is in it yet. This puts one there, with all that it cites:": {"Elle n’a pas encore de document. Ceci en ajoute un, avec tout ce qu’il cite :", "Aún no tiene documentos. Esto añade uno, con todo lo que cita:"},

	// A document.
	"%d address could not be told|%d addresses could not be told": {"%d adresse dont on ne sait rien|%d adresses dont on ne sait rien", "de %d dirección no se sabe nada|de %d direcciones no se sabe nada"},
	"%d of %d addresses lead to nothing of the source":            {"%d sur %d adresses ne mènent plus à la source", "%d de %d direcciones ya no llevan a la fuente"},
	"%d of %d addresses say something else now":                   {"%d sur %d adresses disent autre chose maintenant", "%d de %d direcciones dicen ahora otra cosa"},
	"Content drift":                {"Dérive du contenu", "Deriva del contenido"},
	"Downloads":                    {"Téléchargements", "Descargas"},
	"Link rot":                     {"Liens morts", "Enlaces muertos"},
	"of %s":                        {"du %s", "del %s"},
	"Report":                       {"Rapport", "Informe"},
	"The document as a whole":      {"Le document dans son ensemble", "El documento en su conjunto"},
	"What became of what it cites": {"Ce qu’est devenu ce qu’il cite", "Qué ha sido de lo que cita"},
	"What the marks mean":          {"Ce que disent les signes", "Qué dicen los signos"},
	"works":                        {"œuvres", "obras"},
	"No citation of a source was found in it. What Ibid reads in a document, and what it does not, this tells:": {
		"Aucune citation d’une source n’y a été trouvée. Ceci dit ce qu’Ibid lit dans un document, et ce qu’il n’y lit pas :",
		"No se encontró en él ninguna cita de una fuente. Esto dice lo que Ibid lee en un documento y lo que no:",
	},

	// A reference.
	"Address":                                {"Adresse", "Dirección"},
	"Answer":                                 {"Réponse", "Respuesta"},
	"Archive":                                {"Archive", "Archivo"},
	"as before":                              {"comme avant", "como antes"},
	"As printed":                             {"Telle qu’imprimée", "Tal como se imprimió"},
	"Captured (UTC)":                         {"Capturée (UTC)", "Capturada (UTC)"},
	"changed":                                {"changée", "cambió"},
	"could not say":                          {"n’a pas pu le dire", "no pudo decirlo"},
	"Digest":                                 {"Empreinte", "Resumen criptográfico"},
	"document of %s":                         {"document du %s", "documento del %s"},
	"Drift":                                  {"Dérive", "Deriva"},
	"first capture":                          {"première capture", "primera captura"},
	"From":                                   {"Provenance", "Procedencia"},
	"From – to":                              {"De – à", "De – a"},
	"Go and see":                             {"Aller voir", "Ir a ver"},
	"its successor":                          {"son successeur", "su sucesora"},
	"line %d":                                {"ligne %d", "línea %d"},
	"Open as of":                             {"Ouvrir l’état du", "Abrir a fecha de"},
	"Other archives":                         {"Autres archives", "Otros archivos"},
	"page %d":                                {"page %d", "página %d"},
	"since":                                  {"depuis le", "desde el"},
	"The citation":                           {"La citation", "La cita"},
	"Timeline":                               {"Chronologie", "Cronología"},
	"Verdict":                                {"Verdict", "Veredicto"},
	"What was tried":                         {"Ce qui a été tenté", "Lo que se intentó"},
	"without a date":                         {"sans date", "sin fecha"},
	"The next reference":                     {"La référence suivante", "La referencia siguiente"},
	"The reference before":                   {"La référence précédente", "La referencia anterior"},
	"Works that it names":                    {"Œuvres qu’elle nomme", "Obras que nombra"},
	"found dead often enough to be given up": {"trouvée morte assez souvent pour être abandonnée", "hallada muerta las veces suficientes para darla por perdida"},
	"found dead once|found dead %d times in a row": {"trouvée morte une fois|trouvée morte %d fois de suite", "hallada muerta una vez|hallada muerta %d veces seguidas"},
	"looked at by its author on %s":                {"consultée par l’auteur le %s", "consultada por su autor el %s"},
	"Neighbours in the document":                   {"Voisines dans le document", "Vecinas en el documento"},
	"The source as of the citation":                {"La source au moment de la citation", "La fuente en el momento de la cita"},
	"What the live web says now":                   {"Ce que dit le web maintenant", "Lo que dice ahora la web"},
	"Why it is the real thing":                     {"Pourquoi c’est bien elle", "Por qué es la auténtica"},

	// An address.
	"Captures by year and month":         {"Captures par année et par mois", "Capturas por año y mes"},
	"Cited in":                           {"Citée dans", "Citada en"},
	"Nothing is held of this address":    {"Rien n’est gardé de cette adresse", "No se guarda nada de esta dirección"},
	"Nothing was captured in this time.": {"Rien n’a été capturé dans cette période.", "Nada se capturó en este tiempo."},
	"Show all years":                     {"Montrer toutes les années", "Mostrar todos los años"},
	"Status":                             {"Statut", "Estado"},
	"the live web":                       {"le web", "la web"},
	"The live web now:":                  {"Le web maintenant :", "La web ahora:"},
	"The whole address":                  {"L’adresse entière", "La dirección entera"},
	"Type":                               {"Type", "Tipo"},
	"This keeps it as it is today and, when it is dead, as other web archives have it:": {
		"Ceci la garde telle qu’elle est aujourd’hui et, si elle est morte, telle que d’autres archives du web l’ont :",
		"Esto la guarda como es hoy y, si está muerta, como la tienen otros archivos de la web:",
	},

	// Schedules.
	"%d missed before": {"%d manquées avant", "%d perdidas antes"},
	"%d source is looked at by a schedule, what is due next first|%d sources are looked at by a schedule, what is due next first": {
		"%d source est revue selon un calendrier|%d sources sont revues selon un calendrier, la prochaine d’abord",
		"%d fuente se revisa según una programación|%d fuentes se revisan según una programación, la próxima primero",
	},
	"Last":      {"Dernière fois", "Última vez"},
	"Next":      {"Prochaine fois", "Próxima vez"},
	"not yet":   {"pas encore", "todavía no"},
	"paused":    {"en pause", "en pausa"},
	"Schedule":  {"Calendrier", "Programación"},
	"Source":    {"Source", "Fuente"},
	"under way": {"en cours", "en curso"},
	"Nothing has a schedule. This line in ibid.yaml has every source looked at each Sunday at three:": {
		"Rien n’a de calendrier. Cette ligne dans ibid.yaml fait revoir chaque source le dimanche à trois heures :",
		"Nada tiene programación. Esta línea en ibid.yaml hace revisar cada fuente los domingos a las tres:",
	},
}

// wordMessages are the words of what is stored: outcomes, healths, verdicts, and kinds of things.
var wordMessages = map[string]translation{
	"captured": {"capturée|capturées", "capturada|capturadas"}, "rescued": {"sauvée|sauvées", "rescatada|rescatadas"},
	"succeeded": {"remplacée|remplacées", "sustituida|sustituidas"}, "lost": {"perdue|perdues", "perdida|perdidas"},
	"excluded": {"exclue|exclues", "excluida|excluidas"}, "failed": {"en échec", "fallida|fallidas"}, "pending": {"en attente", "pendiente|pendientes"},

	"live": {"vivante", "viva"}, "moved": {"déplacée", "trasladada"}, "drifted": {"à la dérive", "a la deriva"}, "soft404": {"fausse page (soft 404)", "página falsa (soft 404)"},
	"gone": {"disparue", "desaparecida"}, "parked": {"domaine à vendre", "dominio aparcado"}, "blocked": {"bloquée", "bloqueada"},
	"unreachable": {"injoignable", "inaccesible"}, "unknown": {"inconnu", "desconocido"},

	"archived": {"archivée", "archivada"}, "archived-noted": {"archivée, avec une note", "archivada, con una nota"}, "truncated": {"tronquée", "truncada"}, "refused": {"refusée", "rechazada"},

	"footnote": {"note de bas de page", "nota al pie"}, "endnote": {"note de fin", "nota final"}, "bibliography": {"bibliographie", "bibliografía"},
	"inline": {"dans le texte", "en el texto"}, "link": {"lien", "enlace"},

	"capture": {"capture", "captura"}, "check": {"contrôle", "comprobación"}, "rescue": {"sauvetage", "rescate"}, "push": {"copie demandée ailleurs", "copia pedida fuera"},

	"taken": {"à l’heure", "a tiempo"}, "caught-up": {"rattrapée", "recuperada"}, "asked": {"demandée", "pedida"},
	"missed-downtime": {"manquée : arrêt", "perdida: parada"}, "missed-overlap": {"manquée : la précédente durait", "perdida: la anterior seguía"},
	"missed-paused": {"manquée : en pause", "perdida: en pausa"}, "missed-unreadable": {"manquée : calendrier illisible", "perdida: programación ilegible"},
}
