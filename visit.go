package ibid

import "time"

// VisitKind says what a Visit was made for. Stores hold these words.
type VisitKind string

// The VisitKinds.
const (
	// VisitCapture: to keep the source as it is on the live web.
	VisitCapture VisitKind = ""
	// VisitCheck: to see how it fares; nothing is captured.
	VisitCheck VisitKind = "check"
	// VisitRescue: to get it from another archive, as it was at Target.
	VisitRescue VisitKind = "rescue"
	// VisitPush: to have another archive make a copy of it.
	VisitPush VisitKind = "push"
	// VisitWorks: to find the Works that a Reference names.
	VisitWorks VisitKind = "works"
)

// Visit is one look at one Seed: all that was tried, and what came of it. It is stored as a record
// beside the Captures that it speaks of.
type Visit struct {
	Kind    VisitKind `json:"kind,omitempty"`
	Seed    string    `json:"seed"`
	Run     string    `json:"run"`
	Job     string    `json:"job"`
	Verdict Verdict   `json:"verdict"`
	Class   Class     `json:"class,omitempty"`
	Health  Health    `json:"health"`
	// Evidence is what the Health follows from.
	Evidence []Evidence `json:"evidence,omitempty"`
	// Strikes counts the looks, each long enough after the one before, that all found the Seed dead; Struck is when
	// the last of them was.
	Strikes int       `json:"strikes,omitempty"`
	Struck  time.Time `json:"struck,omitzero"`
	// GivenUp says that these are enough to call the source dead for good.
	GivenUp bool `json:"given_up,omitempty"`
	// Drift is how far the source is from the version nearest the citation, where that was compared.
	Drift *Drift `json:"drift,omitempty"`
	// Text stands for the title, the language and the words of the page: another look with the same Text has not
	// drifted from it. Empty where the page has no words.
	Text string `json:"text,omitempty"`
	// Reason is why, in one line a person understands.
	Reason   string    `json:"reason,omitempty"`
	Began    time.Time `json:"began"`
	Seconds  float64   `json:"seconds"`
	Attempts int       `json:"attempts"`
	Tried    []Attempt `json:"tried,omitempty"`
	// Final is the Capture at the end of the redirects; nil when nothing usable came.
	Final *Capture `json:"final,omitempty"`
	// NotModified says that the server confirmed what is held, and sent nothing: what is said of the page is what
	// was said of it before.
	NotModified bool `json:"not_modified,omitempty"`
	// Hops are the addresses passed through, from the Seed's own to Final's.
	Hops []string `json:"hops,omitempty"`
	// Requisites says that what the page needs to be shown was to be taken; RequisitesWanted and RequisitesKept
	// count it.
	Requisites       bool `json:"requisites,omitempty"`
	RequisitesWanted int  `json:"requisites_wanted,omitempty"`
	RequisitesKept   int  `json:"requisites_kept,omitempty"`
	// Robots is the decision of the site's robots.txt: "allowed", "denied", "ignored", "unreachable", and
	// RobotsDigest the digest of the file it was read from.
	Robots       string       `json:"robots,omitempty"`
	RobotsDigest Digest       `json:"robots_digest,omitempty"`
	Description  *Description `json:"description,omitempty"`
	// Seen is what was made of the page for whoever judges the Visit: it is not stored.
	Seen any `json:"-"`
	// Target is the date as of which a VisitRescue looked.
	Target time.Time `json:"target,omitzero"`
	// Provenance is that of Final, where it comes from another archive.
	Provenance *Provenance `json:"provenance,omitempty"`
	// Again is when archives that could not be asked may be asked again; zero: all could.
	Again time.Time `json:"again,omitzero"`
	// Holdings are what the other archives have that were asked.
	Holdings []Holding `json:"holdings,omitempty"`
	// Successor is the live page that took the place of a dead source.
	Successor *Successor `json:"successor,omitempty"`
	// Editions are what a VisitWorks found.
	Editions []Edition `json:"editions,omitempty"`
	// CertificateEnds is when the certificate of the last server ends to be valid; zero for one in the clear.
	CertificateEnds time.Time `json:"certificate_ends,omitzero"`
}

// Attempt is one thing that was tried for a Seed.
type Attempt struct {
	What   string    `json:"what"`
	When   time.Time `json:"when"`
	Result string    `json:"result"`
}
