package pipeline

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/rescue"
)

const (
	// maxRescuedNeeds bounds what is taken for one page: archives count requests.
	maxRescuedNeeds = 100
	// needsTime bounds how long it may take.
	needsTime = 5 * time.Minute
	// maxSheet bounds a style sheet that is read for what it needs in turn, in bytes.
	maxSheet = 4 << 20
)

// rescueNeeds takes what the page x needs to be shown from the archive that had the page, near the same date. What is
// not there stays missing: the page is kept without it.
func (j *job) rescueNeeds(ctx context.Context, v *ibid.Visit, x *ibid.Exchange, needs []crawler.Need) error {
	patience, cancel := context.WithTimeout(ctx, needsTime)
	defer cancel()
	known := map[string]bool{}
	for depth := 0; depth < 3 && len(needs) > 0; depth++ {
		var next []crawler.Need
		for _, n := range needs {
			if known[n.URI] || len(known) >= maxRescuedNeeds || patience.Err() != nil && ctx.Err() == nil {
				continue
			}
			known[n.URI] = true
			more, err := j.rescueNeed(patience, v, x, n)
			if err != nil && (ctx.Err() != nil || patience.Err() == nil) {
				return err
			}
			next = append(next, more...)
		}
		needs = next
	}
	return nil
}

// rescueNeed takes one requisite, and says what it needs in turn.
func (j *job) rescueNeed(ctx context.Context, v *ibid.Visit, page *ibid.Exchange, n crawler.Need) ([]crawler.Need, error) {
	v.RequisitesWanted++
	found, err := j.p.patiently(ctx, func() (*rescue.Found, error) {
		return j.p.o.Rescue.Fetch(ctx, rescue.Requisite{
			Archive: page.Provenance.Archive, Near: page.Began, URI: n.URI, Page: page.URI, Seed: v.Seed,
			Cited: page.Provenance.Cited, Target: page.Provenance.Target,
		})
	})
	if err != nil && ibid.KindOf(err) == ibid.KindInput && ctx.Err() == nil {
		return nil, nil // an address that cannot be asked for
	}
	if err != nil {
		return nil, err
	}
	defer found.Close()
	if found.Exchange == nil {
		v.Tried = append(v.Tried, found.Tried...)
		return nil, nil
	}
	for _, x := range append(found.Hops, found.Exchange) {
		x.Seed = v.Seed
		if _, err := j.Writer.Write(ctx, x); err != nil {
			return nil, err
		}
	}
	v.RequisitesKept++
	if !n.Sheet {
		return nil, nil
	}
	body, err := decodedBody(found.Exchange, maxSheet)
	if err != nil {
		return nil, nil //nolint:nilerr // what cannot be decoded needs nothing
	}
	return j.p.o.Crawler.ReadKeptSheet(body, found.Exchange.URI), nil
}

// decodedBody is the payload of x without its content codings, at most limit bytes of it.
func decodedBody(x *ibid.Exchange, limit int64) ([]byte, error) {
	r, err := archive.Decoded(x.Header.Values("Content-Encoding"), io.NewSectionReader(x.Response, x.HeadLen, x.Response.Size-x.HeadLen))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return body, nil
}
