package custody

import (
	"context"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// maxTiles bounds the tiles that are kept in memory: 8 KiB each.
const maxTiles = 4096

// tiles reads the tiles of a store for the library, which trusts none of them before it has held it against a tree hash.
type tiles struct {
	ctx  context.Context //nolint:containedctx // lives within one call
	l    *Log
	kept map[tlog.Tile][]byte
}

func (l *Log) hashes(ctx context.Context, tree tlog.Tree) tlog.HashReader {
	return tlog.TileHashReader(tree, &tiles{ctx, l, map[tlog.Tile][]byte{}})
}

// Height implements tlog.TileReader.
func (t *tiles) Height() int { return tileHeight }

// ReadTiles implements tlog.TileReader.
func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		if data[i] = t.kept[tile]; data[i] != nil {
			continue
		}
		var err error
		if data[i], err = t.l.read(t.ctx, tileKey(tile), tileWidth*tlog.HashSize); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// SaveTiles implements tlog.TileReader.
func (t *tiles) SaveTiles(good []tlog.Tile, data [][]byte) {
	if len(t.kept) > maxTiles {
		clear(t.kept)
	}
	for i := range good {
		t.kept[good[i]] = data[i]
	}
}

// growth is a tree to which leaves are added.
type growth struct {
	n     int64
	old   tlog.HashReader
	added map[int64]tlog.Hash
}

func newGrowth(from tlog.Tree, old tlog.HashReader) *growth {
	return &growth{n: from.N, old: old, added: map[int64]tlog.Hash{}}
}

// ReadHashes implements tlog.HashReader.
func (g *growth) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	missing := map[int64]int{}
	for i, x := range indexes {
		h, ok := g.added[x]
		if !ok {
			missing[x] = i
		}
		out[i] = h
	}
	if len(missing) == 0 {
		return out, nil
	}
	asked := slices.Sorted(maps.Keys(missing))
	found, err := g.old.ReadHashes(asked)
	if err != nil {
		return nil, err
	}
	for i, x := range indexes {
		if at, ok := slices.BinarySearch(asked, x); ok {
			if _, have := g.added[x]; !have {
				out[i] = found[at]
			}
		}
	}
	return out, nil
}

// add adds a leaf.
func (g *growth) add(entry []byte) error {
	hashes, err := tlog.StoredHashes(g.n, entry, g)
	if err != nil {
		return err //nolint:wrapcheck // of our own reader
	}
	at := tlog.StoredHashIndex(0, g.n)
	for i, h := range hashes {
		g.added[at+int64(i)] = h
	}
	g.n++
	return nil
}

func (g *growth) tree() (tlog.Tree, error) {
	h, err := tlog.TreeHash(g.n, g)
	return tlog.Tree{N: g.n, Hash: h}, err
}
