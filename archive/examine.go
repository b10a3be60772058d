package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/custody"
)

// examiner compares what the places have of a family with what the family says of itself, and mends it.
type examiner struct {
	a      *Archive
	places []place
	// away is why a place is passed over.
	away []error
	// mend: what is wrong is repaired, and what lacks is copied.
	mend   bool
	pace   *pace
	report func(Finding)
	audit  *Audit
	checks []ibid.Check
	// decided is what was decided to be destroyed.
	decided *decided
	// custody says what of the custody log is right where places differ; nil until it is needed.
	custody *custody.Judge
}

func (a *Archive) examiner(audit *Audit, report func(Finding)) *examiner {
	x := &examiner{a: a, places: a.places, away: make([]error, len(a.places)), audit: audit}
	x.report = func(f Finding) {
		audit.Findings = append(audit.Findings, f)
		report(f)
	}
	return x
}

// version is what one place has under one key.
type version struct {
	there  bool
	digest ibid.Digest
	size   int64
	// text is the whole of it, unless it is large by its nature.
	text []byte
	// err is why it cannot be read.
	err error
	// stale: it holds what was destroyed.
	stale bool
}

// maxText bounds what is held in memory of an object, in bytes.
const maxText = 64 << 20

// isText says whether what is in an object is needed to judge it.
func isText(key string) bool {
	return strings.HasSuffix(key, sumsSuffix) || strings.HasSuffix(key, ".json") || isOfDecision(key) || custody.IsOurs(key)
}

// look reads one object in one place.
func (x *examiner) look(ctx context.Context, at int, key string) (v version) {
	r, err := x.places[at].Store.Open(ctx, key, 0, -1)
	if ibid.KindOf(err) == ibid.KindNotFound && err != nil {
		return version{}
	}
	v.there = true
	if err != nil {
		return version{there: true, err: err}
	}
	h := sha256.New()
	var text bytes.Buffer
	to := io.Writer(h)
	if isText(key) {
		to = io.MultiWriter(h, &limited{&text, maxText})
	}
	v.size, v.err = io.CopyBuffer(to, struct{ io.Reader }{x.pace.of(ctx, r)}, make([]byte, 256<<10))
	v.err = errors.Join(v.err, r.Close())
	v.digest, v.text = ibid.DigestSum(h), text.Bytes()
	x.audit.Bytes += v.size
	return v
}

// limited takes the first bytes and lets go of the others.
type limited struct {
	w    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	l.w.Write(p[:n])
	return len(p), nil
}

// tries is how often something is read before it counts as wrong: a line, or a disk, may err for once. What is read wrong
// twice in the same way is.
const tries = 5

// again looks until it is as it should be, at most tries times in all.
func (x *examiner) again(ctx context.Context, at int, key string, v version, good func(version) bool) version {
	for n := 1; n < tries && !good(v) && !v.stale && ctx.Err() == nil; n++ {
		was := v
		v = x.look(ctx, at, key)
		switch {
		case good(v):
			x.a.o.Log.WarnContext(ctx, "an object was read wrong and then right: look at the disk or the line", "copy", x.places[at].Name, "key", key)
		case v.there && was.there && v.err == nil && was.err == nil && v.digest == was.digest:
			return v
		}
	}
	return v
}

// present says whether a place answers at all.
func (x *examiner) present(ctx context.Context, at int) error {
	_, err := x.places[at].Store.Stat(ctx, auditsPrefix+"ping")
	if ibid.KindOf(err) == ibid.KindNotFound {
		return nil
	}
	return err
}

