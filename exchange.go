package ibid

import (
	"io"
	"net/http"
	"net/netip"
	"time"
)

// Exchange is one HTTP request and its response, byte for byte as sent and received. Its Blocks are
// valid until the Sink that is given the Exchange returns.
type Exchange struct {
	// Seed is the URI of the Seed on whose behalf the request was made.
	Seed string
	// URI is the address asked for: absolute, without fragment, userinfo and default port.
	URI string
	// Via is the address that led here: the redirecting page or the page that needs this requisite. Empty for a Seed.
	Via  string
	Role Role
	// Began is the instant just before the request was sent: the WARC-Date of all its records.
	Began    time.Time
	Took     time.Duration
	Remote   netip.AddrPort
	Request  Block
	Response Block
	// HeadLen is the length of the response head within Response, the empty line included; 0 when
	// no whole head was received.
	HeadLen int64
	// Status is the HTTP status; 0 when no head could be read.
	Status    int
	Header    http.Header
	MediaType MediaType
	// PayloadDigest is over the transfer-decoded entity; PayloadLen is its length in bytes.
	PayloadDigest Digest
	PayloadLen    int64
	// Truncated says why Response is not whole. Empty: it is whole.
	Truncated Truncation
	// Class is the named note or failure of this Exchange; empty: nothing to note.
	Class Class
	// TLS is nil for a connection in the clear.
	TLS *TLS
	// Provenance is nil for an Exchange with the source itself. With one, URI is the address as the other archive
	// captured it and Began when; HeadLen is 0 where the archive does not tell the original head: Response is the
	// payload alone then. There is no Request.
	Provenance *Provenance
	// NotModified is the Capture that the server was asked about and says is still what it would send (304,
	// RFC 9110, 15.4.5); else nil. Status is that of the answer.
	NotModified *Capture
}

// Block is a run of wire bytes at rest, in memory or in a file.
type Block struct {
	io.ReaderAt
	Size   int64
	Digest Digest
}

// Reader returns a new reader over the whole block.
func (b Block) Reader() *io.SectionReader {
	if b.ReaderAt == nil {
		return io.NewSectionReader(noBytes{}, 0, 0)
	}
	return io.NewSectionReader(b.ReaderAt, 0, b.Size)
}

type noBytes struct{}

func (noBytes) ReadAt([]byte, int64) (int, error) { return 0, io.EOF }

// Role says why a request was made.
type Role string

// The Roles.
const (
	RoleSource    Role = "source"
	RoleRedirect  Role = "redirect"
	RoleRequisite Role = "requisite"
	RoleLinked    Role = "linked"
	RoleRobots    Role = "robots"
)

// Truncation is the value of WARC-Truncated (ISO 28500:2017, 5.13).
type Truncation string

// The Truncations.
const (
	TruncatedLength      Truncation = "length"
	TruncatedTime        Truncation = "time"
	TruncatedDisconnect  Truncation = "disconnect"
	TruncatedUnspecified Truncation = "unspecified"
)

// TLS is what is on record of a secured connection.
type TLS struct {
	Version string `json:"version"`
	Cipher  string `json:"cipher"`
	// Certificate is the digest of the server's own certificate (DER).
	Certificate Digest    `json:"certificate"`
	NotAfter    time.Time `json:"not_after"`
	// Problem is empty for a verified certificate.
	Problem Class `json:"problem,omitempty"`
}
