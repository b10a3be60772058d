package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// What Verify looks at beside WARC files: documents, decisions to destroy, audits and access rules.

func (v *verifier) documentObject(ctx context.Context, i blob.Info) error {
	collection, id, name, ok := parseDocumentKey(i.Key)
	if !ok {
		v.report(Finding{Code: CodeForeign, Key: i.Key, Text: "this object was not stored by Ibid"})
		return nil
	}
	dir := documentDir(collection, id)
	held := v.documents[dir]
	if held == nil {
		held = &heldDocument{}
		v.documents[dir] = held
	}
	if name == sourceName {
		held.source = true
		return nil
	}
	var d documentFile
	ok, err := v.a.readSealed(ctx, i.Key, &d, v.report)
	if ok {
		held.doc = &d.Document
	}
	return err
}

// sources compares the bytes of each Document with its digest.
func (v *verifier) sources(ctx context.Context) error {
	for dir, held := range v.documents {
		key := dir + sourceName
		switch {
		case held.doc == nil && v.writing && v.isDocument(ctx, dir):
			continue // it was being stored; its bytes were compared with its digest
		case held.doc == nil:
			v.report(Finding{Code: CodeNoDocument, Key: key, Text: "no whole document.json speaks of it"})
			continue
		case !held.source:
			v.report(Finding{Code: CodeNoSource, Key: key, Text: "the bytes of the document are missing"})
			continue
		}
		v.audit.Documents++
		r, err := v.a.o.Store.Open(ctx, key, 0, -1)
		if err == nil {
			h := sha256.New()
			_, err = io.Copy(h, r)
			if err = errors.Join(err, r.Close()); err == nil && ibid.DigestSum(h) != held.doc.Digest {
				v.report(Finding{Code: CodeSource, Key: key, Text: "the bytes of the document do not match its digest"})
			}
		}
		if err := v.unreadable(ctx, key, err); err != nil {
			return err
		}
	}
	return nil
}

// destroyedObject looks at a decision to destroy, and at what is left of one that is being carried out.
func (v *verifier) destroyedObject(ctx context.Context, i blob.Info) error {
	if name, ok := strings.CutSuffix(i.Key, doneSuffix); ok {
		delete(v.undone, name)
		return sealedKey[done](ctx, v, i.Key)
	}
	if strings.HasSuffix(i.Key, firstSuffix) {
		return sealedKey[done](ctx, v, i.Key)
	}
	if isDecision(i.Key) {
		v.undone[i.Key] = true
		return sealedObject[Destruction](v)(ctx, i)
	}
	return nil // of one that is named as not finished
}

// unfinished names the decisions to destroy that were not carried out.
func (v *verifier) unfinished() {
	for key := range v.undone {
		v.report(Finding{Code: CodeUndone, Key: key, Text: "this destruction was decided and not carried out to its end, in all copies: ibid destroy --resume does it"})
	}
}

// sealedObject looks at an audit or an access rule.
func sealedObject[T any](v *verifier) func(ctx context.Context, i blob.Info) error {
	return func(ctx context.Context, i blob.Info) error {
		if !strings.HasSuffix(i.Key, ".json") {
			v.report(Finding{Code: CodeForeign, Key: i.Key, Text: "this object was not stored by Ibid"})
			return nil
		}
		return sealedKey[T](ctx, v, i.Key)
	}
}

func sealedKey[T any](ctx context.Context, v *verifier, key string) error {
	var held T
	_, err := v.a.readSealed(ctx, key, &held, v.report)
	return err
}
