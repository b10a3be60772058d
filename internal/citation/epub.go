package citation

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html/atom"
)

// epubPackage is what is read of the package document of a book (EPUB 3.3, 5).
type epubPackage struct {
	Title    []string `xml:"metadata>title"`
	Language []string `xml:"metadata>language"`
	Date     []string `xml:"metadata>date"`
	Items    []struct {
		ID         string `xml:"id,attr"`
		Href       string `xml:"href,attr"`
		Type       string `xml:"media-type,attr"`
		Properties string `xml:"properties,attr"`
	} `xml:"manifest>item"`
	Spine []struct {
		ID string `xml:"idref,attr"`
	} `xml:"spine>itemref"`
}

// readEPUB reads the pages of a book in their order, without its table of contents.
func readEPUB(c *collector, body []byte) error {
	p, err := openParts(body)
	if err != nil {
		return unreadableIn(c.name, err)
	}
	if e := p.optional("META-INF/encryption.xml"); bytes.Contains(e, []byte("EncryptedKey")) || bytes.Contains(e, []byte("xmlenc#aes")) {
		return unreadableIn(c.name, errors.New("it is protected by DRM: give it without"))
	}
	var container struct {
		Roots []struct {
			Path string `xml:"full-path,attr"`
		} `xml:"rootfiles>rootfile"`
	}
	if err := newXMLDecoder(bytes.NewReader(p.optional("META-INF/container.xml"))).Decode(&container); err != nil || len(container.Roots) == 0 {
		return unreadableIn(c.name, errors.New("its container does not say where the book is"))
	}
	root := container.Roots[0].Path
	var book epubPackage
	content, err := p.read(root)
	if err == nil {
		err = newXMLDecoder(bytes.NewReader(content)).Decode(&book)
	}
	if err != nil {
		return unreadableIn(c.name, err)
	}
	c.document.Title, c.document.Language, c.document.Date = firstOf(book.Title), languageTag(firstOf(book.Language)), metadataDate(firstOf(book.Date))
	reader := &page{c: c, inContent: true}
	for _, name := range book.pages(path.Dir(root)) {
		if err := epubPage(reader, p, name); err != nil {
			return unreadableIn(c.name, err)
		}
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

func firstOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return folded(values[0])
}

// pages are the paths of the pages, in reading order.
func (b epubPackage) pages(folder string) []string {
	paths := make(map[string]string, len(b.Items))
	for _, item := range b.Items {
		if strings.Contains(" "+item.Properties+" ", " nav ") || !strings.Contains(item.Type, "html") {
			continue
		}
		href, err := url.PathUnescape(item.Href)
		if err != nil {
			href = item.Href
		}
		paths[item.ID] = path.Join(folder, href)
	}
	var pages []string
	seen := make(map[string]bool)
	for _, ref := range b.Spine {
		if name := paths[ref.ID]; name != "" && !seen[name] {
			seen[name] = true
			pages = append(pages, name)
		}
	}
	return pages
}

// epubPage reads one page: as XML, for that is what it is, or as HTML where it is damaged.
func epubPage(reader *page, p *parts, name string) error {
	body, err := p.read(name)
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return err
	}
	g := &graft{}
	if err := grafted(bytes.NewReader(body), g, xhtml); err != nil {
		root, err := parsedHTML(string(body))
		if err != nil {
			return err
		}
		g.root = root
	}
	reader.block(g.root, place{})
	return nil
}

// xhtml is the vocabulary of HTML in XML.
func xhtml(g *graft, e *xml.StartElement) {
	a := atom.Lookup([]byte(strings.ToLower(e.Name.Local)))
	if a == 0 || a == atom.Html || a == atom.Body {
		return
	}
	if navigation[a] {
		g.drop()
		return
	}
	n := g.push(a)
	for _, x := range e.Attr {
		key := x.Name.Local
		if x.Name.Space != "" {
			key = x.Name.Space + ":" + key
		}
		n.Attr = append(n.Attr, attr(key, x.Value))
	}
}
