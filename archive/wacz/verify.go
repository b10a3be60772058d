package wacz

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Verified says what Verify looked at.
type Verified struct {
	Files    int   `json:"files"`
	Records  int   `json:"records"`
	Captures int   `json:"captures"`
	Pages    int   `json:"pages"`
	Bytes    int64 `json:"bytes"`
	// Signature is nil for a package without one, or with one that is not good.
	Signature *Signature `json:"signature,omitempty"`
}

// Signature is one that was found good.
type Signature struct {
	// Key is the Fingerprint of the key. For a Domain it is that of its certificate.
	Key     ibid.Digest `json:"key"`
	Domain  string      `json:"domain,omitempty"`
	Created string      `json:"created"`
	// Stamped is when an authority has seen the signature of a Domain, and Known that the certificates of both lead to roots that are
	// known here.
	Stamped  time.Time `json:"stamped,omitzero"`
	Known    bool      `json:"known,omitempty"`
	Software string    `json:"software"`
}

// Verify holds everything that p says against its bytes: the digest of each file, the signature, the digests of each
// record, each line of the index, each page. It needs no network, and calls report for each thing that is wrong. Memory
// grows with the number of records, not with their size. The error is that of ctx or of reading.
func (p *Reader) Verify(ctx context.Context, trust Trust, report func(*Finding)) (Verified, error) {
	v := &verifier{p: p, ctx: ctx, report: report, records: map[place]*record{}, urls: map[short]bool{}, payloads: map[string]bool{}}
	v.signature(trust)
	if err := v.listed(); err != nil {
		return v.out, err
	}
	if err := v.index(); err != nil {
		return v.out, err
	}
	return v.out, v.pages()
}

type verifier struct {
	p       *Reader
	ctx     context.Context //nolint:containedctx // lives within one call
	report  func(*Finding)
	out     Verified
	records map[place]*record
	// urls are those of which there is a capture.
	urls map[short]bool
	// payloads are those that lie in whole records; revisits wait for them.
	payloads map[string]bool
	revisits []revisit
}

func (v *verifier) signature(trust Trust) {
	d := v.p.Digest
	if d == nil || d.SignedData == nil {
		return
	}
	var f *Finding
	if v.out.Signature, f = d.SignedData.verify(v.p.data, trust); f != nil {
		v.report(f)
	}
}

// listed compares the files that are there with those that are listed.
func (v *verifier) listed() error {
	want := map[string]Resource{}
	for _, r := range v.p.Package.Resources {
		if _, twice := want[r.Path]; twice {
			v.report(found(CodeNoPackage, r.Path, "it is listed twice"))
		}
		want[r.Path] = r
		if !v.p.Has(r.Path) {
			v.report(found(CodeMissing, r.Path, "it is listed in %s, and not there", dataPath))
		}
	}
	for _, name := range v.p.names {
		v.out.Files++
		if name == dataPath || name == digestPath {
			continue
		}
		r, ok := want[name]
		if !ok {
			v.report(found(CodeUnlisted, name, "%s does not list it", dataPath))
		}
		if err := v.file(name, r, ok); err != nil {
			return err
		}
	}
	for _, r := range v.revisits {
		if !v.payloads[r.payload] {
			v.report(&Finding{Code: string(CodeRevisit), Path: r.path, Offset: r.offset, Text: "the revisit of " + r.uri + " speaks of a payload that no record here has"})
		}
	}
	return nil
}

// file reads one file: as a WARC if it is one, and all its bytes.
func (v *verifier) file(name string, want Resource, listed bool) error {
	var spans []*record
	if strings.HasPrefix(name, archiveDir) && isWARC(name) {
		if v.p.files[name].Method != 0 {
			v.report(found(CodeDeflated, name, "it is compressed within the package, so no record can be taken out alone"))
		}
		var err error
		if spans, err = v.warc(name); err != nil {
			return err
		}
	}
	sum, size, err := v.digest(name, spans)
	if err != nil {
		if v.ctx.Err() != nil {
			return err
		}
		v.report(found(CodeSize, name, "it cannot be read: %v", err))
		return nil
	}
	v.out.Bytes += size
	if listed && (sum != want.Hash || size != want.Bytes) {
		v.report(found(CodeHash, name, "it has %d bytes with the digest %s, not %d with %s", size, sum, want.Bytes, want.Hash))
	}
	return nil
}

// digest reads a file once, for the digest of all of it and of each record of spans, which are in their order.
func (v *verifier) digest(name string, spans []*record) (ibid.Digest, int64, error) {
	r, err := v.p.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer r.Close() //nolint:errcheck // all of it was read, or the error is told
	whole, at := sha256.New(), int64(0)
	buf := make([]byte, 64<<10)
	pass := func(to int64, also io.Writer) error {
		for at < to {
			if err := v.ctx.Err(); err != nil {
				return err
			}
			n, err := r.Read(buf[:min(to-at, int64(len(buf)))])
			at += int64(n)
			whole.Write(buf[:n])
			if also != nil {
				_, _ = also.Write(buf[:n]) // a hash never fails
			}
			if err != nil {
				return err //nolint:wrapcheck // io.EOF must stay bare
			}
		}
		return nil
	}
	for _, s := range spans {
		h := sha256.New()
		if err := errors.Join(pass(s.offset, nil), pass(s.offset+s.length, h)); err != nil {
			return "", at, fmt.Errorf("record at byte %d: %w", s.offset, err)
		}
		s.digest = ibid.DigestSum(h)
	}
	if err := pass(1<<62, nil); err != nil && !errors.Is(err, io.EOF) {
		return "", at, err
	}
	return ibid.DigestSum(whole), at, nil
}
