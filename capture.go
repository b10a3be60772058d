package ibid

import "time"

// Origin says where the bytes of a Capture come from: "live", or the id of another web archive.
type Origin string

// OriginLive is the live web.
const OriginLive Origin = "live"

// Capture is one stored observation of one URI at one instant: one CDXJ line.
type Capture struct {
	URI       string    `json:"uri"`
	Timestamp time.Time `json:"timestamp"`
	Status    int       `json:"status"`
	MediaType MediaType `json:"media_type,omitempty"`
	// Digest is over the payload as sent; Length is its size in bytes.
	Digest Digest `json:"digest"`
	Length int64  `json:"length"`
	Origin Origin `json:"origin"`
	Role   Role   `json:"role,omitempty"`
	// Seed is the URI of the Seed that it was made for.
	Seed string `json:"seed,omitempty"`
	// Truncated and Class are as in Exchange.
	Truncated Truncation `json:"truncated,omitempty"`
	Class     Class      `json:"class,omitempty"`
	// ETag and LastModified are the validators that came with it, as sent (RFC 9110, 8.8): what a server can be
	// asked whether it still has the same. Those that could not be sent back are left out.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Revisit says that the payload lies in an earlier record with the same Digest.
	Revisit bool `json:"revisit,omitempty"`
	// RecordID is the WARC-Record-ID without angle brackets.
	RecordID string   `json:"record_id"`
	Location Location `json:"location"`
}

// Location is where a WARC record lies: Length compressed bytes from Offset of the object Key.
type Location struct {
	Key    string `json:"key"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
}
