package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/warc"
)

// stagingKey is where the file that replaces key waits.
func (d *Destruction) stagingKey(key string) string {
	collection, _, _ := parseWARCKey(key)
	return destroyedPrefix + d.ID + "/" + collection + "/" + path.Base(key)
}

// IsPassing says whether an object only lies in the store until a destruction was carried out.
func IsPassing(key string) bool {
	rest, ok := strings.CutPrefix(key, destroyedPrefix)
	return ok && strings.Contains(rest, "/")
}

// CollectionOf is the collection that an object of a store belongs to; empty: it belongs to none.
func CollectionOf(key string) string {
	for _, prefix := range []string{warcPrefix, documentsPrefix} {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			return name
		}
	}
	return ""
}

// replace puts a file with tombstones in the place of the WARC file key. Its steps: the new file lies in the store beside the
// old one; the old one goes, its checksums first; the new one takes its key; what belongs beside it is made; the first place
// of the new one is emptied. Each can be the last one of a process.
func (a *Archive) replace(ctx context.Context, store blob.Remover, d *Destruction, key string, records map[int64]*Doomed) error {
	staged := d.stagingKey(key)
	_, err := store.Stat(ctx, staged)
	if ibid.KindOf(err) == ibid.KindNotFound && err != nil {
		from, err := a.holder(ctx, key, records)
		if err != nil || from == nil {
			return err
		}
		if err := a.stageReplacement(ctx, d, from, key, staged, records); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	file, size, whole, err := a.openStaged(ctx, staged)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read from
	old, err := a.digestOf(ctx, key)
	if err != nil {
		return err
	}
	if old != whole {
		for _, k := range []string{beside(key, sumsSuffix), beside(key, cdxjSuffix), key} {
			if err := store.Remove(ctx, k); err != nil {
				return err
			}
		}
		if err := store.Put(ctx, blob.Object{Key: key, Body: file, Size: size, Digest: whole}); err != nil {
			return err
		}
	}
	var bad error
	s, err := a.scanSegment(ctx, key, true, func(f Finding) { bad = fixity(key, errors.New(f.Text)) })
	if err = errors.Join(err, bad); err != nil {
		return err
	}
	if err := a.complete(ctx, s); err != nil {
		return err
	}
	return store.Remove(ctx, staged)
}

// holder is the place from which key is written anew: the first in which it holds what is to be destroyed, and is without a
// fault, if there is one. nil: it was written anew, or is nowhere.
func (a *Archive) holder(ctx context.Context, key string, records map[int64]*Doomed) (from *place, err error) {
	for i := range a.places {
		there, whole, err := a.in(a.places[i]).stillThere(ctx, key, records)
		switch {
		case err != nil && (i == 0 || ctx.Err() != nil):
			return nil, err
		case err != nil: // it is away
		case there && whole:
			return &a.places[i], nil
		case there && from == nil:
			from = &a.places[i]
		case i == 0 && whole:
			return nil, nil //nolint:nilnil // none is an answer
		}
	}
	return from, nil
}

// stillThere says whether key holds a record that is to be destroyed, and whether it is there without a fault.
func (a *Archive) stillThere(ctx context.Context, key string, records map[int64]*Doomed) (there, whole bool, err error) {
	n := 0
	s, err := a.scanSegment(ctx, key, true, func(Finding) {})
	if err != nil {
		return false, false, ignoreNotFound(err)
	}
	for _, c := range s.Captures {
		r := records[c.Location.Offset]
		if r != nil && r.URI == c.URI && r.Digest == c.Digest && r.Timestamp == ibid.Timestamp14(c.Timestamp) {
			n++
		}
	}
	if n > 0 && n < len(records) && !s.damaged {
		return false, false, fixity(key, fmt.Errorf("%d of the %d records to be destroyed are where they were", n, len(records)))
	}
	return n > 0, !s.damaged, nil
}

// openStaged opens the new file, with its size and digest.
func (a *Archive) openStaged(ctx context.Context, key string) (*stored, int64, ibid.Digest, error) {
	info, err := a.o.Store.Stat(ctx, key)
	if err != nil {
		return nil, 0, "", err
	}
	file := &stored{ctx: ctx, a: a, key: key}
	_, whole, err := digests(ctx, file, info.Size, nil)
	if err != nil {
		return nil, 0, "", errors.Join(readError(key, err), file.Close())
	}
	return file, info.Size, whole, nil
}

// digestOf is the digest of an object; empty: there is none.
func (a *Archive) digestOf(ctx context.Context, key string) (ibid.Digest, error) {
	file, _, whole, err := a.openStaged(ctx, key)
	if err != nil {
		return "", ignoreNotFound(err)
	}
	return whole, file.Close()
}

// stageReplacement writes the new file in the spool, and puts it into the store.
func (a *Archive) stageReplacement(ctx context.Context, d *Destruction, from *place, key, staged string, records map[int64]*Doomed) (err error) {
	if err := os.MkdirAll(a.o.SpoolDir, 0o750); err != nil {
		return spoolError("make the spool", a.o.SpoolDir, err)
	}
	f, err := os.CreateTemp(a.o.SpoolDir, "destroy-*"+openSuffix)
	if err != nil {
		return spoolError("write a WARC file anew", a.o.SpoolDir, err)
	}
	r := &rewriter{a: a, d: d, store: from.Store, key: key, doomed: records, s: &segment{key: key, f: f, w: warc.NewWriter(spool{f}, 0)}}
	defer func() { err = errors.Join(err, r.s.drop()) }()
	if err := r.all(ctx); err != nil {
		return err
	}
	size := r.s.w.Size()
	_, whole, err := digests(ctx, f, size, nil)
	if err != nil {
		return spoolError("read back", f.Name(), err)
	}
	// From a reader, not from the file: that is cut and removed, where a store may have linked it.
	return a.o.Store.Put(ctx, blob.Object{Key: staged, Body: io.NewSectionReader(f, 0, size), Size: size, Digest: whole})
}

// rewriter writes a WARC file anew.
type rewriter struct {
	a      *Archive
	d      *Destruction
	store  blob.Store
	key    string
	doomed map[int64]*Doomed
	s      *segment
	// from and to are what is to be copied next.
	from, to int64
}

func (r *rewriter) all(ctx context.Context) (err error) {
	in := warc.NewReader(func(offset int64) (io.ReadCloser, error) { return r.store.Open(ctx, r.key, offset, -1) })
	defer func() { err = errors.Join(err, in.Close()) }()
	for {
		e, err := in.Next()
		if errors.Is(err, io.EOF) {
			return r.copy(ctx)
		}
		if err != nil {
			return readError(r.key, err)
		}
		if err := r.record(ctx, in, e); err != nil {
			return readError(r.key, err)
		}
	}
}

// record copies a record to the byte, or writes what stands in its place.
func (r *rewriter) record(ctx context.Context, in *warc.Reader, e *warc.Entry) error {
	var instead *warc.Record
	if w := r.doomed[e.Offset]; w != nil {
		instead = r.tombstone(w, e)
	} else if e.Type == warc.Metadata && e.Header.Get(fieldRecord) == recordVisits {
		var err error
		if instead, err = r.visits(e); err != nil {
			return err
		}
	}
	span, err := in.Finish()
	if err != nil {
		return err
	}
	if instead == nil {
		r.to = span.Offset + span.Length
		return nil
	}
	if err := r.copy(ctx); err != nil {
		return err
	}
	if _, err := r.s.w.Stream(ctx, r.a.streams, instead); err != nil {
		return spoolError("write to", r.s.f.Name(), err)
	}
	r.from = span.Offset + span.Length
	r.to = r.from
	return nil
}

// copy copies what is to be copied.
func (r *rewriter) copy(ctx context.Context) error {
	if r.to == r.from {
		return nil
	}
	from, err := r.store.Open(ctx, r.key, r.from, r.to-r.from)
	if err != nil {
		return err
	}
	buf := make([]byte, 256<<10)
	for {
		n, err := from.Read(buf)
		if _, writeErr := r.s.w.Append(buf[:n]); writeErr != nil {
			return errors.Join(spoolError("write to", r.s.f.Name(), writeErr), from.Close())
		}
		if errors.Is(err, io.EOF) {
			r.from = r.to
			return from.Close()
		}
		if err != nil {
			return errors.Join(err, from.Close())
		}
	}
}

// tombstone stands in the place of a record: a metadata record about it.
func (r *rewriter) tombstone(w *Doomed, e *warc.Entry) *warc.Record {
	t := &warc.Record{
		Type: warc.Metadata, ID: warc.IDOf("tombstone " + r.d.ID + " " + e.ID), Date: r.d.When, TargetURI: tombstoneURN + w.URI,
		ContentType: warc.Fields,
		Fields: warc.Header{
			{Name: fieldRecord, Value: recordTombstone}, {Name: "WARC-Refers-To", Value: "<" + e.ID + ">"},
			{Name: "WARC-Refers-To-Date", Value: e.Date.UTC().Format(warc.DateLayout)},
		},
	}
	setBytes(t, fmt.Appendf(nil, "destroyed: %s\r\ndecision: %s\r\nreason: %s\r\npayload-digest: %s\r\nrecord-digest: %s\r\n",
		r.d.When.UTC().Format(warc.DateLayout), r.d.ID, r.d.Reason, w.Digest, w.Record))
	return t
}

// visits is the record of the Visits without what those quote of what was destroyed; nil: they quote nothing.
func (r *rewriter) visits(e *warc.Entry) (*warc.Record, error) {
	gone := map[ibid.Digest]bool{}
	for i := range r.d.Records {
		gone[r.d.Records[i].Digest] = true
	}
	var out bytes.Buffer
	changed := false
	for lines := json.NewDecoder(e.Block); ; {
		var v ibid.Visit
		err := lines.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("a visit in %s: %w", e.ID, err)
		}
		if v.Final != nil && gone[v.Final.Digest] {
			v.Description, v.Evidence, v.Drift, v.Text, changed = nil, nil, nil, "", true
		}
		if err := json.NewEncoder(&out).Encode(&v); err != nil {
			return nil, fmt.Errorf("a visit in %s: %w", e.ID, err)
		}
	}
	if !changed {
		return nil, nil //nolint:nilnil // none is an answer
	}
	_, job, _ := parseWARCKey(r.key)
	return visitsRecord(e.Date, job, out.Bytes())
}
