package citeform

import (
	"bytes"
	"regexp"
	"strings"
)

// robustWikitext gives templates of Citation Style 1 their archive-url, and puts {{Webarchive}} behind other links, as
// InternetArchiveBot does. Addresses that are no whole ones it leaves out: templates refuse them.
func robustWikitext(body []byte, t *table, _ Rewrite) ([]edit, error) {
	w := &wikitext{body: body, t: t}
	for i := 0; i < len(body); {
		i = w.next(i)
	}
	return w.edits, nil
}

type wikitext struct {
	body  []byte
	t     *table
	edits []edit
	// within is where the template ends that is being gone through.
	within int
}

var unread = regexp.MustCompile(`(?i)^<(nowiki|pre|syntaxhighlight|source|math)\b[^>]*>`)

func (w *wikitext) next(i int) int {
	rest := w.body[i:]
	switch c := rest[0]; {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return w.over(i, "-->")
	case c == '<':
		if tag := unread.FindSubmatch(rest[:min(len(rest), 200)]); tag != nil && !bytes.HasSuffix(tag[0], []byte("/>")) {
			return w.over(i, "</"+strings.ToLower(string(tag[1])))
		}
	case bytes.HasPrefix(rest, []byte("{{")):
		if end := afterTemplate(w.body, i); end > 0 {
			return w.template(i, end)
		}
	case c == '[' && !bytes.HasPrefix(rest, []byte("[[")):
		if end := bytes.IndexByte(rest[:min(len(rest), maxLink/8)], ']'); end > 0 && bytes.IndexByte(rest[:end], '\n') < 0 {
			href := rest[1 : 1+max(0, indexOr(rest[1:end], " \t\u00a0<", end-1))]
			if it := w.t.find(string(href)); it != nil {
				return w.put(it, i+end+1)
			}
			return i + end + 1
		}
	case i >= w.within:
		if it, end := w.t.at(w.body, i); it != nil {
			return w.put(it, end)
		}
	}
	return i + 1
}

func indexOr(s []byte, chars string, or int) int {
	if n := bytes.IndexAny(s, chars); n >= 0 {
		return n
	}
	return or
}

// over is the offset behind the next mark, letters of any case, or the end.
func (w *wikitext) over(i int, mark string) int {
	rest := w.body[i:]
	for n := 0; ; {
		k := bytes.IndexByte(rest[n:], mark[0])
		if k < 0 || n+k+len(mark) > len(rest) {
			return len(w.body)
		}
		n += k
		if strings.EqualFold(string(rest[n:n+len(mark)]), mark) {
			return i + n + len(mark)
		}
		n++
	}
}

// afterTemplate is the offset behind the template at i; 0 if nothing closes it.
func afterTemplate(body []byte, i int) int {
	end := min(len(body), i+maxLink)
	if !bytes.Contains(body[i:end], []byte("}}")) {
		return 0
	}
	depth := 0
	for j := i; j+1 < end; j++ {
		switch string(body[j : j+2]) {
		case "{{":
			depth++
			j++
		case "}}":
			depth--
			if j++; depth == 0 {
				return j + 1
			}
		}
	}
	return 0
}

var (
	citing    = regexp.MustCompile(`(?i)^\{\{\s*(?:cite\s+\w|citation\s*\|)`)
	urlParam  = regexp.MustCompile(`(?i)\|\s*url\s*=\s*([^\s|}]+)`)
	archiving = regexp.MustCompile(`(?i)\|\s*(?:archive-?url|archive-?date|url-status)\s*=`)
)

// template gives a citation its archived version. Other templates are gone into, but an address that stands bare in one may be
// the value of a parameter.
func (w *wikitext) template(i, end int) int {
	text := w.body[i:end]
	if !citing.Match(text) {
		if bytes.HasPrefix(bytes.ToLower(text), []byte("{{webarchive")) {
			return end
		}
		w.within = max(w.within, end)
		return i + len("{{")
	}
	address := urlParam.FindSubmatch(text)
	if address == nil || archiving.Match(text) {
		return end
	}
	it := w.t.find(string(address[1]))
	if it == nil {
		return end
	}
	if params := cs1Archive(it); params != "" {
		at := i + len(bytes.TrimRight(w.body[i:end-len("}}")], " \t\r\n"))
		w.edits = append(w.edits, edit{at, params})
		w.t.used++
	}
	return end
}

// put puts {{Webarchive}} behind the link that ends at end.
func (w *wikitext) put(it *Item, end int) int {
	c := it.copy()
	if !c.absolute() {
		return end
	}
	text := " {{Webarchive |url=" + wikiURL(c.URI) + " |date=" + c.day() + "}}"
	rest := w.body[end:]
	if bytes.HasPrefix(bytes.ToLower(bytes.TrimLeft(rest[:min(len(rest), 20)], " ")), []byte("{{webarchive")) {
		return end
	}
	w.edits = append(w.edits, edit{end, text})
	w.t.used++
	return end
}
