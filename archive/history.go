package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// History is what the audits that lie in the Store say, the newest first. So a ledger can be made again, and a cycle goes on
// where it was ended.
type History struct{ audits []Audit }

// History reads the audits that began after since. Those of one collection alone are passed over.
func (a *Archive) History(ctx context.Context, since time.Time) (*History, error) {
	var keys []string
	first := auditsPrefix + since.UTC().Format("20060102T150405Z")
	err := a.o.Store.List(ctx, auditsPrefix, func(i blob.Info) error {
		if strings.HasSuffix(i.Key, ".json") && i.Key >= first {
			keys = append(keys, i.Key)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	h := &History{}
	slices.Reverse(keys)
	for _, key := range keys {
		var audit Audit
		ok, err := a.readSealedAnywhere(ctx, key, &audit, func(Finding) {})
		if err != nil && !errors.Is(err, blob.ErrNotFound) {
			return nil, err
		}
		if ok && audit.Collection == "" {
			h.audits = append(h.audits, audit)
		}
	}
	slices.SortStableFunc(h.audits, func(a, b Audit) int { return b.Began.Compare(a.Began) }) // keys have seconds
	return h, nil
}

// Add puts an audit before all others.
func (h *History) Add(audit Audit) { h.audits = slices.Insert(h.audits, 0, audit) }

// looked says whether an audit has looked at the family id.
func (a *Audit) looked(id string) bool {
	if len(a.Only) > 0 {
		return slices.Contains(a.Only, id)
	}
	return id > a.From && (a.To == "" || id <= a.To)
}

// Next is where a cycle goes on: the object behind which it does, and when what comes next was last looked at, as far as
// is known.
func (h *History) Next() (from string, last time.Time) {
	first := true
	for i := range h.audits {
		a := &h.audits[i]
		if len(a.Only) > 0 || a.Lacking {
			continue
		}
		if first {
			from, first = a.To, false
		}
		if a.From <= from && (a.To == "" || a.To > from) {
			return from, a.Ended
		}
	}
	return from, time.Time{}
}

// Checks are the last ones of a family that was stored at some time after since.
func (h *History) Checks(id string, since time.Time) []ibid.Check {
	var checks []ibid.Check
	known := map[string]bool{}
	for i := range h.audits {
		a := &h.audits[i]
		if !a.looked(id) || a.Lacking || a.Began.Before(since) {
			continue
		}
		for _, name := range a.names() {
			if !known[name] {
				known[name] = true
				checks = append(checks, ibid.Check{Object: id, Copy: name, At: a.Ended, Code: a.code(id, name)})
			}
		}
	}
	return checks
}

// names are the Stores that were looked at.
func (a *Audit) names() []string {
	if len(a.Stores) == 0 {
		return []string{""}
	}
	return slices.DeleteFunc(slices.Clone(a.Stores), func(name string) bool {
		return name != "" && slices.ContainsFunc(a.Away, func(away string) bool { return strings.HasPrefix(away, name+": ") })
	})
}

// code is what was found of a family in one Store, and not repaired.
func (a *Audit) code(id, name string) string {
	for i := range a.Findings {
		f := &a.Findings[i]
		if of, _, _ := familyOf(f.Key); of == id && f.Copy == name && !f.Repaired {
			return f.Code
		}
	}
	return ""
}

// NoteCopies gives the ledger what each copy lists, where it knows nothing newer: that it is there, not when it was read. A
// copy that is away is left out; the error names it.
func (a *Archive) NoteCopies(ctx context.Context) error {
	ctx = blob.Impatient(ctx)
	var errs []error
	for _, p := range a.places[1:] {
		if p.Source || a.o.Ledger == nil {
			continue
		}
		if err := a.noteCopy(ctx, p); err != nil {
			errs = append(errs, fmt.Errorf("the copy %s is away, and is not counted until it is read: %w", p.Name, err))
		}
	}
	return errors.Join(errs...)
}

func (a *Archive) noteCopy(ctx context.Context, p place) error {
	var checks []ibid.Check
	put := func() error {
		err := a.o.Ledger.PutChecks(ctx, checks)
		checks = checks[:0]
		return err
	}
	last := ""
	for _, prefix := range prefixes {
		err := p.Store.List(ctx, prefix, func(i blob.Info) error {
			id, _, ours := familyOf(i.Key)
			if !ours || id == last {
				return nil
			}
			last = id
			checks = append(checks, ibid.Check{Object: id, Copy: p.Name, At: time.Unix(0, 0)})
			if len(checks) < checksAtOnce {
				return nil
			}
			return put()
		})
		if err != nil {
			return err
		}
	}
	return put()
}
