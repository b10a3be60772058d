package archive

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// VerifyOptions say what to look at.
type VerifyOptions struct {
	// Collection is empty for the whole Store.
	Collection string
	// Record keeps the Audit in the Store.
	Record bool
	// Writing: others may write meanwhile. What is not all there is looked at again at the end.
	Writing bool
}

// Verify re-reads every object: gzip checksums, digests of blocks and payloads, the CDXJ against the records
// and back, checksums of files, revisits, Documents. It calls report for each thing that is wrong. The
// error is that of a Store that cannot be listed or written to, or of ctx; what it had found until then is in the
// Audit.
func (a *Archive) Verify(ctx context.Context, o VerifyOptions, report func(Finding)) (Audit, error) {
	v := &verifier{
		a: a, payloads: map[[16]byte]bool{}, documents: map[string]*heldDocument{}, codes: map[string]string{}, undone: map[string]bool{},
		writing: o.Writing,
		audit:   Audit{ID: strings.ToLower(rand.Text()[:12]), Began: a.o.Now().UTC(), Collection: o.Collection},
	}
	v.report = func(f Finding) {
		v.audit.Findings = append(v.audit.Findings, f)
		if id, _, ours := familyOf(f.Key); ours {
			v.codes[id] = f.Code
		}
		report(f)
	}
	err := v.everything(ctx, o.Collection)
	v.audit.Ended = a.o.Now().UTC()
	if err == nil {
		err = v.note(ctx)
	}
	if err != nil || !o.Record {
		return v.audit, err
	}
	return v.audit, a.putAudit(ctx, &v.audit)
}

type verifier struct {
	a      *Archive
	audit  Audit
	report func(Finding)
	// payloads are those held by records that are no revisits, by collection and digest.
	payloads  map[[16]byte]bool
	revisits  []ibid.Capture
	documents map[string]*heldDocument
	// writing: others may write; late are the WARC files beside which not all was there.
	writing bool
	late    []blob.Info
	// seen are the families that were read, and codes what is wrong with some of them.
	seen  []string
	codes map[string]string
	// undone are the decisions to destroy of which nothing says that they were carried out.
	undone map[string]bool
}

type heldDocument struct {
	source bool
	doc    *ibid.Document
}

func (v *verifier) everything(ctx context.Context, collection string) error {
	below := ""
	if collection != "" {
		below = collection + "/"
	}
	for _, step := range []struct {
		prefix string
		each   func(context.Context, blob.Info) error
	}{{warcPrefix + below, v.warcObject}, {documentsPrefix + below, v.documentObject}, {auditsPrefix, sealedObject[Audit](v)}, {accessPrefix, sealedObject[ibid.AccessRule](v)}, {destroyedPrefix, v.destroyedObject}, {canaryPrefix, v.canaryObject}} {
		err := v.a.o.Store.List(ctx, step.prefix, func(i blob.Info) error {
			v.audit.Objects++
			v.audit.Bytes += i.Size
			return v.unreadable(ctx, i.Key, step.each(ctx, i))
		})
		if err != nil {
			return err
		}
	}
	if err := v.lateOnes(ctx); err != nil {
		return err
	}
	if err := v.resolve(ctx); err != nil {
		return err
	}
	v.unfinished()
	return v.sources(ctx)
}

// unreadable reports an object that cannot be read; only the end of ctx ends the audit.
func (v *verifier) unreadable(ctx context.Context, key string, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	v.report(Finding{Code: CodeUnreadable, Key: key, Text: err.Error()})
	return nil
}

// payloadID stands for a digest in a collection: the sets of a large store have to fit into memory.
func payloadID(key string, d ibid.Digest) [16]byte {
	collection, _, _ := parseWARCKey(key)
	sum := sha256.Sum256([]byte(collection + "\x00" + string(d)))
	return [16]byte(sum[:16])
}

// warcObject looks at one object below warc/.
func (v *verifier) warcObject(ctx context.Context, i blob.Info) error {
	for _, suffix := range []string{cdxjSuffix, sumsSuffix} {
		name, ok := strings.CutSuffix(i.Key, suffix)
		if _, _, ours := parseWARCKey(name + warcSuffix); !ok || !ours {
			continue
		}
		_, err := v.a.o.Store.Stat(ctx, name+warcSuffix)
		if ibid.KindOf(err) == ibid.KindNotFound && err != nil {
			v.report(Finding{Code: CodeNoWARC, Key: i.Key, Text: "the WARC file that it belongs to is missing"})
			return nil
		}
		return err // read together with its WARC file
	}
	if _, _, ok := parseWARCKey(i.Key); !ok {
		v.report(Finding{Code: CodeForeign, Key: i.Key, Text: "this object was not stored by Ibid"})
		return nil
	}
	v.seen = append(v.seen, i.Key)
	s, err := v.a.scanSegment(ctx, i.Key, true, v.report)
	if err != nil {
		return err
	}
	v.audit.Records += s.Records
	v.audit.Captures += len(s.Captures)
	for _, c := range s.Captures {
		if c.Revisit {
			v.revisits = append(v.revisits, c)
		} else {
			v.payloads[payloadID(i.Key, c.Digest)] = true
		}
	}
	if v.writing && !v.isWhole(ctx, i.Key) {
		v.late = append(v.late, i)
		return nil
	}
	return v.beside(ctx, s)
}

