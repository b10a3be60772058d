package ibid

import "time"

// Seed is a URI to capture and the scope around it. Its identity within a Collection is its URI, absolute
// and without fragment.
type Seed struct {
	URI   string `json:"uri"`
	Scope Scope  `json:"scope"`
	// Target is the date as of which a rescue looks for it; zero for all else.
	Target time.Time `json:"target,omitzero"`
}

// Scope says how much around a Seed belongs to it.
type Scope struct {
	// Requisites takes what a page needs to be shown: style sheets, scripts, images, fonts, media, icons.
	Requisites bool `json:"requisites"`
	// Depth is how many links away from the Seed documents are taken; 0 takes none.
	Depth int `json:"depth"`
	// MaxPages bounds the pages (requisites not counted) of one Seed.
	MaxPages int `json:"max_pages"`
}
