package pdf

import (
	"errors"
	"fmt"

	"github.com/ibid-archive/ibid"
)

// What can be wrong with a PDF. Each comes wrapped in an *ibid.Error of KindInput.
var (
	ErrFormat   = errors.New("it is not a PDF, or damaged beyond repair")
	ErrPassword = errors.New("it is encrypted and asks for a password: save it without one first")
	ErrTooLarge = errors.New("it is larger than the PDF reader allows")
	ErrTime     = errors.New("it takes too long to read: the PDF may be damaged")
	ErrMemory   = errors.New("it needs more memory than the PDF reader allows: the PDF may be damaged")
	ErrStopped  = errors.New("the PDF reader stopped while reading it: the PDF may be damaged")
)

// errClosed is returned after Close.
var errClosed = errors.New("the PDF reader is closed")

// codes are the words by which a worker names an error to its reader.
var codes = map[string]error{
	"format": ErrFormat, "password": ErrPassword, "large": ErrTooLarge, "memory": ErrMemory, "stopped": ErrStopped,
}

// codeOf returns "" for an error that has no code.
func codeOf(err error) string {
	for code, known := range codes {
		if errors.Is(err, known) {
			return code
		}
	}
	return ""
}

func errorOf(code, detail string) error {
	err, ok := codes[code]
	switch {
	case !ok:
		return ErrFormat
	case detail == "":
		return err
	default:
		return fmt.Errorf("%w (%s)", err, detail)
	}
}

func inputError(err error) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "read the PDF", Err: err}
}

func internalError(err error) error {
	return &ibid.Error{Kind: ibid.KindInternal, Op: "run the PDF reader", Err: err}
}
