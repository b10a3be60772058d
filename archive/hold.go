package archive

import (
	"context"
	"errors"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// OnHold says whether what is asked for must not be destroyed: a Document of a collection by its ID, else a capture of an address.
type OnHold func(collection, document, address string) bool

// Held says what Hold has found and done.
type Held struct {
	// Stores are those that keep objects under a hold, and Without those that cannot. The first Store has no name.
	Stores  []string `json:"stores"`
	Without []string `json:"without,omitempty"`
	// Away are those that could not be asked, and why.
	Away []string `json:"away,omitempty"`
	// Objects are those that are to be under a hold, in each of the Stores that keep one; Put were put under it, Restored again, and
	// Lifted are free. Foreign are under a hold that somebody else has put, and that stays.
	Objects  int `json:"objects"`
	Put      int `json:"put,omitempty"`
	Restored int `json:"restored,omitempty"`
	Lifted   int `json:"lifted,omitempty"`
	Foreign  int `json:"foreign,omitempty"`
}

// Hold brings the holds that the Stores keep to what on says of what lies in the first one: on a WARC file while any of its captures
// is on hold, or is the payload of a revisit that is, and on a Document. It may be ended at any moment, and called again. Holds that
// were lifted by others, or cannot be put, are reported. The error is that of the first Store, or of ctx.
func (a *Archive) Hold(ctx context.Context, on OnHold, report func(Finding)) (Held, error) {
	h := &holding{a: a, on: on, report: report, payloads: map[[16]byte]bool{}}
	if err := h.choose(ctx); err != nil || len(h.places) == 0 {
		return h.out, err
	}
	warcs, err := a.WARCs(ctx)
	if err == nil {
		err = h.revisits(ctx, warcs)
	}
	if err == nil {
		err = h.warcs(ctx, warcs)
	}
	if err != nil {
		return h.out, err
	}
	return h.out, a.places[0].Store.List(ctx, documentsPrefix, func(i blob.Info) error {
		collection, id, _, ours := parseDocumentKey(i.Key)
		if !ours {
			return nil
		}
		return h.object(ctx, i.Key, on(collection, id, ""))
	})
}

// holding is one run of Hold.
type holding struct {
	a      *Archive
	on     OnHold
	report func(Finding)
	out    Held
	// places are those that can.
	places []place
	// payloads are those of the revisits that are on hold.
	payloads map[[16]byte]bool
}

// choose finds out which Stores can.
func (h *holding) choose(ctx context.Context) error {
	for i, p := range h.a.places {
		if p.Source {
			continue
		}
		can, err := blob.CanHold(blob.Impatient(ctx), p.Store)
		switch {
		case err != nil && (i == 0 || ctx.Err() != nil):
			return err
		case err != nil:
			h.out.Away = append(h.out.Away, p.Name+": "+err.Error())
		case can:
			h.places, h.out.Stores = append(h.places, p), append(h.out.Stores, p.Name)
		default:
			h.out.Without = append(h.out.Without, p.Name)
		}
	}
	return nil
}

// revisits notes the payloads of those that are on hold. An index that cannot be read is reported later.
func (h *holding) revisits(ctx context.Context, warcs []string) error {
	for _, key := range warcs {
		collection, _, _ := parseWARCKey(key)
		lines, err := h.a.linesOf(ctx, key)
		if err != nil && !isLost(err) {
			return err
		}
		for i := range lines {
			if l := &lines[i]; l.MIME == cdx.RevisitMIME && h.on(collection, "", l.URL) {
				h.payloads[payloadID(key, l.Digest)] = true
			}
		}
	}
	return nil
}

// warcs brings the holds on WARC files to what is wanted, with what lies beside them.
func (h *holding) warcs(ctx context.Context, warcs []string) error {
	for _, key := range warcs {
		collection, _, _ := parseWARCKey(key)
		lines, err := h.a.linesOf(ctx, key)
		if isLost(err) {
			h.report(Finding{Code: CodeHold, Key: key, Text: "it is not known whether it is to be held: " + err.Error()})
			continue
		}
		if err != nil {
			return err
		}
		on := slices.ContainsFunc(lines, func(l cdx.Line) bool { return h.payloads[payloadID(key, l.Digest)] || h.on(collection, "", l.URL) })
		for _, k := range []string{key, beside(key, cdxjSuffix), beside(key, sumsSuffix)} {
			if err := h.object(ctx, k, on); err != nil {
				return err
			}
		}
	}
	return nil
}

// isLost says whether err is that of an object which is damaged or missing, and not that of a store which is away.
func isLost(err error) bool {
	return errors.Is(err, blob.ErrNotFound) || err != nil && ibid.KindOf(err) == ibid.KindFixity
}

// object brings the hold on one object to what is wanted, wherever that can be.
func (h *holding) object(ctx context.Context, key string, on bool) error {
	for _, p := range h.places {
		change, err := blob.Hold(blob.Impatient(ctx), p.Store, key, on)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, blob.ErrNotFound): // not copied yet, or not beside its WARC file; the audits say so
			continue
		case err != nil:
			h.report(Finding{Code: CodeHold, Key: key, Copy: p.Name, Text: "its hold cannot be changed: " + err.Error()})
			continue
		}
		h.count(p, key, on, change)
	}
	return nil
}

func (h *holding) count(p place, key string, on bool, change blob.HoldChange) {
	if on {
		h.out.Objects++
	}
	switch change {
	case blob.HoldKept:
	case blob.HoldPut:
		h.out.Put++
	case blob.HoldLifted:
		h.out.Lifted++
	case blob.HoldForeign:
		h.out.Foreign++
	case blob.HoldRestored:
		h.out.Restored++
		h.report(Finding{Code: CodeHold, Key: key, Copy: p.Name, Text: "somebody has lifted the hold on it", Repaired: true})
	}
}
