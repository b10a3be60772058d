package citation

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

const (
	// maxParts bounds how many files an archive may hold, maxPart the bytes of one of them unpacked, maxUnpacked those of all
	// that are read.
	maxParts    = 20_000
	maxPart     = 64 << 20
	maxUnpacked = 256 << 20
)

// parts are the files in a ZIP archive. They are read by name into memory, never unpacked to paths.
type parts struct {
	files map[string]*zip.File
	names []string // in the order of the archive
	left  int64    // bytes that may still be unpacked
}

// openParts opens an archive.
func openParts(body []byte) (*parts, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("it is a damaged or cut ZIP file: %w", err)
	}
	if len(z.File) > maxParts {
		return nil, fmt.Errorf("it holds %d files, and %d are read", len(z.File), maxParts)
	}
	p := &parts{files: make(map[string]*zip.File, len(z.File)), left: maxUnpacked}
	for _, f := range z.File {
		name := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, "\\", "/")), "/")
		if _, known := p.files[name]; known || strings.HasSuffix(f.Name, "/") {
			continue
		}
		p.files[name] = f
		p.names = append(p.names, name)
	}
	return p, nil
}

// errNoPart says that an archive has no file of a name.
var errNoPart = errors.New("it lacks a part")

// read returns the content of one file.
func (p *parts) read(name string) ([]byte, error) {
	f := p.files[strings.TrimPrefix(path.Clean("/"+name), "/")]
	if f == nil {
		return nil, fmt.Errorf("%w: %s", errNoPart, name)
	}
	if f.Flags&1 != 0 {
		return nil, errors.New("it is encrypted: give it without its password")
	}
	limit := min(maxPart, p.left)
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("its part %s cannot be unpacked: %w", name, err)
	}
	defer r.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("its part %s is damaged: %w", name, err)
	case int64(len(body)) > limit:
		return nil, fmt.Errorf("it unpacks to more than %d MB", limit>>20)
	}
	p.left -= int64(len(body))
	if err := refuseBomb(string(body[:min(len(body), maxSubset)])); err != nil {
		return nil, err
	}
	return body, nil
}

// optional is read for a part that need not be there; what is damaged counts as missing.
func (p *parts) optional(name string) []byte {
	body, err := p.read(name)
	if err != nil {
		return nil
	}
	return body
}
