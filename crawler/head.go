package crawler

import (
	"bytes"
	"net/http"
	"net/textproto"
)

// parseStatusLine reads "HTTP/1.1 200 OK" (RFC 9112, 4); the reason may be missing.
func parseStatusLine(head []byte) (int, bool) {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	line = bytes.TrimRight(line, "\r")
	version, rest, ok := bytes.Cut(line, []byte{' '})
	if !ok || !bytes.HasPrefix(version, []byte("HTTP/1.")) {
		return 0, false
	}
	code, _, _ := bytes.Cut(bytes.TrimLeft(rest, " "), []byte{' '})
	if len(code) != 3 {
		return 0, false
	}
	status := 0
	for _, c := range code {
		if c < '0' || c > '9' {
			return 0, false
		}
		status = status*10 + int(c-'0')
	}
	return status, status >= 100
}

// parseHeader reads the fields of a head, status line first, as far as they can be read. Folded lines are
// joined (RFC 9112, 5.2); lines that are no field are passed over. spaced says that white space stands before a
// colon, which is taken away (5.1) but worth a note.
func parseHeader(head []byte) (h http.Header, spaced bool) {
	h = make(http.Header, 12)
	_, rest, _ := bytes.Cut(head, []byte{'\n'})
	var last string
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if v := h[last]; len(v) > 0 {
				v[len(v)-1] += " " + string(bytes.TrimSpace(line))
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte{':'})
		if !ok {
			continue
		}
		trimmed := bytes.TrimRight(name, " \t")
		spaced = spaced || len(trimmed) < len(name)
		last = textproto.CanonicalMIMEHeaderKey(string(trimmed))
		h[last] = append(h[last], string(bytes.TrimSpace(value)))
	}
	return h, spaced
}
