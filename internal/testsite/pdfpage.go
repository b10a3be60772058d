package testsite

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// pdfPage is one page, set.
type pdfPage struct {
	content []byte
	links   []pdfLink
}

// pdfLink is an address and where it stands, in points from the lower left corner.
type pdfLink struct {
	uri            string
	x0, y0, x1, y1 int
}

// Courier at 10 points: every glyph is 6 points wide. With these margins a line holds 80.
const (
	pdfLeft, pdfTop, pdfLeading = 57, 790, 13
	pdfGlyph, pdfColumns        = 6, 80
	pdfLines                    = 56
)

// setPages breaks text into lines and pages.
func setPages(args map[string]string, text string) ([]pdfPage, error) {
	least := 1
	if n := args["pages"]; n != "" {
		var err error
		if least, err = strconv.Atoi(n); err != nil || least < 1 || least > 1000 {
			return nil, fmt.Errorf("pages=%s is not a number from 1 to 1000", n)
		}
	}
	lines := wrap(text)
	perPage := max(1, min(pdfLines, (len(lines)+least-1)/least))
	var pages []pdfPage
	for len(lines) > 0 || len(pages) < least {
		n := min(perPage, len(lines))
		p, err := setPage(lines[:n])
		if err != nil {
			return nil, err
		}
		pages, lines = append(pages, p), lines[n:]
	}
	return pages, nil
}

func wrap(text string) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		current, width := "", 0
		for _, word := range strings.Fields(paragraph) {
			n := len([]rune(word))
			if width > 0 && width+1+n > pdfColumns {
				lines = append(lines, current)
				current, width = "", 0
			}
			if width > 0 {
				current, width = current+" ", width+1
			}
			current, width = current+word, width+n
		}
		lines = append(lines, current)
	}
	return lines
}

func setPage(lines []string) (pdfPage, error) {
	var p pdfPage
	var b bytes.Buffer
	fmt.Fprintf(&b, "BT /F1 10 Tf %d TL %d %d Td\n", pdfLeading, pdfLeft, pdfTop)
	for i, text := range lines {
		coded, err := encodeText(text, "windows-1252")
		if err != nil {
			return p, err
		}
		fmt.Fprintf(&b, "(%s) Tj T*\n", escapePDF(string(coded)))
		p.links = append(p.links, linksIn(text, pdfTop-i*pdfLeading)...)
	}
	b.WriteString("ET")
	p.content = b.Bytes()
	return p, nil
}

// linksIn finds the words of a line that are addresses; y is its base line.
func linksIn(text string, y int) []pdfLink {
	var links []pdfLink
	column := 0
	for word := range strings.SplitSeq(text, " ") {
		uri := strings.TrimRight(strings.TrimLeft(word, "(<"), ").,;>")
		if strings.HasPrefix(uri, "http://") || strings.HasPrefix(uri, "https://") {
			x := pdfLeft + pdfGlyph*column
			links = append(links, pdfLink{uri: uri, x0: x, y0: y - 3, x1: x + pdfGlyph*len(word), y1: y + 9})
		}
		column += len([]rune(word)) + 1
	}
	return links
}

func escapePDF(s string) string {
	return strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s)
}
