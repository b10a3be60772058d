//go:build unix

package pdf

import (
	"context"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// withMappedMemory gives the instances of PDFium that are made with the returned context memory of the operating
// system's: its addresses are reserved at once, and a page is taken when it is first used. A slice would be copied
// to a larger one each time it grows, and the memory taken would be a multiple of what PDFium has.
func withMappedMemory(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		all, err := unix.Mmap(-1, 0, int(most), unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE) //nolint:gosec // at most 4 GiB
		if err != nil {
			return &mapped{} // every request for memory fails
		}
		return &mapped{all: all}
	}))
}

// mapped is a reserved range of addresses, the beginning of which is in use.
type mapped struct{ all []byte }

// Reallocate implements experimental.LinearMemory.
func (m *mapped) Reallocate(size uint64) []byte {
	if size > uint64(len(m.all)) || unix.Mprotect(m.all[:size], unix.PROT_READ|unix.PROT_WRITE) != nil {
		return nil
	}
	return m.all[:size]
}

// Free implements experimental.LinearMemory.
func (m *mapped) Free() {
	if m.all != nil {
		_ = unix.Munmap(m.all) // it fails for no mapping of ours
		m.all = nil
	}
}
