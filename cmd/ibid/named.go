package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

// named finds the document that name means, which is known by its id and by what it was archived as: exactly that; the same file
// seen from elsewhere; the end of its path; or, if there is only one, a file of the same name.
func (p *program) named(ctx context.Context, h *house, name string) (ibid.Document, []ibid.Reference, error) {
	doc, refs, err := h.catalog.Document(ctx, p.flags.Collection, name)
	if err == nil && (doc.ID == name || doc.Source == name) || err != nil && ibid.KindOf(err) != ibid.KindNotFound {
		return doc, refs, err
	}
	docs, err := h.catalog.Documents(ctx, p.flags.Collection)
	if err != nil {
		return doc, nil, err
	}
	found, other := meant(docs, name)
	switch {
	case len(found) == 0:
		return doc, nil, p.noneNamed(docs, name)
	case len(found) > 1:
		return doc, nil, &ibid.Error{Kind: ibid.KindInput, Op: "find the document", URI: name, Err: fmt.Errorf("that can be %s: name one of them", sources(found, " or "))}
	case other:
		p.notice("%s was archived as %s", name, found[0].Source)
	}
	return h.catalog.Document(ctx, p.flags.Collection, found[0].ID)
}

// meant are the documents that name can mean, of each source the last; other says that only the name of the file is the same.
func meant(docs []ibid.Document, name string) (found []ibid.Document, other bool) {
	end := strings.TrimPrefix(slashed(name), "/")
	for i, is := range []func(source string) bool{
		func(source string) bool { return isSameFile(source, name) },
		func(source string) bool {
			source = slashed(source)
			return source == end || strings.HasSuffix(source, "/"+end)
		},
		func(source string) bool { return filepath.Base(source) == filepath.Base(name) },
	} {
		for _, d := range docs {
			if !is(d.Source) {
				continue
			}
			if last := len(found) - 1; last >= 0 && found[last].Source == d.Source {
				found = found[:last] // an older version
			}
			found = append(found, d)
		}
		if len(found) > 0 {
			return found, i == 2
		}
	}
	return nil, false
}

func slashed(path string) string { return filepath.ToSlash(filepath.Clean(path)) }

// isSameFile says whether two paths, seen from here, are one.
func isSameFile(a, b string) bool {
	if pipeline.Input(a).IsURI() || pipeline.Input(b).IsURI() {
		return false
	}
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}

// noneNamed says that no document has that name, and which there are.
func (p *program) noneNamed(docs []ibid.Document, name string) error {
	why := errNoDocument
	if len(docs) > 0 {
		why = fmt.Errorf("it was not archived in the collection %q, which has %s", p.flags.Collection, sources(docs, ", "))
	}
	return &ibid.Error{Kind: ibid.KindNotFound, Op: "find the document", URI: name, Err: why}
}

var errNoDocument = errors.New("no document was archived in the collection yet: ibid archive DOCUMENT")

// sourcesShown is how many documents an error names.
const sourcesShown = 5

func sources(docs []ibid.Document, between string) string {
	var names []string
	for i, d := range docs {
		if i > 0 && d.Source == docs[i-1].Source {
			continue
		}
		names = append(names, report.Plain(d.Source))
	}
	if more := len(names) - sourcesShown; more > 0 {
		names = append(names[:sourcesShown], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, between)
}
