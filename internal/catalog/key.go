package catalog

import (
	"strings"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// surtOf is the key under which the Captures of an address lie: addresses that lead to the same thing (by
// http or https, with "www." or without) share it. What is no address is its own key, so that nothing is
// lost.
func surtOf(uri string) string {
	if key, err := cdx.SURT(uri); err == nil {
		return key
	}
	return bare(uri)
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
