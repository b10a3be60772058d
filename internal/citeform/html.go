package citeform

import (
	"bytes"
	_ "embed" // the script
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// script shows the archived version beside each robust link.
//
//go:embed robustlinks.js
var script string

// scriptMark is how the script is known where it is there already.
const scriptMark = `<script data-ibid-robustlinks>`

// robustHTML gives each link of a page the attributes of Robust Links. Its href stays: whether one follows the link to the live
// source or to the archive is the reader's choice.
func robustHTML(body []byte, t *table, o Rewrite) ([]edit, error) {
	p := &htmlLinks{body: body, t: t, o: o}
	p.read(html.NewTokenizer(bytes.NewReader(body)), 0)
	if o.Script && !bytes.Contains(body, []byte(scriptMark)) && (len(p.edits) > 0 || bytes.Contains(body, []byte("data-versionurl"))) {
		p.addScript()
	}
	return p.edits, nil
}

// htmlLinks goes over the tags of a text that begins at an offset of body.
type htmlLinks struct {
	body  []byte
	t     *table
	o     Rewrite
	edits []edit
	// end is where the last "</body>" is; 0: there was none.
	end int
}

// read goes over all tags. Offsets are counted by the bytes that the tokenizer took; should they not be those of the document, it
// stops rather than write somewhere else.
func (p *htmlLinks) read(z *html.Tokenizer, at int) {
	for {
		kind := z.Next()
		raw := z.Raw()
		if kind == html.ErrorToken || !bytes.HasPrefix(p.body[at:], raw) {
			return
		}
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			start := at
			at += len(raw)
			p.tag(z.Token(), start)
			continue
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "body" {
				p.end = at
			}
		}
		at += len(raw)
	}
}

// tag writes the attributes directly behind the name of the tag, where no value can swallow them.
func (p *htmlLinks) tag(tag html.Token, at int) {
	if tag.DataAtom != atom.A && tag.DataAtom != atom.Area {
		return
	}
	href := ""
	for _, a := range tag.Attr {
		switch a.Key {
		case "href":
			if href == "" {
				href = a.Val
			}
		case "data-originalurl", "data-versionurl", "data-versiondate":
			return
		}
	}
	it := p.t.find(href)
	if it == nil {
		return
	}
	if s := robustAttributes(it, p.o.Spec); s != "" {
		p.t.used++
		p.edits = append(p.edits, edit{at + len("<") + len(tag.Data), s})
	}
}

func (p *htmlLinks) addScript() {
	at := len(p.body)
	if p.end > 0 {
		at = p.end
	}
	text := scriptMark + "\n" + strings.ReplaceAll(script, "{{archived}}", scriptWord(p.o.Language)) + "</script>\n"
	i := len(p.edits)
	for i > 0 && p.edits[i-1].at > at {
		i--
	}
	p.edits = append(p.edits[:i], append([]edit{{at, text}}, p.edits[i:]...)...)
}

// scriptWord is the word in ASCII, as a string of JavaScript has it: a page may be in any encoding.
func scriptWord(language string) string {
	var b strings.Builder
	for _, r := range archivedWord(language) {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			const hex = "0123456789abcdef"
			b.WriteString(`\u` + string([]byte{hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15]}))
		}
	}
	return b.String()
}
