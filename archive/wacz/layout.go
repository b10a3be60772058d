package wacz

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxRatio and freeSize bound how much larger a file may become: one that inflates to less than freeSize bytes is
	// never refused.
	maxRatio = 200
	freeSize = 64 << 20
	// maxExtra is how much may stand between the name of an entry and its bytes.
	maxExtra = 4096
)

// checkName says whether name is that of a file within a package: relative, with plain slashes, and never upwards.
func checkName(name string) error {
	switch {
	case name == "" || !utf8.ValidString(name):
		return errors.New("it has no name that can be read")
	case strings.ContainsAny(name, "\\\x00") || strings.Contains(name, ":"):
		return errors.New("its name has a backslash, a colon or a zero byte")
	case strings.HasPrefix(name, "/"):
		return errors.New("its name is absolute")
	case path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../"):
		return errors.New("its name leads elsewhere")
	}
	return nil
}

// span is where the bytes of an entry lie.
type span struct {
	from, to int64
	name     string
}

// layout looks at the names and places of all entries. What is wrong is reported; the first of it is returned.
func (p *Reader) layout(files []*zip.File, report func(*Finding)) *Finding {
	var first *Finding
	note := func(f *Finding) {
		if f == nil {
			return
		}
		if first == nil {
			first = f
		}
		report(f)
	}
	var spans []span
	for _, f := range files {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 && checkName(strings.TrimSuffix(f.Name, "/")) == nil {
			continue // a folder
		}
		if err := checkName(f.Name); err != nil {
			note(found(CodeName, f.Name, "%v", err))
			continue
		}
		if !f.Mode().IsRegular() {
			note(found(CodeName, f.Name, "it is no plain file but %v", f.Mode()))
			continue
		}
		if p.files[f.Name] != nil {
			note(found(CodeDuplicate, f.Name, "two entries have this name"))
			continue
		}
		p.files[f.Name] = f
		p.names = append(p.names, f.Name)
		s, bad := p.place(f)
		note(bad)
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			note(found(CodeOverlap, spans[i].name, "its bytes are also those of %q", spans[i-1].name))
		}
	}
	return first
}

// place is where the header and the bytes of f lie, and what is wrong with them.
func (p *Reader) place(f *zip.File) (span, *Finding) {
	start, err := f.DataOffset()
	if err != nil {
		return span{name: f.Name}, found(CodeSize, f.Name, "its header cannot be read: %v", err)
	}
	packed, size := f.CompressedSize64, f.UncompressedSize64
	s := span{from: start, to: start + int64(packed&(1<<62-1)), name: f.Name} //nolint:gosec // bounded by the mask
	switch {
	case packed > 1<<61 || size > 1<<61:
		return s, found(CodeSize, f.Name, "its size cannot be true")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return s, found(CodeSize, f.Name, "it is compressed in a way (%d) that WACZ does not have", f.Method)
	case f.Method == zip.Store && packed != size:
		return s, found(CodeSize, f.Name, "it is not compressed, and has two sizes: %d and %d bytes", packed, size)
	case size > freeSize && size/maxRatio > packed:
		return s, found(CodeSize, f.Name, "%d bytes would become %d", packed, size)
	}
	head, err := p.header(f, start)
	if err != nil {
		return s, found(CodeSize, f.Name, "%v", err)
	}
	s.from = head
	return s, nil
}

// header is where the local header of f begins. One that differs from the directory is an error: of two readers, each
// would find another file.
func (p *Reader) header(f *zip.File, start int64) (int64, error) {
	const fixed = 30
	b := make([]byte, min(start, int64(fixed+len(f.Name)+maxExtra)))
	if _, err := p.r.ReadAt(b, start-int64(len(b))); err != nil {
		return 0, fmt.Errorf("its header cannot be read: %w", err)
	}
	for i := len(b) - fixed - len(f.Name); i >= 0; i-- {
		h := b[i:]
		if !bytes.HasPrefix(h, []byte("PK\x03\x04")) || fixed+u16(h[26:])+u16(h[28:]) != len(h) {
			continue
		}
		if string(h[fixed:fixed+u16(h[26:])]) == f.Name && u16(h[8:]) == int(f.Method) {
			return start - int64(len(h)), nil
		}
	}
	return 0, errors.New("its own header does not say what the directory says")
}

func u16(b []byte) int { return int(binary.LittleEndian.Uint16(b)) }
