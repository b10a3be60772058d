package rescue

import (
	"bufio"
	"errors"
	"html"
	"io"
	"strings"
	"time"
)

// link is one entry of a TimeMap or a Link header (RFC 6690, 2; RFC 8288, 3).
type link struct {
	uri      string
	rel      []string
	kind     string    // its media type, as far as it is told
	datetime time.Time // zero: none, or none that can be read
	from     time.Time
	until    time.Time
}

func (l *link) is(rel string) bool {
	for _, r := range l.rel {
		if strings.EqualFold(r, rel) {
			return true
		}
	}
	return false
}

// maxEntry bounds one entry in bytes: addresses are longer than one expects, but not by much.
const maxEntry = 64 << 10

// errEntryTooLong is about one entry: those before it were given.
var errEntryTooLong = errors.New("sent an entry longer than 64 KiB")

// linkScanner reads entries one by one, whatever the length of the whole. It forgives what is seen: trailing commas,
// commas within addresses and dates, attributes in any order, without quotes, or unknown.
type linkScanner struct {
	r   *bufio.Reader
	buf []byte
}

func newLinkScanner(r io.Reader) *linkScanner { return &linkScanner{r: bufio.NewReaderSize(r, 16<<10)} }

// next returns the next entry with an address; io.EOF at the end, which may be in the middle of one.
func (s *linkScanner) next() (*link, error) {
	for {
		raw, err := s.entry()
		if l := parseLink(raw); l != nil {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// entry reads up to the comma that ends an entry: one outside of <...> and "...".
func (s *linkScanner) entry() (string, error) {
	s.buf = s.buf[:0]
	var inURI, quoted, escaped bool
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return string(s.buf), err
		}
		switch {
		case inURI:
			inURI = c != '>'
		case escaped:
			escaped = false
		case quoted:
			escaped = c == '\\'
			// A line of its own never goes on within quotes: the closing one is missing then.
			quoted = c != '"' && c != '\n'
		case c == '<':
			inURI = true
		case c == '"':
			quoted = true
		case c == ',':
			if s.goesOn() {
				return string(s.buf), nil
			}
		}
		if s.buf = append(s.buf, c); len(s.buf) > maxEntry {
			return "", errEntryTooLong
		}
	}
}

// goesOn says whether an entry begins after a comma, or nothing: one before anything else belongs to a value without
// quotes, as in datetime=Tue, 05 Aug 2008.
func (s *linkScanner) goesOn() bool {
	for n := 1; n <= 64; n++ {
		ahead, err := s.r.Peek(n)
		if err != nil {
			return true
		}
		switch ahead[n-1] {
		case ' ', '\t', '\r', '\n':
		case '<', ',':
			return true
		default:
			return false
		}
	}
	return true
}

// parseLink returns nil for what is no entry.
func parseLink(raw string) *link {
	_, rest, ok := strings.Cut(raw, "<")
	if !ok {
		return nil
	}
	uri, rest, ok := strings.Cut(rest, ">")
	uri = strings.TrimSpace(uri)
	if !ok || uri == "" || strings.ContainsAny(uri, "\x00\r\n") {
		return nil
	}
	// Wayback escapes ampersands as in HTML.
	l := &link{uri: strings.ReplaceAll(uri, "&amp;", "&")}
	for rest != "" {
		var name, value string
		name, value, rest = cutParam(rest)
		l.set(strings.ToLower(name), value)
	}
	return l
}

// cutParam takes the next parameter off: ;name="value".
func cutParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, "; \t\r\n")
	end := strings.IndexAny(s, "=;")
	if end < 0 || s[end] == ';' {
		if end < 0 {
			end = len(s)
		}
		return strings.TrimSpace(s[:end]), "", s[end:]
	}
	name, s = strings.TrimSpace(s[:end]), strings.TrimLeft(s[end+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return name, strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"' || s[i] == '\n':
			return name, b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return name, b.String(), ""
}

func (l *link) set(name, value string) {
	value = html.UnescapeString(value)
	switch name {
	case "rel":
		if l.rel == nil {
			l.rel = strings.Fields(value)
		}
	case "type":
		l.kind = string(mediaTypeOf(value))
	case "datetime":
		l.datetime, _ = parseDate(value)
	case "from":
		l.from, _ = parseDate(value)
	case "until":
		l.until, _ = parseDate(value)
	}
}

// headerLinks reads all Link header lines together.
func headerLinks(lines []string) []link {
	var links []link
	for _, line := range lines {
		s := newLinkScanner(strings.NewReader(line))
		for len(links) < 1000 {
			l, err := s.next()
			if err != nil {
				break
			}
			links = append(links, *l)
		}
	}
	return links
}
