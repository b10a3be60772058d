package replay

import (
	"strings"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// rewriter makes of what a page refers to what the archive holds of it, nearest to the page's own time, on the origin that
// shows it. What cannot be archived (scripts as addresses, mail) leads nowhere.
type rewriter struct {
	// base is the address against which the page's are resolved.
	base string
	// before stands before a canonical address: "/web/{timestamp}{modifier}/"; beforeFrame before that of a page within.
	before, beforeFrame string
	scripts             bool
	depth               int // of pages in attributes of pages
}

// nowhere is the address that is never asked for.
const nowhere = "about:invalid"

// address rewrites raw; ok is false when it leads to nothing that an archive could hold.
func (rw *rewriter) address(raw string) (string, bool) { return rw.below(rw.before, raw) }

func (rw *rewriter) below(before, raw string) (string, bool) {
	raw = strings.Trim(raw, controls)
	switch {
	case raw == "":
		return "", true
	case raw[0] == '#':
		return raw, true
	}
	if scheme := schemeOf(raw); scheme != "" && scheme != "http" && scheme != "https" && scheme != "ftp" {
		return raw, scheme == "data" && harmless(raw) || scheme == "javascript" && rw.scripts || raw == "about:blank"
	}
	uri, fragment, err := cdx.Resolve(rw.base, raw)
	if err != nil || !isWeb(uri) {
		return "", false
	}
	return before + withFragment(tail(uri), fragment), true
}

// controls are what browsers take off the ends of an address: C0 controls and space (WHATWG URL).
const controls = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

// schemeOf is the scheme of raw in lower case; empty for a relative address. Tabs and line ends within do not count.
func schemeOf(raw string) string {
	var b []byte
	for i := range len(raw) {
		switch c := raw[i]; {
		case c == '\t' || c == '\n' || c == '\r':
		case c == ':' && len(b) > 0:
			return string(b)
		case 'A' <= c && c <= 'Z':
			b = append(b, c|0x20)
		case 'a' <= c && c <= 'z', len(b) > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
			b = append(b, c)
		default:
			return ""
		}
	}
	return ""
}

// harmless says whether an address with its data in it holds pictures, fonts or sounds: those refer to nothing else, or are
// shown where nothing else is asked for.
func harmless(data string) bool {
	kind := strings.ToLower(data[len("data:"):])
	for _, prefix := range []string{"image/", "font/", "audio/", "video/", "application/font", "application/x-font", "application/vnd.ms-fontobject", "application/octet-stream"} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

// addressOr rewrites raw, or makes it lead nowhere.
func (rw *rewriter) addressOr(raw string) string {
	if out, ok := rw.address(raw); ok {
		return out
	}
	return nowhere
}

// srcset rewrites "a.png 1x, b.png 2x" (HTML, 4.8.4.3.2): an address ends at white space, not at a comma within it.
func (rw *rewriter) srcset(s string) string {
	var out []string
	for {
		s = strings.TrimLeft(s, " \t\r\n\f,")
		if s == "" {
			return strings.Join(out, ", ")
		}
		end := strings.IndexAny(s, " \t\r\n\f")
		if end < 0 {
			end = len(s)
		}
		address := s[:end]
		s = s[end:]
		bare := strings.TrimRight(address, ",")
		descriptor := ""
		if bare == address {
			comma := strings.IndexByte(s, ',')
			if comma < 0 {
				comma = len(s)
			}
			descriptor, s = strings.TrimRight(s[:comma], " \t\r\n\f"), s[comma:]
		}
		if a, ok := rw.address(bare); ok && a != "" {
			// A comma at the end of the address would end it.
			out = append(out, strings.ReplaceAll(a, ",", "%2C")+descriptor)
		}
	}
}

// refresh rewrites the content of a <meta http-equiv=refresh>; empty when it leads nowhere.
func (rw *rewriter) refresh(content string) string {
	end := strings.IndexAny(content, ";,")
	if end < 0 {
		return content
	}
	rest := strings.TrimLeft(content[end+1:], controls)
	if len(rest) > 3 && strings.EqualFold(rest[:3], "url") {
		if after := strings.TrimLeft(rest[3:], controls); strings.HasPrefix(after, "=") {
			rest = strings.TrimLeft(after[1:], controls)
		}
	}
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		quoted, _, _ := strings.Cut(rest[1:], rest[:1])
		rest = quoted
	}
	to, ok := rw.address(rest)
	if !ok || to == "" || schemeOf(to) != "" {
		return ""
	}
	return content[:end] + "; url=" + to
}
