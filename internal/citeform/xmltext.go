package citeform

import (
	"bytes"
	"encoding/xml"
	"html"
	"io"
	"slices"
	"strings"
)

// paragraph is the text of one in XML, with the offset in the file behind each of its bytes.
type paragraph struct {
	text   []byte
	behind []int
}

// add adds text[from:to] of the file, entities undone.
func (p *paragraph) add(file []byte, from, to int) {
	if bytes.HasPrefix(file[from:to], []byte("<!")) {
		p.stop() // a section of CDATA cannot be put into
		return
	}
	for i := from; i < to; {
		if file[i] == '&' {
			if n := bytes.IndexByte(file[i:to], ';'); n > 0 {
				for _, c := range []byte(html.UnescapeString(string(file[i : i+n+1]))) {
					p.text, p.behind = append(p.text, c), append(p.behind, i+n+1)
				}
				i += n + 1
				continue
			}
		}
		i++
		p.text, p.behind = append(p.text, file[i-1]), append(p.behind, i)
	}
}

// stop keeps what stands on both sides of something else from being read as one.
func (p *paragraph) stop() {
	p.text, p.behind = append(p.text, ' '), append(p.behind, -1)
}

// addresses calls put for each address of an item that stands bare in the paragraph, with the offset behind it in the file.
func (p *paragraph) addresses(t *table, put func(it *Item, at int)) {
	for i := 0; i < len(p.text); {
		it, end := t.at(p.text, i)
		if it == nil || p.behind[end-1] < 0 {
			i++
			continue
		}
		put(it, p.behind[end-1])
		i = end
	}
}

// xmlWalk calls see for each token of file, with where it begins and ends.
func xmlWalk(file []byte, see func(token xml.Token, from, to int) error) error {
	d := xml.NewDecoder(bytes.NewReader(file))
	for {
		from := int(d.InputOffset())
		token, err := d.Token()
		if err == io.EOF { //nolint:errorlint // the decoder returns it bare
			return nil
		}
		if err != nil {
			return err
		}
		if err := see(token, from, int(d.InputOffset())); err != nil {
			return err
		}
	}
}

// place is where the archived version of an item belongs in a file, and what ends and begins again there.
type place struct {
	it            *Item
	at            int
	before, after string
}

// fill says what is put at the places, but for those where it stands already. text says what is put there for a copy, and how
// that begins, whatever the copy.
func (z *zipDocument) fill(file []byte, places []place, text func(c *Copy) (text, opening string)) []edit {
	slices.SortStableFunc(places, func(a, b place) int { return a.at - b.at })
	var edits []edit
	done := 0 // what ends before is an archived version that was there
	for _, p := range places {
		if p.at <= done {
			continue
		}
		s, opening := text(p.it.copy())
		n, there := carried(file[p.at:], s, opening)
		if done = p.at + n; there {
			continue
		}
		edits = append(edits, edit{p.at, p.before + s + p.after})
		z.t.used++
	}
	return edits
}

func xmlAttr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
