package pipeline

import (
	"slices"
	"strings"
	"sync"

	"github.com/ibid-archive/ibid"
)

// Fragments are the parts of pages that the Documents read by this process cite: an address with "#part". It is safe for
// concurrent use.
type Fragments struct {
	mu sync.Mutex
	of map[string][]string // by Seed
}

// add takes those of refs.
func (f *Fragments) add(refs []ibid.Reference) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil {
		f.of = map[string][]string{}
	}
	for _, r := range refs {
		_, part, found := strings.Cut(r.Address(), "#")
		if seed := seedURI(r.Address()); found && part != "" && !slices.Contains(f.of[seed], part) {
			f.of[seed] = append(f.of[seed], part)
		}
	}
}

// cited are the parts of the page of a Seed.
func (f *Fragments) cited(seed string) []string {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.of[seed]
}
