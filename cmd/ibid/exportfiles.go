package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/wacz"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

const (
	// ownMember is what is ours in datapackage.json, and ownDir what is ours in the package.
	ownMember = "ibid"
	ownDir    = "ibid/documents/"
	// ownFormat is the form of both.
	ownFormat = 1
	// maxInline is how many references are listed in datapackage.json itself, which readers take whole.
	maxInline = 2000
)

// ownPackage is what datapackage.json says of documents and sources.
type ownPackage struct {
	Format     int    `json:"format"`
	Of         string `json:"of"`
	Collection string `json:"collection"`
	// Signer is the key that signs the package: one whose signature was taken off shows that it had one.
	Signer    ibid.Digest             `json:"signer,omitempty"`
	Documents []ownDocument           `json:"documents"`
	Sources   []pipeline.SourceReport `json:"sources,omitempty"`
}

// ownDocument is a document of a package.
type ownDocument struct {
	// Path is the folder with its bytes (source), itself and its references (document.json), and what became of
	// them (report.json).
	Path     string        `json:"path"`
	Document ibid.Document `json:"document"`
	// References are as in `ibid report`; left out of a large package, where report.json has them.
	References []pipeline.ReferenceReport `json:"references,omitempty"`
	Summary    pipeline.Summary           `json:"summary"`
}

// packagedDocument is document.json.
type packagedDocument struct {
	Document   ibid.Document    `json:"document"`
	References []ibid.Reference `json:"references"`
}

// waczSink puts the records of an export into a package.
type waczSink struct{ w *wacz.Writer }

func (s waczSink) WARC(n int) (string, io.Writer, error) {
	name := fmt.Sprintf("data-%05d.warc.gz", n)
	w, err := s.w.WARC(name)
	return name, w, err
}

func (s waczSink) Index(l *cdx.Line) error { return s.w.Index(l) }

func (e *exportCmd) writeWACZ(ctx context.Context, p *program, h *house, s *selection) (n archive.Exported, err error) {
	own := ownPackage{Format: ownFormat, Of: s.of, Collection: s.collection, Documents: []ownDocument{}, Sources: s.sources}
	o := wacz.Options{Title: s.title, Description: "Kept by Ibid: " + s.of, Software: software(), Created: p.now(), TempDir: filepath.Dir(e.Output)}
	if !e.Unsigned {
		if o.Key, err = p.signingKey(h.config); err != nil {
			return n, err
		}
		if o.Domain, err = p.signingDomain(ctx, h.config); err != nil {
			return n, err
		}
		signer := &o.Key.PublicKey
		if o.Domain != nil {
			signer = o.Domain.Public()
		}
		if own.Signer, err = wacz.Fingerprint(signer); err != nil {
			return n, err
		}
	}
	exported := places{}
	err = create(e.Output, func(w io.Writer) (err error) {
		out := wacz.NewWriter(w, o)
		defer out.Abort() //nolint:errcheck // of an index that is written, nothing is left
		n, err = h.archive.Export(ctx, archive.ExportOptions{
			Collection: s.collection, Captures: exported.note(s.captures), Visits: s.visits, Description: s.of, MaxFile: archive.DefaultMaxSegment,
		}, waczSink{out})
		if err != nil {
			return err
		}
		if err := s.addDocuments(ctx, h, out, &own); err != nil {
			return err
		}
		if err := p.addCustody(ctx, h, out, o.Key, exported); err != nil {
			return err
		}
		b, err := json.Marshal(own)
		if err != nil {
			return fmt.Errorf("what is ours in the package: %w", err)
		}
		return out.Close(map[string]json.RawMessage{ownMember: b})
	})
	return n, err
}

// addDocuments adds the documents and the pages.
func (s *selection) addDocuments(ctx context.Context, h *house, out *wacz.Writer, own *ownPackage) error {
	for _, src := range s.sources {
		if err := addPage(out, pageOf(src.URI, src.URI, src.State), nil); err != nil {
			return err
		}
	}
	total := 0
	for i := range s.reports {
		total += len(s.reports[i].References)
	}
	for i := range s.reports {
		r := &s.reports[i]
		d := ownDocument{Path: ownDir + r.Document.ID, Document: r.Document, Summary: r.Summary}
		if total <= maxInline {
			d.References = r.References
		}
		own.Documents = append(own.Documents, d)
		if err := addDocument(ctx, h, out, s.collection, d.Path, r); err != nil {
			return err
		}
		if err := addPages(out, r); err != nil {
			return err
		}
	}
	return nil
}

