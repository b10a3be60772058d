//go:build !unix

package main

import "errors"

// fileLock is no lock: this system has none of the kind that ends with its process.
type fileLock struct{}

var errHeld = errors.New("another ibid is writing to it")

// lock gives a lock of one's own to whoever asks, and to those who would share it nothing to sweep.
func lock(_ string, alone bool) (*fileLock, error) {
	return new(fileLock), nil
}

func (*fileLock) as(bool) error { return nil }

// cannotWrite says of no directory that it cannot be written to: that is found when it is.
func cannotWrite(string) bool { return false }

func (*fileLock) close() error { return nil }
