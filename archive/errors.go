package archive

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// ErrOvertaken is found in the error of a Commit when somebody else who writes the same Job has stored its next segment.
// It is that of a Writer of [Archive.Continue].
var ErrOvertaken = errors.New("somebody else has gone on with this job")

// spoolError is what the local disk has against a segment.
func spoolError(op, name string, err error) error {
	class := ibid.ClassStorageUnavailable
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		class = ibid.ClassStorageFull
		err = fmt.Errorf("%w (free some space on the disk of the spool directory)", err)
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: name, Class: class, Err: err}
}

// fixity is the error of stored bytes that are not what they were.
func fixity(name string, err error) error {
	return &ibid.Error{
		Kind: ibid.KindFixity, Op: "trust", URI: name, Class: ibid.ClassDigestMismatch,
		Err: fmt.Errorf("%w (`ibid verify` looks at the whole store)", err),
	}
}

// readError tells damage from a Store that cannot be read.
func readError(name string, err error) error {
	var own *ibid.Error
	if errors.As(err, &own) {
		return err
	}
	var p *warc.Problem
	if errors.As(err, &p) {
		return fixity(name, err)
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: "read", URI: name, Class: ibid.ClassStorageUnavailable, Err: err}
}
