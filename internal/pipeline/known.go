package pipeline

import (
	"context"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/rescue"
)

// known is what is known of a source that is looked for.
type known struct {
	uri string
	// live is the last look at it, and kept the first that captured it while it was there; nil: there was none.
	live, kept *ibid.Visit
	// title is that of the citation, or else of what was kept.
	title string
}

// maxCitations bounds the citations of one source that are asked for its title.
const maxCitations = 20

func (p *Pipeline) knownOf(ctx context.Context, collection, uri string) (*known, error) {
	k := &known{uri: uri}
	c := p.o.Catalog
	look, err := c.LatestVisit(ctx, collection, uri)
	switch {
	case err == nil:
		k.live = &look
	case ibid.KindOf(err) != ibid.KindNotFound:
		return nil, err
	}
	if k.kept, err = c.FirstVisit(ctx, collection, uri, firstLooks, isKept); err != nil {
		return nil, err
	}
	refs, err := c.CitedAs(ctx, collection, uri, maxCitations)
	if err != nil {
		return nil, err
	}
	for i := range refs {
		if refs[i].Title != "" {
			k.title = refs[i].Title
			return k, nil
		}
	}
	if k.kept != nil && k.kept.Description != nil {
		k.title = k.kept.Description.Title
	}
	return k, nil
}

// isDead says whether a reader who follows the citation finds nothing.
func (k *known) isDead() bool { return k.live != nil && k.live.Health.Dead() }

// wanted is what other archives are asked for.
func (k *known) wanted(seed *ibid.Seed) rescue.Wanted {
	w := rescue.Wanted{URI: seed.URI, At: seed.Target, Title: k.title}
	if k.kept != nil {
		w.MediaType, w.Size, w.Digests = k.kept.Final.MediaType, k.kept.Final.Length, []ibid.Digest{k.kept.Final.Digest}
		if d := k.kept.Description; d != nil {
			w.Language = d.Language
		}
	}
	if k.live != nil && k.live.Final != nil && k.isDead() {
		w.Dead = []ibid.Digest{k.live.Final.Digest}
	}
	return w
}

// sketch is what a page must prove to be that takes the place of the source: v is what was found of it elsewhere.
func (k *known) sketch(v *ibid.Visit) rescue.Sketch {
	s := rescue.Sketch{URI: k.uri, Title: k.title}
	for _, was := range []*ibid.Visit{v, k.kept} {
		if was == nil || was.Final == nil {
			continue
		}
		s.MediaType, s.Size, s.Digests = was.Final.MediaType, was.Final.Length, append(s.Digests, was.Final.Digest)
		if was.Description != nil {
			s.Title, s.Language = was.Description.Title, was.Description.Language
		}
		break
	}
	return s
}
