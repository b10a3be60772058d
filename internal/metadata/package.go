package metadata

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
)

const (
	// maxPackage bounds the bytes of a package, since its list of files is read into memory whole, maxPackaged how many files it
	// may hold, and maxProperties the bytes of the one that is read for its properties.
	maxPackage    = 16 << 20
	maxPackaged   = 20_000
	maxProperties = 1 << 20
)

// packaged are the properties of word processors and books by the elements in which they stand, as their names in XMP.
var packaged = map[string]string{
	"title": "dc:title", "creator": "dc:creator", "language": "dc:language", "publisher": "dc:publisher", "description": "dc:description",
	"identifier": "dc:identifier", "created": "xmp:CreateDate", "creation-date": "xmp:CreateDate", "modified": "xmp:ModifyDate",
}

// FromPackage describes a document of a word processor (DOCX and its kin, ISO/IEC 29500-2, 11; ODT and its kin, ODF 1.3, part 3, 4.3)
// or a book (EPUB 3.3, 5.5) by the properties that it holds. What is none of these, damaged or larger than 16 MiB gives nil. at is when it was served.
func FromPackage(body io.ReaderAt, size int64, at time.Time) *ibid.Description {
	if size > maxPackage {
		return nil
	}
	z, err := zip.NewReader(body, size)
	if err != nil || len(z.File) > maxPackaged {
		return nil
	}
	properties, err := packageProperties(z)
	if err != nil {
		return nil
	}
	d := FromPDF(&pdf.Info{XMP: properties}, at)
	for field, from := range d.From {
		d.From[field] = strings.Replace(from, "xmp ", "package ", 1)
	}
	return d
}

// packageProperties reads the properties of the kind of package that z is.
func packageProperties(z *zip.Reader) (map[string][]string, error) {
	if in, err := z.Open("docProps/core.xml"); err == nil {
		return readProperties(in, "xmp:CreateDate")
	}
	if in, err := z.Open("meta.xml"); err == nil {
		return readProperties(in, "xmp:ModifyDate") // ODF says with dc:date when it was changed
	}
	in, err := z.Open("META-INF/container.xml")
	if err != nil {
		return nil, err
	}
	opf := ""
	err = eachElement(in, func(e xml.StartElement, _ string) {
		for _, a := range e.Attr {
			if e.Name.Local == "rootfile" && a.Name.Local == "full-path" && opf == "" {
				opf = a.Value
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if in, err = z.Open(opf); err != nil {
		return nil, err
	}
	return readProperties(in, "dc:date")
}

// readProperties reads one file of properties; date is what an element of that name says there.
func readProperties(in io.ReadCloser, date string) (map[string][]string, error) {
	properties := map[string][]string{}
	err := eachElement(in, func(e xml.StartElement, text string) {
		name := packaged[e.Name.Local]
		if e.Name.Local == "date" {
			name = date
		}
		if e.Name.Local == "meta" && len(e.Attr) > 0 && e.Attr[0].Value == "dcterms:modified" {
			name = "xmp:ModifyDate"
		}
		if text = strings.TrimSpace(text); name != "" && text != "" && len(properties[name]) < maxAuthors {
			properties[name] = append(properties[name], text)
		}
	})
	return properties, err
}

// eachElement gives each element that holds no other with its text, and closes in.
func eachElement(in io.ReadCloser, found func(e xml.StartElement, text string)) error {
	defer in.Close() //nolint:errcheck // only read from
	dec := xml.NewDecoder(io.LimitReader(in, maxProperties))
	dec.Strict = false
	var now xml.StartElement
	var text strings.Builder
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			now = t.Copy()
			text.Reset()
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if now.Name.Local == t.Name.Local {
				found(now, text.String())
			}
			now = xml.StartElement{}
		}
	}
}
