package ibid

import "time"

// Fixity is what is known of the bytes of an object of the store, over all stores that have it.
type Fixity struct {
	// Copies counts the stores in which it was sound when it was last looked at or, since then, was written. One: it is
	// archived; two or more: it is secured.
	Copies int `json:"copies"`
	// Checked is when it was last read whole, or written and compared, in the store where that is longest ago. The zero
	// time: not since it was archived.
	Checked time.Time `json:"checked,omitzero"`
	// Damaged counts the stores in which it was found wrong or missing, and was not repaired yet.
	Damaged int `json:"damaged,omitempty"`
}

// Check is what was found when an object was looked at in one store.
type Check struct {
	// Object is the key of a WARC file, with what lies beside it, or the folder of a document.
	Object string
	// Copy is empty for the store that is written to first, else the address of the copy.
	Copy string
	// At is when; the beginning of 1970: it is there, and nobody knows when it was read.
	At time.Time
	// Code is empty when it was sound. docs/formats.md has the codes.
	Code string
}
