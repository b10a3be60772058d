package linkhealth

import (
	"time"

	"github.com/ibid-archive/ibid"
)

// Rule says when a source that is found dead is dead: after so many looks, each at least an Interval after the last
// that counted.
type Rule struct {
	Strikes  int
	Interval time.Duration
}

// Strike sets what the Visit now adds to the strikes of before, the Visit of the same Seed before it or nil. A look that
// finds the source alive forgets them. One that tells nothing, because we were kept out or did not get to know, neither
// adds to them nor forgets them; so does one too soon after the last.
func Strike(before, now *ibid.Visit, rule Rule) {
	keep(before, now)
	switch {
	case now.Health.Dead():
		if now.Strikes == 0 || now.Began.Sub(now.Struck) >= rule.Interval {
			now.Strikes++
			now.Struck = now.Began
		}
	case now.Health.Settled():
		now.Strikes, now.Struck = 0, time.Time{}
	}
}

// NobodyAnswered says whether v failed before its host, or whoever knows its name, said anything. That may be the fault
// of our own network as well.
func NobodyAnswered(v *ibid.Visit) bool {
	return v.Verdict == ibid.Failed && (v.Class == ibid.ClassDNS || v.Class == ibid.ClassTimeoutConnect)
}

// Spare leaves the strikes of now as they were before it, because this machine reached no other host either: what its
// own network does says nothing of the source.
func Spare(before, now *ibid.Visit) {
	keep(before, now)
	now.Reason = "no other host could be reached from here either, so it does not count; " + now.Reason
	now.Evidence = append(now.Evidence, ibid.Evidence{
		Rule: "own-network", For: ibid.HealthUnknown, Text: "no other host could be reached from here at that time",
	})
}

// keep takes over the strikes of before, or of none.
func keep(before, now *ibid.Visit) {
	now.Strikes, now.Struck = 0, time.Time{}
	if before != nil {
		now.Strikes, now.Struck = before.Strikes, before.Struck
	}
}

// Final says whether v finds its source dead after as many strikes as the rule asks for.
func Final(v *ibid.Visit, rule Rule) bool {
	return v.Health.Dead() && v.Strikes >= max(1, rule.Strikes)
}
