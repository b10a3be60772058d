package wacz

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Options say what a package is about, and who vouches for it.
type Options struct {
	Title, Description string
	// Software is the program that writes the package, with its version.
	Software string
	Created  time.Time
	// Key signs the package, unless there is a Domain that does; without either it is unsigned.
	Key    *ecdsa.PrivateKey
	Domain *Domain
	// TempDir is where a large index is sorted; empty is the system's place for temporary files.
	TempDir string
}

// Writer writes a package, in one pass. It is not safe for concurrent use.
type Writer struct {
	o     Options
	zip   *zip.Writer
	open  *entry
	index cdx.Sorter
	pages bytes.Buffer
	first *Page
	files []Resource
}

// entry is the file that is being written.
type entry struct {
	path string
	w    io.Writer
	hash hash.Hash
	size int64
}

func (e *entry) Write(p []byte) (int, error) {
	n, err := e.w.Write(p)
	e.hash.Write(p[:n])
	e.size += int64(n)
	return n, err
}

// NewWriter returns a Writer to w, which needs to take bytes only in their order.
func NewWriter(w io.Writer, o Options) *Writer {
	return &Writer{o: o, zip: zip.NewWriter(w), index: cdx.Sorter{Dir: o.TempDir}}
}

// WARC begins a WARC file of that name, and ends the file before. It is not compressed again.
func (w *Writer) WARC(name string) (io.Writer, error) {
	if name != path.Base(name) || !strings.HasSuffix(name, ".warc.gz") {
		return nil, fmt.Errorf("%q is no name for a WARC file in a package", name)
	}
	return w.begin(archiveDir+name, zip.Store)
}

// File begins a file of the writer's own at a path outside the folders that WACZ has a use for, and ends the file before.
func (w *Writer) File(name string) (io.Writer, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	for _, taken := range []string{archiveDir, indexesDir, "pages/"} {
		if strings.HasPrefix(name, taken) {
			return nil, fmt.Errorf("%q is a path that WACZ has a use for", name)
		}
	}
	return w.begin(name, zip.Deflate)
}

func (w *Writer) begin(name string, method uint16) (io.Writer, error) {
	w.end()
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.o.Created.UTC()})
	if err != nil {
		return nil, fmt.Errorf("write the package: %w", err)
	}
	w.open = &entry{path: name, w: to, hash: sha256.New()}
	return w.open, nil
}

// end ends the file that is being written.
func (w *Writer) end() {
	if e := w.open; e != nil && e.path != dataPath && e.path != digestPath {
		w.files = append(w.files, Resource{Name: path.Base(e.path), Path: e.path, Hash: ibid.DigestSum(e.hash), Bytes: e.size})
	}
	w.open = nil
}

// Index adds a line to the index; its Filename is that of a WARC file of the package.
func (w *Writer) Index(l *cdx.Line) error { return w.index.Add(string(l.Append(nil))) }

// Page adds a page, in the order in which readers list them. The first is the one that they show first.
func (w *Writer) Page(p Page) error {
	line, err := p.line()
	if err != nil {
		return err
	}
	if w.first == nil {
		w.first = &p
	}
	w.pages.Write(line)
	return nil
}

// Close writes the index, the pages, datapackage.json with the members of extra, and its signature. Until it has
// returned nil there is no package. What it was written to stays open.
func (w *Writer) Close(extra map[string]json.RawMessage) (err error) {
	defer func() { err = errors.Join(err, w.index.Close()) }()
	if err := w.writePages(); err != nil {
		return err
	}
	if err := w.writeIndex(); err != nil {
		return err
	}
	w.end()
	if err := w.describe(extra); err != nil {
		return err
	}
	if err := w.zip.Close(); err != nil {
		return fmt.Errorf("write the package: %w", err)
	}
	return nil
}

// Abort gives up what a Writer holds. It does no harm after Close.
func (w *Writer) Abort() error { return w.index.Close() }

func (w *Writer) writePages() error {
	head, err := marshal(pagesHead{pagesFormat, "pages", "All Pages"})
	if err != nil {
		return err
	}
	return w.write(pagesPath, append(append(head, '\n'), w.pages.Bytes()...))
}

// write writes a whole file.
func (w *Writer) write(name string, b []byte) error {
	to, err := w.begin(name, zip.Deflate)
	if err != nil {
		return err
	}
	if _, err := to.Write(b); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// describe writes datapackage.json and datapackage-digest.json.
func (w *Writer) describe(extra map[string]json.RawMessage) error {
	created := w.o.Created.UTC().Format(time.RFC3339)
	p := &Package{
		Profile: Profile, WACZVersion: Version, Title: w.o.Title, Description: w.o.Description, Created: created, Modified: created,
		Software: w.o.Software, Resources: w.files, Extra: extra,
	}
	if w.first != nil {
		p.MainPageURL, p.MainPageDate = w.first.URL, w.first.Time.UTC().Format(time.RFC3339Nano)
	}
	b, err := marshal(p)
	if err != nil {
		return err
	}
	d := &DataDigest{Path: dataPath, Hash: ibid.DigestOf(b)}
	switch {
	case w.o.Domain != nil:
		d.SignedData, err = w.o.Domain.sign(d.Hash, w.o.Software)
	case w.o.Key != nil:
		d.SignedData, err = sign(w.o.Key, d.Hash, w.o.Created, w.o.Software)
	}
	if err != nil {
		return err
	}
	digest, err := marshal(d)
	if err != nil {
		return err
	}
	if err := w.write(dataPath, b); err != nil {
		return err
	}
	return w.write(digestPath, digest)
}
