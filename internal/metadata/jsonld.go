package metadata

import (
	"html"
	"strings"
)

// readScripts reads the things out of JSON-LD scripts. Real ones are often not JSON: comments and
// CDATA around them, raw line ends in strings, commas too many, values side by side. What can be read
// before a fault is kept.
func readScripts(scripts []string) []*thing {
	var all []*thing
	for _, s := range scripts {
		all = append(all, readJSONLD(s)...)
	}
	return all
}

// readJSONLD reads the things at the top of one script.
func readJSONLD(s string) []*thing {
	if !strings.Contains(s, `"`) && strings.Contains(s, "&quot;") {
		s = html.UnescapeString(s)
	}
	holder := &thing{}
	r := &jsonReader{s: s}
	for r.things < maxThings {
		start := strings.IndexAny(r.s[r.i:], "{[")
		if start < 0 {
			break
		}
		r.i += start
		before := r.i
		if r.opensNoise() {
			r.i++
			continue
		}
		if !r.value(holder, "@graph", 0) || r.i == before {
			break
		}
	}
	var all []*thing
	for i := range holder.props {
		if t := holder.props[i].item; t != nil {
			all = append(all, t)
		}
	}
	return all
}

// jsonReader is a forgiving reader of JSON that keeps wanted properties and skips all others.
type jsonReader struct {
	s      string
	i      int
	things int
}

// opensNoise says whether the bracket at hand belongs to "<![CDATA[" and not to a value.
func (r *jsonReader) opensNoise() bool {
	return r.s[r.i] == '[' && (strings.HasPrefix(r.s[r.i:], "[CDATA[") || strings.HasSuffix(r.s[:r.i], "[CDATA"))
}

// space skips white space, control characters, commas too many and comments.
func (r *jsonReader) space() {
	for r.i < len(r.s) {
		switch c := r.s[r.i]; {
		case c <= ' ' || c == ',' || c == 0xEF || c == 0xBB || c == 0xBF:
			r.i++
		case strings.HasPrefix(r.s[r.i:], "/*"):
			r.skipPast("*/")
		case strings.HasPrefix(r.s[r.i:], "//"):
			r.skipPast("\n")
		case strings.HasPrefix(r.s[r.i:], "<!--"):
			r.skipPast("-->")
		default:
			return
		}
	}
}

func (r *jsonReader) skipPast(mark string) {
	if n := strings.Index(r.s[r.i:], mark); n >= 0 {
		r.i += n + len(mark)
		return
	}
	r.i = len(r.s)
}

// value reads one value into owner under name; an unwanted name is only skipped. It reports whether
// reading can go on.
func (r *jsonReader) value(owner *thing, name string, depth int) bool {
	r.space()
	if r.i >= len(r.s) || depth > 4*maxDepth {
		return false
	}
	keep := owner != nil && wanted(name)
	switch r.s[r.i] {
	case '{':
		return r.object(owner, name, keep, depth)
	case '[':
		return r.array(owner, name, keep, depth)
	case '"':
		text, ok := r.str(keep)
		if ok && keep {
			owner.add(prop{name: name, text: text})
		}
		return ok
	}
	start := r.i
	for r.i < len(r.s) && !strings.ContainsRune(",]}\n", rune(r.s[r.i])) {
		r.i++
	}
	if text := strings.TrimSpace(r.s[start:r.i]); keep && len(text) < 40 && text != "null" {
		owner.add(prop{name: name, text: text})
	}
	return r.i > start
}

func (r *jsonReader) object(owner *thing, name string, keep bool, depth int) bool {
	var t *thing
	if keep && r.things < maxThings {
		r.things++
		t = &thing{syntax: "json-ld"}
		owner.add(prop{name: name, item: t})
	}
	r.i++
	for {
		r.space()
		if r.i >= len(r.s) {
			return false
		}
		if r.s[r.i] == '}' {
			r.i++
			return true
		}
		if r.s[r.i] != '"' {
			return false
		}
		key, ok := r.str(true)
		if !ok {
			return false
		}
		r.space()
		if r.i >= len(r.s) || r.s[r.i] != ':' {
			return false
		}
		r.i++
		if key[:min(1, len(key))] != "@" {
			key = schemaName(key)
		}
		if !r.value(t, key, depth+1) {
			return false
		}
	}
}

// array reads each member as one more value of the property.
func (r *jsonReader) array(owner *thing, name string, keep bool, depth int) bool {
	if !keep {
		owner = nil
	}
	r.i++
	for {
		r.space()
		if r.i >= len(r.s) {
			return false
		}
		if r.s[r.i] == ']' {
			r.i++
			return true
		}
		if !r.value(owner, name, depth+1) {
			return false
		}
	}
}
