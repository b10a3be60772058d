package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/archive/wacz"
)

const (
	// checkpointEvery is how often the custody log is signed at least, while the program serves.
	checkpointEvery = 24 * time.Hour
	// checkpointLook is how often it is looked whether it is time, and appendTries how often is begun again when somebody else
	// adds to the log at the same moment.
	checkpointLook = time.Hour
	appendTries    = 5
	// stampTimeout bounds what an authority may take for one time stamp.
	stampTimeout = 30 * time.Second
)

func (p *program) openLog(ctx context.Context, h *house) (*custody.Log, error) {
	return custody.Open(ctx, custody.Options{Store: h.archive.Kept(), Now: p.now})
}

// logCaptures adds to the custody log what is committed and not in it, signs it, and has it stamped. Without a key there is no
// log yet: ibid key init, or the first export, begins it. With idle it is signed also when there is nothing to add.
func (p *program) logCaptures(ctx context.Context, h *house, idle bool) error {
	key, err := keyFileOf(h.config).read()
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.appendLog(ctx, h, key, idle, func(log *custody.Log) (custody.Addition, error) { return h.unlogged(ctx, log) })
}

// appendLog adds to the custody log what is missing in it, and has it signed and stamped, also with nothing to add when it is not
// signed whole or idle is wanted. When somebody else adds to it at the same moment, it begins again.
func (p *program) appendLog(ctx context.Context, h *house, key *ecdsa.PrivateKey, idle bool, missing func(*custody.Log) (custody.Addition, error)) error {
	for try := 1; ; try++ {
		log, err := p.openLog(ctx, h)
		if err != nil {
			return err
		}
		a, err := missing(log)
		if err != nil {
			return err
		}
		last, signed := log.Last()
		if len(a.WARCs)+len(a.Entries) == 0 && signed && last.Tree.N == log.Size() && !idle {
			return nil
		}
		c, err := log.Append(ctx, key, a)
		if errors.Is(err, custody.ErrOvertaken) && try < appendTries {
			continue
		}
		if err != nil {
			return err
		}
		p.log.Info("the custody log is signed", "entries", c.Tree.N, "log", c.Origin)
		return errors.Join(keyFileOf(h.config).remember(c), p.stamp(ctx, h, log))
	}
}

// logPatience bounds how long a command that has done its work waits for the custody log.
const logPatience = 2 * time.Minute

// logNow is logCaptures at the end of a command, whose work is done whatever becomes of the log.
func (p *program) logNow(ctx context.Context, h *house) {
	ctx, cancel := context.WithTimeout(ctx, logPatience)
	defer cancel()
	if err := p.logCaptures(ctx, h, false); err != nil {
		p.log.Warn("the custody log was not brought up to date; the next run does it", "error", err)
	}
}

// unlogged are the WARC files with captures that the log does not have.
func (h *house) unlogged(ctx context.Context, log *custody.Log) (a custody.Addition, err error) {
	warcs, err := h.archive.Captured(ctx)
	for _, key := range warcs {
		if !log.Has(key) {
			a.WARCs = append(a.WARCs, key)
		}
	}
	return a, err
}

// stamp has the time of checkpoints stamped, if an authority is configured. One that fails costs a warning: it is asked again
// next time.
func (p *program) stamp(ctx context.Context, h *house, log *custody.Log) error {
	c := h.config
	if c.Custody.Timestamp.URL == "" {
		return nil
	}
	a, done, err := timeAuthority(c)
	if err != nil {
		return err
	}
	defer done()
	_, err = log.Stamp(ctx, a)
	if err != nil && ctx.Err() == nil {
		p.log.Warn("the checkpoint of the custody log has no time stamp yet; it is asked for again with the next one", "error", err)
		return nil
	}
	return err
}

// keepLog signs the custody log daily. What goes wrong is told, and ends nothing.
func (p *program) keepLog(ctx context.Context, h *house) error {
	return repeat(ctx, 0, func() time.Duration {
		if err := p.signDaily(ctx, h); err != nil && ctx.Err() == nil {
			p.log.Error("the custody log was not brought up to date; it is tried again within the hour", "error", err)
		}
		return checkpointLook
	})
}

func (p *program) signDaily(ctx context.Context, h *house) error {
	if _, err := os.Stat(string(keyFileOf(h.config))); errors.Is(err, os.ErrNotExist) {
		return nil // no key, no log
	}
	log, err := p.openLog(ctx, h)
	if err != nil {
		return err
	}
	if last, ok := log.Last(); ok && p.now().Sub(last.Time) < checkpointEvery {
		return nil
	}
	return p.logCaptures(ctx, h, true)
}

