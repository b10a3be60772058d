package archive

import (
	"context"
	"sync"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Copy is a further Store that holds what the first one holds.
type Copy struct {
	// Name is what it is called in findings and in the Ledger: its address.
	Name  string
	Store blob.Store
	// Source: it is only read from, to repair the others.
	Source bool
}

// Ledger keeps what was found of objects. It is a cache: what it does not know is found again.
type Ledger interface {
	// Checks are the last ones of an object, one for each Store that is known to have had it.
	Checks(ctx context.Context, object string) ([]ibid.Check, error)
	PutChecks(ctx context.Context, checks []ibid.Check) error
}

// place is a Store with its name: empty for the first.
type place struct{ Copy }

// fresh is what was stored by this process and is not copied yet, by its family.
type fresh struct {
	mu sync.Mutex
	// order is that in which they came, waiting the same as a set.
	order   []string
	waiting map[string]bool
	// more is closed and made anew when something comes.
	more chan struct{}
}

// noted is the Store of an Archive that has copies: it remembers what is put.
type noted struct {
	blob.Store
	a *Archive
}

// Put implements blob.Store.
func (n noted) Put(ctx context.Context, o blob.Object) error {
	err := n.Store.Put(ctx, o)
	if id, last, ours := familyOf(o.Key); err == nil && ours && last {
		n.a.fresh.add(id)
	}
	return err
}

// Quarantine implements that of [blob.Quarantine].
func (n noted) Quarantine(ctx context.Context, key string) (string, error) {
	return blob.Quarantine(ctx, n.Store, key)
}

// Purge implements that of [blob.Purge].
func (n noted) Purge(ctx context.Context, prefix string) error {
	return blob.Purge(ctx, n.Store, prefix)
}

func (f *fresh) add(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting[id] {
		return
	}
	f.waiting[id] = true
	f.order = append(f.order, id)
	close(f.more)
	f.more = make(chan struct{})
}

// take returns the first that waits; empty when there is none, and what is closed when there is one.
func (f *fresh) take() (string, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.order) == 0 {
		return "", f.more
	}
	id := f.order[0]
	f.order = f.order[1:]
	delete(f.waiting, id)
	return id, nil
}

func (f *fresh) len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.order)
}
