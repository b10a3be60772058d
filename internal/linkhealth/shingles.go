package linkhealth

import "slices"

const (
	// shingle is how many half words make the first shingle of a text.
	shingle = 6
	// maxShingles is how many hashes are kept of one text. Of more, those below a limit are kept that is halved each
	// time: as good as any drawn by lot, and the same lot for every text (Broder, "On the resemblance and containment
	// of documents", 1997). With half of them at least, a share is right to about two parts in a hundred.
	maxShingles = 2048
	slots       = 2 * maxShingles // of a set: never more than half full
	slotBits    = 12
	unlimited   = 1<<32 - 1
)

// shingles are the distinct hashes of a text up to limit, in no order.
type shingles struct {
	hashes []uint32
	limit  uint32
}

// set gathers shingles: a hash table with open addressing. A zero is an empty slot.
type set struct {
	slots, spare *[slots]uint32
	used         int
	limit        uint32
}

// setOf draws from hashes.
func setOf(hashes []uint32) *set {
	s := &set{slots: new([slots]uint32), limit: unlimited}
	for _, hash := range hashes {
		s.add(hash)
	}
	return s
}

func (s *set) add(hash uint32) {
	if hash > s.limit || hash == 0 {
		return
	}
	i := hash * 0x9E3779B1 >> (32 - slotBits)
	for s.slots[i] != 0 {
		if s.slots[i] == hash {
			return
		}
		i = (i + 1) % slots
	}
	s.slots[i] = hash
	if s.used++; s.used >= maxShingles {
		s.halve()
	}
}

// halve drops about half of the hashes: those above half of the limit.
func (s *set) halve() {
	if s.spare == nil {
		s.spare = new([slots]uint32)
	}
	s.slots, s.spare = s.spare, s.slots
	s.used = 0
	s.limit /= 2
	for i, hash := range s.spare {
		s.add(hash)
		s.spare[i] = 0
	}
}

func (s *set) shingles() shingles {
	all := make([]uint32, 0, s.used)
	for _, hash := range s.slots {
		if hash != 0 {
			all = append(all, hash)
		}
	}
	return shingles{all, s.limit}
}

// overlap counts the shingles of a that were drawn, and those of them that b has. A hash above the limit of either may
// have been left out there, and is not counted.
func overlap(a, b shingles) (kept, of int) {
	limit := min(a.limit, b.limit)
	sorted := slices.Clone(b.hashes)
	slices.Sort(sorted)
	for _, hash := range a.hashes {
		if hash > limit {
			continue
		}
		of++
		if _, found := slices.BinarySearch(sorted, hash); found {
			kept++
		}
	}
	return kept, of
}

// few says whether too few were drawn to tell.
func few(a, b shingles, drawn int) bool {
	if a.limit == unlimited && b.limit == unlimited {
		return drawn < enough
	}
	return drawn < enoughDrawn
}
