package testsite

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// link is one entry of the link format (RFC 8288, RFC 7089, 5).
func link(uri, rel string, more ...string) string {
	out := "<" + uri + `>; rel="` + rel + `"`
	for i := 0; i+1 < len(more); i += 2 {
		out += "; " + more[i] + `="` + more[i+1] + `"`
	}
	return out
}

// listed are the captures of a TimeMap: those that can be read.
func (a *archive) listed(key string) []*capture {
	var out []*capture
	for _, c := range a.held(key) {
		if !c.unplayable {
			out = append(out, c)
		}
	}
	return out
}

// memento is the entry of c; rel is "memento", or that with "first", "last" …
func (a *archive) memento(c *capture, rel string) string {
	more := []string{"datetime", c.at.Format(http.TimeFormat)}
	if a.dialect == pywb {
		more = append(more, "collection", strings.Trim(a.prefix, "/"))
	}
	return link(a.base+c.timestamp+"/"+c.uri, rel, more...)
}

// links are the entries of the Link header of c, or of a TimeGate when memento is false.
func (a *archive) links(c *capture) []string {
	all := a.listed(c.key)
	out := []string{
		link(c.uri, "original"),
		link(a.base+"timemap/link/"+c.uri, "timemap", "type", "application/link-format"),
		link(a.base+c.uri, "timegate"),
	}
	if a.dialect == pywb {
		return append(out, a.memento(c, "memento"))
	}
	for i, x := range all {
		var rel []string
		for word, is := range map[string]bool{
			"first": i == 0, "last": i == len(all)-1, "prev": i+1 < len(all) && all[i+1] == c, "next": i > 0 && all[i-1] == c,
		} {
			if is {
				rel = append(rel, word)
			}
		}
		if x == c || len(rel) > 0 {
			out = append(out, a.memento(x, relation(rel)))
		}
	}
	return out
}

// relation puts the words in the order in which the Wayback Machine writes them.
func relation(words []string) string {
	out := ""
	for _, w := range []string{"first", "prev", "next", "last"} {
		for _, x := range words {
			if x == w {
				out += w + " "
			}
		}
	}
	return out + "memento"
}

// timeMap answers the TimeMap of source; page counts from 1.
func (a *archive) timeMap(rw http.ResponseWriter, source string, page int) {
	all := a.listed(surt(source))
	if len(all) == 0 && a.dialect == wayback {
		http.Error(rw, "no mementos", http.StatusNotFound)
		return
	}
	size := a.paged
	if size == 0 {
		size = max(len(all), 1)
	}
	pages := (len(all) + size - 1) / size
	entries := a.head(source, all)
	if a.index && page == 0 && pages > 1 {
		for n := 1; n <= pages; n++ {
			entries = append(entries, a.pageLink(source, all, size, n))
		}
	} else {
		page = max(page, 1)
		if page > max(pages, 1) {
			http.Error(rw, "no such page", http.StatusNotFound)
			return
		}
		first := min((page-1)*size, len(all))
		for i, c := range all[first:min(first+size, len(all))] {
			entries = append(entries, a.memento(c, a.place(first+i, len(all))))
		}
		if page < pages {
			entries = append(entries, a.pageLink(source, all, size, page+1))
		}
	}
	rw.Header().Set("Content-Type", "application/link-format")
	end := "\n"
	if a.dialect == pywb {
		end = ",\n" // a comma after the last entry too
	}
	// An error here is a client that went away.
	_, _ = fmt.Fprint(rw, strings.Join(entries, ",\n")+end)
}

// place is the relation of the i-th of n mementos.
func (a *archive) place(i, n int) string {
	switch {
	case a.dialect == pywb:
		return "memento"
	case n == 1:
		return "first last memento"
	case i == 0:
		return "first memento"
	case i == n-1:
		return "last memento"
	}
	return "memento"
}

// head are the entries before the mementos, in the order of each dialect.
func (a *archive) head(source string, all []*capture) []string {
	span := []string{"type", "application/link-format"}
	if len(all) > 0 {
		span = append(span, "from", all[0].at.Format(http.TimeFormat))
		if a.dialect == wayback {
			span = append(span, "until", all[len(all)-1].at.Format(http.TimeFormat))
		}
	}
	self, gate := link(a.base+"timemap/link/"+source, "self", span...), link(a.base+source, "timegate")
	if a.dialect == pywb {
		return []string{self, gate, link(source, "original")}
	}
	return []string{link(source, "original"), self, gate}
}

// pageLink leads to the n-th page of a TimeMap (RFC 7089, 5.1.3).
func (a *archive) pageLink(source string, all []*capture, size, n int) string {
	first, last := all[(n-1)*size], all[min(n*size, len(all))-1]
	return link(a.base+"timemap/link/"+strconv.Itoa(n)+"/"+source, "timemap", "type", "application/link-format",
		"from", first.at.Format(http.TimeFormat), "until", last.at.Format(http.TimeFormat))
}
