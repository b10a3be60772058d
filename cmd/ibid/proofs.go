package main

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/archive/wacz"
	"github.com/ibid-archive/ibid/internal/report"
)

// The proofs of custody in a package: a checkpoint of the log, its time stamp if it has one, and a line for each capture.
const (
	checkpointPath = "custody/checkpoint"
	stampPath      = "custody/checkpoint.tsr"
	proofsPath     = "custody/proofs.jsonl"
	// maxNote bounds a checkpoint, and maxStamp a time stamp, in bytes.
	maxNote  = 64 << 10
	maxStamp = 1 << 20
)

// places are how often each capture was exported, by WARC file of the store.
type places map[string]map[capture]int

// note passes captures on, and remembers where they lie.
func (s places) note(captures iter.Seq2[ibid.Capture, error]) iter.Seq2[ibid.Capture, error] {
	return func(yield func(ibid.Capture, error) bool) {
		for c, err := range captures {
			if err == nil {
				if s[c.Location.Key] == nil {
					s[c.Location.Key] = map[capture]int{}
				}
				s[c.Location.Key][capture{c.URI, ibid.Timestamp14(c.Timestamp), c.Digest}]++
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// take says whether a capture was exported, and takes it out.
func (s places) take(e *custody.Entry) bool {
	k := capture{e.URL, e.Timestamp, e.Digest}
	if s[e.Key][k] == 0 {
		return false
	}
	s[e.Key][k]--
	return true
}

// addCustody brings the log up to date, and adds the proofs of what was exported. A log that cannot be added to keeps
// nobody from taking out what is held: the package has no proofs then, or not all.
func (p *program) addCustody(ctx context.Context, h *house, out *wacz.Writer, key *ecdsa.PrivateKey, exported places) error {
	if key == nil {
		return nil
	}
	if err := p.logCaptures(ctx, h, false); err != nil {
		if ctx.Err() != nil {
			return err
		}
		p.log.Warn("the custody log could not be brought up to date: the package has no proofs of what is not in it", "error", err)
	}
	log, err := p.openLog(ctx, h)
	if err != nil {
		p.log.Warn("the custody log cannot be read: the package has no proofs", "error", err)
		return ctx.Err()
	}
	last, ok := log.Last()
	if !ok {
		return nil
	}
	if err := write(out, checkpointPath, last.Note); err != nil {
		return err
	}
	token, err := log.StampOf(ctx, last.Key)
	if err != nil {
		return err
	}
	if token != nil {
		if err := write(out, stampPath, token); err != nil {
			return err
		}
	}
	w, err := out.File(proofsPath)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	_, err = log.Prove(ctx, slices.Sorted(maps.Keys(exported)), exported.take, func(proof custody.Proof) error { return lines.Encode(proof) })
	return err
}

func write(out *wacz.Writer, name string, b []byte) error {
	w, err := out.File(name)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// inCustody is what the proofs of a package show.
type inCustody struct {
	Log     string      `json:"log"`
	Entries int64       `json:"entries"`
	Signed  time.Time   `json:"signed"`
	Key     ibid.Digest `json:"key"`
	// Proved are the captures of the package that were in the log then.
	Proved int `json:"proved"`
	// Stamped is when an authority has seen the checkpoint; who that is was not looked at.
	Stamped time.Time `json:"stamped,omitzero"`
}

func (c *inCustody) words(captures int) string {
	if c == nil {
		return "no proof that an archive had it in its custody log"
	}
	s := fmt.Sprintf("%d of %d captures were in the custody log %s when it was signed on %s with the key %s", c.Proved,
		max(captures, c.Proved), report.Plain(c.Log), c.Signed.UTC().Format(time.RFC3339), c.Key) // the record of one can be damaged
	if !c.Stamped.IsZero() {
		s += ", time stamped on " + c.Stamped.UTC().Format(time.RFC3339)
	}
	return s
}

// capture stands for a capture of a package, whatever its record is.
type capture struct {
	uri, timestamp string
	digest         ibid.Digest
}

// readCustody holds the proofs of the package against their checkpoint, and against what the package has.
func (c *checked) readCustody(ctx context.Context) error {
	if !c.reader.Has(proofsPath) {
		return nil
	}
	bad := func(path string, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.findings = append(c.findings, &wacz.Finding{Code: string(wacz.CodeProof), Path: path, Text: err.Error()})
		return nil
	}
	held := map[capture][]cdx.Line{}
	err := c.reader.Lines(ctx, func(l *cdx.Line) {
		k := capture{l.URL, l.Timestamp, l.Digest}
		held[k] = append(held[k], *l)
	})
	if err != nil {
		return err
	}
	note, err := c.reader.ReadFile(checkpointPath, maxNote)
	if err != nil {
		return bad(checkpointPath, err)
	}
	f, err := c.reader.Open(proofsPath)
	if err != nil {
		return bad(proofsPath, err)
	}
	defer f.Close() //nolint:errcheck // all of it was read, or the error is told
	proved := 0
	shown, err := custody.ReadProofs(note, f, func(e *custody.Entry) {
		if takeProved(held, e) {
			proved++
			return
		}
		c.findings = append(c.findings, &wacz.Finding{
			Code: string(wacz.CodeProven), Path: proofsPath, Text: fmt.Sprintf("the capture of %.200s of %s that is proved is not in the package, or not so", e.URL, e.Timestamp),
		})
	})
	if err != nil {
		return bad(proofsPath, err)
	}
	c.custody = &inCustody{
		Log: shown.Checkpoint.Origin, Entries: shown.Checkpoint.Tree.N, Signed: shown.Checkpoint.Time, Key: shown.Checkpoint.Signer, Proved: proved,
	}
	if !c.reader.Has(stampPath) {
		return nil
	}
	token, err := c.reader.ReadFile(stampPath, maxStamp)
	if err == nil {
		c.custody.Stamped, err = custody.CheckStamp(token, note)
	}
	if err != nil {
		return bad(stampPath, err)
	}
	return nil
}

// takeProved takes the line of a proved capture out of held. The record must be the one that was logged, to the byte, unless
// that was a revisit, which an export makes whole.
func takeProved(held map[capture][]cdx.Line, e *custody.Entry) bool {
	k := capture{e.URL, e.Timestamp, e.Digest}
	for i := range held[k] {
		if e.Is(&held[k][i]) || e.MIME == cdx.RevisitMIME {
			held[k] = slices.Delete(held[k], i, i+1)
			return true
		}
	}
	return false
}
