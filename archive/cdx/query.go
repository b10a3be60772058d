package cdx

import (
	"errors"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Match says which addresses a Query is for, as the CDX servers of the Wayback Machine and pywb mean it.
type Match string

// The Matches.
const (
	// MatchURI: the very address, in its canonical form.
	MatchURI Match = "uri"
	// MatchExact: all addresses with the key of the address.
	MatchExact Match = "exact"
	// MatchPrefix: all whose key begins with the key of the address.
	MatchPrefix Match = "prefix"
	// MatchHost: all of its host, MatchDomain: and of the hosts below it.
	MatchHost   Match = "host"
	MatchDomain Match = "domain"
)

// Query asks an index for Entries. They come in the order of their Positions, or in the reverse of it.
type Query struct {
	Match Match
	// URI is the address, absolute.
	URI string
	// Collections are those that are asked; none is all of them.
	Collections []string
	// From and To bound the time, both included; zero is no bound.
	From, To time.Time
	Reverse  bool
	// After is where an earlier answer ended: what comes behind it, in the order asked for.
	After *Position
	// Limit is how many are wanted at the most; 0 is all.
	Limit int
}

// Position is the place of an Entry in the order of an index: by key, by time, then by what tells records apart.
type Position struct {
	Key        string
	Time       time.Time
	Collection string
	RecordID   string
}

// Compare is negative when p comes before q, and 0 when they are the same place.
func (p Position) Compare(q Position) int {
	if n := strings.Compare(p.Key, q.Key); n != 0 {
		return n
	}
	if n := p.Time.Compare(q.Time); n != 0 {
		return n
	}
	if n := strings.Compare(p.Collection, q.Collection); n != 0 {
		return n
	}
	return strings.Compare(p.RecordID, q.RecordID)
}

// Entry is a Capture as an index holds it.
type Entry struct {
	Key        string
	Collection string
	ibid.Capture
}

// Position is the place of e.
func (e *Entry) Position() Position {
	return Position{Key: e.Key, Time: e.Timestamp, Collection: e.Collection, RecordID: e.RecordID}
}

// lastRune is behind every character of a key.
const lastRune = "\U0010FFFF"

// Keys returns the bounds of the keys that q is for: those from the first up to the second, which is not among them. For
// MatchURI and MatchExact there is one key, and no second. The error is of KindInput.
func (q *Query) Keys() (from, until string, err error) {
	key, err := SURT(q.URI)
	if err != nil {
		return "", "", err
	}
	host, _, hasHost := strings.Cut(key, ")")
	switch q.Match {
	case MatchURI, MatchExact:
		return key, "", nil
	case MatchPrefix:
		// The key has lost the slash at its end, which makes a folder of the prefix.
		if strings.HasSuffix(q.URI, "/") && !strings.HasSuffix(key, "/") {
			key += "/"
		}
		return key, key + lastRune, nil
	case MatchHost, MatchDomain:
		if !hasHost {
			return "", "", &ibid.Error{Kind: ibid.KindInput, Op: "look up the host of", URI: q.URI, Err: errors.New("it names no host")}
		}
		if q.Match == MatchHost {
			return host + ")", host + "*", nil // ")" and "*" are neighbours, and so are "," and "-"
		}
		return host + ")", host + "-", nil
	}
	return "", "", &ibid.Error{Kind: ibid.KindInput, Op: "look up", URI: q.URI, Err: errors.New("matchType is exact, prefix, host or domain")}
}
