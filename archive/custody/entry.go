package custody

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Type says what an Entry is about. Logs hold these words: the list only grows.
type Type string

// The Types.
const (
	// TypeLog is the first entry of a log: its name, and the key that signs it.
	TypeLog Type = "log"
	// TypeKey is a key that signs from then on.
	TypeKey Type = "key"
	// TypeCapture is one capture.
	TypeCapture Type = "capture"
	// TypeDestroyed is a tombstone: what was destroyed, by whom, when and why.
	TypeDestroyed Type = "destroyed"
)

// Entry is a leaf of the log. Its JSON, as written, is what the leaf is the hash of.
type Entry struct {
	Type Type `json:"type"`
	// Key is the WARC file, Offset and Length where in it the record lay when it was logged.
	Key    string `json:"key,omitempty"`
	Offset int64  `json:"offset,omitempty"`
	Length int64  `json:"length,omitempty"`
	URL    string `json:"url,omitempty"`
	// URLDigest stands for an address that is too long for an entry.
	URLDigest ibid.Digest `json:"url_digest,omitempty"`
	// Timestamp has 14 digits, in UTC. MIME is warc/revisit for a revisit.
	Timestamp string `json:"timestamp,omitempty"`
	MIME      string `json:"mime,omitempty"`
	Status    int    `json:"status,omitempty"`
	// Digest is that of the payload, Record that of the compressed record.
	Digest ibid.Digest `json:"digest,omitempty"`
	Record ibid.Digest `json:"record,omitempty"`

	// Origin names the log (TypeLog). Public is a SubjectPublicKeyInfo, Signature that of the key before over it.
	Origin    string `json:"origin,omitempty"`
	Public    []byte `json:"public,omitempty"`
	Signature []byte `json:"signature,omitempty"`

	// Of what was destroyed: the collection and the id of a citing document, and the decision.
	Collection string    `json:"collection,omitempty"`
	Document   string    `json:"document,omitempty"`
	When       time.Time `json:"when,omitzero"`
	Who        string    `json:"who,omitempty"`
	Reason     string    `json:"reason,omitempty"`
}

// maxEntry is what a bundle of tlog-tiles can hold of one entry, in bytes; maxURL leaves room for the rest, escaped.
const (
	maxEntry = 1<<16 - 1
	maxURL   = 8 << 10
)

// Of is the entry of a capture: a line of the CDXJ beside the WARC file key.
func Of(key string, l *cdx.Line) Entry {
	e := Entry{
		Type: TypeCapture, Key: key, Offset: l.Offset, Length: l.Length, URL: l.URL, Timestamp: l.Timestamp, MIME: l.MIME,
		Status: l.Status, Digest: l.Digest, Record: l.RecordDigest,
	}
	if len(e.URL) > maxURL {
		e.URL, e.URLDigest = "", ibid.DigestOf([]byte(l.URL))
	}
	return e
}

// Is says whether e is the entry of that record, wherever it lies now.
func (e *Entry) Is(l *cdx.Line) bool {
	return e.Type == TypeCapture && e.Record == l.RecordDigest && e.IsCapture(l)
}

// IsCapture says whether e is the entry of that capture. Its record may be another one: a revisit that an export
// made whole.
func (e *Entry) IsCapture(l *cdx.Line) bool {
	return e.Digest == l.Digest && e.Timestamp == l.Timestamp &&
		(e.URL == l.URL || e.URLDigest != "" && e.URLDigest == ibid.DigestOf([]byte(l.URL)))
}

func (e *Entry) encode() ([]byte, error) {
	b, err := json.Marshal(e)
	if err == nil && len(b) > maxEntry {
		err = fmt.Errorf("it would have %d bytes", len(b))
	}
	if err != nil {
		return nil, fmt.Errorf("entry of %s in the log: %w", e.Key, err)
	}
	return b, nil
}

// Decode reads an entry from its bytes.
func Decode(b []byte) (e Entry, err error) {
	if err := json.Unmarshal(b, &e); err != nil {
		return e, fmt.Errorf("an entry of the log: %w", err)
	}
	if e.Type == "" {
		return e, errors.New("an entry of the log without a type")
	}
	return e, nil
}

var errBundle = errors.New("it is no bundle of entries")

// split takes a bundle apart: each entry has its length before it, in two bytes.
func split(b []byte) (entries [][]byte, err error) {
	for len(b) > 0 {
		if len(b) < 2 {
			return nil, errBundle
		}
		n := int(binary.BigEndian.Uint16(b))
		if len(b) < 2+n || len(entries) == tileWidth {
			return nil, errBundle
		}
		entries = append(entries, b[2:2+n])
		b = b[2+n:]
	}
	return entries, nil
}

func join(entries [][]byte) []byte {
	var b []byte
	for _, e := range entries {
		b = binary.BigEndian.AppendUint16(b, uint16(len(e))) //nolint:gosec // encode has looked
		b = append(b, e...)
	}
	return b
}
