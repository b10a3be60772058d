// Package access decides what a reader may have: one function, [Policy.Decide], for replay, listings, search, export and the
// API alike. It knows rules (see [ibid.AccessRule]), which collections are private, and the token of whoever asks.
//
// The nearest rule counts, as it does for schedules: that of the very address, else that of the longest pattern which
// takes in the address, else that of the Document, of the Collection, of everything. Of two as near, the one that
// names a Collection. A rule for a Document is about its text, its References and its report; what it cites has
// addresses of its own.
//
// An address is compared by its SURT key, so http and https, "www." and the case of letters make no difference. The
// patterns are those of CDX servers: "http://example.org/papers/*" is all below a path, "http://example.org/pap*" all that
// begins so, "*.example.org" a host with all below it.
package access
