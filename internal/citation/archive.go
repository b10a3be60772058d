package citation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// maxArchived bounds how many documents of an archive are read.
const maxArchived = 2000

// readArchive reads the documents in a ZIP archive as one Document: each Reference says in which file it stands.
func readArchive(ctx context.Context, src Source, o Options) (*Result, error) {
	p, err := openParts(src.Body)
	if err != nil {
		return nil, unreadable(src, err)
	}
	names := Documents(p.names, p.read)
	switch {
	case len(names) == 0:
		return nil, unreadable(src, errors.New("it is a ZIP archive without a document that can be read"))
	case len(names) > maxArchived:
		return nil, unreadable(src, fmt.Errorf("it holds %d documents, and %d are read", len(names), maxArchived))
	}
	all := &Result{References: []ibid.Reference{}}
	for _, name := range names {
		body, err := p.read(name)
		if err != nil {
			return nil, unreadable(src, err)
		}
		folder := path.Dir(name)
		inner := Source{Name: name, Body: body, Beside: func(other string) ([]byte, error) { return p.read(path.Join(folder, other)) }}
		o.MaxReferences -= len(all.References)
		if o.MaxReferences <= 0 {
			return nil, &ibid.Error{
				Kind: ibid.KindInput, Op: "read", URI: src.Name, Class: ibid.ClassLinksCapped,
				Err: fmt.Errorf("it has %d references before %s, and more are not read: divide it", len(all.References), name),
			}
		}
		if kind, err := typeOf(inner); err != nil || kind == typeZIP {
			return nil, unreadable(src, fmt.Errorf("%s in it cannot be read: take it out", name))
		}
		result, err := Read(ctx, inner, o)
		if err != nil {
			return nil, unreadable(src, err)
		}
		o.MaxReferences += len(all.References)
		for _, ref := range result.References {
			o.kept += sizeOf(&ref)
		}
		all.take(result, name)
	}
	all.Document = identified(all.Document, src, typeZIP)
	return all, nil
}

// take adds the References of one document of an archive; the first that has a title or a date gives them to the whole.
func (r *Result) take(from *Result, name string) {
	for _, ref := range from.References {
		ref.ID = "r" + strconv.Itoa(len(r.References)+1)
		ref.Locator.File = name
		r.References = append(r.References, ref)
	}
	if r.Document.Title == "" {
		r.Document.Title, r.Document.Language = from.Document.Title, from.Document.Language
	}
	if r.Document.Date == "" {
		r.Document.Date = from.Document.Date
	}
}

// Documents returns those of the files of a folder, by their slash-separated paths, that are citing documents: of the types that are
// read, by their names, and where a name may be that of anything, by their content, which read gives. Hidden files are none; nor is a
// bibliography beside a document that cites out of it, nor a chapter beside the LaTeX document that holds the whole.
func Documents(names []string, read func(name string) ([]byte, error)) []string {
	cites := make(map[string]bool) // folders with a document that has its bibliography beside it
	whole := make(map[string]bool) // LaTeX documents that are no chapters
	var candidates []string
	for _, name := range names {
		ending := endingOf(name)
		kind := endings[ending]
		if hiddenFile(name) || kind == "" && !packedEndings[ending] || uncertain[ending] && !readable(name, read) {
			continue
		}
		candidates = append(candidates, name)
		if kind == typeLaTeX || kind == typeMarkdown || kind == typeOrg || kind == typeASCIIDoc || kind == typeNotebook || kind == typeTypst {
			cites[path.Dir(name)] = true
		}
		if kind != typeLaTeX {
			continue
		}
		if body, err := read(name); err == nil && bytes.Contains(body, []byte(`\documentclass`)) {
			whole[name] = true
		}
	}
	return slices.DeleteFunc(candidates, func(name string) bool {
		kind := endings[endingOf(name)]
		return kind == typeLaTeX && len(whole) > 0 && !whole[name] || usedBeside(kind) && citesAbove(cites, path.Dir(name))
	})
}

// uncertain are the endings that most files have for another reason than that they cite.
var uncertain = wordSet(".json .xml .sqlite")

func readable(name string, read func(string) ([]byte, error)) bool {
	body, err := read(name)
	if err != nil {
		return false
	}
	kind, err := typeOf(Source{Name: name, Body: body})
	return err == nil && kind != typeText
}

// packedEndings are the endings of names of documents that are known by their content alone.
var packedEndings = wordSet(".docx .odt .epub .xlsx .ods .fodt .docm .dotx .ott .opml .xml .mods .sqlite")

func usedBeside(kind ibid.MediaType) bool {
	return kind == typeBibTeX || kind == typeRIS || kind == typeCSL || kind == typeRefer
}

// citesAbove says whether a folder or one above it has a document that cites.
func citesAbove(cites map[string]bool, folder string) bool {
	for !cites[folder] {
		if folder == "." || folder == "/" {
			return false
		}
		folder = path.Dir(folder)
	}
	return true
}

// hiddenFile says whether a path is of a program's own files and not of a person's.
func hiddenFile(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." || strings.HasPrefix(part, "~$") || part == "__MACOSX" || part == "node_modules" {
			return true
		}
	}
	return false
}
