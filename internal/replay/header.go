package replay

import (
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/ibid-archive/ibid"
)

const (
	// originalPrefix is before the names of header fields that the source sent, as the Wayback Machine and pywb have it.
	originalPrefix = "X-Archive-Orig-"
	// maxOriginal bounds them, names and values, in bytes: browsers refuse much longer heads.
	maxOriginal = 32 << 10
)

// originalHeader adds what the source sent, under names that mean nothing to a browser, and the language under its own.
// Fields that would not be valid are left out.
func originalHeader(h, sent http.Header) {
	if l := sent.Get("Content-Language"); l != "" && validValue(l) {
		h.Set("Content-Language", l)
	}
	left := maxOriginal
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		for _, v := range sent[name] {
			size := len(originalPrefix) + len(name) + len(v)
			if size <= left && httpguts.ValidHeaderFieldName(name) && validValue(v) {
				left -= size
				h.Add(originalPrefix+name, v)
			}
		}
	}
}

func validValue(v string) bool { return v != "" && httpguts.ValidHeaderFieldValue(v) }

// contentType is the type of a payload and the value of its header field: as sent, or as it was found to be. What cannot be
// read, or would be replaced by what comes behind it, is bytes.
func contentType(sent string, found ibid.MediaType) (ibid.MediaType, string) {
	kind, params, err := mime.ParseMediaType(sent)
	if err != nil {
		first, _, _ := strings.Cut(sent, ";")
		kind, params, err = mime.ParseMediaType(first)
	}
	if err != nil || !strings.Contains(kind, "/") {
		kind, params, err = mime.ParseMediaType(string(found))
	}
	if err != nil || !strings.Contains(kind, "/") || strings.HasPrefix(kind, "multipart/") {
		return "application/octet-stream", "application/octet-stream"
	}
	value := kind
	if c := params["charset"]; c != "" && httpguts.ValidHeaderFieldName(c) {
		value += "; charset=" + c
	}
	return ibid.MediaType(kind), value
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
