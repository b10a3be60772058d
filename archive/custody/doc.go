// Package custody is an append-only log of what a Store has held: a Merkle tree (RFC 6962) with one leaf for each capture,
// for each key and for each destruction. Whoever has one of its checkpoints can prove later that an entry was removed or
// changed, and whoever has an inclusion proof needs no store at all.
//
// Its objects are written once. They lie below custody/ as tlog-tiles has them (c2sp.org/tlog-tiles): tile/<level>/<n> and
// tile/entries/<n>, with checkpoints (c2sp.org/tlog-checkpoint) that are signed notes. Before anything is added, an object
// in batches/ says what and in which order: putting it is what decides, since of two who put the same key one
// finds it taken. What a crash leaves undone behind it follows from it, and is done by whoever comes next.
//
// The tree, its tiles and its proofs are those of golang.org/x/mod/sumdb/tlog.
package custody

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Prefix is where the log lies in a Store.
const Prefix = "custody/"

const (
	batchPrefix      = Prefix + "batches/"
	checkpointPrefix = Prefix + "checkpoints/"
	stampPrefix      = Prefix + "stamps/"
	tilePrefix       = Prefix + "tile/"
	checkpointSuffix = ".txt"
	stampSuffix      = ".tsr"
)

// tileHeight is that of tlog-tiles: a tile has up to 256 hashes, a bundle as many entries.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

func batchKey(first int64) string { return fmt.Sprintf("%s%020d.json", batchPrefix, first) }

// checkpointKey sorts checkpoints by size, and those of one size by time.
func checkpointKey(size int64, at time.Time) string {
	return fmt.Sprintf("%s%020d-%s%s", checkpointPrefix, size, at.UTC().Format("20060102T150405.000000Z"), checkpointSuffix)
}

func stampKey(checkpoint string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(checkpoint, checkpointPrefix), checkpointSuffix)
	return stampPrefix + name + stampSuffix
}

// tileKey is where a tile lies. The library's paths begin with its height, and call entries data.
func tileKey(t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", t.H))
	return tilePrefix + strings.Replace(path, "data/", "entries/", 1)
}