// handOver tells the custody log, if there is one, which key comes after old.
func (p *program) handOver(ctx context.Context, k keyFile, next keyFile) (err error) {
	c, err := p.config()
	if err != nil || storeThere(c) != nil {
		return err // nothing is kept yet, so nothing is logged
	}
	old, err := k.read()
	if err != nil {
		return err
	}
	key, err := next.read()
	if err != nil {
		return err
	}
	h, err := p.open(ctx, c, toWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	log, err := p.openLog(ctx, h)
	if err != nil || log.Size() == 0 {
		return err
	}
	entry, err := custody.Handover(log.Keys().Origin, &key.PublicKey, old)
	if err != nil {
		return err
	}
	entry.When = p.now().UTC()
	_, err = log.Append(ctx, old, custody.Addition{Entries: []custody.Entry{entry}})
	return err
}

// checkpoint is where the newest checkpoint lies beside the key: whoever shortens the log of a bucket does not have this
// machine.
func (k keyFile) checkpoint() string { return string(k) + ".checkpoint" }

func (k keyFile) remember(c custody.Checkpoint) error {
	return create(k.checkpoint(), func(w io.Writer) error {
		_, err := w.Write(c.Note)
		return err
	})
}

// loggedAudit is what ibid verify says of the custody log.
type loggedAudit struct {
	custody.Verified
	Findings []*custody.Finding `json:"findings,omitempty"`
}

func (l loggedAudit) words() string {
	if l.Origin == "" {
		return "there is none; ibid key init makes the key that signs it"
	}
	s := fmt.Sprintf("%d entries of %s, %d captures, %d destroyed, %d checkpoints, %d time stamps", l.Entries, l.Origin, l.Captures, l.Destroyed, l.Checkpoints, l.Stamps)
	if l.Waiting > 0 {
		s += fmt.Sprintf("; %d WARC files wait to be added", l.Waiting)
	}
	if l.Orphans > 0 {
		s += fmt.Sprintf("; %d keys were not handed over by an earlier one", l.Orphans)
	}
	return s
}

func findingOf(f *custody.Finding) archive.Finding {
	return archive.Finding{Code: f.Code, Key: f.Key, Text: f.Text}
}

// findings are those of the log as those of the store are.
func (l loggedAudit) findings() []archive.Finding {
	all := make([]archive.Finding, len(l.Findings))
	for i, f := range l.Findings {
		all[i] = findingOf(f)
	}
	return all
}

// verifyCustody holds the custody log against the store, and against the checkpoint that was last signed here, and the one
// in a file.
func (p *program) verifyCustody(ctx context.Context, h *house, file string) (a loggedAudit, err error) {
	var known []custody.Checkpoint
	own, err := readCheckpoint(keyFileOf(h.config).checkpoint())
	if err == nil {
		known = append(known, own)
	} else if !errors.Is(err, os.ErrNotExist) {
		return a, err
	}
	if file != "" {
		given, err := readCheckpoint(file)
		if err != nil {
			return a, err
		}
		known = append(known, given)
	}
	warcs, err := h.archive.WARCs(ctx)
	if err != nil {
		return a, err
	}
	a.Verified, err = custody.Verify(ctx, custody.Options{Store: h.store, Now: p.now}, warcs, known, func(f *custody.Finding) {
		a.Findings = append(a.Findings, f)
		p.printFinding(findingOf(f))
	})
	return a, err
}

// readCheckpoint reads a checkpoint from a file: by itself, or in a package.
func readCheckpoint(name string) (c custody.Checkpoint, err error) {
	bad := func(err error) (custody.Checkpoint, error) {
		return c, &ibid.Error{Kind: ibid.KindInput, Op: "read the checkpoint", URI: name, Err: err}
	}
	f, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return bad(err)
	}
	defer f.Close() //nolint:errcheck // only read from
	info, err := f.Stat()
	if err != nil {
		return bad(err)
	}
	var note []byte
	if pack, openErr := wacz.Open(f, info.Size(), func(*wacz.Finding) {}); openErr == nil {
		note, err = pack.ReadFile(checkpointPath, maxNote)
	} else {
		note, err = io.ReadAll(io.LimitReader(f, maxNote))
	}
	if err != nil {
		return bad(err)
	}
	if c, err = custody.Peek(note); err != nil {
		return bad(err)
	}
	c.Key = name
	return c, nil
}
