package ibid

import (
	"errors"
	"fmt"
)

// Kind sorts errors by what a caller can do about them.
type Kind string

// The Kinds.
const (
	// KindInput: what was given cannot be used; the giver can mend it.
	KindInput Kind = "input"
	// KindPolicy: a rule of ours or of the site forbids it.
	KindPolicy Kind = "policy"
	// KindNetwork: the network or the far end kept us from knowing.
	KindNetwork Kind = "network"
	// KindStorage: our own store or catalogue failed.
	KindStorage Kind = "storage"
	// KindNotFound: we do not hold it.
	KindNotFound Kind = "not-found"
	// KindFixity: stored bytes are not what they were.
	KindFixity Kind = "fixity"
	// KindCredential: it needs a token, and none that counts was given.
	KindCredential Kind = "credential"
	// KindWithheld: we hold it, and a rule keeps us from giving it out (RFC 7725).
	KindWithheld Kind = "withheld"
	// KindGone: we held it, and it was destroyed.
	KindGone Kind = "gone"
	// KindConflict: it contradicts what was asked before.
	KindConflict Kind = "conflict"
	// KindInternal: a fault of ours.
	KindInternal Kind = "internal"
)

// Error is what kept us from doing or knowing something. A 404 is not an Error: it is a Capture.
type Error struct {
	Kind Kind
	// Op is what was being done, as a verb: "read", "open store".
	Op string
	// URI names the thing: an address, a path, a key.
	URI string
	// Class is the stable class on record for it, if there is one.
	Class Class
	Err   error
}

// Error says what was being done, to what, and why it did not work.
func (e *Error) Error() string {
	switch {
	case e.URI == "":
		return fmt.Sprintf("cannot %s: %v", e.Op, e.Err)
	default:
		return fmt.Sprintf("cannot %s %s: %v", e.Op, e.URI, e.Err)
	}
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the Kind of the first Error in err's chain: KindInternal when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// ClassOf returns the Class of the first Error in err's chain, or the empty one.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ""
}

// Exit codes of the program.
const (
	ExitOK         = 0
	ExitFailed     = 1
	ExitUsage      = 2
	ExitIncomplete = 3
	ExitFixity     = 4
)

// kinds is the one table from Kind to what follows from it.
var kinds = map[Kind]struct{ httpStatus, exit int }{
	KindInput:    {400, ExitUsage},
	KindPolicy:   {403, ExitIncomplete},
	KindNetwork:  {502, ExitIncomplete},
	KindStorage:  {503, ExitFailed},
	KindNotFound: {404, ExitIncomplete},
	KindFixity:   {502, ExitFixity},
	KindInternal: {500, ExitFailed},

	KindCredential: {401, ExitUsage},
	KindWithheld:   {451, ExitIncomplete},
	KindGone:       {410, ExitIncomplete},
	KindConflict:   {409, ExitUsage},
}

// HTTPStatus is the status with which a server answers an error of this Kind.
func (k Kind) HTTPStatus() int { return kinds[k].httpStatus }

// ExitCode is the exit code of a program that ends with an error of this Kind.
func (k Kind) ExitCode() int { return kinds[k].exit }
