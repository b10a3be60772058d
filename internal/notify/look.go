package notify

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid"
)

// Look is a Visit that has ended, and what is needed to see what changed by it.
type Look struct {
	Collection string
	// Documents are those that cite the Seed.
	Documents []ibid.Citing
	// Before is the last earlier Visit of the Seed whose Health is settled; nil if there is none.
	Before *ibid.Visit
	Now    ibid.Visit
	// Strikes is how many strikes a dead source must have before it is told to have died; at 0 and 1 one look is enough.
	Strikes int
}

// final says whether v found its source dead, and often enough.
func (l Look) final(v *ibid.Visit) bool { return v != nil && dead(v.Health) && v.Strikes >= l.Strikes }

// cutOff says whether this look was the last that it took to give up a source that cannot be reached.
func (l Look) cutOff() bool {
	v := &l.Now
	return v.Health == ibid.HealthUnreachable && l.Strikes > 1 && v.Strikes == l.Strikes && v.Struck.Equal(v.Began)
}

func here(h ibid.Health) bool {
	return h == ibid.HealthLive || h == ibid.HealthMoved || h == ibid.HealthDrifted
}

func dead(h ibid.Health) bool {
	return h == ibid.HealthGone || h == ibid.HealthSoft404 || h == ibid.HealthParked
}

// Events are what people are told of the Look: nothing, or what became of the source, or that it was rescued, or
// both. The same Look gives the same Events with the same IDs.
func (l Look) Events() []ibid.Event {
	var events []ibid.Event
	if kind, text := l.change(); kind != "" {
		events = append(events, l.event(kind, text))
	}
	if l.rescued() {
		events = append(events, l.event(ibid.SourceRescued, fmt.Sprintf("%s was copied from %s, as it was on %s",
			l.Now.Seed, l.Now.Final.Origin, l.Now.Final.Timestamp.UTC().Format("2 January 2006"))))
	}
	return events
}

// change is what became of the source, and how to say it. At the first look, only that it is gone is news.
func (l Look) change() (ibid.EventKind, string) {
	before, now, seed := l.before(), l.Now.Health, l.Now.Seed
	switch {
	case l.cutOff():
		return ibid.SourceDied, because(seed+" could not be reached for so long that it is given up", l.Now.Reason)
	case !now.Settled(), dead(now) && (!l.final(&l.Now) || l.final(l.Before)):
		return "", ""
	case dead(now) && before == ibid.HealthUnknown && l.Strikes <= 1:
		return ibid.SourceDied, because(seed+" was gone at the first look", l.Now.Reason)
	case dead(now):
		return ibid.SourceDied, because(seed+" is gone", l.Now.Reason)
	case dead(before) && !l.final(l.Before): // nobody was told that it had gone
		return "", ""
	case dead(before) && now == ibid.HealthMoved:
		return ibid.SourceBack, fmt.Sprintf("%s is there again, at %s", seed, end(&l.Now))
	case dead(before):
		return ibid.SourceBack, seed + " is there again"
	case before == ibid.HealthUnknown:
		return "", ""
	case now == ibid.HealthMoved && (before != ibid.HealthMoved || place(end(l.Before)) != place(end(&l.Now))):
		return ibid.SourceMoved, fmt.Sprintf("%s moved to %s", seed, end(&l.Now))
	case now == ibid.HealthDrifted && before != ibid.HealthDrifted:
		return ibid.SourceDrifted, because(seed+" says something else than it did", l.Now.Reason)
	}
	return "", ""
}

func because(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

func (l Look) before() ibid.Health {
	if l.Before == nil || !l.Before.Health.Settled() {
		return ibid.HealthUnknown
	}
	return l.Before.Health
}

// rescued says whether the look ended with a copy from elsewhere that was not there before.
func (l Look) rescued() bool {
	return foreign(l.Now.Final) && (l.Before == nil || !foreign(l.Before.Final) || l.Before.Final.Digest != l.Now.Final.Digest)
}

func foreign(c *ibid.Capture) bool { return c != nil && c.Origin != "" && c.Origin != ibid.OriginLive }

func (l Look) event(kind ibid.EventKind, text string) ibid.Event {
	e := ibid.Event{
		// There is one Visit of a Seed in a run.
		ID: ibid.EventID(kind, l.Collection, l.Now.Seed, l.Now.Run), Kind: kind, When: l.Now.Began.UTC(),
		Collection: l.Collection, Seed: l.Now.Seed, Documents: l.Documents,
		Before: l.before(), After: l.Now.Health, Text: oneLine(text, maxText),
	}
	if l.Now.Health == ibid.HealthMoved {
		e.MovedTo = end(&l.Now)
	}
	if l.Now.Final != nil {
		e.Evidence = l.Now.Final.Memento("").URIM
	}
	if l.Before != nil && l.Before.Final != nil && here(l.Before.Health) {
		e.Kept = l.Before.Final.Memento("").URIM
	}
	return e
}

// end is the address at which v ended.
func end(v *ibid.Visit) string {
	switch {
	case len(v.Hops) > 0:
		return v.Hops[len(v.Hops)-1]
	case v.Final != nil:
		return v.Final.URI
	}
	return v.Seed
}

// place is what of an address says where something is: sites put a new session into the rest at each look.
func place(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	path, _, _ := strings.Cut(u.EscapedPath(), ";")
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.TrimSuffix(path, "/")
}
