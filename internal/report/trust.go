package report

import (
	"time"

	"github.com/ibid-archive/ibid"
)

// Trust is what an archive can show of itself: facts as they are found when it is asked for. What is said of it follows from
// them alone, in [Trust.NDSA] and [Trust.CoreTrustSeal].
type Trust struct {
	At          time.Time         `json:"at"`
	Software    string            `json:"software"`
	Collections []TrustCollection `json:"collections"`
	Copies      []TrustCopy       `json:"copies"`
	// Objects counts what was ever looked at in the copies; InOne is in one copy alone without damage, InMore in two or more, and Recent
	// was read within the cycle in each copy that has it.
	Objects int64 `json:"objects"`
	InOne   int64 `json:"in_one_copy"`
	InMore  int64 `json:"in_more_copies"`
	Recent  int64 `json:"read_within_30_days"`
	// Audits counts those on record; Last is the newest one of the whole store at once.
	Audits int         `json:"audits"`
	Last   *TrustAudit `json:"last_audit,omitempty"`
	Log    *TrustLog   `json:"custody_log,omitempty"`
	Access TrustAccess `json:"access"`
	// Destroyed counts the decisions to destroy, and Unfinished those that were not carried out to their end.
	Destroyed  int `json:"destroyed"`
	Unfinished int `json:"unfinished_destructions"`
}

// TrustCollection is what a collection holds.
type TrustCollection struct {
	Name       string `json:"name"`
	Private    bool   `json:"private"`
	Documents  int    `json:"documents"`
	References int    `json:"references"`
	Captures   int    `json:"captures"`
	Visits     int    `json:"visits"`
	// Bytes is the length of all payloads, each counted once.
	Bytes int64 `json:"bytes"`
}

// TrustCopy is a place where all of it lies.
type TrustCopy struct {
	Place string `json:"place"`
	// Checked is when all of the copy was last read back and found good; zero: never.
	Checked time.Time `json:"checked,omitzero"`
	// Objects are those that it is known to have had, Damaged those of them in which something is wrong now.
	Objects int64 `json:"objects"`
	Damaged int64 `json:"damaged"`
	// Versions and Locks are what a bucket does; nil: it was not asked, or it is a directory.
	Versions *bool `json:"versions,omitempty"`
	Locks    *bool `json:"locks,omitempty"`
}

// TrustAudit is what an audit found.
type TrustAudit struct {
	ID       string    `json:"id"`
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended"`
	Objects  int       `json:"objects"`
	Records  int       `json:"records"`
	Bytes    int64     `json:"bytes"`
	Findings int       `json:"findings"`
}

// TrustLog is the custody log.
type TrustLog struct {
	Origin  string      `json:"origin"`
	Entries int64       `json:"entries"`
	Signed  time.Time   `json:"signed"`
	Signer  ibid.Digest `json:"signer"`
	Keys    int         `json:"keys"`
	// Waiting are the WARC files whose captures are not in it yet.
	Waiting int `json:"waiting"`
	// Stamped is when an authority has last seen it; zero: none has.
	Stamped time.Time `json:"stamped,omitzero"`
	// Checkpoint is the newest one, as it was signed: whoever keeps it can show later that an entry was changed or removed.
	Checkpoint string `json:"checkpoint"`
}

// TrustAccess counts the access rules that count now, and the tokens.
type TrustAccess struct {
	Rules  int `json:"rules"`
	Holds  int `json:"holds"`
	Tokens int `json:"tokens"`
	// Open says that whoever sits at the machine of the server needs no token.
	Open bool `json:"open"`
}

// Captures counts those of all collections.
func (t *Trust) Captures() (n int) {
	for _, c := range t.Collections {
		n += c.Captures
	}
	return n
}

// TrustCycle is how old the last good reading of everything may be.
const TrustCycle = 30 * 24 * time.Hour

// checked says whether all copies were read back within the cycle, and found good.
func (t *Trust) checked() bool {
	for _, c := range t.Copies {
		if c.Checked.IsZero() || t.At.Sub(c.Checked) > TrustCycle {
			return false
		}
	}
	return len(t.Copies) > 0
}

// read is when all copies were last read back and found good; zero: one was not yet.
func (t *Trust) read() (at time.Time) {
	for i, c := range t.Copies {
		if i == 0 || c.Checked.Before(at) {
			at = c.Checked
		}
	}
	return at
}

// damaged counts what is wrong in the copies now.
func (t *Trust) damaged() (n int64) {
	for _, c := range t.Copies {
		n += c.Damaged
	}
	return n
}

// Shown says how far something can be shown from the facts.
type Shown string

// The values of Shown.
const (
	ShownWhole Shown = "shown"
	ShownPart  Shown = "in part"
	ShownNot   Shown = "not shown"
)

// Statement is an answer to one question that is asked of archives.
type Statement struct {
	// ID is that of the question in its list.
	ID   string `json:"id"`
	Asks string `json:"asks"`
	// Shown says how far, and Evidence by what, or what is missing.
	Shown    Shown  `json:"shown"`
	Evidence string `json:"evidence"`
}

// state is shown when all of it is true, in part when some is, and else not shown.
func state(parts ...bool) Shown {
	n := 0
	for _, p := range parts {
		if p {
			n++
		}
	}
	switch n {
	case len(parts):
		return ShownWhole
	case 0:
		return ShownNot
	}
	return ShownPart
}
