package ibid

// MediaType is the type of a body without parameters, in lower case: "text/html".
type MediaType string

// Document is a citing document: what a person hands to Ibid.
type Document struct {
	// ID names the Document in the store, in addresses and on the command line. It is derived from
	// Digest, so the same bytes are the same Document.
	ID string `json:"id"`
	// Source is where the Document was read from: a path or a URI, as given.
	Source string `json:"source"`
	Title  string `json:"title,omitempty"`
	// Language is a BCP 47 tag, or empty.
	Language string `json:"language,omitempty"`
	// Date is the Document's own date: the default date of its citations.
	Date      Date      `json:"date,omitempty"`
	MediaType MediaType `json:"media_type,omitempty"`
	// Digest is over the bytes of the Document as read.
	Digest Digest `json:"digest"`
}

// DocumentID derives the ID of the Document with that digest: the first 16 hexadecimal digits.
func DocumentID(d Digest) string {
	hex := d.Hex()
	return hex[:min(16, len(hex))]
}
