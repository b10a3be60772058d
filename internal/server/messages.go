package server

// translation is a message in the languages after English. A message with "|" has two forms: for one, and for more.
type translation [len(languages) - 1]string

// messages are what the pages say, by what they say in English: in French and in Spanish. What is stored is in English
// in all languages: reasons, evidence, the classes of failures.
var messages = map[string]translation{
	// All pages.
	"An address, dead or alive, or words": {"Une adresse, morte ou vive, ou des mots", "Una dirección, muerta o viva, o palabras"},
	"Back":                                {"Précédents", "Anteriores"},
	"Collections":                         {"Collections", "Colecciones"},
	"Documents":                           {"Documents", "Documentos"},
	"Feed":                                {"Fil d’actualité", "Canal de noticias"},
	"Further":                             {"Suivants", "Siguientes"},
	"Ibid reads a document, keeps every source it cites, and goes on keeping it.": {"Ibid lit un document, garde chaque source qu’il cite, et continue de la garder.", "Ibid lee un documento, guarda cada fuente que cita y la sigue guardando."},
	"Language":                   {"Langue", "Idioma"},
	"Pages":                      {"Pages", "Páginas"},
	"Parts of the list":          {"Parties de la liste", "Partes de la lista"},
	"Schedules":                  {"Calendriers", "Programación"},
	"Search":                     {"Rechercher", "Buscar"},
	"Skip to the content":        {"Aller au contenu", "Ir al contenido"},
	"What became of the sources": {"Ce que sont devenues les sources", "Qué ha sido de las fuentes"},
	"%d to %d of %d":             {"%d à %d sur %d", "%d a %d de %d"},

	// Times and distances.
	"%d day after the citation|%d days after the citation":     {"%d jour après la citation|%d jours après la citation", "%d día después de la cita|%d días después de la cita"},
	"%d day before the citation|%d days before the citation":   {"%d jour avant la citation|%d jours avant la citation", "%d día antes de la cita|%d días antes de la cita"},
	"%d year after the citation|%d years after the citation":   {"%d an après la citation|%d ans après la citation", "%d año después de la cita|%d años después de la cita"},
	"%d year before the citation|%d years before the citation": {"%d an avant la citation|%d ans avant la citation", "%d año antes de la cita|%d años antes de la cita"},
	"%d minute ago|%d minutes ago":                             {"il y a %d minute|il y a %d minutes", "hace %d minuto|hace %d minutos"},
	"%d hour ago|%d hours ago":                                 {"il y a %d heure|il y a %d heures", "hace %d hora|hace %d horas"},
	"%d day ago|%d days ago":                                   {"il y a %d jour|il y a %d jours", "hace %d día|hace %d días"},
	"%d year ago|%d years ago":                                 {"il y a %d an|il y a %d ans", "hace %d año|hace %d años"},
	"in %d minute|in %d minutes":                               {"dans %d minute|dans %d minutes", "en %d minuto|en %d minutos"},
	"in %d hour|in %d hours":                                   {"dans %d heure|dans %d heures", "en %d hora|en %d horas"},
	"in %d day|in %d days":                                     {"dans %d jour|dans %d jours", "en %d día|en %d días"},
	"in %d year|in %d years":                                   {"dans %d an|dans %d ans", "en %d año|en %d años"},
	"on the day of the citation":                               {"le jour de la citation", "el día de la cita"},
	"now":                                                      {"maintenant", "ahora"},
	"never":                                                    {"jamais", "nunca"},

	// The first page and search.
	"a named work":                         {"une œuvre nommée", "una obra nombrada"},
	"a source":                             {"une source", "una fuente"},
	"Archived last":                        {"Archivé en dernier", "Lo último archivado"},
	"as of":                                {"état du", "a fecha de"},
	"cited":                                {"citée", "citada"},
	"cited things kept":                    {"choses citées gardées", "cosas citadas guardadas"},
	"things drifted":                       {"à la dérive", "a la deriva"},
	"Found for":                            {"Trouvé pour", "Resultados para"},
	"from %s":                              {"de %s", "de %s"},
	"last looked at":                       {"dernier contrôle", "última revisión"},
	"things lost":                          {"perdues", "perdidas"},
	"Needs a person":                       {"À voir par une personne", "Necesita a una persona"},
	"Nothing is kept yet":                  {"Rien n’est encore gardé", "Todavía no se guarda nada"},
	"Nothing is lost, drifted or failing.": {"Rien n’est perdu, à la dérive ou en échec.", "Nada está perdido, a la deriva o fallando."},
	"Nothing yet.":                         {"Rien encore.", "Nada todavía."},
	"of %d":                                {"sur %d", "de %d"},
	"Paste an address, dead or alive, or words":            {"Collez une adresse, morte ou vive, ou des mots", "Pegue una dirección, muerta o viva, o palabras"},
	"The rest is found in the documents":                   {"Le reste se trouve dans les documents", "El resto está en los documentos"},
	"There may be more: more words find fewer.":            {"Il peut y en avoir d’autres : plus de mots en trouvent moins.", "Puede haber más: más palabras encuentran menos."},
	"What was cited, as it was cited":                      {"Ce qui fut cité, tel que cité", "Lo que se citó, tal como se citó"},
	"%d answer, the best first|%d answers, the best first": {"%d réponse|%d réponses, la meilleure d’abord", "%d respuesta|%d respuestas, la mejor primero"},
	"Here stands what was archived last, and what needs a person. Give Ibid a document, and it keeps every source that the document cites:": {
		"Ici se trouvera ce qui a été archivé en dernier, et ce qui demande une personne. Donnez un document à Ibid, et il gardera chaque source que le document cite :",
		"Aquí estará lo último archivado y lo que necesita a una persona. Dé un documento a Ibid y guardará cada fuente que el documento cita:",
	},
	"No title and no citation has all of these words. Fewer words find more; an address finds all that is held of it.": {
		"Aucun titre et aucune citation n’a tous ces mots. Moins de mots trouvent plus ; une adresse trouve tout ce qui en est gardé.",
		"Ningún título ni cita tiene todas estas palabras. Menos palabras encuentran más; una dirección encuentra todo lo que se guarda de ella.",
	},
	"Paste the address of a source, dead or alive, and see all that is held of it; or type words of its title, or of the sentence that cites it.": {
		"Collez l’adresse d’une source, morte ou vive, pour voir tout ce qui en est gardé ; ou tapez des mots de son titre, ou de la phrase qui la cite.",
		"Pegue la dirección de una fuente, muerta o viva, y vea todo lo que se guarda de ella; o escriba palabras de su título o de la frase que la cita.",
	},
	"What is not kept yet can be kept from now on:": {"Ce qui n’est pas encore gardé peut l’être dès maintenant :", "Lo que aún no se guarda puede guardarse desde ahora:"},

	// Signing in.
	"Go on":                       {"Continuer", "Continuar"},
	"Sign in where you are known": {"Se connecter là où l’on vous connaît", "Iniciar sesión donde le conocen"},
	"Signed in":                   {"Connecté", "Sesión iniciada"},
	"Sign in":                     {"Se connecter", "Iniciar sesión"},
	"Sign out":                    {"Se déconnecter", "Cerrar sesión"},
	"Token":                       {"Jeton", "Clave"},
	"This token is not one of ours, has ended or was revoked.":                               {"Ce jeton n’est pas des nôtres, a expiré ou a été révoqué.", "Esta clave no es nuestra, ha caducado o fue revocada."},
	"Whoever runs this archive makes tokens with the command":                                {"Qui gère cette archive crée des jetons avec la commande", "Quien administra este archivo crea claves con la orden"},
	"With a token you see what is not for everybody, and may do what the token lets you do.": {"Avec un jeton, vous voyez ce qui n’est pas pour tous et pouvez faire ce que le jeton permet.", "Con una clave usted ve lo que no es para todos y puede hacer lo que la clave permite."},

	// Failures.
	"Ibid could not do this":       {"Ibid n’a pas pu le faire", "Ibid no pudo hacerlo"},
	"It is not here":               {"Ce n’est pas ici", "No está aquí"},
	"Search, and all that is kept": {"Rechercher, et tout ce qui est gardé", "Buscar, y todo lo que se guarda"},
	"The log calls this request":   {"Le journal nomme cette requête", "El registro llama a esta petición"},
	"This cannot be answered":      {"On ne peut pas y répondre", "A esto no se puede responder"},
	"This is not allowed":          {"Ce n’est pas permis", "Esto no está permitido"},
	"The fault is on this side: Ibid or its storage failed. It may work in a moment; the log of the server says what happened.": {
		"La faute est de ce côté : Ibid ou son stockage a failli. Cela peut marcher dans un instant ; le journal du serveur dit ce qui s’est passé.",
		"El fallo está de este lado: Ibid o su almacenamiento falló. Puede funcionar en un momento; el registro del servidor dice qué ocurrió.",
	},
}