func addDocument(ctx context.Context, h *house, out *wacz.Writer, collection, dir string, r *pipeline.DocumentReport) error {
	w, err := out.File(dir + "/source")
	if err != nil {
		return err
	}
	body, err := h.archive.DocumentSource(ctx, collection, r.Document)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // all of it was read, or the error is told
	if _, err := io.Copy(w, body); err != nil {
		return err
	}
	d := packagedDocument{r.Document, make([]ibid.Reference, len(r.References))}
	for i := range r.References {
		d.References[i] = r.References[i].Reference
	}
	if err := addJSON(out, dir+"/document.json", d); err != nil {
		return err
	}
	return addJSON(out, dir+"/report.json", r)
}

func addJSON(out *wacz.Writer, name string, v any) error {
	w, err := out.File(name)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// addPages adds a page for each thing that the document cites and that is held.
func addPages(out *wacz.Writer, r *pipeline.DocumentReport) error {
	for i := range r.References {
		ref := &r.References[i]
		said := cited{
			Document: r.Document.ID, Reference: ref.ID, Cited: ref.Cited, Context: ref.Context, Label: ref.Locator.Label, Date: ref.Accessed,
			Outcome: ref.Outcome,
		}
		if said.Date == "" {
			said.Date = r.Document.Date
		}
		if err := addPage(out, pageOf(r.Document.ID+"-"+ref.ID, firstOf(ref.Title, ref.URI), ref.State), &said); err != nil {
			return err
		}
		for n, w := range ref.Works {
			for _, e := range w.Editions {
				said.Outcome = e.Outcome
				id := fmt.Sprintf("%s-%s-%d-%s", r.Document.ID, ref.ID, n+1, e.Language)
				if err := addPage(out, pageOf(id, report.WorkName(w.Work)+" ("+e.Language+")", e.State), &said); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// cited is what a page says of the citation.
type cited struct {
	Document  string       `json:"document"`
	Reference string       `json:"reference"`
	Label     string       `json:"note,omitempty"`
	Cited     string       `json:"cited"`
	Context   string       `json:"context,omitempty"`
	Date      ibid.Date    `json:"cited_date,omitempty"`
	Outcome   ibid.Outcome `json:"outcome"`
}

// pageOf is the page of what is held of a source; nil: nothing is.
func pageOf(id, title string, s pipeline.State) *wacz.Page {
	if s.Memento == nil {
		return nil
	}
	if s.Metadata != nil && s.Metadata.Title != "" {
		title = s.Metadata.Title
	}
	return &wacz.Page{ID: id, URL: s.Memento.URI, Time: s.Memento.Timestamp, Title: title}
}

func addPage(out *wacz.Writer, page *wacz.Page, said *cited) error {
	if page == nil {
		return nil
	}
	if said != nil {
		b, err := json.Marshal(said)
		if err == nil {
			err = json.Unmarshal(b, &page.Extra)
		}
		if err != nil {
			return fmt.Errorf("the page of %s: %w", page.URL, err)
		}
	}
	return out.Page(*page)
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// warcSink puts the records of an export into one WARC file.
type warcSink struct {
	name  string
	w     io.Writer
	index cdx.Sorter
}

func (s *warcSink) WARC(int) (string, io.Writer, error) { return s.name, s.w, nil }

func (s *warcSink) Index(l *cdx.Line) error { return s.index.Add(string(l.Append(nil))) }

// writeWARC writes what any archive can go on with: one WARC file, its index, and the references as a table. The WARC
// file is the last to get its name.
func (e *exportCmd) writeWARC(ctx context.Context, _ *program, h *house, s *selection) (n archive.Exported, err error) {
	base := strings.TrimSuffix(e.Output, ".warc.gz")
	err = create(e.Output, func(w io.Writer) error {
		sink := &warcSink{name: filepath.Base(e.Output), w: w, index: cdx.Sorter{Dir: filepath.Dir(e.Output)}}
		defer sink.index.Close() //nolint:errcheck // temporary files that are read
		n, err = h.archive.Export(ctx, archive.ExportOptions{
			Collection: s.collection, Captures: s.captures, Visits: s.visits, Description: s.of,
		}, sink)
		if err != nil {
			return err
		}
		err := create(base+".cdxj", func(w io.Writer) error {
			return sink.index.Each(func(line string) error {
				_, err := io.WriteString(w, line)
				return err
			})
		})
		if err != nil {
			return err
		}
		return create(base+".csv", func(w io.Writer) error { return report.WriteCSV(w, s.reports) })
	})
	return n, err
}
