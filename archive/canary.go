package archive

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

const (
	canaryPrefix = "canary/"
	// canaryKey names the bytes that lie there for ever: others would get another key.
	canaryKey   = canaryPrefix + "1" + warcSuffix
	canaryWrong = "the canary is not what is built in"
	// canaryBlock is the digest of what its record holds.
	canaryBlock ibid.Digest = "sha256:099aae6a054da5b7e37606146b0e64a392eabbb3fef1b03b0b25db77dd66766f"
)

// canaryFile is a WARC file of one record that is known by heart.
//
//go:embed canary.warc.gz
var canaryFile []byte

// Canary reads back the capture that is built in, as any other is read, and compares it with what it must be. The first time it
// puts it there. A Store that had it and has nothing, as when a disk is not mounted or a bucket is another one, is an error as is
// one that has something else.
func (a *Archive) Canary(ctx context.Context) error {
	if err := a.ensureCanary(ctx); err != nil {
		return err
	}
	r, err := a.Read(ctx, ibid.Location{Key: canaryKey, Length: int64(len(canaryFile))})
	if err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return readError(canaryKey, err)
	}
	if d := ibid.DigestOf(b); d != canaryBlock {
		return fixity(canaryKey, fmt.Errorf("its bytes have the digest %s, not the %s that is built in", d, canaryBlock))
	}
	return nil
}

// ensureCanary puts the canary where none was ever put, as far as the Ledger knows.
func (a *Archive) ensureCanary(ctx context.Context) error {
	_, err := a.o.Store.Stat(ctx, canaryKey)
	if err == nil || ibid.KindOf(err) != ibid.KindNotFound {
		return err
	}
	if a.o.Ledger == nil {
		return putBytes(ctx, a.o.Store, canaryKey, canaryFile)
	}
	known, err := a.o.Ledger.Checks(ctx, canaryKey)
	if err != nil || len(known) > 0 {
		return err // to be found missing
	}
	if err := putBytes(ctx, a.o.Store, canaryKey, canaryFile); err != nil {
		return err
	}
	return a.o.Ledger.PutChecks(ctx, []ibid.Check{{Object: canaryKey, At: a.o.Now()}})
}

// judgeCanary trusts what is built in.
func judgeCanary(held []version) []want {
	return []want{want{key: canaryKey, code: CodeChecksum, text: canaryWrong}.follows(canaryFile, held)}
}

// canaryObject looks at one object below canary/.
func (v *verifier) canaryObject(ctx context.Context, i blob.Info) error {
	if i.Key != canaryKey {
		v.report(Finding{Code: CodeForeign, Key: i.Key, Text: "this object was not stored by Ibid"})
		return nil
	}
	b, err := v.a.readAll(ctx, i.Key, maxDocumentFile)
	if err == nil && !bytes.Equal(b, canaryFile) {
		v.report(Finding{Code: CodeChecksum, Key: i.Key, Text: canaryWrong})
	}
	return err
}
