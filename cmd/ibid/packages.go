package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/server"
)

const (
	// packagesKept is how many packages are kept on this disk for readers who take them in parts, and packagesAtOnce how many
	// are made at once.
	packagesKept   = 8
	packagesAtOnce = 2
	// maxPackage bounds what is archived in one, in bytes: more is for ibid export.
	maxPackage = 8 << 30
)

// packager makes packages for readers. Two who may have the same get the same one.
type packager struct {
	p *program
	h *house

	mu     sync.Mutex
	dir    string                   // empty: there was none yet
	made   []madePackage            // the last used last
	making map[string]chan struct{} // closed when it is over
}

// madePackage is one on the disk.
type madePackage struct {
	tag  string
	made time.Time
}

func newPackager(p *program, h *house) *packager {
	return &packager{p: p, h: h, making: map[string]chan struct{}{}}
}

// export is the package of a document, by its ID, else of the collection of that name.
func (k *packager) export(ctx context.Context, collection, name string) (*server.Package, error) {
	s, err := k.choose(ctx, collection, name)
	if err != nil {
		return nil, err
	}
	tag, err := s.tag()
	if err != nil {
		return nil, err
	}
	for {
		found, wait, err := k.enter(tag)
		if found != nil || err != nil {
			return found, err
		}
		if wait == nil {
			break
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e := exportCmd{Output: filepath.Join(k.dir, tag+".wacz")}
	_, err = e.writeWACZ(ctx, k.p, k.h, s)
	return k.leave(tag, err)
}

// choose finds what is asked for, as far as whoever asks may have it.
func (k *packager) choose(ctx context.Context, collection, name string) (*selection, error) {
	asks, err := asker(ctx)
	if err != nil {
		return nil, err
	}
	l := &library{catalog: k.h.catalog, config: k.h.config}
	in, doc, refs, err := l.find(ctx, server.DocumentKey{Collection: collection, ID: name})
	var s *selection
	switch {
	case err == nil:
		doc.Source = sourceName(doc.Source)
		s, err = new(exportCmd).chooseDocument(ctx, k.h, in, doc, refs)
	case ibid.KindOf(err) == ibid.KindNotFound:
		if err := asks.Refuse(ctx, access.Thing{Collection: name}); err != nil {
			return nil, err
		}
		s, err = k.chooseCollection(ctx, l, name)
	}
	if err == nil {
		err = asks.Refuse(ctx, s.thing)
	}
	if err != nil {
		return nil, err
	}
	s.obey(ctx, asks)
	return s, nil
}

func (k *packager) chooseCollection(ctx context.Context, l *library, name string) (*selection, error) {
	names, err := l.names(ctx)
	if err != nil {
		return nil, err
	}
	for _, known := range names {
		if known != name {
			continue
		}
		s, err := chooseCollection(ctx, k.h, name)
		if err == nil {
			for i := range s.reports {
				s.reports[i].Document.Source = sourceName(s.reports[i].Document.Source)
			}
		}
		return s, err
	}
	return nil, notShown("document or collection", name)
}

// tag tells s from all that is not the same. KindPolicy: it is too much.
func (s *selection) tag() (string, error) {
	sum, size := sha256.New(), int64(0)
	for c, err := range s.captures {
		if err != nil {
			return "", err
		}
		if size += c.Length; size > maxPackage {
			return "", &ibid.Error{Kind: ibid.KindPolicy, Op: "make a package of", URI: s.of, Err: errors.New(
				"it has more than 8 GiB; whoever runs this archive writes it with ibid export")}
		}
		fmt.Fprintln(sum, c.RecordID, c.Digest)
	}
	for v, err := range s.visits {
		if err != nil {
			return "", err
		}
		fmt.Fprintln(sum, v.Seed, v.Run, v.Began.UnixNano())
	}
	if err := json.NewEncoder(sum).Encode(s.reports); err != nil {
		return "", fmt.Errorf("the report of %s: %w", s.of, err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// enter returns the package of that tag, or what to wait for, or with neither says that it is to be made now.
func (k *packager) enter(tag string) (*server.Package, <-chan struct{}, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, m := range k.made {
		if m.tag == tag {
			k.made = append(append(k.made[:i:i], k.made[i+1:]...), m)
			p, err := k.open(m)
			return p, nil, err
		}
	}
	if wait := k.making[tag]; wait != nil {
		return nil, wait, nil
	}
	if len(k.making) >= packagesAtOnce {
		return nil, nil, &ibid.Error{Kind: ibid.KindStorage, Op: "make a package", Err: errors.New("others are being made; ask again later")}
	}
	if k.dir == "" {
		dir, err := os.MkdirTemp("", "ibid-packages-*")
		if err != nil {
			return nil, nil, &ibid.Error{Kind: ibid.KindStorage, Op: "make a package", Err: err}
		}
		k.dir = dir
	}
	k.making[tag] = make(chan struct{})
	return nil, nil, nil
}

// leave says what became of one that was to be made, and returns it.
func (k *packager) leave(tag string, err error) (*server.Package, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(k.making[tag])
	delete(k.making, tag)
	if err != nil {
		return nil, err
	}
	m := madePackage{tag, k.p.now()}
	if k.made = append(k.made, m); len(k.made) > packagesKept {
		_ = os.Remove(filepath.Join(k.dir, k.made[0].tag+".wacz")) // whoever reads it has it open; else it is removed at the end
		k.made = k.made[1:]
	}
	return k.open(m)
}

func (k *packager) open(m madePackage) (*server.Package, error) {
	f, err := os.Open(filepath.Join(k.dir, m.tag+".wacz"))
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindStorage, Op: "open the package", Err: err}
	}
	return &server.Package{Tag: m.tag + "-" + fmt.Sprint(m.made.UnixNano()), Made: m.made, Content: f}, nil
}

// close removes all packages.
func (k *packager) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dir == "" {
		return nil
	}
	return os.RemoveAll(k.dir)
}
