package archive

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/custody"
)

// want is what one object should be.
type want struct {
	key string
	// digest is empty when nothing says what is right; then code and text say what is wrong with all that there is.
	digest ibid.Digest
	size   int64
	// made is the whole of it, when it follows from others and no place has it.
	made []byte
	// from are the places that have it.
	from       []int
	code, text string
	// gone: it must not be there.
	gone bool
}

func (w *want) unknown() bool { return w.digest == "" }

func (w *want) isRight(v version) bool {
	if w.unknown() {
		return w.code == "" || !v.there
	}
	return v.there && v.err == nil && v.digest == w.digest
}

// finding is what is wrong with v.
func (w *want) finding(v version) Finding {
	switch {
	case !v.there:
		return Finding{Code: CodeLost, Text: "the object is missing"}
	case v.stale:
		return Finding{Code: CodeUndone, Text: "it holds what was destroyed"}
	case v.err != nil:
		return Finding{Code: CodeUnreadable, Text: v.err.Error()}
	}
	return Finding{Code: w.code, Text: w.text}
}

// wanted is w as the places have it.
func (w want) wanted(d ibid.Digest, held []version) want {
	w.digest = d
	for i, v := range held {
		if v.there && v.err == nil && v.digest == d {
			w.from = append(w.from, i)
			w.size = v.size
		}
	}
	return w
}

// ifHeld is wanted, or w as it is when no place has that.
func (w want) ifHeld(d ibid.Digest, held []version) want {
	if found := w.wanted(d, held); len(found.from) > 0 {
		return found
	}
	return w
}

// follows is w as it follows from others.
func (w want) follows(b []byte, held []version) want {
	w = w.wanted(ibid.DigestOf(b), held)
	w.made, w.size = b, int64(len(b))
	return w
}

// judge says what each object of a family should be; nil: it is not all there yet.
func (x *examiner) judge(ctx context.Context, f *family, held map[string][]version) ([]want, error) {
	switch {
	case f.id == canaryKey:
		return judgeCanary(held[f.id]), nil
	case strings.HasSuffix(f.id, warcSuffix):
		return x.judgeWARC(ctx, f.id, held)
	case strings.HasSuffix(f.id, "/") && x.isGone(f):
		return judgeGone(f), nil
	case strings.HasSuffix(f.id, "/"):
		return judgeDocument(f, held), nil
	}
	if custody.IsOurs(f.id) {
		w, err := x.judgeLogged(ctx, f.id, held[f.id])
		return []want{w}, err
	}
	w, _ := judgeSealed[any](f.id, held[f.id])
	return []want{w}, nil
}

// sums are the digests of a WARC file and its index.
type sums struct{ whole, index ibid.Digest }

// parseSums reads what sumsOf writes.
func parseSums(key string, b []byte) (s sums, ok bool) {
	for line := range strings.Lines(string(b)) {
		hex, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		switch d := ibid.Digest("sha256:" + hex); {
		case !d.Valid():
			return s, false
		case name == path.Base(key):
			s.whole = d
		case name == path.Base(beside(key, cdxjSuffix)):
			s.index = d
		}
	}
	return s, bytes.Equal(b, sumsOf(key, s.whole, s.index))
}

// judgeWARC trusts a WARC file that has the digest which checksums of any place say, whichever place it is in, and its index
// likewise. An index that no place has follows from the file. Only where no checksums can be read at all, a file is trusted
// whose records are all as they say of themselves.
func (x *examiner) judgeWARC(ctx context.Context, id string, held map[string][]version) ([]want, error) {
	if len(held[beside(id, sumsSuffix)]) == 0 {
		return nil, nil // it is being stored; or what a crash has left, which Verify names
	}
	const changed = "the file does not match its checksum"
	whole := want{key: id, code: CodeChecksum, text: changed}
	index := want{key: beside(id, cdxjSuffix), code: CodeChecksum, text: changed}
	check := want{key: beside(id, sumsSuffix), code: CodeNoChecksum, text: "the checksums are not those of the files, or cannot be read"}
	said, ok, differ := agreed(id, held)
	if differ {
		return []want{{key: id, code: CodeDiffer, text: "copies differ, and each matches the checksums beside it"}}, nil
	}
	if ok {
		whole = whole.ifHeld(said.whole, held[whole.key])
		index = index.ifHeld(said.index, held[index.key])
	}
	if index.unknown() && (!ok || !whole.unknown()) {
		at, b, err := x.indexAnew(ctx, id, whole.from, held[id])
		if err != nil {
			return nil, err
		}
		if b != nil {
			whole = whole.ifHeld(held[id][at].digest, held[id])
			index = index.follows(b, held[index.key])
			said = sums{whole.digest, index.digest}
		}
	}
	if whole.unknown() && slices.ContainsFunc(held[id], func(v version) bool { return v.stale }) {
		return []want{{key: id, code: CodeUndone, text: "it holds what was destroyed"}}, nil // ibid destroy writes it anew
	}
	if !whole.unknown() || !index.unknown() {
		check = check.follows(sumsOf(id, said.whole, said.index), held[check.key])
	}
	return []want{whole, index, check}, nil
}

