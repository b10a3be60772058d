package wacz

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// maxJSON bounds datapackage.json and datapackage-digest.json, which are read into memory, in bytes.
const maxJSON = 256 << 20

// Reader reads a package whose entries have proper names and places. It is safe for concurrent use.
type Reader struct {
	Package Package
	// Digest is datapackage-digest.json; nil when there is none, or when it cannot be read.
	Digest *DataDigest

	r     io.ReaderAt
	files map[string]*zip.File
	names []string // in the order of the ZIP file
	data  ibid.Digest
}

// Open reads what the package in the first size bytes of r says of itself. Each thing that is wrong is reported; the
// error is the first one that keeps the package from being used at all, or that of r.
func Open(r io.ReaderAt, size int64, report func(*Finding)) (*Reader, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		f := found(CodeZIP, "", "it is no ZIP file, or its end is missing: %v", err)
		report(f)
		return nil, f
	}
	p := &Reader{r: r, files: make(map[string]*zip.File, len(z.File))}
	if f := p.layout(z.File, report); f != nil {
		return nil, f
	}
	raw, err := p.ReadFile(dataPath, maxJSON)
	if err == nil {
		err = json.Unmarshal(raw, &p.Package)
	}
	if err != nil {
		f := found(CodeNoPackage, dataPath, "it is missing or cannot be read: %v", err)
		report(f)
		return nil, f
	}
	p.data = ibid.DigestOf(raw)
	p.readDigest(report)
	return p, nil
}

func (p *Reader) readDigest(report func(*Finding)) {
	if p.files[digestPath] == nil {
		return
	}
	b, err := p.ReadFile(digestPath, maxJSON)
	if err == nil {
		p.Digest, err = parseDigest(b)
	}
	if err != nil {
		report(found(CodeNoDigest, digestPath, "%v", err))
		p.Digest = nil
		return
	}
	if p.Digest.Hash != p.data {
		report(found(CodeDigest, dataPath, "its bytes have the digest %s, not %s", p.data, p.Digest.Hash))
	}
}

// Has says whether there is a file of that name.
func (p *Reader) Has(name string) bool { return p.files[name] != nil }

// WARCs are the names of the WARC files, in their order.
func (p *Reader) WARCs() []string {
	var all []string
	for _, name := range p.names {
		if strings.HasPrefix(name, archiveDir) && isWARC(name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

func isWARC(name string) bool {
	return strings.HasSuffix(name, ".warc") || strings.HasSuffix(name, ".warc.gz")
}

// Open opens a file of the package. Its end comes only when its bytes have the checksum of the ZIP file.
func (p *Reader) Open(name string) (io.ReadCloser, error) {
	f := p.files[name]
	if f == nil {
		return nil, fmt.Errorf("the package has no %q", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%q in the package: %w", name, err)
	}
	return r, nil
}

// ReadFile reads a file of at most limit bytes into memory.
func (p *Reader) ReadFile(name string, limit int64) ([]byte, error) {
	r, err := p.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("%q in the package: %w", name, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%q in the package has more than %d bytes", name, limit)
	}
	return b, nil
}

// WARC opens a WARC file of the package at any place.
func (p *Reader) WARC(name string) warc.Opener {
	return func(offset int64) (io.ReadCloser, error) {
		f := p.files[name]
		if f == nil || f.Method != zip.Store {
			r, err := p.Open(name)
			if err != nil {
				return nil, err
			}
			if _, err := io.CopyN(io.Discard, r, offset); err != nil && !errors.Is(err, io.EOF) {
				return nil, errors.Join(err, r.Close())
			}
			return r, nil
		}
		start, err := f.DataOffset()
		if err != nil {
			return nil, fmt.Errorf("%q in the package: %w", name, err)
		}
		size := int64(f.UncompressedSize64) //nolint:gosec // layout has looked at it
		return io.NopCloser(io.NewSectionReader(p.r, start+offset, max(size-offset, 0))), nil
	}
}