// beside compares a WARC file with its index and its checksums.
func (v *verifier) beside(ctx context.Context, s *Segment) error {
	file := &stored{ctx: ctx, a: v.a, key: s.Key}
	records, whole, err := digests(ctx, file, s.Bytes, s.Captures)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	index, err := v.optional(ctx, beside(s.Key, cdxjSuffix), Finding{Code: CodeNoIndex, Text: "the WARC file has no CDXJ beside it"})
	if err != nil {
		return err
	}
	sums, err := v.optional(ctx, beside(s.Key, sumsSuffix), Finding{Code: CodeNoChecksum, Text: "the WARC file has no checksums beside it"})
	if err != nil {
		return err
	}
	if index != nil {
		if err := v.lines(s, records, string(index)); err != nil {
			return err
		}
	}
	if sums != nil {
		v.checksums(s.Key, string(sums), whole, ibid.DigestOf(index), index != nil)
	}
	return nil
}

// optional reads an object; when there is none, absent is reported, and nil returned.
func (v *verifier) optional(ctx context.Context, key string, absent Finding) ([]byte, error) {
	b, err := v.a.readAll(ctx, key, maxDocumentFile)
	if err != nil && ibid.KindOf(err) == ibid.KindNotFound {
		absent.Key = key
		v.report(absent)
		return nil, nil
	}
	if b == nil && err == nil {
		b = []byte{}
	}
	return b, err
}

func (v *verifier) checksums(key, sums string, whole, index ibid.Digest, haveIndex bool) {
	want := map[string]string{}
	for line := range strings.Lines(sums) {
		hex, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if ok {
			want[name] = hex
		}
	}
	sumsKey, indexKey := beside(key, sumsSuffix), beside(key, cdxjSuffix)
	warcSum, ok1 := want[path.Base(key)]
	indexSum, ok2 := want[path.Base(indexKey)]
	if !ok1 || !ok2 || len(want) != 2 {
		v.report(Finding{Code: CodeNoChecksum, Key: sumsKey, Text: "the checksums cannot be read"})
	}
	if ok1 && warcSum != whole.Hex() {
		v.report(Finding{Code: CodeChecksum, Key: key, Text: "the file does not match its checksum"})
	}
	if ok2 && haveIndex && indexSum != index.Hex() {
		v.report(Finding{Code: CodeChecksum, Key: indexKey, Text: "the file does not match its checksum"})
	}
}

// lines compares the CDXJ with the records, both ways.
func (v *verifier) lines(s *Segment, records []ibid.Digest, index string) error {
	want, err := indexOf(s.Key, s.Captures, records)
	if err != nil || index == string(want) {
		return err
	}
	key := beside(s.Key, cdxjSuffix)
	have := map[string]bool{}
	for line := range strings.Lines(index) {
		have[line] = true
	}
	for line := range strings.Lines(string(want)) {
		if !have[line] {
			v.report(Finding{Code: CodeNoLine, Key: key, Text: "a record has no such line: " + brief(line)})
		}
		delete(have, line)
	}
	for line := range have {
		v.report(Finding{Code: CodeNoRecord, Key: key, Text: "no whole record is as this line says: " + brief(line)})
	}
	return nil
}

func brief(line string) string { return fmt.Sprintf("%.120q", strings.TrimSuffix(line, "\n")) }

// resolve looks whether each revisit has its payload.
func (v *verifier) resolve(ctx context.Context) error {
	for _, c := range v.revisits {
		if !v.payloads[payloadID(c.Location.Key, c.Digest)] && !v.storedSince(ctx, c) {
			v.report(Finding{
				Code: CodeNoOriginal, Key: c.Location.Key, Offset: c.Location.Offset,
				Text: fmt.Sprintf("the revisit of %s speaks of the payload %s, which no whole record has", c.URI, c.Digest),
			})
		}
	}
	return ctx.Err()
}
