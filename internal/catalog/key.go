package catalog

import (
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// surtOf is the key under which the Captures of an address lie: addresses that lead to the same thing (by
// http or https, with "www." or without) share it. What is no address is its own key, so that nothing is
// lost.
func surtOf(uri string) string {
	if key, err := cdx.SURT(uri); err == nil {
		return shortened(key)
	}
	return shortened(bare(uri))
}

// canonical is the form in which the address of a Capture is stored, of whatever was typed or cited.
func canonical(uri string) string {
	if form, err := cdx.Canonical(uri); err == nil {
		return form
	}
	return bare(uri)
}

// bare is uri without its fragment, which no server sees: the identity of a Seed.
func bare(uri string) string {
	uri, _, _ = strings.Cut(uri, "#")
	return uri
}

// seedKey is the key under which the Seed with that URI lies.
func seedKey(uri string) string { return shortened(storable(uri)) }

// longURI is what stands beside the key of a Seed that does not say its URI; else it is empty.
func longURI(uri string) string {
	if len(uri) > maxKey {
		return uri
	}
	return ""
}

// maxKey is how much of an address goes into a key: PostgreSQL holds rows of an index that have up to 2,704
// bytes, with all columns.
const maxKey = 2000

// shortened is key, or when it is too long its beginning and its digest, which say what it is as well. "#" is in no
// other key of an address.
func shortened(key string) string {
	if len(key) <= maxKey {
		return key
	}
	digest := string(ibid.DigestOf([]byte(key)))
	return strings.ToValidUTF8(key[:maxKey-len(digest)-1], "") + "#" + digest
}

// storable is s as both engines can hold it: valid UTF-8 without NUL, which PostgreSQL refuses.
func storable(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.ReplaceAll(s, "\x00", "")
}
