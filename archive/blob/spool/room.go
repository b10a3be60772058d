package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ibid-archive/ibid"
)

// fullness is how full the spool is, and what was told of it. A spool that is full and has room by turns, while the store
// is slow, is no news; so it is full when nothing was taken for a while, and until all that it held then has left it.
type fullness struct {
	// held are the objects in the spool, and older are those of them that were there when it was last found full.
	held, older int
	// found counts how often it was found full: a place from before the last time is one of older.
	found place
	// blocked is since when nothing more was taken; zero when the last one who asked got room.
	blocked time.Time
	// full since: Full was told.
	full  bool
	since time.Time
}

// place says when an object came to the spool: after it was found full that often.
type place int

// admit calls take once there is room, with s.mu held, or ends with ctx.
func (s *Store) admit(ctx context.Context, take func()) error {
	for {
		s.mu.Lock()
		if s.used < s.o.Max {
			s.blocked = time.Time{}
			take()
			s.mu.Unlock()
			return nil
		}
		room, patience := s.room, s.block(time.Now())
		s.mu.Unlock()
		timer := time.NewTimer(patience)
		select {
		case <-room:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return &ibid.Error{Kind: ibid.KindStorage, Op: "wait for room in the spool", URI: s.o.Dir, Class: ibid.ClassStorageFull, Err: context.Cause(ctx)}
		}
		timer.Stop()
	}
}

// block notes that somebody waits for room, and returns when to look again should nothing happen; s.mu is held.
func (s *Store) block(now time.Time) time.Duration {
	if s.blocked.IsZero() {
		s.blocked = now
	}
	if patience := s.o.Patience - now.Sub(s.blocked); !s.full && patience > 0 {
		return patience
	}
	s.found++
	s.older = s.held
	if !s.full {
		s.full, s.since = true, s.blocked
		s.o.Log.Warn("the spool is full: nothing more is captured until the store has taken some of it", "bytes", s.o.Max)
		s.mark()
		if s.o.Full != nil {
			s.o.Full(s.since)
		}
	}
	return time.Hour // nothing more is to be told: only room is waited for
}

// take counts size bytes as one object in the spool; s.mu is held.
func (s *Store) take(size int64) place {
	s.used += size
	s.held++
	return s.found
}

// release counts e as gone.
func (s *Store) release(e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used -= e.size
	s.held--
	if e.place < s.found {
		s.older--
	}
	if s.full && s.older == 0 {
		s.drained(time.Now())
	}
	close(s.room)
	s.room = make(chan struct{})
}

// drained tells that all that the spool held when it was full has left it; s.mu is held.
func (s *Store) drained(now time.Time) {
	s.full = false
	s.o.Log.Warn("the spool is empty again", "after", now.Sub(s.since).Round(time.Second))
	if err := os.Remove(s.markFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.o.Log.Warn("the next start will say again that the spool is empty", "error", err)
	}
	if s.o.Drained != nil {
		s.o.Drained(s.since, now)
	}
}

func (s *Store) markFile() string { return filepath.Join(s.o.Dir, fullMark) }

// mark has the next process know that it was told that the spool is full. A disk that does not take it costs no more than
// that it is told twice.
func (s *Store) mark() {
	err := os.WriteFile(s.markFile(), nil, 0o600)
	if err == nil {
		err = os.Chtimes(s.markFile(), s.since, s.since)
	}
	if err != nil {
		s.o.Log.Warn("after a restart it would be said again that the spool is full", "error", err)
	}
}

// remember takes up what an earlier process had told.
func (s *Store) remember() {
	info, err := os.Stat(s.markFile())
	if err != nil {
		return // nothing, or nothing that can be known
	}
	s.full, s.since = true, info.ModTime()
	s.found, s.older = 1, s.held
	if s.older == 0 {
		s.drained(time.Now())
	}
}