// examine looks at a family in all places.
func (x *examiner) examine(ctx context.Context, f *family) error {
	x.audit.Objects += len(f.keys)
	if err := x.learn(ctx); err != nil {
		return err
	}
	if f.foreign {
		return x.foreign(ctx, f)
	}
	held := make(map[string][]version, len(f.keys))
	for _, key := range f.keys {
		if err := x.lookAll(ctx, held, key); err != nil {
			return err
		}
	}
	if x.isDoomed(f.id) {
		if err := x.markStale(ctx, f, held); err != nil {
			return err
		}
	}
	known, err := x.known(ctx, f.id)
	if err != nil {
		return err
	}
	wants, err := x.judge(ctx, f, held)
	if err != nil || wants == nil {
		return err
	}
	codes := make([]string, len(x.places))
	for _, w := range wants {
		if held[w.key] == nil {
			held[w.key] = make([]version, len(x.places))
		}
		for i := range x.places {
			code, err := x.settle(ctx, i, w, held[w.key], known)
			if err != nil {
				return err
			}
			if codes[i] == "" {
				codes[i] = code
			}
		}
	}
	x.note(f.id, codes)
	x.undone(f.id)
	return ctx.Err()
}

func (x *examiner) lookAll(ctx context.Context, held map[string][]version, key string) error {
	held[key] = make([]version, len(x.places))
	for i := range x.places {
		if x.away[i] != nil {
			continue
		}
		v := x.look(ctx, i, key)
		if v.err != nil {
			if err := x.present(ctx, i); err != nil {
				if err := x.lose(ctx, i, err); err != nil {
					return err
				}
				continue
			}
		}
		held[key][i] = v
	}
	return ctx.Err()
}

// known are the places of which the ledger says that they have had it.
func (x *examiner) known(ctx context.Context, id string) (map[string]bool, error) {
	known := map[string]bool{"": true}
	if x.a.o.Ledger == nil {
		return known, nil
	}
	checks, err := x.a.o.Ledger.Checks(ctx, id)
	for _, k := range checks {
		known[k.Copy] = true
	}
	return known, err
}

// codeNotCopied is for what a place has never had, and has not now.
const codeNotCopied = "-"

// settle deals with one object in one place, and returns the code of what is wrong there still.
func (x *examiner) settle(ctx context.Context, at int, w want, held []version, known map[string]bool) (string, error) {
	p := x.places[at]
	if x.away[at] != nil || p.Source {
		return codeNotCopied, nil
	}
	v := x.again(ctx, at, w.key, held[at], w.isRight)
	found := w.finding(v)
	found.Copy, found.Key = p.Name, w.key
	mend := x.mend && !x.decided.blind
	switch {
	case w.isRight(v):
		return "", nil
	case !v.there && !known[p.Name]:
		if mend {
			return x.put(ctx, at, w, nil)
		}
		return codeNotCopied, nil
	case mend && (w.gone || !w.unknown()):
		return x.put(ctx, at, w, &found)
	}
	x.report(found)
	return found.Code, nil
}

// put puts the right bytes into a place: found is what is wrong there, nil that they are copied to it.
func (x *examiner) put(ctx context.Context, at int, w want, found *Finding) (string, error) {
	err := x.replace(ctx, at, w, found)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil && found == nil:
		x.audit.Copied++
		return "", nil
	case err == nil:
		found.Repaired = true
		x.report(*found)
		return "", nil
	case found == nil:
		if gone := x.present(ctx, at); gone != nil {
			return codeNotCopied, x.lose(ctx, at, gone)
		}
		x.a.o.Log.WarnContext(ctx, "an object could not be copied", "copy", x.places[at].Name, "key", w.key, "error", err)
		return codeNotCopied, nil
	}
	found.Text += fmt.Sprintf("; it could not be repaired: %v", err)
	x.report(*found)
	return found.Code, nil
}

// note keeps what was found in each place.
func (x *examiner) note(id string, codes []string) {
	at := x.a.o.Now().UTC()
	for i, code := range codes {
		if code != codeNotCopied && !x.places[i].Source {
			x.checks = append(x.checks, ibid.Check{Object: id, Copy: x.places[i].Name, At: at, Code: code})
		}
	}
}

// flush gives the ledger what was found.
func (x *examiner) flush(ctx context.Context) error {
	if x.a.o.Ledger == nil || len(x.checks) == 0 {
		return nil
	}
	err := x.a.o.Ledger.PutChecks(ctx, x.checks)
	x.checks = x.checks[:0]
	return err
}
