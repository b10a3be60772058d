package wacz

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
)

const (
	// maxPlainIndex is the size in bytes from which an index is compressed in blocks: readers take a plain one whole.
	maxPlainIndex = 50_000
	// linesABlock is how many lines a block of a compressed index has.
	linesABlock = 300
)

// writeIndex writes the index: as it is when it is small, else in blocks that are gzip members, with a list of them.
func (w *Writer) writeIndex() error {
	if w.index.Size() <= maxPlainIndex {
		to, err := w.begin(indexPlain, zip.Deflate)
		if err != nil {
			return err
		}
		return w.index.Each(func(line string) error {
			_, err := io.WriteString(to, line)
			return err
		})
	}
	to, err := w.begin(indexGzip, zip.Store)
	if err != nil {
		return err
	}
	b := &blocks{to: to}
	b.idx.WriteString(`!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}` + "\n")
	if err := w.index.Each(b.add); err != nil {
		return err
	}
	if err := b.flush(); err != nil {
		return err
	}
	return w.write(indexIDX, b.idx.Bytes())
}

// blocks are the gzip members of a compressed index (ZipNum).
type blocks struct {
	to    io.Writer
	at    int64
	lines []string
	idx   bytes.Buffer
}

func (b *blocks) add(line string) error {
	b.lines = append(b.lines, line)
	if len(b.lines) < linesABlock {
		return nil
	}
	return b.flush()
}

// flush writes the lines that are held as one block, and a line about it to the list.
func (b *blocks) flush() error {
	if len(b.lines) == 0 {
		return nil
	}
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	for _, line := range b.lines {
		if _, err := io.WriteString(z, line); err != nil {
			return fmt.Errorf("compress the index: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("compress the index: %w", err)
	}
	first, _, _ := strings.Cut(b.lines[0], " {")
	fmt.Fprintf(&b.idx, `%s {"offset":%d,"length":%d,"digest":%q,"filename":"index.cdx.gz"}`+"\n",
		first, b.at, member.Len(), ibid.DigestOf(member.Bytes()))
	b.at += int64(member.Len())
	b.lines = b.lines[:0]
	_, err := b.to.Write(member.Bytes())
	return err
}
