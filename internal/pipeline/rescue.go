package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/linkhealth"
	"github.com/ibid-archive/ibid/internal/queue"
	"github.com/ibid-archive/ibid/internal/rescue"
)

const (
	// rescuers is how many hosts are looked for in other archives at once. Most of the time they wait for their turn.
	rescuers = 4
	// rescueTries is how often a Job of rescues is tried that fails: not because an archive does not answer, which is
	// on record, but because ours does not.
	rescueTries = 4
)

// rescueBackoff is how long after the n-th failure such a Job is tried again.
func rescueBackoff(n int) time.Duration { return time.Duration(n) * 5 * time.Second }

// rescueAll looks for all Seeds of the Job in other archives.
func (j *job) rescueAll(ctx context.Context) error {
	if j.p.o.Rescue == nil {
		return &ibid.Error{Kind: ibid.KindInput, Op: "rescue sources of", URI: j.Host, Err: errors.New("rescue.enabled is false here")}
	}
	for i := range j.Seeds {
		if err := j.rescue(ctx, &j.Seeds[i]); err != nil {
			return err
		}
	}
	return nil
}

// rescue looks for one Seed, and ends its Visit.
func (j *job) rescue(ctx context.Context, seed *ibid.Seed) error {
	v := &ibid.Visit{
		Kind: ibid.VisitRescue, Seed: seed.URI, Run: j.Run, Job: j.ID, Verdict: ibid.Failed, Health: ibid.HealthUnknown,
		Began: j.p.o.Now().UTC(), Attempts: 1, Target: seed.Target, Requisites: seed.Scope.Requisites,
	}
	known, err := j.p.knownOf(ctx, j.Collection, seed.URI)
	if err != nil {
		return err
	}
	found, err := j.find(ctx, known.wanted(seed))
	switch {
	case err != nil && ibid.KindOf(err) == ibid.KindInput:
		v.Class, v.Reason = ibid.ClassAddressRefused, err.Error()
	case err != nil:
		return err
	default:
		defer found.Close()
		if err := j.takeFound(ctx, v, found, known); err != nil {
			return err
		}
	}
	if known.isDead() {
		if v.Successor, err = j.p.successor(ctx, j, v, known); err != nil {
			return err
		}
	}
	v.Seconds = j.p.o.Now().Sub(v.Began).Seconds()
	return j.end(ctx, v)
}

const (
	// maxWait is how long an archive that asks for a pause is waited for, rather than left to a later run.
	maxWait = 2 * time.Minute
	// finds is how often a source is looked for at the most until all archives have answered.
	finds = 4
)

// find looks for w, and again when an archive that could not be asked can be soon.
func (j *job) find(ctx context.Context, w rescue.Wanted) (*rescue.Found, error) {
	return j.p.patiently(ctx, func() (*rescue.Found, error) { return j.p.o.Rescue.Find(ctx, w) })
}

