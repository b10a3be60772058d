package archive

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/custody"
)

// A family is the objects that vouch for each other: a WARC file with its index and its checksums, a Document with its
// bytes, or one sealed object; the canary is one by itself, too. It is what is copied and audited as one.

// prefixes are where objects lie, in the order of keys.
var prefixes = [...]string{accessPrefix, auditsPrefix, canaryPrefix, custody.Prefix, destroyedPrefix, documentsPrefix, warcPrefix}

// familyOf is the family to which key belongs: the key of its WARC file, the folder of its Document, or key itself. last
// says that the others of the family are put before it. It is not ours when Ibid has no such objects.
func familyOf(key string) (id string, last, ours bool) {
	for _, suffix := range [...]string{warcSuffix, cdxjSuffix, sumsSuffix} {
		if stem, ok := strings.CutSuffix(key, suffix); ok {
			if _, _, ok := parseWARCKey(stem + warcSuffix); ok {
				return stem + warcSuffix, suffix == sumsSuffix, true
			}
		}
	}
	if collection, id, name, ok := parseDocumentKey(key); ok {
		return documentDir(collection, id), name != sourceName, true
	}
	sealed := strings.HasPrefix(key, auditsPrefix) || strings.HasPrefix(key, accessPrefix)
	return key, true, sealed && strings.HasSuffix(key, ".json") || isOfDecision(key) || key == canaryKey || custody.IsOurs(key)
}

// family is what is listed of one, in any of the places.
type family struct {
	id      string
	foreign bool
	keys    []string
	// has says for each key in which places it is listed.
	has map[string][]bool
}

// stem is what the keys of the family begin with.
func (f *family) stem() string { return strings.TrimSuffix(f.id, strings.TrimPrefix(warcSuffix, ".")) }

// isWhole says whether all of it is in all places that are not passed over.
func (f *family) isWhole(skip func(i int) bool) bool {
	for _, has := range f.has {
		for i, listed := range has {
			if !listed && !skip(i) {
				return false
			}
		}
	}
	return true
}

func (f *family) add(key string, at, places int) {
	has := f.has[key]
	if has == nil {
		has = make([]bool, places)
		f.has[key] = has
		f.keys = append(f.keys, key)
	}
	has[at] = true
}

// errStop ends a listing.
var errStop = errors.New("enough was listed")

// listing is a Store's own, an Info at a time.
func listing(ctx context.Context, s blob.Store, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		err := s.List(ctx, prefix, func(i blob.Info) error {
			if !yield(i, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(blob.Info{}, err)
		}
	}
}

// one family by its id, as the places list it now.
func (x *examiner) family(ctx context.Context, id string) (*family, error) {
	f := &family{id: id, has: map[string][]bool{}}
	for i, p := range x.places {
		if x.away[i] != nil {
			continue
		}
		for info, err := range listing(ctx, p.Store, f.stem()) {
			if err != nil {
				if err := x.lose(ctx, i, err); err != nil {
					return nil, err
				}
				break
			}
			if of, _, ours := familyOf(info.Key); ours && of == id {
				f.add(info.Key, i, len(x.places))
			}
		}
	}
	slices.Sort(f.keys)
	return f, nil
}

// families goes through all that any of the places lists, in the order of keys.
func (x *examiner) families(ctx context.Context, yield func(*family) error) error {
	for _, prefix := range prefixes {
		if err := x.below(ctx, prefix, yield); err != nil {
			return err
		}
	}
	return nil
}

// head is the next object of a place.
type head struct {
	info blob.Info
	ok   bool
	next func() (blob.Info, error, bool)
}

func (x *examiner) advance(ctx context.Context, h *head, at int) error {
	info, err, ok := h.next()
	h.info, h.ok = info, ok && err == nil
	if err != nil {
		return x.lose(ctx, at, err)
	}
	return nil
}

func (x *examiner) below(ctx context.Context, prefix string, yield func(*family) error) error {
	heads := make([]head, len(x.places))
	for i, p := range x.places {
		if x.away[i] != nil {
			continue
		}
		next, stop := iter.Pull2(listing(ctx, p.Store, prefix))
		defer stop()
		heads[i].next = next
		if err := x.advance(ctx, &heads[i], i); err != nil {
			return err
		}
	}
	var open []*family
	for {
		key, ok := least(heads)
		for len(open) > 0 && (!ok || !strings.HasPrefix(key, open[0].stem())) {
			if !IsPassing(open[0].id) {
				if err := yield(open[0]); err != nil {
					return err
				}
			}
			open = open[1:]
		}
		if !ok {
			return nil
		}
		var f *family
		f, open = opened(open, key)
		for i := range heads {
			if heads[i].ok && heads[i].info.Key == key {
				f.add(key, i, len(x.places))
				if err := x.advance(ctx, &heads[i], i); err != nil {
					return err
				}
			}
		}
	}
}

func least(heads []head) (key string, ok bool) {
	for i := range heads {
		if heads[i].ok && (!ok || heads[i].info.Key < key) {
			key, ok = heads[i].info.Key, true
		}
	}
	return key, ok
}

// opened is the family of key among those that are open, or a new one.
func opened(open []*family, key string) (*family, []*family) {
	id, _, ours := familyOf(key)
	for _, f := range open {
		if f.id == id {
			return f, open
		}
	}
	f := &family{id: id, foreign: !ours, has: map[string][]bool{}}
	return f, append(open, f)
}

// lose goes on without a place that cannot be read; without the first one there is nothing to go on with.
func (x *examiner) lose(ctx context.Context, at int, err error) error {
	if at == 0 || ctx.Err() != nil {
		return err
	}
	x.a.o.Log.InfoContext(ctx, "a copy is away: what it lacks is copied when it is back", "copy", x.places[at].Name, "error", err)
	x.away[at] = err
	return nil
}
