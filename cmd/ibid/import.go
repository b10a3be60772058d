package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/wacz"
	"github.com/ibid-archive/ibid/archive/warc"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/report"
)

type importCmd struct {
	Files  []string `arg:"" name:"file" help:"WACZ packages, and WARC files, plain or gzipped."`
	Origin string   `help:"Where the captures are from, for those that do not say it: the id of an archive (else import:FILE)." placeholder:"ID"`
}

// Run takes in one file after the other, each whole or not at all: one that cannot be used costs the others nothing.
func (i *importCmd) Run(ctx context.Context, p *program) (err error) {
	h, done, err := p.opened(ctx, toWrite)
	if err != nil {
		return err
	}
	defer done(&err)
	defer p.copying(ctx, h)(ctx)
	var worst error
	for _, name := range i.Files {
		if err := i.file(ctx, p, h, name); err != nil {
			if !errors.Is(err, errIncomplete) && !errors.Is(err, errDamaged) {
				err = p.complain(err)
			}
			worst = worse(worst, err)
			if ctx.Err() != nil {
				return worst
			}
		}
	}
	p.logNow(ctx, h)
	return worst
}

// file takes in one file.
func (i *importCmd) file(ctx context.Context, p *program, h *house, name string) error {
	f, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: name, Err: err}
	}
	defer f.Close() //nolint:errcheck // only read from
	magic := make([]byte, 4)
	n, err := io.ReadFull(f, magic)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: name, Err: err}
	}
	job := archive.Import{
		Collection: p.flags.Collection, Name: filepath.Base(name), Holdings: h.catalog, Origin: i.originOf(name),
	}
	sum := sha256.New()
	size, err := io.Copy(sum, io.MultiReader(bytes.NewReader(magic[:n]), f))
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: name, Err: err}
	}
	job.Digest = ibid.DigestSum(sum)
	if bytes.HasPrefix(magic, []byte("PK")) || strings.HasSuffix(name, ".wacz") {
		return i.wacz(ctx, p, h, name, job)
	}
	open := warc.FromReaderAt(f, size)
	isARC, err := warc.IsARC(open)
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: name, Err: err}
	}
	if isARC {
		open = warc.FromARC(open)
	}
	job.WARCs = []archive.ImportedWARC{{Name: filepath.Base(name), Open: open}}
	taken, err := i.take(ctx, p, h, &job)
	if err != nil {
		return err
	}
	return p.printTaken(name, taken, 0)
}

// originOf is the Origin of what is taken in from name.
func (i *importCmd) originOf(name string) ibid.Origin {
	if i.Origin != "" {
		return ibid.Origin(i.Origin)
	}
	safe := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && r != '"' && r != '\\' {
			return r
		}
		return '_'
	}, filepath.Base(name))
	return ibid.Origin("import:" + safe)
}

// wacz takes in a package: only one that is what its maker closed.
func (i *importCmd) wacz(ctx context.Context, p *program, h *house, name string, job archive.Import) error {
	c, err := p.check(ctx, name)
	if err != nil {
		return err
	}
	defer c.file.Close() //nolint:errcheck // only read from
	for _, f := range c.findings {
		if f.Code[0] == 'P' { // those of records come with the records
			p.printProblem(name, f.Error())
		}
	}
	if c.isBroken() {
		p.notice("%s: refused, and nothing of it was taken: it is not what its maker closed", name)
		return errDamaged
	}
	job.About = aboutPackage{Title: c.reader.Package.Title, Software: c.reader.Package.Software, Created: c.reader.Package.Created, Signature: c.Signature}
	for _, w := range c.reader.WARCs() {
		job.WARCs = append(job.WARCs, archive.ImportedWARC{Name: filepath.Base(w), Open: c.reader.WARC(w)})
	}
	docs, err := c.documents()
	if err != nil {
		return err
	}
	taken, err := i.take(ctx, p, h, &job)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if err := putDocument(ctx, h, p.flags.Collection, d); err != nil {
			return err
		}
	}
	return p.printTaken(name, taken, len(docs))
}

