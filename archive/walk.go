package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Visitor is called with what the Store holds. Fields that are nil are passed over. Their errors end the
// walk.
type Visitor struct {
	// Document is called once for each stored version, the newest last.
	Document func(collection string, doc ibid.Document, refs []ibid.Reference) error
	Segment  func(Segment) error
	Audit    func(Audit) error
	// Access is called with the access rules in the order in which they were made.
	Access func(ibid.AccessRule) error
	// Damage is told what could not be read, and was left out.
	Damage func(Finding)
}

// Walk reads from the Store alone all that a catalogue is made of: Documents with their References, the
// Captures and Visits of each segment, the audits, and the access rules. It trusts nothing that is damaged; the digests of
// bodies are left to Verify.
func (a *Archive) Walk(ctx context.Context, v Visitor) error {
	if v.Damage == nil {
		v.Damage = func(f Finding) { a.o.Log.Error("damage in the store", "finding", f.String()) }
	}
	if v.Document != nil {
		err := a.o.Store.List(ctx, documentsPrefix, func(i blob.Info) error { return a.walkDocument(ctx, i.Key, v) })
		if err != nil {
			return err
		}
	}
	if v.Segment != nil {
		m, err := a.movedRecords(ctx)
		if err != nil {
			return err
		}
		err = a.o.Store.List(ctx, warcPrefix, func(i blob.Info) error { return a.walkSegment(ctx, i.Key, m, v) })
		if err != nil {
			return err
		}
	}
	if v.Audit != nil {
		err := a.o.Store.List(ctx, auditsPrefix, func(i blob.Info) error { return a.walkAudit(ctx, i.Key, v) })
		if err != nil {
			return err
		}
	}
	if v.Access == nil {
		return nil
	}
	return a.o.Store.List(ctx, accessPrefix, func(i blob.Info) error { return a.walkAccess(ctx, i.Key, v) })
}

func (a *Archive) walkDocument(ctx context.Context, key string, v Visitor) error {
	collection, _, name, ok := parseDocumentKey(key)
	if !ok || name == sourceName {
		return nil
	}
	var d documentFile
	if ok, err := a.readSealedAnywhere(ctx, key, &d, v.Damage); err != nil || !ok {
		return err
	}
	return v.Document(collection, d.Document, d.References)
}

// readSealed reads a sealed object; false: it is damaged, which was reported.
func (a *Archive) readSealed(ctx context.Context, key string, into any, report func(Finding)) (bool, error) {
	b, err := a.readAll(ctx, key, maxDocumentFile)
	if err != nil && ibid.KindOf(err) != ibid.KindFixity {
		return false, err
	}
	if err == nil {
		err = unseal(b, into)
	}
	if err != nil {
		report(Finding{Code: CodeSealed, Key: key, Text: err.Error()})
		return false, nil
	}
	return true, nil
}

// readSealedAnywhere is readSealed of the first Store that has it as it was sealed. What is reported, and the error, are those
// of the first of all.
func (a *Archive) readSealedAnywhere(ctx context.Context, key string, into any, report func(Finding)) (bool, error) {
	var found []Finding
	ok, err := a.in(a.places[0]).readSealed(ctx, key, into, func(f Finding) { found = append(found, f) })
	for i := 1; i < len(a.places) && !ok && ctx.Err() == nil; i++ {
		if there, _ := a.in(a.places[i]).readSealed(ctx, key, into, func(Finding) {}); there {
			a.doubt(ctx, 0, key, fixity(key, errSeal))
			return true, nil
		}
	}
	for _, f := range found {
		report(f)
	}
	return ok, err
}

// scanAnywhere is scanSegment of the first Store in which nothing is wrong with it, or of the first of all. Where there is
// something still of what was destroyed is wrong, too.
func (a *Archive) scanAnywhere(ctx context.Context, key string, by []*Destruction, report func(Finding)) (*Segment, error) {
	var found []Finding
	s, err := a.in(a.places[0]).scanSegment(ctx, key, false, func(f Finding) { found = append(found, f) })
	for i := 1; i < len(a.places) && (err != nil || s.damaged) && ctx.Err() == nil; i++ {
		other, err := a.in(a.places[i]).scanSegment(ctx, key, true, func(Finding) {})
		if err == nil && !other.damaged && !other.isStale(by) {
			a.doubt(ctx, 0, key, fixity(key, errors.New("it is damaged")))
			return other, nil
		}
	}
	for _, f := range found {
		report(f)
	}
	return s, err
}

func (a *Archive) walkSegment(ctx context.Context, key string, m *moved, v Visitor) error {
	if _, _, ok := parseWARCKey(key); !ok {
		return nil
	}
	s, err := a.scanAnywhere(ctx, key, m.by[key], v.Damage)
	if err != nil {
		return fmt.Errorf("walk the store: %w", err)
	}
	for i := range s.Visits {
		m.mend(&s.Visits[i])
	}
	return v.Segment(*s)
}

func (a *Archive) walkAudit(ctx context.Context, key string, v Visitor) error {
	if !strings.HasSuffix(key, ".json") {
		return nil
	}
	var audit Audit
	if ok, err := a.readSealedAnywhere(ctx, key, &audit, v.Damage); err != nil || !ok {
		return err
	}
	return v.Audit(audit)
}
