package ibid

// Work is something a Reference names without an address: a paper, by title, label and languages.
type Work struct {
	Title string `json:"title"`
	// Label is what a library would file it under: "2007 Session 3.4".
	Label string `json:"label,omitempty"`
	// Languages are the BCP 47 tags of the editions said to exist.
	Languages []string `json:"languages,omitempty"`
}
