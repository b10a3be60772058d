package replay

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// cdxFields are the fields of a row, by the Wayback Machine's names and by pywb's.
var cdxFields = map[string]func(e *cdx.Entry) string{
	"urlkey":    func(e *cdx.Entry) string { return e.Key },
	"timestamp": func(e *cdx.Entry) string { return ibid.Timestamp14(e.Timestamp) },
	"original":  original7, "url": original7,
	"mimetype": mimeOf, "mime": mimeOf,
	"statuscode": statusCode, "status": statusCode,
	"digest":     func(e *cdx.Entry) string { return orDash(string(e.Digest)) },
	"length":     func(e *cdx.Entry) string { return strconv.FormatInt(e.Location.Length, 10) },
	"offset":     func(e *cdx.Entry) string { return strconv.FormatInt(e.Location.Offset, 10) },
	"filename":   func(e *cdx.Entry) string { return path.Base(e.Location.Key) },
	"collection": func(e *cdx.Entry) string { return e.Collection },
	"origin":     func(e *cdx.Entry) string { return orDash(string(e.Origin)) },
}

// pywbFields are the names by which pywb alone calls fields.
var pywbFields = map[string]bool{"url": true, "mime": true, "status": true}

// original7 is the address without anything that could be taken for the end of a field.
func original7(e *cdx.Entry) string { return strings.ReplaceAll(encodeRefLoose(e.URI), " ", "%20") }

// encodeRefLoose leaves an address as it is unless it has controls in it, which only one that is none can have.
func encodeRefLoose(uri string) string {
	if strings.IndexFunc(uri, func(r rune) bool { return r <= ' ' || r == 0x7f }) < 0 {
		return uri
	}
	return encodeRef(uri)
}

// mimeOf tells revisits by their own type, as all CDX servers do; what they were sent as is known only of the status.
func mimeOf(e *cdx.Entry) string {
	if e.Revisit {
		return cdx.RevisitMIME
	}
	return orDash(strings.ReplaceAll(string(e.MediaType), " ", ""))
}

func statusCode(e *cdx.Entry) string {
	if e.Status == 0 {
		return "-"
	}
	return strconv.Itoa(e.Status)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func fieldNames() string { return strings.Join(slices.Sorted(maps.Keys(cdxFields)), ", ") }

// filter is a condition on one field.
type filter struct {
	field func(e *cdx.Entry) string
	not   bool
	holds func(value string) bool
}

// maxPattern bounds a regular expression, in bytes. Matching takes time linear in the value (RE2), whatever the expression.
const maxPattern = 1000

// addFilter reads "[!]field:regex", anchored at both ends, as the Wayback Machine does. With "=" or "~" before the field, or
// one of pywb's names for it, it is pywb's: "=" is equal, "~" a regular expression from the beginning, nothing is contained.
func (q *cdxQuery) addFilter(v string) error {
	bad := func(why string) error { return badRequest("filter="+v, why) }
	rest, not := strings.CutPrefix(v, "!")
	kind := byte(0)
	if rest != "" && (rest[0] == '=' || rest[0] == '~') {
		kind, rest = rest[0], rest[1:]
	}
	name, value, ok := strings.Cut(rest, ":")
	if !ok || cdxFields[name] == nil || len(q.filters) == maxParts {
		return bad("a filter is [!]FIELD:REGEX, there are 20 at the most, and the fields are " + fieldNames())
	}
	f := filter{field: cdxFields[name], not: not}
	switch {
	case kind == '=':
		f.holds = func(s string) bool { return s == value }
	case kind == 0 && pywbFields[name]:
		f.holds = func(s string) bool { return strings.Contains(s, value) }
	default:
		end := "$"
		if kind == '~' {
			end = ""
		}
		if len(value) > maxPattern {
			return bad("the regular expression is too long")
		}
		pattern, err := regexp.Compile("^(?:" + value + ")" + end)
		if err != nil {
			return bad("the regular expression cannot be read: " + err.Error())
		}
		f.holds = pattern.MatchString
	}
	q.filters = append(q.filters, f)
	return nil
}

func (q *cdxQuery) passes(e *cdx.Entry) bool {
	for i := range q.filters {
		if q.filters[i].holds(q.filters[i].field(e)) == q.filters[i].not {
			return false
		}
	}
	return true
}

// collapse takes neighbouring rows together that have the same beginning of a field.
type collapse struct {
	field func(e *cdx.Entry) string
	chars int // 0 is all
}

func (q *cdxQuery) addCollapse(v string) error {
	name, chars, counted := strings.Cut(v, ":")
	c := collapse{field: cdxFields[name]}
	if c.field == nil || len(q.collapse) == maxParts {
		return badRequest("collapse="+v, "it is FIELD or FIELD:N, and the fields are "+fieldNames())
	}
	if counted {
		if err := number(&c.chars, "collapse", chars, 1, 1<<20); err != nil {
			return err
		}
	}
	q.collapse = append(q.collapse, c)
	return nil
}

// collapsing says of row after row whether it falls together with the one before.
func (q *cdxQuery) collapsing() func(e *cdx.Entry) bool {
	last := make([]string, len(q.collapse))
	begun := false
	return func(e *cdx.Entry) bool {
		same := begun && len(last) > 0
		for i, c := range q.collapse {
			v := c.field(e)
			if c.chars > 0 && len(v) > c.chars {
				v = v[:c.chars]
			}
			same = same && v == last[i]
			last[i] = v
		}
		begun = true
		return same
	}
}