// patiently asks until all archives have answered, or those that have not are not worth waiting for. Tried is that of all
// times.
func (p *Pipeline) patiently(ctx context.Context, ask func() (*rescue.Found, error)) (*rescue.Found, error) {
	var tried []ibid.Attempt
	for n := 1; ; n++ {
		found, err := ask()
		if err != nil {
			return nil, err
		}
		tried = append(tried, found.Tried...)
		found.Tried = tried
		pause := found.Again.Sub(p.o.Now())
		if !found.Incomplete || n == finds || pause > maxWait {
			return found, nil
		}
		found.Close()
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// takeFound writes what was found, and says what came of the search.
func (j *job) takeFound(ctx context.Context, v *ibid.Visit, found *rescue.Found, known *known) error {
	v.Tried, v.Holdings, v.Again = found.Tried, found.Holdings, found.Again
	if found.Exchange == nil {
		v.Class, v.Reason = emptyHanded(found)
		return nil
	}
	x := found.Exchange
	for _, hop := range found.Hops {
		hop.Seed = v.Seed
		if _, err := j.Writer.Write(ctx, hop); err != nil {
			return err
		}
		v.Hops = append(v.Hops, hop.URI)
	}
	v.Hops = append(v.Hops, x.URI)
	x.Seed = v.Seed
	c, err := j.Writer.Write(ctx, x)
	if err != nil {
		return err
	}
	v.Verdict, v.Final, v.Provenance = ibid.Archived, &c, x.Provenance
	if x.Truncated != "" {
		v.Verdict, v.Class = ibid.Truncated, ibid.ClassLimitLength
	}
	v.Reason = fmt.Sprintf("%s has it as of %s, %s", x.Provenance.Archive, x.Began.UTC().Format(time.DateOnly), distance(x.Provenance.DistanceDays))
	return j.describeFound(ctx, v, x, known)
}

// emptyHanded says why nothing was found: that nobody has it, or that we did not get to know.
func emptyHanded(f *rescue.Found) (ibid.Class, string) {
	answered, all, listed := 0, len(f.Holdings), 0
	for _, h := range f.Holdings {
		if h.Problem == "" || slices.Contains(f.Excluded, h.Archive) {
			answered++
		}
		listed += h.Mementos
	}
	later := ""
	if f.Incomplete {
		later = "; the others are asked again later"
	}
	switch {
	case answered == 0 && f.Incomplete:
		return ibid.ClassArchivesAway, "no other archive could be asked; they are asked again later"
	case answered == 0 && all > 0:
		return ibid.ClassArchivesAway, fmt.Sprintf("no other archive could say whether it has it (%d asked)", all)
	case answered == all && f.Incomplete && listed > 0:
		return ibid.ClassArchivesAway, "the captures that are listed could not be had; they are asked for again later"
	case answered < all:
		return ibid.ClassNotHeld, fmt.Sprintf("no archive that answered has it (%d of %d answered%s)", answered, all, later)
	default:
		return ibid.ClassNotHeld, fmt.Sprintf("no archive that was asked has it (%d asked)", all)
	}
}

// distance is a number of days from the citation, as people say it.
func distance(days int) string {
	unit := "days"
	if days == 1 || days == -1 {
		unit = "day"
	}
	switch {
	case days == 0:
		return "the day of the citation"
	case days < 0:
		return fmt.Sprintf("%d %s before", -days, unit)
	default:
		return fmt.Sprintf("%d %s after", days, unit)
	}
}

// describeFound says of what was found what is said of a page that was captured, takes what it needs to be shown, and
// compares it with what is there today.
func (j *job) describeFound(ctx context.Context, v *ibid.Visit, x *ibid.Exchange, known *known) error {
	page, kept := j.p.foundPage(x)
	if said := j.p.o.Describe(ctx, page); said.Description != nil {
		v.Description = said.Description
	}
	if known.live != nil && isKept(known.live) {
		if err := j.compare(ctx, v, page, known.live); err != nil {
			return err
		}
	}
	if !v.Requisites {
		return nil
	}
	return j.rescueNeeds(ctx, v, x, kept.Needs)
}

// compare says whether what the live web has is something else than what was found.
func (j *job) compare(ctx context.Context, v *ibid.Visit, was *crawler.Page, live *ibid.Visit) error {
	now, err := j.p.keptSigns(ctx, j.Collection, *live.Final)
	if err != nil {
		j.p.o.Log.WarnContext(ctx, "not compared with what was captured", "uri", v.Seed, "error", err)
		return nil
	}
	d, ok := linkhealth.Compare(signsOf(was), now)
	if !ok {
		return nil
	}
	v.Drift = since(v.Final, d)
	said := linkhealth.Judge(linkhealth.Look{Visit: live, Signs: now, Drift: v.Drift})
	if v.Health, v.Evidence = said.Health, said.Evidence; said.Health == ibid.HealthDrifted {
		v.Reason = joined(said.Reason, v.Reason)
	}
	return nil
}

// foundPage reads what was found as a page that was fetched is read.
func (p *Pipeline) foundPage(x *ibid.Exchange) (*crawler.Page, crawler.KeptPage) {
	page := &crawler.Page{URI: x.URI, Status: x.Status, Header: x.Header, MediaType: x.MediaType, Complete: x.Truncated == ""}
	page.Body = io.NewSectionReader(x.Response, x.HeadLen, x.Response.Size-x.HeadLen)
	page.Size = page.Body.Size()
	if !crawler.IsPage(x.MediaType) {
		return page, crawler.KeptPage{}
	}
	body, err := decodedBody(x, maxCompared)
	if err != nil {
		return page, crawler.KeptPage{} // what cannot be decoded has no description
	}
	kept := p.o.Crawler.ReadKept(body, x.Header.Get("Content-Type"), x.URI)
	page.Doc = kept.Doc
	return page, kept
}

// rescueSeeds looks for seeds in other archives, each as of its Target, and returns when all were looked for.
func (p *Pipeline) rescueSeeds(ctx context.Context, collection, name string, seeds []ibid.Seed, w Watch) error {
	return p.runSeeds(ctx, queue.Rescue, collection, fingerprint(collection, name, seeds), seeds, w)
}
