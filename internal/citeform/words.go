package citeform

import "strings"

// archivedWords say "archived" to the reader of a document, by the first part of its language's tag.
var archivedWords = map[string]string{
	"ar": "مؤرشف", "cs": "archivováno", "da": "arkiveret", "de": "archiviert", "en": "archived", "es": "archivado", "fi": "arkistoitu", "fr": "archivé",
	"it": "archiviato", "ja": "アーカイブ", "nb": "arkivert", "nl": "gearchiveerd", "no": "arkivert", "pl": "zarchiwizowano", "pt": "arquivado",
	"ru": "архивировано", "sv": "arkiverad", "tr": "arşivlendi", "uk": "архівовано", "zh": "存档",
}

// archivedWord is the word for a document in that language; English where it is not known.
func archivedWord(language string) string {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if w := archivedWords[primary]; w != "" {
		return w
	}
	return archivedWords["en"]
}

// remark is what a reader is told of a copy: "archived 2008-10-29".
func (c *Copy) remark(language string) string { return archivedWord(language) + " " + c.day() }
