package report

import (
	"fmt"
	"strings"
	"time"
)

// NDSA answers the Levels of Digital Preservation of the NDSA (matrix version 2.0, 2019), its five areas up to level 4. What
// only people can know is said to be not shown.
func (t *Trust) NDSA() []Statement {
	n, logged := len(t.Copies), t.Log != nil
	audited := t.Last != nil || !t.read().IsZero()
	good := audited && (t.Last == nil || t.Last.Findings == 0) && t.damaged() == 0
	all := t.InOne == 0 && t.damaged() == 0 // of what is known
	return []Statement{
		{"Storage 1", "two complete copies in separate locations, on stable storage", state(n >= 2 && all, n >= 1), t.copiesWords() + "; whether places are separate is for you to show"},
		{"Storage 2-4", "three copies, one far away, and at other risks; obsolescence of media watched", state(n >= 3 && all, false), t.copiesWords() + "; where places are, and at what risk, is for you to show"},
		{"Integrity 1", "integrity information is verified on receipt, or made", ShownWhole, "each record has SHA-256 of its block and payload, each file its checksum; imports are refused or named when theirs do not match"},
		{"Integrity 2", "verified when moved or copied; integrity information kept elsewhere as well", state(true, logged), "what is put into the store is compared with its digest there; " + t.logWords()},
		{"Integrity 3", "verified at fixed intervals, outcomes documented, audits on demand", state(t.checked(), audited), t.auditWords() + fmt.Sprintf("; %d audits on record", t.Audits)},
		{"Integrity 4", "verified on events; corrupted content replaced", state(good, n >= 2), "every read is compared with its digest; " + t.repairWords()},
		{"Control 1-2", "who may read, write and delete is determined and documented", ShownWhole, t.accessWords()},
		{"Control 3", "logs of who did what to content", state(true, logged), fmt.Sprintf("access rules and %d decisions to destroy are kept with who, when and why; %s", t.Destroyed, t.logWords())},
		{"Control 4", "logs are reviewed periodically", ShownNot, "that somebody reviews them is for you to show"},
		{"Metadata 1-2", "an inventory with locations; what content is", ShownWhole, fmt.Sprintf("%d captures in CDXJ beside their records; the catalogue can be made again from them (ibid reindex)", t.Captures())},
		{"Metadata 3-4", "standards are applied; preservation actions are recorded with their time", state(true, logged), "WARC/1.1, CDXJ, WACZ 1.1.1; looks, verdicts, audits and destructions are dated records of the store; " + t.logWords()},
		{"Content 1", "formats are documented, and how they were identified", ShownPart, "media types are recorded as served; they are not identified from the bytes"},
		{"Content 2-4", "formats are verified, watched and migrated", ShownNot, "Ibid keeps bytes as they were sent, and migrates nothing"},
	}
}

// CoreTrustSeal answers the Requirements 2023-2025, R01 to R16, as far as a program can.
func (t *Trust) CoreTrustSeal() []Statement {
	yours := "this is for you to show: a program knows nothing of it"
	logged := t.Log != nil
	return []Statement{
		{"R01", "mission and scope", ShownNot, yours},
		{"R02", "rights management", ShownPart, t.accessWords() + "; the rights themselves are for you to show"},
		{"R03", "continuity of service", ShownPart, "ibid export gives WACZ, or WARC with CDXJ and CSV, which other archives can go on with; who takes over is for you to show"},
		{"R04", "legal and ethical", ShownPart, fmt.Sprintf("robots.txt is obeyed and kept with each capture; %d rules withhold or hold, %d destructions left tombstones", t.Access.Rules, t.Destroyed)},
		{"R05", "governance and resources", ShownNot, yours},
		{"R06", "expertise and guidance", ShownNot, yours},
		{"R07", "provenance and authenticity", state(true, logged, logged && t.Log.Waiting == 0), "the bytes of each answer as sent, with request, address, TLS certificate and time; " + t.logWords()},
		{"R08", "deposit and appraisal", ShownPart, "what is kept follows from what documents cite; the choice of documents is for you to show"},
		{"R09", "preservation plan", ShownNot, yours},
		{"R10", "quality assurance", ShownPart, "each look has a verdict with its evidence; captures that are not whole say so"},
		{"R11", "workflows", ShownPart, "docs/flow.md says what is done with a citation; your own workflows are for you to show"},
		{"R12", "discovery and identification", ShownWhole, "Memento (RFC 7089), CDX, search, and the digest of each payload"},
		{"R13", "reuse", ShownWhole, "open formats: WARC/1.1, CDXJ, WACZ 1.1.1; citations in five forms"},
		{"R14", "storage and integrity", state(t.checked(), len(t.Copies) >= 2, logged), t.copiesWords() + "; " + t.auditWords() + "; " + t.logWords()},
		{"R15", "technical infrastructure", ShownPart, t.Software + "; the machines are for you to show"},
		{"R16", "security", ShownPart, t.accessWords() + "; what is archived is served from an origin of its own; the machines are for you to show"},
	}
}

