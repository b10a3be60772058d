package wacz

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// maxLine bounds a line of an index or of pages, in bytes.
const maxLine = 8 << 20

// index compares the lines of the index with the records, both ways.
func (v *verifier) index() error {
	indexed := false
	for _, name := range v.p.names {
		if !strings.HasPrefix(name, indexesDir) {
			continue
		}
		var err error
		switch {
		case strings.HasSuffix(name, ".cdxj"), strings.HasSuffix(name, ".cdx"):
			indexed, err = true, v.lines(name, v.indexLine(name))
		case strings.HasSuffix(name, ".cdx.gz"):
			indexed, err = true, v.lines(name, v.indexLine(name))
		case strings.HasSuffix(name, ".idx"):
			err = v.blocks(name)
		}
		if err != nil {
			return err
		}
	}
	if !indexed {
		v.report(found(CodeIndex, "", "there is no index"))
		return nil
	}
	for at, r := range v.records {
		if r.capture && !r.indexed {
			v.report(&Finding{Code: string(CodeNoLine), Path: at.path, Offset: at.offset, Text: "no line of the index leads to this capture"})
		}
	}
	return nil
}

// lines calls each with the lines of a file, inflated if it is compressed. What cannot be read is reported.
func (v *verifier) lines(name string, each func(n int, line []byte)) error {
	r, err := v.p.Open(name)
	if err != nil {
		return nil //nolint:nilerr // reading the whole file has told
	}
	defer r.Close() //nolint:errcheck // all of it was read, or the error is told
	var in io.Reader = r
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(r)
		if err != nil {
			v.report(found(CodeIndex, name, "it is no gzip file: %v", err))
			return nil
		}
		in = z
	}
	s := bufio.NewScanner(in)
	s.Buffer(nil, maxLine)
	n := 0
	for s.Scan() {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		n++
		if len(s.Bytes()) > 0 {
			each(n, s.Bytes())
		}
	}
	if err := s.Err(); err != nil {
		v.report(found(CodeIndex, name, "it cannot be read behind line %d: %v", n, err))
	}
	return nil
}

// indexLine checks the lines of one index file.
func (v *verifier) indexLine(name string) func(n int, line []byte) {
	before, disorder := "", false
	return func(n int, line []byte) {
		text := string(line)
		if strings.HasPrefix(text, "!meta ") || n == 1 && strings.HasPrefix(text, " CDX") {
			return
		}
		if text < before && !disorder {
			disorder = true
			v.report(found(CodeIndex, name, "line %d is not in its order, so nobody who searches finds it", n))
		}
		before = text
		l, err := cdx.Parse(line)
		if err != nil {
			v.report(found(CodeIndex, name, "line %d: %v", n, err))
			return
		}
		if why := v.untrue(&l); why != "" {
			v.report(found(CodeLine, name, "line %d: %s", n, why))
		}
	}
}

// untrue says in what l differs from its record.
func (v *verifier) untrue(l *cdx.Line) string {
	at := place{archiveDir + path.Base(l.Filename), l.Offset}
	r := v.records[at]
	switch {
	case r == nil:
		return fmt.Sprintf("no whole record begins at byte %d of %q", at.offset, at.path)
	case l.Length != 0 && l.Length != r.length:
		return fmt.Sprintf("the record at byte %d of %q has %d bytes, not %d", at.offset, at.path, r.length, l.Length)
	case shortOf(l.URL) != r.url:
		return fmt.Sprintf("the record at byte %d of %q is of another address than %.100q", at.offset, at.path, l.URL)
	case l.Timestamp[:14] != r.timestamp:
		return fmt.Sprintf("the record at byte %d of %q is of %s", at.offset, at.path, r.timestamp)
	case l.RecordDigest.Valid() && l.RecordDigest != r.digest:
		return fmt.Sprintf("the record at byte %d of %q has another digest", at.offset, at.path)
	}
	r.indexed = true
	return ""
}

// Lines calls yield with each line of the index. Lines that cannot be read are passed over: Verify names them.
func (p *Reader) Lines(ctx context.Context, yield func(*cdx.Line)) error {
	v := &verifier{p: p, ctx: ctx, report: func(*Finding) {}}
	for _, name := range p.names {
		if !strings.HasPrefix(name, indexesDir) || strings.HasSuffix(name, ".idx") {
			continue
		}
		err := v.lines(name, func(_ int, line []byte) {
			if l, err := cdx.Parse(line); err == nil {
				yield(&l)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// blocks checks the list of blocks of a compressed index.
func (v *verifier) blocks(name string) error {
	return v.lines(name, func(n int, line []byte) {
		text := string(line)
		_, object, ok := strings.Cut(text, " {")
		if strings.HasPrefix(text, "!meta ") {
			return
		}
		var b struct {
			Offset, Length int64
			Digest         ibid.Digest
			Filename       string
		}
		err := errors.New("it has no object")
		if ok {
			err = json.Unmarshal([]byte("{"+object), &b)
		}
		if err == nil {
			err = v.block(indexesDir+path.Base(b.Filename), b.Offset, b.Length, b.Digest)
		}
		if err != nil {
			v.report(found(CodeIndex, name, "line %d: %v", n, err))
		}
	})
}

// block compares one block of a compressed index with its digest.
func (v *verifier) block(name string, offset, length int64, want ibid.Digest) error {
	if !v.p.Has(name) || offset < 0 || length <= 0 || length > maxJSON {
		return fmt.Errorf("there is no such block in %q", name)
	}
	r, err := v.p.WARC(name)(offset)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only read from
	b, err := io.ReadAll(io.LimitReader(r, length))
	if err != nil || int64(len(b)) != length {
		return fmt.Errorf("%q ends before the block of %d bytes at byte %d does", name, length, offset)
	}
	if want.Valid() && ibid.DigestOf(b) != want {
		return fmt.Errorf("the block at byte %d of %q does not match its digest", offset, name)
	}
	return nil
}

// pages looks whether the package has a capture of each page.
func (v *verifier) pages() error {
	if !v.p.Has(pagesPath) {
		v.report(found(CodePages, pagesPath, "there is no list of pages"))
		return nil
	}
	return v.lines(pagesPath, func(n int, line []byte) {
		var p struct{ Format, URL, TS string }
		switch err := json.Unmarshal(line, &p); {
		case err != nil:
			v.report(found(CodePages, pagesPath, "line %d: %v", n, err))
		case n == 1 && p.Format != "":
		case p.URL == "" || p.TS == "":
			v.report(found(CodePages, pagesPath, "line %d has no url or no ts", n))
		default:
			v.out.Pages++
			if !v.urls[shortOf(p.URL)] {
				v.report(found(CodePage, pagesPath, "line %d: there is no capture of %.100q", n, p.URL))
			}
		}
	})
}
