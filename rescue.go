package ibid

import "time"

// Provenance says where the bytes of an Exchange come from that was not made with the source itself: a Memento of
// another web archive, fetched as that one has it.
type Provenance struct {
	// Archive is the id of the other archive.
	Archive Origin `json:"archive"`
	// URIM is the address of the Memento there, as it was read: raw, where the archive offers that.
	URIM string `json:"uri_m"`
	// Fetched is when we read it: the WARC-Creation-Date.
	Fetched time.Time `json:"fetched"`
	// Record is the WARC record there, if the archive says so (x-archive-src).
	Record string `json:"record,omitempty"`
	// Digest is the one that its index gives, as it stands there: over the payload as first captured.
	Digest string `json:"digest,omitempty"`
	// Cited is the address that was looked for, and Target the date.
	Cited  string    `json:"cited"`
	Target time.Time `json:"target"`
	// DistanceDays is how long after Target it was captured, in whole days; negative is before.
	DistanceDays int `json:"distance_days"`
	// Quality is 0 for what is most likely not the source, to 1.
	Quality float64 `json:"quality"`
	// Reasons say what Quality follows from.
	Reasons []string `json:"reasons,omitempty"`
	// HeadersRebuilt says that the response head was put together from what the archive says of the original
	// one; else there is none.
	HeadersRebuilt bool `json:"headers_rebuilt,omitempty"`
	// Hypothesis is how the address that was found follows from Cited, where it is another one: "without www",
	// the name of a migration rule. It was proven by what Reasons say.
	Hypothesis string `json:"hypothesis,omitempty"`
}

// Holding is what another archive has of a source.
type Holding struct {
	Archive Origin `json:"archive"`
	// Mementos counts them, as far as was asked; First and Last are the times of the outermost.
	Mementos int       `json:"mementos"`
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	// Problem says why the archive could not say; then the other fields mean nothing.
	Problem string `json:"problem,omitempty"`
}

// Successor is a live page that took the place of a dead source. It is shown beside it, and never put in its place.
type Successor struct {
	URI string `json:"uri"`
	// Evidence says why it is taken for one.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Edition is a Work of a Reference in one language, as it was found or not.
type Edition struct {
	// Work is the Title of the Work, and Label its label.
	Work  string `json:"work"`
	Label string `json:"label,omitempty"`
	// Language is the BCP 47 tag of the edition.
	Language string `json:"language"`
	// URI is where it is or was; empty: not found. It is a Seed of its own.
	URI string `json:"uri,omitempty"`
	// Listing is the page on which it was found.
	Listing string `json:"listing,omitempty"`
	// Successor says that URI is a page that presents the Work today, and not the Work.
	Successor bool `json:"successor,omitempty"`
	// Reasons say why it is taken for this Work in this language.
	Reasons []string `json:"reasons,omitempty"`
	// Tried are the listings that were looked through, and what came of it.
	Tried []Attempt `json:"tried,omitempty"`
}
