package cdx

import (
	"strings"

	"github.com/nlnwa/whatwg-url/url"

	"github.com/ibid-archive/ibid"
)

// Resolve returns the canonical address to which ref leads from base, and its fragment without "#", as browsers resolve
// them (WHATWG URL). The error is of KindInput.
func Resolve(base, ref string) (uri, fragment string, err error) {
	if _, ok := split(ref); ok {
		return ref, "", nil
	}
	u, err := url.NewParser().ParseRef(base, ref)
	if err != nil {
		return "", "", &ibid.Error{Kind: ibid.KindInput, Op: "follow", URI: ref, Err: err}
	}
	u.SetUsername("")
	u.SetPassword("")
	return strings.TrimRight(u.Href(true), " "), strings.TrimPrefix(u.Hash(), "#"), nil
}
