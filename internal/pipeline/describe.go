package pipeline

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/linkhealth"
	"github.com/ibid-archive/ibid/internal/metadata"
	"github.com/ibid-archive/ibid/internal/pdf"
)

// Describer says what a captured page tells of itself, and what in it speaks for how the source fares. What cannot be
// read has no description.
func Describer(reader *pdf.Reader, parts *Fragments) func(context.Context, *crawler.Page) crawler.Described {
	return func(ctx context.Context, page *crawler.Page) crawler.Described {
		return crawler.Described{
			Description: describe(ctx, reader, page),
			Seen:        &seen{signs: signsOf(page), missing: linkhealth.MissingFragments(page.Doc, parts.cited(page.Seed))},
		}
	}
}

// seen is what a page says of how its source fares.
type seen struct {
	signs *linkhealth.Signs
	// missing are parts that are cited and not there.
	missing []string
}

// seenIn is what was seen at the end of v; without a page, nothing.
func seenIn(v *ibid.Visit) *seen {
	if s, ok := v.Seen.(*seen); ok {
		return s
	}
	return &seen{}
}

func describe(ctx context.Context, reader *pdf.Reader, page *crawler.Page) *ibid.Description {
	switch {
	case page.Doc != nil:
		return metadata.FromHTML(page.Doc, page.URI, page.Header, page.Asked)
	case page.MediaType == "application/pdf" && page.Complete:
		info, err := reader.Info(ctx, page.Body, page.Size)
		if err != nil {
			return nil
		}
		return metadata.FromPDF(info, page.Asked)
	case isPackage(page.MediaType) && page.Complete:
		return metadata.FromPackage(page.Body, page.Size, page.Asked)
	}
	return nil
}

// isPackage says whether t is that of documents of word processors and of books that hold their properties.
func isPackage(t ibid.MediaType) bool {
	return t == "application/epub+zip" || strings.HasPrefix(string(t), "application/vnd.openxmlformats-officedocument.") ||
		strings.HasPrefix(string(t), "application/vnd.oasis.opendocument.")
}

// maxNotice is how much of a body that is no page is looked at for what a firewall says, in bytes.
const maxNotice = 64 << 10

func signsOf(page *crawler.Page) *linkhealth.Signs {
	p := &linkhealth.Page{
		URI: page.URI, Status: page.Status, Header: page.Header, MediaType: page.MediaType, Doc: page.Doc, Size: page.Size, Whole: page.Complete,
	}
	if page.Doc == nil {
		p.Body = make([]byte, min(page.Size, maxNotice))
		n, _ := page.Body.ReadAt(p.Body, 0) // what can be read is enough
		p.Body = p.Body[:n]
	}
	return linkhealth.Read(p)
}

// maxCompared bounds what is read of a kept page to be compared, in bytes without content codings.
const maxCompared = 8 << 20

// keptPage reads a page back from the archive: its bytes, and what is read of it. Of what is no page there are none.
func (p *Pipeline) keptPage(ctx context.Context, collection string, c ibid.Capture) (body []byte, page crawler.KeptPage, header http.Header, err error) {
	payload, err := p.o.Archive.Payload(ctx, collection, c)
	if err != nil {
		return nil, page, nil, err
	}
	defer payload.Close() //nolint:errcheck // only read from
	decoded, err := payload.Decoded(0)
	if err != nil {
		return nil, page, nil, err
	}
	var buf bytes.Buffer
	buf.Grow(int(max(min(c.Length, maxCompared), 0)) + bytes.MinRead)
	if _, err = buf.ReadFrom(io.LimitReader(decoded, maxCompared)); err != nil {
		return nil, page, nil, err
	}
	body = buf.Bytes()
	header = http.Header{}
	for _, f := range payload.Header {
		header.Add(f.Name, f.Value)
	}
	if crawler.IsPage(c.MediaType) {
		page = p.o.Crawler.ReadKept(body, payload.Header.Get("Content-Type"), c.URI)
	}
	return body, page, header, nil
}

// keptSigns are what the archive's copy says by itself; nil where it has no text.
func (p *Pipeline) keptSigns(ctx context.Context, collection string, c ibid.Capture) (*linkhealth.Signs, error) {
	body, page, header, err := p.keptPage(ctx, collection, c)
	if err != nil {
		return nil, err
	}
	return linkhealth.Read(&linkhealth.Page{
		URI: c.URI, Status: c.Status, Header: header, MediaType: c.MediaType, Doc: page.Doc, Body: body[:min(len(body), maxNotice)],
		Size: c.Length, Whole: c.Truncated == "",
	}), nil
}