// agreed are the checksums that most is held of: those of one place may be damaged, too. They differ when what one place has
// is as it was written, and what another one has is as well.
func agreed(id string, held map[string][]version) (best sums, ok, differ bool) {
	most := -1
	for _, v := range held[beside(id, sumsSuffix)] {
		s, parsed := parseSums(id, v.text)
		if !v.there || v.err != nil || !parsed || ok && s == best {
			continue
		}
		n := 0
		if len((want{}).wanted(s.whole, held[id]).from) > 0 {
			n += 2
		}
		if len((want{}).wanted(s.index, held[beside(id, cdxjSuffix)]).from) > 0 {
			n++
		}
		differ = differ || n >= 2 && most >= 2 && s.whole != best.whole
		if n > most {
			best, ok, most = s, true, n
		}
	}
	return best, ok, differ
}

// indexAnew makes the index of a WARC file from its records: of one that is known to be right, else of the first that is
// without a fault.
func (x *examiner) indexAnew(ctx context.Context, id string, from []int, held []version) (at int, b []byte, err error) {
	right := len(from) > 0
	if !right {
		for i, v := range held {
			if v.there && v.err == nil {
				from = append(from, i)
			}
		}
	}
	for _, i := range from {
		there := x.a.in(x.places[i])
		s, err := there.scanSegment(ctx, id, true, func(Finding) {})
		if err != nil || s.damaged {
			if ctx.Err() != nil {
				return 0, nil, ctx.Err()
			}
			continue
		}
		file := &stored{ctx: ctx, a: there, key: id}
		records, whole, err := digests(ctx, file, s.Bytes, s.Captures)
		if err = errors.Join(err, file.Close()); err != nil || whole != held[i].digest {
			continue // it was read otherwise before
		}
		b, err := indexOf(id, s.Captures, records)
		return i, b, err
	}
	return 0, nil, ctx.Err()
}

// in is the Archive that has p alone.
func (a *Archive) in(p place) *Archive {
	o := a.o
	o.Store, o.Copies = p.Store, nil
	return &Archive{o: o, places: []place{{Copy{Store: p.Store}}}}
}

// judgeSealed trusts what has its own digest at its end. Two that have, and differ, are both right: nobody can say more.
func judgeSealed[T any](key string, held []version) (w want, read *T) {
	w = want{key: key, code: CodeSealed, text: errSeal.Error()}
	for _, v := range held {
		into := new(T)
		if !v.there || v.err != nil || unseal(v.text, into) != nil {
			continue
		}
		if w.digest != "" && w.digest != v.digest {
			return want{key: key, code: CodeDiffer, text: "copies differ, and each is as it was sealed"}, read
		}
		if w.digest == "" {
			w, read = w.wanted(v.digest, held), into
		}
	}
	return w, read
}

// judgeDocument trusts the bytes of a Document that have the digest which a sealed object of any place says.
func judgeDocument(f *family, held map[string][]version) []want {
	source := want{key: f.id + sourceName}
	var wants []want
	for _, key := range f.keys {
		if key == source.key {
			continue
		}
		w, d := judgeSealed[documentFile](key, held[key])
		wants = append(wants, w)
		if d == nil || !source.unknown() {
			continue
		}
		source.code, source.text = CodeSource, "the bytes of the document do not match its digest"
		source = source.ifHeld(d.Document.Digest, held[source.key])
	}
	if len(wants) == 0 {
		return nil // it is being stored, or Verify names it
	}
	return append(wants, source)
}
