package citeform

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// table finds items by their addresses.
type table struct {
	items map[string]*Item
	// lengths are those of the addresses, the longest first, and starts what they begin with.
	lengths []int
	starts  map[string]bool
	// used counts the links that were made robust.
	used int
}

// startSize is how much of an address is looked at first, in bytes.
const startSize = 4

func newTable(items []Item) *table {
	t := &table{items: make(map[string]*Item, len(items)), starts: make(map[string]bool)}
	seen := make(map[int]bool)
	for i := range items {
		if items[i].copy() == nil {
			continue
		}
		it := items[i].clean()
		for j := range it.Copies {
			it.Copies[j].URI = inASCII(it.Copies[j].URI)
		}
		for _, key := range []string{items[i].URI, items[i].Cited} {
			if len(key) < startSize || t.items[key] != nil {
				continue
			}
			t.items[key], t.starts[key[:startSize]] = &it, true
			if !seen[len(key)] {
				seen[len(key)] = true
				t.lengths = append(t.lengths, len(key))
			}
		}
	}
	slices.SortFunc(t.lengths, func(a, b int) int { return b - a })
	return t
}

// find is the item that a link leads to; nil: nothing is archived of that.
func (t *table) find(href string) *Item {
	href = strings.TrimSpace(href)
	if it := t.items[href]; it != nil {
		return it
	}
	bare, _, cut := strings.Cut(href, "#")
	if cut {
		return t.items[bare]
	}
	return nil
}

// at is the item whose address stands bare in text at offset i, and where that ends. It is the whole address: none that goes on
// behind, and not the end of another word.
func (t *table) at(text []byte, i int) (*Item, int) {
	if i+startSize > len(text) || !t.starts[string(text[i:i+startSize])] || i > 0 && isWordByte(text[i-1]) {
		return nil, 0
	}
	for _, n := range t.lengths {
		if i+n > len(text) {
			continue
		}
		if it := t.items[string(text[i:i+n])]; it != nil && endsAddress(text[i+n:]) {
			return it, i + n
		}
	}
	return nil, 0
}

// endsAddress says whether an address ends before rest: at white space, at a mark of text, or at punctuation before one.
func endsAddress(rest []byte) bool {
	for _, c := range rest {
		switch {
		case c <= ' ', c >= utf8.RuneSelf, strings.IndexByte("<>[]{}|\"`\\^", c) >= 0:
			return true
		case strings.IndexByte(".,;:!?)'*_", c) < 0:
			return false
		}
	}
	return true
}

func isWordByte(c byte) bool {
	return c == '/' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