// aboutPackage is what is kept of a package that was taken in.
type aboutPackage struct {
	Title     string          `json:"title,omitempty"`
	Software  string          `json:"software,omitempty"`
	Created   string          `json:"created,omitempty"`
	Signature *wacz.Signature `json:"signature,omitempty"`
}

// takenDocument is a document of a package, with its bytes.
type takenDocument struct {
	packagedDocument
	body []byte
}

// documents reads the documents of a package of ours.
func (c *checked) documents() ([]takenDocument, error) {
	if c.own == nil {
		return nil, nil
	}
	var docs []takenDocument
	for _, own := range c.own.Documents {
		bad := func(err error) error {
			return &ibid.Error{Kind: ibid.KindInput, Op: "read the document", URI: own.Path, Err: err}
		}
		b, err := c.reader.ReadFile(own.Path+"/document.json", maxDocument)
		if err != nil {
			return nil, bad(err)
		}
		var d takenDocument
		if err := json.Unmarshal(b, &d.packagedDocument); err != nil {
			return nil, bad(err)
		}
		if d.body, err = c.reader.ReadFile(own.Path+"/source", maxDocument); err != nil {
			return nil, bad(err)
		}
		if ibid.DigestOf(d.body) != d.Document.Digest || ibid.DocumentID(d.Document.Digest) != d.Document.ID {
			return nil, bad(errors.New("its bytes are not those of its digest"))
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// putDocument stores a document, unless it is there: what was read of it here counts more.
func putDocument(ctx context.Context, h *house, collection string, d takenDocument) error {
	_, _, err := h.catalog.Document(ctx, collection, d.Document.ID)
	if err == nil || ibid.KindOf(err) != ibid.KindNotFound {
		return err
	}
	if err := h.archive.PutDocument(ctx, collection, d.Document, d.References, d.body); err != nil {
		return err
	}
	return h.catalog.PutDocument(ctx, collection, d.Document, d.References)
}

// take stores the records of a file, and tells the catalogue.
func (i *importCmd) take(ctx context.Context, p *program, h *house, job *archive.Import) (*archive.Taken, error) {
	taken, err := h.archive.Import(ctx, job, func(f archive.Finding) { p.printProblem(job.Name, f.String()) })
	if err != nil {
		return nil, err
	}
	var batches []catalog.Batch
	for _, s := range taken.Segments {
		batches = append(batches, batchesOf(s)...)
	}
	_, err = h.catalog.Adopt(ctx, batches)
	return taken, err
}

// printProblem names something that is wrong with a file.
func (p *program) printProblem(name, text string) {
	if p.flags.JSON {
		return
	}
	if !strings.Contains(text, filepath.Base(name)) {
		text = filepath.Base(name) + ": " + text
	}
	fmt.Fprintln(p.stdout, report.Plain(text))
}

func (p *program) printTaken(name string, t *archive.Taken, docs int) error {
	captures, visits := 0, 0
	for _, s := range t.Segments {
		captures, visits = captures+len(s.Captures), visits+len(s.Visits)
	}
	var err error
	if p.flags.JSON {
		err = p.printJSON(struct {
			File      string `json:"file"`
			Documents int    `json:"documents"`
			Captures  int    `json:"captures"`
			Visits    int    `json:"visits"`
			Records   int    `json:"records"`
			Known     int    `json:"known"`
			LeftOut   int    `json:"left_out"`
		}{name, docs, captures, visits, t.Records, t.Known, t.LeftOut})
	} else {
		_, err = fmt.Fprintf(p.stdout, "imported %s: %s, %s, %s; %d held already, %s left out\n", report.Plain(name), report.Count(docs, "document"),
			report.Count(captures, "capture"), report.Count(visits, "visit"), t.Known, report.Count(t.LeftOut, "damaged record"))
	}
	if err == nil && t.LeftOut > 0 {
		return errIncomplete
	}
	return err
}
