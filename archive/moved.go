package archive

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
)

// moved knows where records lie in the WARC files that were written anew, and what is gone from them. Visits in other
// files say where they lay before.
type moved struct {
	// at are the Locations by WARC file and record id.
	at map[string]map[string]ibid.Location
	// by are the Destructions of each file.
	by map[string][]*Destruction
}

// movedRecords reads the files that Destructions are about.
func (a *Archive) movedRecords(ctx context.Context) (*moved, error) {
	m := &moved{at: map[string]map[string]ibid.Location{}, by: map[string][]*Destruction{}}
	err := a.Destructions(ctx, func(d Destruction, _ bool) error {
		for key := range d.byKey() {
			m.by[key] = append(m.by[key], &d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for key := range m.by {
		s, err := a.scanSegment(ctx, key, false, func(Finding) {}) // who walks, or verifies, is told
		if err != nil && ibid.KindOf(err) != ibid.KindNotFound {
			return nil, err
		}
		m.at[key] = map[string]ibid.Location{}
		if err == nil {
			for i := range s.Captures {
				m.at[key][s.Captures[i].RecordID] = s.Captures[i].Location
			}
		}
	}
	return m, nil
}

// mend has v say where its Final lies now, or that it was destroyed.
func (m *moved) mend(v *ibid.Visit) {
	if v.Final == nil || m.by[v.Final.Location.Key] == nil {
		return
	}
	final := *v.Final
	if at, ok := m.at[final.Location.Key][final.RecordID]; ok {
		final.Location = at
		v.Final = &final
		return
	}
	for _, d := range m.by[final.Location.Key] {
		if d.of(&final) {
			v.Final, v.Description, v.Evidence, v.Drift, v.Text, v.Provenance = nil, nil, nil, nil, "", nil
			v.Verdict, v.Reason = ibid.Refused, "it was destroyed on "+d.When.UTC().Format(time.DateOnly)+": "+d.Reason
			if d.Target != v.Seed && d.Target != final.URI { // it had only the same bytes; what else is held of it counts
				v.Verdict, v.Reason = ibid.Failed, "what it sent was destroyed with "+d.Target
			}
			return
		}
	}
}

// of says whether d is about the record of c.
func (d *Destruction) of(c *ibid.Capture) bool {
	for i := range d.Records {
		if r := &d.Records[i]; r.Key == c.Location.Key && r.Digest == c.Digest && r.URI == c.URI && r.Timestamp == ibid.Timestamp14(c.Timestamp) {
			return true
		}
	}
	return false
}
