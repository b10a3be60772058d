package citation

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// readOPML reads the addresses of an outline: the pages and feeds of a list of subscriptions (OPML 2.0).
func readOPML(c *collector, text string) error {
	dec := newXMLDecoder(strings.NewReader(text))
	inTitle := false
	for c.err == nil {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return unreadableIn(c.name, errors.New("its XML is damaged"))
		}
		switch t := token.(type) {
		case xml.CharData:
			if inTitle && c.document.Title == "" {
				c.document.Title = folded(string(t))
			}
		case xml.EndElement:
			inTitle = false
		case xml.StartElement:
			inTitle = t.Name.Local == "title"
			if t.Name.Local == "outline" {
				line, _ := dec.InputPos()
				c.outline(&t, line)
			}
		}
	}
	return c.err
}

func (c *collector) outline(e *xml.StartElement, line int) {
	title := xmlAttr(e, "title")
	if title == "" {
		title = xmlAttr(e, "text")
	}
	seen := ""
	for _, key := range []string{"htmlUrl", "xmlUrl", "url"} {
		if address := xmlAttr(e, key); address != "" && address != seen {
			c.addLink(address, title, line)
			seen = address
		}
	}
	if note := xmlAttr(e, "_note"); note != "" {
		c.add(passage{text: note, line: line})
	}
}

// addLink adds a reference that is only a link, if it leads anywhere.
func (c *collector) addLink(cited, title string, line int) {
	uri := c.resolve(cited)
	if uri == "" || c.err != nil {
		return
	}
	if c.err = c.stopped(); c.err != nil {
		return
	}
	c.append(ibid.Reference{
		URI: uri, Cited: cited, Title: cleanTitle(title), Identifiers: identifiersOf(uri), Locator: ibid.Locator{Kind: ibid.Link, Line: line},
	})
}

// readBookmarks reads the bookmarks of a browser in JSON: a backup of Firefox, or the file in which Chromium keeps them.
func readBookmarks(c *collector, text string) error {
	dec := json.NewDecoder(strings.NewReader(text))
	var stack []*bookmark
	key := ""
	for c.err == nil {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return unreadableIn(c.name, errors.New("its JSON is damaged"))
		}
		switch token := token.(type) {
		case json.Delim:
			switch {
			case len(stack) > maxDepth:
				return unreadableIn(c.name, errors.New("its JSON is nested too deep"))
			case token == '{' || token == '[':
				stack = append(stack, &bookmark{list: token == '['})
			case len(stack) > 0:
				b := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				c.addLink(b.address, b.title, 0)
			}
			key = ""
		case string:
			if len(stack) == 0 || stack[len(stack)-1].list {
				continue
			}
			if key == "" {
				key = token
				continue
			}
			stack[len(stack)-1].keep(key, token)
			key = ""
		default:
			key = ""
		}
	}
	return c.err
}

// bookmark is an object of a file of bookmarks, or a list in it.
type bookmark struct {
	list           bool
	address, title string
}

func (b *bookmark) keep(key, value string) {
	switch key {
	case "url", "uri":
		b.address = value
	case "title", "name":
		b.title = value
	}
}
