package rescue

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// hypothesis is an address under which a source may be found.
type hypothesis struct {
	Hypothesis
	// filed: archives that file addresses under loose keys found it with the address as cited.
	filed bool
	// prefix, where there is one, is asked for in place of the address: all that begins with it and has its identity.
	prefix string
}

// Hypothesis is an address under which a source may be found that was cited under another. It has to be proven.
type Hypothesis struct {
	URI string
	// Name says how URI follows from the address as cited: "without www", the name of a Migration; empty: it is the same.
	Name string
}

// covers says whether a capture of uri is one of what h asks for.
func (h *hypothesis) covers(uri string) bool {
	if h.prefix == "" {
		return uri == h.URI || looseKey(uri) == looseKey(h.URI)
	}
	_, want, ok := identity(h.URI)
	_, got, gotOK := identity(uri)
	return ok && gotOK && want.sameAs(got)
}

// Migration is where a site is known to have moved what it holds: Match is a regular expression over the whole
// address, Replace what takes its place ($1 is what the first parentheses hold).
type Migration struct{ Name, Match, Replace string }

// migration is one that is compiled.
type migration struct {
	name    string
	match   *regexp.Regexp
	replace string
}

func compile(rules []Migration) ([]migration, error) {
	var out []migration
	for _, m := range rules {
		re, err := regexp.Compile(`^(?:` + m.Match + `)$`)
		if err != nil {
			return nil, fmt.Errorf("the migration %q: %w", m.Name, err)
		}
		out = append(out, migration{m.Name, re, m.Replace})
	}
	return out, nil
}

// Migrated returns where migration rules say that the source at uri is today.
func (r *Rescuer) Migrated(uri string) []Hypothesis {
	var out []Hypothesis
	for _, m := range r.migrations {
		if to, ok := clean(m.match.ReplaceAllString(uri, m.replace)); ok && m.match.MatchString(uri) {
			out = append(out, Hypothesis{URI: to, Name: m.name})
		}
	}
	return out
}

// Hypotheses returns where the source at uri may be found beside uri itself: the likeliest first.
func (r *Rescuer) Hypotheses(uri string) []Hypothesis {
	var out []Hypothesis
	for _, h := range r.hypotheses(uri)[1:] {
		if h.prefix == "" {
			out = append(out, h.Hypothesis)
		}
	}
	return out
}

// maxHypotheses bounds the addresses that are looked for in place of one.
const maxHypotheses = 14

// hypotheses returns uri itself and what may stand in its place, without repetition.
func (r *Rescuer) hypotheses(uri string) []hypothesis {
	out := []hypothesis{{Hypothesis: Hypothesis{URI: uri}}}
	seen := map[string]bool{uri: true}
	add := func(h hypothesis) {
		u, ok := clean(h.URI)
		if key := h.prefix + " " + u; !ok || seen[key] || h.prefix == "" && seen[u] || len(out) >= maxHypotheses {
			return
		} else { //nolint:revive // key belongs to the condition
			seen[key], seen[u] = true, true
		}
		h.URI, h.filed = u, h.prefix == "" && looseKey(u) == looseKey(uri)
		out = append(out, h)
	}
	for _, m := range r.migrations {
		if m.match.MatchString(uri) {
			add(hypothesis{Hypothesis: Hypothesis{URI: m.match.ReplaceAllString(uri, m.replace), Name: m.name}})
		}
	}
	u, err := url.Parse(uri)
	if err != nil {
		return out
	}
	for _, v := range systemForms(u) {
		add(v)
	}
	for _, v := range plainForms(u) {
		add(hypothesis{Hypothesis: v})
	}
	return out
}

// indexPages are what servers show for a directory.
var indexPages = []string{"index.html", "index.htm", "index.php", "default.asp", "default.aspx", "index.asp", "index.jsp", "index.cfm"}

// plainForms are the other ways to write an address that most servers take for the same.
func plainForms(u *url.URL) []Hypothesis {
	var out []Hypothesis
	add := func(name string, change func(*url.URL) bool) {
		c := *u
		if change(&c) {
			out = append(out, Hypothesis{URI: c.String(), Name: name})
		}
	}
	add("without the session id", withoutSession)
	add("with the other of http and https", func(c *url.URL) bool {
		if c.Scheme == "http" {
			c.Scheme = "https"
		} else {
			c.Scheme = "http"
		}
		return c.Port() == ""
	})
	if rest, ok := strings.CutPrefix(u.Host, "www."); ok {
		add("without www", func(c *url.URL) bool { c.Host = rest; return strings.Contains(rest, ".") })
	} else {
		add("with www", func(c *url.URL) bool { c.Host = "www." + c.Host; return strings.Count(c.Host, ".") == 2 })
	}
	dir, file := u.Path[:strings.LastIndexByte(u.Path, '/')+1], u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	for _, page := range indexPages {
		if strings.EqualFold(file, page) && u.RawQuery == "" {
			add("without "+file, func(c *url.URL) bool { c.Path, c.RawPath = dir, ""; return true })
		}
	}
	switch {
	case file == "" && u.RawQuery == "":
		for _, page := range indexPages[:2] {
			add("with "+page, func(c *url.URL) bool { c.Path, c.RawPath = dir+page, ""; return true })
		}
		add("without the last slash", func(c *url.URL) bool {
			c.Path, c.RawPath = strings.TrimSuffix(c.Path, "/"), strings.TrimSuffix(c.RawPath, "/")
			return c.Path != ""
		})
	case !strings.Contains(file, ".") && u.RawQuery == "":
		add("with a slash at the end", func(c *url.URL) bool {
			c.Path += "/"
			if c.RawPath != "" {
				c.RawPath += "/"
			}
			return true
		})
	}
	return out
}

func withoutSession(c *url.URL) bool {
	p, cut := cutPathSession(c.EscapedPath())
	if cut {
		plain, err := url.PathUnescape(p)
		if err != nil {
			return false
		}
		c.Path, c.RawPath = plain, p
	}
	if rest, ok := dropParams(c.RawQuery, isSessionParam); ok {
		c.RawQuery, cut = rest, true
	}
	return cut
}

// dropParams leaves parameters out of a query, and all others as they are written.
func dropParams(query string, drop func(param string) bool) (string, bool) {
	var kept []string
	dropped := false
	for p := range strings.SplitSeq(query, "&") {
		if p != "" && drop(p) {
			dropped = true
			continue
		}
		kept = append(kept, p)
	}
	return strings.Join(kept, "&"), dropped
}
