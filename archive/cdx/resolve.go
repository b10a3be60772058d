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
	if uri, ok := beside(base, ref); ok {
		return uri, "", nil
	}
	u, err := url.NewParser().ParseRef(base, ref)
	if err != nil {
		return "", "", &ibid.Error{Kind: ibid.KindInput, Op: "follow", URI: ref, Err: err}
	}
	u.SetUsername("")
	u.SetPassword("")
	return strings.TrimRight(u.Href(true), " "), strings.TrimPrefix(u.Hash(), "#"), nil
}

// beside resolves a path that needs no thought from a base that needs none; most are such. It says false for all others.
func beside(base, ref string) (string, bool) {
	if ref == "" || ref[0] == '?' || ref[0] == '.' || strings.HasPrefix(ref, "//") {
		return "", false
	}
	if _, ok := split(base); !ok {
		return "", false
	}
	host := len("https://")
	host += strings.IndexByte(base[host:], '/')
	if ref[0] == '/' {
		ref = base[:host] + ref
	} else {
		if strings.IndexByte(ref, ':') >= 0 {
			return "", false
		}
		path, _, _ := strings.Cut(base, "?")
		ref = path[:strings.LastIndexByte(path, '/')+1] + ref
	}
	_, ok := split(ref)
	return ref, ok
}
