package compare

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

const (
	// MaxPage bounds what is read of a page, in bytes without content codings; what comes behind is not compared.
	MaxPage = 4 << 20
	// MaxText bounds the text of a page, in bytes.
	MaxText = 1 << 20
	// maxToken bounds one tag or one run of text, in bytes.
	maxToken = 1 << 20
)

// Page is what a page shows.
type Page struct {
	// Title and Language are as the page states them.
	Title, Language string
	// Lines are its text, a line for each paragraph, heading, cell or item of a list.
	Lines []string
	// Cut says that there was more than MaxPage, or MaxText.
	Cut  bool
	size int
}

// Readable says whether captures of that media type can be read.
func Readable(mediaType string) bool {
	return isHTML(mediaType) || strings.HasPrefix(mediaType, "text/") && mediaType != "text/css" && mediaType != "text/javascript"
}

func isHTML(mediaType string) bool {
	return mediaType == "text/html" || mediaType == "application/xhtml+xml"
}

// Read reads a page or a text. mediaType is what it was found to be, contentType what the server said of it, with its
// encoding. The error is that of r.
func Read(r io.Reader, mediaType, contentType string) (Page, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxPage+1))
	if err != nil {
		return Page{}, fmt.Errorf("read what is compared: %w", err)
	}
	p := Page{Cut: len(raw) > MaxPage}
	raw = raw[:min(len(raw), MaxPage)]
	var text io.Reader = bytes.NewReader(raw)
	if decoded, err := charset.NewReader(text, contentType); err == nil {
		text = decoded
	} else {
		text = bytes.NewReader(raw) // as UTF-8, which most is
	}
	if isHTML(mediaType) {
		p.html(text)
		return p, nil
	}
	all, err := io.ReadAll(text)
	for line := range strings.Lines(string(all)) {
		p.add(line)
	}
	return p, err
}

// add adds a line, its white space folded; an empty one is none.
func (p *Page) add(line string) {
	line = strings.Join(strings.Fields(strings.ToValidUTF8(line, "\ufffd")), " ")
	if p.size += len(line); p.size > MaxText {
		line, p.Cut = strings.ToValidUTF8(line[:max(0, len(line)-(p.size-MaxText))], ""), true
	}
	if line != "" {
		p.Lines = append(p.Lines, line)
	}
}

// unseen are elements whose content is not shown, or not as text.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true, atom.Noembed: true, atom.Noframes: true,
	atom.Svg: true, atom.Math: true, atom.Object: true, atom.Select: true, atom.Datalist: true,
}

// flowing are elements that stand within a line; all others begin one.
var flowing = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.Acronym: true, atom.B: true, atom.Bdi: true, atom.Bdo: true, atom.Big: true, atom.Cite: true, atom.Code: true,
	atom.Data: true, atom.Del: true, atom.Dfn: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Img: true, atom.Ins: true, atom.Kbd: true,
	atom.Label: true, atom.Mark: true, atom.Q: true, atom.Ruby: true, atom.S: true, atom.Samp: true, atom.Small: true, atom.Span: true,
	atom.Strike: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.Tt: true, atom.U: true, atom.Var: true, atom.Wbr: true,
}

// html reads the page r, which is in UTF-8.
func (p *Page) html(r io.Reader) {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(maxToken)
	var line strings.Builder
	flush := func() {
		p.add(line.String())
		line.Reset()
	}
	defer flush()
	var hidden atom.Atom // the element that is not shown, while it is open
	depth, inTitle := 0, false
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return // the end, or a tag that is none
		case html.TextToken:
			switch {
			case inTitle && p.Title == "":
				p.Title = strings.Join(strings.Fields(strings.ToValidUTF8(string(z.Text()), "\ufffd")), " ")
			case hidden == 0 && !inTitle:
				line.Write(z.Text())
			}
			continue
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		name, hasAttr := z.TagName()
		tag := atom.Lookup(name)
		if tag == atom.Html && p.Language == "" {
			p.Language = language(z, hasAttr)
		}
		switch {
		case hidden != 0 && tag == hidden && kind == html.StartTagToken:
			depth++
		case hidden != 0 && tag == hidden && kind == html.EndTagToken:
			if depth--; depth == 0 {
				hidden = 0
			}
		case hidden != 0:
		case unseen[tag] && kind == html.StartTagToken:
			hidden, depth = tag, 1
		case tag == atom.Title:
			inTitle = kind == html.StartTagToken
		case !flowing[tag] && tag != 0:
			flush()
		}
	}
}

// language is the value of the attribute lang.
func language(z *html.Tokenizer, more bool) (lang string) {
	for n := 0; more && n < 64; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "lang" || string(key) == "xml:lang" && lang == "" {
			lang = strings.TrimSpace(string(value))
		}
	}
	return lang
}
