package ibid

import (
	"math"
	"time"
)

// Memento is a Capture as a reader meets it (RFC 7089, 1.2).
type Memento struct {
	URI       string    `json:"uri"`
	Timestamp time.Time `json:"timestamp"`
	Status    int       `json:"status"`
	MediaType MediaType `json:"media_type,omitempty"`
	Digest    Digest    `json:"digest"`
	Origin    Origin    `json:"origin"`
	// URIM is the address of the Memento: where it can be read.
	URIM string `json:"uri_m,omitempty"`
	// DistanceDays is how far from the date of the citation it was captured, in whole days;
	// negative is before.
	DistanceDays *int `json:"distance_days,omitempty"`
}

// Memento returns the reader's view of c, as of the date of a citation, if that is known.
func (c Capture) Memento(cited Date) *Memento {
	m := &Memento{
		URI: c.URI, Timestamp: c.Timestamp, Status: c.Status, MediaType: c.MediaType,
		Digest: c.Digest, Origin: c.Origin, URIM: "/web/" + Timestamp14(c.Timestamp) + "/" + c.URI,
	}
	if at, ok := cited.Time(); ok {
		days := int(math.Round(c.Timestamp.Sub(at).Hours() / 24))
		m.DistanceDays = &days
	}
	return m
}

// Timestamp14 is t in the 14 digits of Wayback-style addresses and CDX lines, in UTC.
func Timestamp14(t time.Time) string { return t.UTC().Format("20060102150405") }
