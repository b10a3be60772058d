package citeform

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

// Limits of documents that are ZIP files: how many files one may have, and how many bytes one of those that are read.
const (
	maxFiles = 20_000
	maxPart  = 256 << 20
)

// office are the documents that are ZIP files: by what file they are known, and what of them holds text.
var office = []struct {
	known   string
	parts   []string
	rewrite func(z *zipDocument, name string, body []byte) ([]edit, error)
}{
	{"word/document.xml", []string{"word/document.xml", "word/footnotes.xml", "word/endnotes.xml"}, robustDOCX},
	{"content.xml", []string{"content.xml"}, robustODT},
}

// zipDocument is an open one.
type zipDocument struct {
	r *zip.Reader
	t *table
	o Rewrite
}

// robustZip makes the links of a DOCX or ODT robust. Every file in it but those with changed links stays as it is, compressed
// bytes and all.
func robustZip(body []byte, t *table, o Rewrite) (*Robust, error) {
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("it is a damaged ZIP file: %w", err)
	}
	z := &zipDocument{r: r, t: t, o: o}
	if err := z.mayChange(); err != nil {
		return nil, err
	}
	for _, kind := range office {
		if z.file(kind.known) == nil {
			continue
		}
		out := &Robust{Body: body}
		for _, name := range kind.parts {
			if err := z.robustPart(out, name, kind.rewrite); err != nil {
				return nil, err
			}
		}
		if out.Links = t.used; len(out.parts) > 0 {
			out.Body, err = z.rewritten(out.parts)
		}
		return out, err
	}
	return nil, errors.New("it is a ZIP file, but neither a DOCX nor an ODT document")
}

func (z *zipDocument) robustPart(out *Robust, name string, rewrite func(*zipDocument, string, []byte) ([]edit, error)) error {
	was, err := z.read(name)
	if err != nil || was == nil {
		return err
	}
	edits, err := rewrite(z, name, was)
	if err != nil {
		return fmt.Errorf("its %s cannot be read: %w", name, err)
	}
	if len(edits) > 0 {
		out.parts = append(out.parts, part{name: name, was: was, edits: edits})
	}
	return nil
}

// mayChange says why the document may not be changed; nil if it may.
func (z *zipDocument) mayChange() error {
	if len(z.r.File) > maxFiles {
		return fmt.Errorf("it holds %d files, and a document may have %d", len(z.r.File), maxFiles)
	}
	seen := make(map[string]bool)
	for _, f := range z.r.File {
		switch {
		case seen[f.Name]:
			return fmt.Errorf("it holds two files named %s", f.Name)
		case strings.HasPrefix(f.Name, "_xmlsignatures/"), f.Name == "META-INF/documentsignatures.xml":
			return errors.New("it is signed, and a change would break the signature")
		}
		seen[f.Name] = true
	}
	manifest, err := z.read("META-INF/manifest.xml")
	if err == nil && bytes.Contains(manifest, []byte("encryption-data")) {
		err = errors.New("it is encrypted: save it without a password")
	}
	return err
}

func (z *zipDocument) file(name string) *zip.File {
	i := slices.IndexFunc(z.r.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return z.r.File[i]
}

// read is the file of that name in the document; nil if there is none.
func (z *zipDocument) read(name string) ([]byte, error) {
	f := z.file(name)
	if f == nil {
		return nil, nil
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("its %s cannot be read: %w", name, err)
	}
	defer in.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(io.LimitReader(in, maxPart+1))
	if err != nil {
		return nil, fmt.Errorf("its %s cannot be read: %w", name, err)
	}
	if len(body) > maxPart {
		return nil, fmt.Errorf("its %s has more than %d bytes", name, maxPart)
	}
	return body, nil
}

// rewritten is the document with changed parts.
func (z *zipDocument) rewritten(parts []part) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if err := w.SetComment(z.r.Comment); err != nil {
		return nil, err
	}
	for _, f := range z.r.File {
		i := slices.IndexFunc(parts, func(p part) bool { return p.name == f.Name })
		var err error
		if i < 0 {
			err = w.Copy(f)
		} else {
			err = writePart(w, f.FileHeader, applied(parts[i].was, parts[i].edits))
		}
		if err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// writePart writes a file under its old header, but for what says how large it is.
func writePart(w *zip.Writer, h zip.FileHeader, body []byte) error {
	packed := body
	if h.Method != zip.Store {
		h.Method = zip.Deflate
		var b bytes.Buffer
		fw, err := flate.NewWriter(&b, flate.DefaultCompression)
		if err != nil {
			return err
		}
		if _, err := fw.Write(body); err != nil {
			return err
		}
		if err := fw.Close(); err != nil {
			return err
		}
		packed = b.Bytes()
	}
	h.Flags &^= 0x8 // sizes stand in the header, not behind the file
	h.CRC32, h.CompressedSize64, h.UncompressedSize64 = crc32.ChecksumIEEE(body), uint64(len(packed)), uint64(len(body))
	to, err := w.CreateRaw(&h)
	if err != nil {
		return err
	}
	_, err = to.Write(packed)
	return err
}
