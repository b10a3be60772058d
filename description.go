package ibid

// Description is what a source says of itself.
type Description struct {
	Title     string   `json:"title,omitempty"`
	Authors   []string `json:"authors,omitempty"`
	Published Date     `json:"published,omitempty"`
	Modified  Date     `json:"modified,omitempty"`
	// Language is a BCP 47 tag.
	Language  string `json:"language,omitempty"`
	Publisher string `json:"publisher,omitempty"`
	Type      string `json:"type,omitempty"`
	Abstract  string `json:"description,omitempty"`
	// Identifiers are keyed as in Reference; further "symbol", under which a body files a document ("A/RES/63/225"), and "number",
	// that of a report.
	Identifiers map[string]string `json:"identifiers,omitempty"`
	Canonical   string            `json:"canonical,omitempty"`
	// Alternates are addresses of the same thing by language tag.
	Alternates map[string]string `json:"alternates,omitempty"`
	// From says where each value came from: "title": "citation_title".
	From map[string]string `json:"from,omitempty"`
}
