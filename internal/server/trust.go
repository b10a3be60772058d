package server

import (
	"net/http"
	"time"
)

// Trust is what an archive can show of how it keeps what it holds.
type Trust struct {
	// At is when it was found out.
	At time.Time
	// Places are the store, then its copies.
	Places []Place
	// Objects were ever looked at in them: Twice are those that lie in two or more without damage, Recent those that were read in the
	// last 30 days wherever they are known to be.
	Objects, Twice, Recent int
	// Checkpoint is the newest of the custody log; nil: there is no log yet.
	Checkpoint *Checkpoint
}

// Place is where all of an archive lies.
type Place struct {
	// Name is a path or the address of a bucket, which only those are told who may operate the archive.
	Name string
	// Checked is when all of it was last read back and found good; zero: it was not yet.
	Checked time.Time
	// Damaged are objects with which something is wrong there, and not repaired.
	Damaged int
	// Locks says that it is a bucket with Object Lock.
	Locks bool
}

// Checkpoint says what the custody log was at a time.
type Checkpoint struct {
	Entries int
	Signed  time.Time
	// Stamped is when an authority saw it; zero: none did.
	Stamped time.Time
	// Note is the checkpoint itself, as it was signed (c2sp.org/tlog-checkpoint).
	Note string
}

// trustPage is a Trust with the collections of whoever asks.
type trustPage struct {
	Trust
	Collections []Collection
	// Named says that whoever asks may know where the places are.
	Named bool
}

func (s *server) trust(r *http.Request) (answer, error) {
	t, err := s.Pages.Trust(r.Context())
	if err != nil {
		return answer{}, err
	}
	held, err := s.Pages.Collections(r.Context())
	return answer{page: "trust", nav: "trust", data: trustPage{t, held, s.isOperator(r)}}, err
}
