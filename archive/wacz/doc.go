// Package wacz writes, reads and verifies WACZ packages (WACZ 1.1.1): a ZIP file with WARC files, their CDXJ, a list of
// pages and a description of it all, datapackage.json, that is signed as wacz-auth 0.1.0 has it. It knows the formats and
// nothing else.
//
// Writing streams: a [Writer] needs no copy of what it packs and holds no more than 32 MiB of the index. WARC files lie
// in the package as they are, so that a reader can take single records out of it by ranges of bytes. Reading trusts
// nothing: [Open] looks at the names and places of all entries before one byte is inflated, and [Verify] holds
// everything that the package says against its bytes, without a network.
package wacz

// Version is that of the WACZ specification, and AuthVersion that of wacz-auth.
const (
	Version     = "1.1.1"
	AuthVersion = "0.1.0"
)

// Where things lie in a package.
const (
	archiveDir = "archive/"
	indexesDir = "indexes/"
	pagesPath  = "pages/pages.jsonl"
	dataPath   = "datapackage.json"
	digestPath = "datapackage-digest.json"
	indexPlain = "indexes/index.cdxj"
	indexGzip  = "indexes/index.cdx.gz"
	indexIDX   = "indexes/index.idx"
)
