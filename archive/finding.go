package archive

import (
	"fmt"
	"time"
)

// Finding is one thing that Verify found wrong.
type Finding struct {
	// Code is one of those below, or a warc.Code. docs/formats.md has them all as a table.
	Code string `json:"code"`
	// Key is the object.
	Key string `json:"key"`
	// Offset is where in it, in bytes.
	Offset int64  `json:"offset,omitempty"`
	Text   string `json:"text"`
	// Copy is in which of the copies; empty: in the Store that is written to first.
	Copy string `json:"copy,omitempty"`
	// Repaired says that good bytes lie there now, read back, and what was wrong was moved away.
	Repaired bool `json:"repaired,omitempty"`
}

// The codes of a Store. Numbers are never given to something else.
const (
	CodeUnreadable = "V01" // the Store cannot read an object that it lists
	CodeChecksum   = "V02" // an object does not match its checksum
	CodeNoChecksum = "V03" // no checksums beside a WARC file, or they cannot be read
	CodeNoIndex    = "V04" // no CDXJ beside a WARC file
	CodeNoWARC     = "V05" // a CDXJ or checksums without their WARC file
	CodeNoLine     = "V06" // a capture without its line in the CDXJ
	CodeNoRecord   = "V07" // a line of the CDXJ without its record
	CodeSameID     = "V08" // two records with one id
	CodeNoOriginal = "V09" // a revisit whose payload is in no record
	CodeRecord     = "V10" // what a record of ours says of itself cannot be read
	CodeForeign    = "V11" // an object that is not ours
	CodeSource     = "V12" // the bytes of a Document do not match its digest
	CodeSealed     = "V13" // a document.json, an audit or an access rule was changed
	CodeNoSource   = "V14" // a Document without its bytes
	CodeNoDocument = "V15" // the bytes of a Document that nothing speaks of
	CodeLost       = "V17" // an object that another Store has, or this one had, is missing
	CodeDiffer     = "V18" // copies differ, and nothing says which is right
	CodeUndone     = "V19" // a destruction that was decided and not carried out
	CodeHold       = "V20" // a hold that somebody has lifted, or that cannot be put or lifted
)

// String is the finding as a line for people.
func (f Finding) String() string {
	where := f.Key
	if f.Copy != "" {
		where = f.Copy + ": " + f.Key
	}
	if f.Offset != 0 {
		where += fmt.Sprintf(" at byte %d", f.Offset)
	}
	if f.Repaired {
		return fmt.Sprintf("%s %s: %s: repaired", f.Code, where, f.Text)
	}
	return fmt.Sprintf("%s %s: %s", f.Code, where, f.Text)
}

// Audit says what Verify looked at, when, and what it found.
type Audit struct {
	ID    string    `json:"id"`
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
	// Collection is empty when the whole Store was looked at.
	Collection string `json:"collection,omitempty"`
	Objects    int    `json:"objects"`
	Records    int    `json:"records"`
	Captures   int    `json:"captures"`
	Documents  int    `json:"documents"`
	// Bytes is how much was read back.
	Bytes    int64     `json:"bytes"`
	Findings []Finding `json:"findings,omitempty"`

	// Stores are those that were compared with each other: the first has no name. Empty: the first alone was read.
	Stores []string `json:"stores,omitempty"`
	// Away are those that could not be read, and why.
	Away []string `json:"away,omitempty"`
	// From and To are the object behind which it began and the last one that it looked at, of an audit that is part of a
	// cycle; empty: the beginning and the end.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Lacking: only what not every Store listed was looked at.
	Lacking bool `json:"lacking,omitempty"`
	// Only are the objects that were looked at, when it was them alone.
	Only []string `json:"only,omitempty"`
	// Copied counts objects that were copied to where they had not been before.
	Copied int `json:"copied,omitempty"`
}

// IsWhole says whether everything was looked at, at once.
func (a *Audit) IsWhole() bool {
	return a.Collection == "" && a.From == "" && a.To == "" && !a.Lacking && len(a.Only) == 0
}

// Repaired counts the findings that were put right.
func (a *Audit) Repaired() (n int) {
	for i := range a.Findings {
		if a.Findings[i].Repaired {
			n++
		}
	}
	return n
}
