package main

import (
	"context"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/server"
)

// looks are all looks at a source, the latest first, each with how what it captured differs from what was before.
func (l *library) looks(ctx context.Context, collection, uri string) ([]server.Look, error) {
	visits, err := l.catalog.Visits(ctx, collection, uri)
	if err != nil {
		return nil, err
	}
	looks := make([]server.Look, 0, len(visits))
	var before *ibid.Memento
	for i := range visits {
		look := server.Look{Visit: visits[i]}
		if f := visits[i].Final; f != nil && visits[i].Kind == ibid.VisitCapture {
			switch {
			case before == nil:
				look.Change = server.ChangeFirst
			case before.Digest == f.Digest:
				look.Change = server.ChangeSame
			default:
				look.Change = server.ChangeOther
			}
			look.Before, before = before, f.Memento("")
		}
		looks = append(looks, look)
	}
	slices.Reverse(looks)
	return looks, nil
}

// pointsOf are all looks on a line of time, and what was captured of the live web last. What was rescued stands where it was
// captured, which was long before it was looked for.
func pointsOf(looks []server.Look) (points []server.Point, latest *ibid.Memento) {
	for i := range looks {
		look := &looks[i]
		p := server.Point{At: look.Began, Change: look.Change}
		if look.Final != nil {
			p.At, p.Capture, p.Rescued = look.Final.Timestamp, true, look.Kind == ibid.VisitRescue
			if latest == nil && look.Kind == ibid.VisitCapture {
				latest = look.Final.Memento("")
			}
		}
		points = append(points, p)
	}
	return points, latest
}

// lastFixity is when the bytes of m were last checked; zero: not yet, or there is no m.
func (l *library) lastFixity(ctx context.Context, collection string, m *ibid.Memento) (time.Time, error) {
	if m == nil {
		return time.Time{}, nil
	}
	c, err := l.catalog.Nearest(ctx, collection, m.URI, m.Timestamp)
	if err != nil {
		return time.Time{}, err
	}
	fixity, err := l.catalog.LastChecked(ctx, c.Location)
	return fixity.Checked, err
}
