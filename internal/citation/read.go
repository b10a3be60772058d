// Package citation reads citing documents: bytes in, an [ibid.Document] with its [ibid.Reference]s out. It reads
// texts in many kinds of markup and of word processors, lists of sources, archives of those and, through a PDFReader, PDF. Every
// reference keeps what stands in the document to the letter beside the address that can be used, and says where it stands: note,
// list entry, link or running text.
package citation

import (
	"context"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// Source is a citing document as it was handed over.
type Source struct {
	// Name is the path or URI it was read from, as given. Its ending decides where the content does not.
	Name string
	Body []byte
	// ContentType is that of the HTTP answer, with parameters, if the document came from the web.
	ContentType string
	// BaseURI is where the document was fetched from, if from the web: relative links are resolved against it.
	BaseURI string
	// Beside reads another file of the folder that the document lies in, by its path from there: a bibliography, a chapter. Nil: there
	// are none. An error is a file that cannot be read.
	Beside func(path string) ([]byte, error)
}

// Options say how documents are read.
type Options struct {
	// PDF reads PDFs; nil refuses them.
	PDF PDFReader
	// MaxReferences bounds the references of one document; 0 is 200,000.
	MaxReferences int

	kept int // bytes of the references of the documents before this one in an archive
}

const defaultMaxReferences = 200_000

// Result is what was read.
type Result struct {
	Document   ibid.Document
	References []ibid.Reference
}

// Read reads src. What it is, is decided by its content, then by its ContentType and its name. The error is an *ibid.Error
// of KindInput for what cannot be read: empty, binary, encrypted, of an unsupported type.
func Read(ctx context.Context, src Source, o Options) (*Result, error) {
	if o.MaxReferences <= 0 {
		o.MaxReferences = defaultMaxReferences
	}
	kind, err := typeOf(src)
	if err != nil {
		return nil, unreadable(src, err)
	}
	if kind == typePDF {
		result, err := readPDF(ctx, src, o)
		if err != nil {
			return nil, err
		}
		result.Document = identified(result.Document, src, kind)
		return result, nil
	}
	if kind == typeZIP {
		return readArchive(ctx, src, o)
	}
	c := newCollector(ctx, src, o)
	if read := packed[kind]; read != nil {
		err = read(c, src.Body)
	} else {
		err = readWritten(c, src, kind)
	}
	if err != nil {
		return nil, err
	}
	return c.result(src, kind), nil
}

// packed are the readers of the types that are not text.
var packed = map[ibid.MediaType]func(*collector, []byte) error{
	typeDOCX: readDOCX, typeODT: readODT, typeEPUB: readEPUB, typeXLSX: readXLSX, typeODS: readODS,
	typeZotero: readZotero,
}

// written are the readers of the types that are text.
var written = map[ibid.MediaType]func(*collector, string) error{
	typeHTML: readHTML, typeMarkdown: readMarkdown, typeText: readText, typeRST: readRST, typeBibTeX: readBibTeX, typeRIS: readRIS,
	typeEndNote: readEndNote, typeCSL: readCSLFile, typeFlatODT: readFlatODT, typeLaTeX: readLaTeX,
	typeWikitext: readWikitext, typeOrg: readOrg, typeASCIIDoc: readASCIIDoc, typeJATS: readJATS, typeDocBook: readDocBook,
	typeRefer: readRefer, typeMODS: readMODS, typeOPML: readOPML, typeBookmarks: readBookmarks, typeCSV: readCSV,
	typeNotebook: readNotebook, typeTypst: readTypst,
}

// inXML are those of them that are XML.
var inXML = map[ibid.MediaType]bool{
	typeEndNote: true, typeFlatODT: true, typeJATS: true, typeDocBook: true, typeMODS: true, typeOPML: true,
}

func readWritten(c *collector, src Source, kind ibid.MediaType) error {
	text, err := decoded(src, kind)
	if err != nil {
		return unreadable(src, err)
	}
	if inXML[kind] {
		if err := refuseBomb(text); err != nil {
			return unreadable(src, err)
		}
		text = withEntities(text)
	}
	read := written[kind]
	if read == nil {
		read = readText
	}
	return read(c, text)
}

// unreadableIn is unreadable for the document of that name.
func unreadableIn(name string, err error) error { return unreadable(Source{Name: name}, err) }

// unreadable wraps a reason why src cannot be read.
func unreadable(src Source, err error) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: src.Name, Err: err}
}

// identified says what src is in d, and names it by its bytes.
func identified(d ibid.Document, src Source, kind ibid.MediaType) ibid.Document {
	d.Source, d.MediaType, d.Digest = strings.ToValidUTF8(src.Name, "\uFFFD"), kind, ibid.DigestOf(src.Body)
	d.ID = ibid.DocumentID(d.Digest)
	d.Title = folded(d.Title)
	return d
}
