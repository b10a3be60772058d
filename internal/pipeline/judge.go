package pipeline

import (
	"context"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/linkhealth"
)

// judge fills in what the end of a Visit says of the source's health, and the reason for people.
func (j *job) judge(ctx context.Context, v *ibid.Visit) error {
	page := seenIn(v)
	signs := page.signs
	v.Text = signs.Fingerprint()
	v.Seen = nil // it would keep the page in memory
	before, err := j.before(ctx, v)
	if err != nil {
		return err
	}
	look := linkhealth.Look{Visit: v, Signs: signs, Before: before, Shared: j.shared(v, signs), Missing: page.missing}
	if look.Drift, err = j.drift(ctx, v, signs); err != nil {
		return err
	}
	if uri, wanted := linkhealth.WantsProbe(look, j.Run); wanted && !sameEnd(before, v) {
		look.Sibling = j.probe(ctx, uri)
	}
	said := linkhealth.Judge(look)
	v.Health, v.Evidence, v.Drift = said.Health, said.Evidence, look.Drift
	if said.Reason != "" {
		v.Reason = said.Reason
	}
	if linkhealth.NobodyAnswered(v) && !j.p.o.Online(ctx) {
		linkhealth.Spare(before, v)
	} else {
		linkhealth.Strike(before, v, j.p.o.Strikes)
	}
	v.GivenUp = linkhealth.Final(v, j.p.o.Strikes)
	return nil
}

// sameEnd says whether a source that was well the last time ended at the same address again.
func sameEnd(before, now *ibid.Visit) bool {
	return before != nil && (before.Health == ibid.HealthLive || before.Health == ibid.HealthMoved) && before.Final != nil && now.Final != nil &&
		before.Final.URI == now.Final.URI
}

// before is the last look at the Seed of v, a check or not, where it can matter; nil: there was none.
func (j *job) before(ctx context.Context, v *ibid.Visit) (*ibid.Visit, error) {
	if !j.seen[v.Seed] && j.Kind != ibid.VisitCheck {
		return nil, nil //nolint:nilnil // none is an answer
	}
	if last, asked := j.last[v.Seed]; asked {
		return last, nil
	}
	return j.p.o.Catalog.LastLook(ctx, j.Collection, v.Seed)
}

// shared counts the other Seeds of this Job that ended where v did, or with the same text.
func (j *job) shared(v *ibid.Visit, signs *linkhealth.Signs) int {
	if v.Final == nil {
		return 0
	}
	others := note(j.ends, v.Final.URI, v.Seed)
	if signs != nil && signs.Text.Fingerprint() != 0 { // of a few words nobody can tell
		others = max(others, note(j.texts, signs.Text.Fingerprint(), v.Seed))
	}
	return others
}

// note says that a Seed had that end, and how many others have.
func note[K comparable](ends map[K]map[string]bool, end K, seed string) int {
	if ends[end] == nil {
		ends[end] = map[string]bool{}
	}
	ends[end][seed] = true
	return len(ends[end]) - 1
}

// drift compares a page that is not as it was with the first one that was kept; nil where there is nothing to compare.
func (j *job) drift(ctx context.Context, v *ibid.Visit, signs *linkhealth.Signs) (*ibid.Drift, error) {
	if !j.seen[v.Seed] || signs == nil || v.Final == nil || v.Final.Revisit || v.Final.Status/100 != 2 {
		return nil, nil //nolint:nilnil // none is an answer
	}
	first, err := j.p.o.Catalog.FirstVisit(ctx, j.Collection, v.Seed, firstLooks, func(was *ibid.Visit) bool {
		return isKept(was) && was.Final.Digest != v.Final.Digest
	})
	if err != nil || first == nil {
		return nil, err
	}
	if first.Text != "" && first.Text == v.Text { // spared the reading of what was kept
		return since(first.Final, ibid.Drift{}), nil
	}
	return j.p.driftFrom(ctx, j.Collection, *first.Final, signs), nil
}

// firstLooks is among how many looks the first one that kept the source is looked for.
const firstLooks = 20

// driftFrom compares signs with what was kept. What cannot be read back is no drift: it is for an audit to find.
func (p *Pipeline) driftFrom(ctx context.Context, collection string, was ibid.Capture, signs *linkhealth.Signs) *ibid.Drift {
	old, err := p.keptSigns(ctx, collection, was)
	if err != nil {
		p.o.Log.WarnContext(ctx, "not compared with what was kept", "uri", was.URI, "error", err)
		return nil
	}
	d, ok := linkhealth.Compare(old, signs)
	if !ok {
		return nil
	}
	return since(&was, d)
}

// since says of d from what it is.
func since(was *ibid.Capture, d ibid.Drift) *ibid.Drift {
	d.Since, d.With, d.Origin = was.Timestamp, was.RecordID, was.Origin
	return &d
}

// probe asks for an address that nobody can have a page at; nil: it could not be asked. Nothing of it is kept but
// what it says of its neighbour.
func (j *job) probe(ctx context.Context, uri string) *linkhealth.Sibling {
	seen, err := j.p.peek(ctx, j, uri, unkept{})
	if err != nil {
		j.p.o.Log.WarnContext(ctx, "a neighbour was not asked", "uri", uri, "error", err)
	}
	if err != nil || seen == nil {
		return nil
	}
	return &linkhealth.Sibling{URI: seen.uri, Status: seen.status, Signs: seen.signs}
}

// unkept is a crawler's Sink for what is only looked at.
type unkept struct{}

// Write keeps nothing.
func (unkept) Write(_ context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	return ibid.Capture{
		URI: x.URI, Timestamp: x.Began.UTC(), Status: x.Status, MediaType: x.MediaType, Digest: x.PayloadDigest, Length: x.PayloadLen,
		Origin: ibid.OriginLive, Role: x.Role, Seed: x.Seed, Truncated: x.Truncated, Class: x.Class,
	}, nil
}

// Held asks for all to be sent.
func (unkept) Held(context.Context, *ibid.Seed, string, ibid.Role) *ibid.Capture { return nil }

// outcomeOf is what became of a Reference whose source ended so.
func outcomeOf(v *ibid.Visit) ibid.Outcome {
	switch {
	case v.Verdict == ibid.Refused:
		return ibid.OutcomeExcluded
	case v.Verdict == ibid.Failed || v.Final == nil:
		return ibid.OutcomeFailed
	case v.Health == ibid.HealthGone, v.Health == ibid.HealthSoft404, v.Health == ibid.HealthParked:
		return ibid.OutcomeLost
	case v.Health == ibid.HealthBlocked, v.Health == ibid.HealthUnreachable:
		return ibid.OutcomeFailed
	case v.Final.Status >= 200 && v.Final.Status < 300:
		return ibid.OutcomeCaptured
	default:
		return ibid.OutcomeFailed
	}
}
