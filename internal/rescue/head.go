package rescue

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Prefixes of the fields that say what the origin's head said. pywb's documentation names the second.
var originalPrefixes = []string{"X-Archive-Orig-", "X-Orig-Archive-"}

// maxFields bounds the fields of a head that is put together.
const maxFields = 500

// originalHeader takes from the head of an archive's answer what it says of the origin's; nil: nothing. Whatever else
// stands there is the archive's own.
func originalHeader(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		for _, prefix := range originalPrefixes {
			rest, ok := cutPrefixFold(name, prefix)
			if !ok || !isToken(rest) || len(out) >= maxFields {
				continue
			}
			for _, v := range values {
				if fieldValue(v) {
					out[http.CanonicalHeaderKey(rest)] = append(out[http.CanonicalHeaderKey(rest)], v)
				}
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) <= len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// isToken is the rule of field names (RFC 9110, 5.1).
func isToken(s string) bool {
	return s != "" && strings.Trim(s, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// fieldValue says whether v can stand in a head.
func fieldValue(v string) bool {
	return !strings.ContainsFunc(v, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

// agree makes the header say of the body what holds of it as it lies there: its length, no transfer coding, and its
// content coding only where it is so coded.
func agree(h http.Header, size int64, coded bool) {
	for _, name := range []string{"Transfer-Encoding", "Trailer", "Content-Length"} {
		h.Del(name)
	}
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	if !coded {
		h.Del("Content-Encoding")
	}
}

// headOf writes a head. The reason phrase is the usual one: nobody knows the original.
func headOf(status int, h http.Header) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %03d %s\r\n", status, http.StatusText(status))
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range h[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, strings.TrimSpace(v))
		}
	}
	b.WriteString("\r\n")
	return b.Bytes()
}