func onDay(at time.Time) string { return at.UTC().Format(time.DateOnly) }

func (t *Trust) copiesWords() string {
	words := make([]string, len(t.Copies))
	for i, c := range t.Copies {
		words[i] = Plain(c.Place)
		if !c.Checked.IsZero() {
			words[i] += " (read since " + onDay(c.Checked) + ")"
		}
		if c.Versions != nil && c.Locks != nil {
			words[i] += fmt.Sprintf(" (versions: %s, locks: %s)", yes(*c.Versions), yes(*c.Locks))
		}
	}
	if len(words) == 1 {
		return "one copy: " + words[0]
	}
	return fmt.Sprintf("%d copies: %s; %d objects are in two or more, %d in one alone, %d are damaged somewhere", len(words), strings.Join(words, ", "), t.InMore, t.InOne, t.damaged())
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (t *Trust) auditWords() string {
	a := t.Last
	if at := t.read(); !at.IsZero() && (a == nil || at.After(a.Ended)) {
		return fmt.Sprintf("all was read back part by part since %s (%d of %d objects within 30 days), and is as it was written", onDay(at), t.Recent, t.Objects)
	}
	if a == nil {
		return "nothing was ever audited: ibid verify does it"
	}
	result := "and every byte was as it was written"
	if a.Findings > 0 {
		result = fmt.Sprintf("and %d findings are on record", a.Findings)
	}
	late := ""
	if t.At.Sub(a.Ended) > TrustCycle {
		late = ", which is longer ago than a cycle of 30 days"
	}
	return fmt.Sprintf("all was last read back on %s%s (%d objects, %d records), %s", onDay(a.Ended), late, a.Objects, a.Records, result)
}

func (t *Trust) repairWords() string {
	if len(t.Copies) < 2 {
		return "with one copy nothing can be repaired"
	}
	return fmt.Sprintf("what is damaged is repaired from one of %d copies", len(t.Copies))
}

func (t *Trust) logWords() string {
	l := t.Log
	if l == nil {
		return "there is no custody log: ibid key init begins it"
	}
	s := fmt.Sprintf("the custody log %s has %d entries, and was signed on %s", Plain(l.Origin), l.Entries, onDay(l.Signed))
	if l.Stamped.IsZero() {
		s += ", without a time stamp of somebody else"
	} else {
		s += ", time stamped on " + onDay(l.Stamped)
	}
	if l.Waiting > 0 {
		s += fmt.Sprintf("; %d WARC files are not in it yet", l.Waiting)
	}
	return s
}

func (t *Trust) accessWords() string {
	a := t.Access
	who := fmt.Sprintf("writing needs one of %d tokens", a.Tokens)
	if a.Open {
		who = "whoever sits at the machine of the server may write"
	}
	return fmt.Sprintf("%s; %d access rules count, %d of them holds", who, a.Rules, a.Holds)
}
