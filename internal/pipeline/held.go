package pipeline

import (
	"context"

	"github.com/ibid-archive/ibid"
)

// Held returns a Capture that a server may be asked to confirm instead of sending it again. It is one whose payload
// came less than FullEvery ago, so that a server that says "not modified" of everything is found out in the end. A
// source must have been kept with all that it needs: of a page that is confirmed, nothing around it is looked at.
func (j *job) Held(ctx context.Context, seed *ibid.Seed, uri string, role ibid.Role) *ibid.Capture {
	if !j.seen[seed.URI] { // nor, most likely, what is around it
		return nil
	}
	if role == ibid.RoleSource { // its last look is at hand: what it rules out is not asked for
		v, err := j.latest(ctx, seed.URI)
		if err != nil || !keptWhole(v, uri, seed.Scope) {
			return nil
		}
	}
	held, err := j.p.o.Catalog.Confirmable(ctx, j.Collection, uri)
	if err != nil || j.p.o.Now().Sub(held.Timestamp) >= j.p.o.FullEvery {
		return nil
	}
	return &held
}

func keptWhole(v *ibid.Visit, uri string, s ibid.Scope) bool {
	return v.Final != nil && v.Final.URI == uri && v.Verdict == ibid.Archived &&
		(!s.Requisites || v.Requisites && v.RequisitesKept == v.RequisitesWanted)
}

// latest is the last Visit that was to capture a Seed.
func (j *job) latest(ctx context.Context, seed string) (*ibid.Visit, error) {
	if last := j.last[seed]; last != nil && last.Kind == ibid.VisitCapture {
		return last, nil
	}
	v, err := j.p.o.Catalog.LatestVisit(ctx, j.Collection, seed)
	return &v, err
}

// sayAsBefore repeats what the last Visit said of a page that has not changed since.
func (j *job) sayAsBefore(ctx context.Context, v *ibid.Visit) error {
	before, err := j.latest(ctx, v.Seed)
	if err != nil {
		return err
	}
	v.Description, v.Requisites = before.Description, before.Requisites
	v.RequisitesWanted, v.RequisitesKept = before.RequisitesWanted, before.RequisitesKept
	return nil
}
