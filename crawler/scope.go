package crawler

import (
	"context"
	"net/url"

	"golang.org/x/sync/errgroup"

	"github.com/ibid-archive/ibid"
)

const (
	// maxNested is how deep requisites of requisites are taken: imports of style sheets, frames.
	maxNested = 5
	// maxRequisites bounds the requisites of one Visit.
	maxRequisites = 5_000
	// together is how many requisites of one Visit are asked for at once, over all hosts, as browsers do.
	together = 6
	// defaultPages is the budget of a Seed whose Scope has a depth and no MaxPages.
	defaultPages = 100
)

// asset is one address around the Seeds of a Job. It is fetched once in the Job, by whoever needs it first.
type asset struct {
	done chan struct{} // closed when the rest is set
	kept bool
	at   *url.URL // where it was found in the end
	refs *refs
}

// once returns the asset at u, and whether the caller is the one to fetch it.
func (j *job) once(u string) (*asset, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if s := j.assets[u]; s != nil {
		return s, false
	}
	s := &asset{done: make(chan struct{})}
	j.assets[u] = s
	return s, true
}

// around takes what belongs to the page at base by the Seed's Scope. An error is fatal to the Crawl.
func (v *visit) around(ctx context.Context, base *url.URL, found *refs) error {
	if v.seed.Scope.Requisites {
		if err := v.requisites(ctx, base, found); err != nil {
			return err
		}
	}
	if v.seed.Scope.Depth < 1 {
		return nil
	}
	v.budget = v.seed.Scope.MaxPages
	if v.budget <= 0 {
		v.budget = defaultPages
	}
	v.budget-- // The page itself.
	return v.linked(ctx, base, found)
}

// need is one requisite that is wanted.
type need struct {
	uri  *url.URL
	via  string
	kind kind
	ref  *asset
}

// requisites takes what the page needs to be shown, level by level: the page's own, those of its style sheets and
// frames, and so on.
func (v *visit) requisites(ctx context.Context, base *url.URL, found *refs) error {
	level := v.needs(base, found, false)
	for range maxNested {
		if len(level) == 0 {
			return nil
		}
		if err := v.takeAll(ctx, level, ibid.RoleRequisite); err != nil {
			return err
		}
		var next []*need
		for _, n := range level {
			if n.ref.kept {
				v.RequisitesKept++
			}
			if n.ref.refs != nil {
				next = append(next, v.needs(n.ref.at, n.ref.refs, n.kind == frame)...)
			}
		}
		level = next
	}
	return nil
}

// needs resolves what is referred to at base and was not yet wanted. Within a frame, no further frames are.
func (v *visit) needs(base *url.URL, found *refs, framed bool) []*need {
	if found.capped {
		v.notes = append(v.notes, ibid.ClassLinksCapped)
	}
	at := baseOf(base, found)
	var list []*need
	for _, r := range found.needs {
		if framed && r.kind == frame {
			continue
		}
		u, err := v.c.address(at, r.raw)
		if err != nil || v.wanted[u.String()] {
			continue
		}
		if len(v.wanted) >= maxRequisites {
			v.notes = append(v.notes, ibid.ClassLinksCapped)
			break
		}
		v.wanted[u.String()] = true
		v.RequisitesWanted++
		list = append(list, &need{uri: u, via: base.String(), kind: r.kind})
	}
	return list
}

func baseOf(page *url.URL, found *refs) *url.URL {
	if found.base == "" {
		return page
	}
	u, err := parseLenient(found.base)
	if err != nil {
		return page
	}
	return page.ResolveReference(u)
}

// takeAll fetches a level, several at once, and returns when all of it is there.
func (v *visit) takeAll(ctx context.Context, level []*need, role ibid.Role) error {
	g, taking := errgroup.WithContext(ctx)
	g.SetLimit(together)
	for _, n := range level {
		s, first := v.job.once(n.uri.String())
		n.ref = s
		if first {
			g.Go(func() error { return v.take(taking, n, role) })
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, n := range level {
		<-n.ref.done // Another Visit may be fetching it; it waits for nothing of ours, and ends when ctx does.
	}
	return context.Cause(ctx)
}

// take fetches one asset.
func (v *visit) take(ctx context.Context, n *need, role ibid.Role) error {
	defer close(n.ref.done)
	a, stopped, err := v.follow(ctx, request{uri: n.uri, via: n.via, role: role, kind: n.kind})
	if err != nil {
		return err
	}
	defer a.close()
	n.ref.at = a.uri
	if a.err != nil || stopped != "" {
		return nil
	}
	got := verdict(a)
	n.ref.kept = (a.x.Status/100 == 2 || a.x.NotModified != nil) && (got == ibid.Archived || got == ibid.ArchivedNoted)
	switch {
	case a.sheet != nil:
		n.ref.refs = a.sheet
	case a.page != nil:
		n.ref.refs = &a.page.refs
	}
	return nil
}

// linked takes documents up to Scope.Depth links away, on the same site, as far as the budget of pages goes.
func (v *visit) linked(ctx context.Context, base *url.URL, found *refs) error {
	pages := []*need{{uri: base, ref: &asset{at: base, refs: found}}}
	seen := map[string]bool{}
	for _, hop := range v.Hops {
		seen[hop] = true
	}
	for range v.seed.Scope.Depth {
		level := v.links(base, pages, seen)
		if len(level) == 0 {
			return nil
		}
		if err := v.takeAll(ctx, level, ibid.RoleLinked); err != nil {
			return err
		}
		for _, n := range level {
			if n.ref.refs == nil || !v.seed.Scope.Requisites {
				continue
			}
			if err := v.requisites(ctx, n.ref.at, n.ref.refs); err != nil {
				return err
			}
		}
		pages = level
	}
	return nil
}

// links lists the pages linked from pages that were not yet seen, and takes them off the budget.
func (v *visit) links(site *url.URL, pages []*need, seen map[string]bool) []*need {
	var list []*need
	for _, p := range pages {
		if p.ref.refs == nil {
			continue
		}
		at := baseOf(p.ref.at, p.ref.refs)
		for _, raw := range p.ref.refs.links {
			u, err := v.c.address(at, raw)
			if err != nil || seen[u.String()] || !sameSite(site, u) {
				continue
			}
			if v.budget <= 0 {
				v.notes = append(v.notes, ibid.ClassBudgetPages)
				return list
			}
			v.budget--
			seen[u.String()] = true
			list = append(list, &need{uri: u, via: p.ref.at.String()})
		}
	}
	return list
}
