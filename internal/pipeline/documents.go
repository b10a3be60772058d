package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/citation"
)

// Input is one citing document to read: a path, or the address of a citing page.
type Input string

// IsURI says whether the input is an address on the web and not a path.
func (in Input) IsURI() bool {
	s := strings.ToLower(string(in))
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// Extract reads a citing document from a file. It needs neither network nor store.
func Extract(ctx context.Context, path string, maxBytes int64, o citation.Options) (*citation.Result, []byte, error) {
	body, err := readFile(path, maxBytes)
	if err != nil {
		return nil, nil, err
	}
	beside, closeFolder, err := openBeside(path, maxBytes)
	if err != nil {
		return nil, nil, err
	}
	defer closeFolder()
	res, err := citation.Read(ctx, citation.Source{Name: path, Body: body, Beside: beside}, o)
	return res, body, err
}

// readFile reads a file of at most maxBytes; every failure names the file and the way out.
func readFile(path string, maxBytes int64) ([]byte, error) {
	bad := func(err error) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: path, Err: err}
	}
	f, err := os.Open(path) //nolint:gosec // the user names the file
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, bad(errors.New("there is no such file"))
	case errors.Is(err, os.ErrPermission):
		return nil, bad(errors.New("it may not be read by this user"))
	case err != nil:
		return nil, bad(err)
	}
	defer f.Close() //nolint:errcheck // only read from
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, bad(err)
	case info.IsDir():
		return nil, bad(errors.New("it is a directory; name the documents in it"))
	case info.Size() > maxBytes:
		return nil, bad(fmt.Errorf("it has %d bytes, and a citing document may have %d", info.Size(), maxBytes))
	}
	body, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, bad(err)
	}
	if int64(len(body)) > maxBytes {
		return nil, bad(fmt.Errorf("it has more than the %d bytes that a citing document may have", maxBytes))
	}
	return body, nil
}

// fetchDocument captures a citing page as a source of its own and reads what was stored of it.
func (p *Pipeline) fetchDocument(ctx context.Context, collection string, uri string, w Watch) (*readDocument, error) {
	seed := ibid.Seed{URI: uri, Scope: p.o.Scope}
	if err := p.archiveSeeds(ctx, collection, "page", []ibid.Seed{seed}, w); err != nil {
		return nil, err
	}
	bad := func(kind ibid.Kind, err error) error {
		return &ibid.Error{Kind: kind, Op: "read the citing page", URI: uri, Err: err}
	}
	visit, err := p.o.Catalog.LatestVisit(ctx, collection, uri)
	if err != nil {
		return nil, err
	}
	if visit.Final == nil || outcomeOf(&visit) != ibid.OutcomeCaptured {
		return nil, bad(ibid.KindInput, errors.New(visit.Reason))
	}
	payload, err := p.o.Archive.Payload(ctx, collection, *visit.Final)
	if err != nil {
		return nil, err
	}
	defer payload.Close() //nolint:errcheck // all of it was read, or the error is told
	decoded, err := payload.Decoded(archive.Limit(p.o.MaxDocument))
	if err != nil {
		return nil, bad(ibid.KindInput, err)
	}
	body, err := io.ReadAll(decoded)
	if err != nil {
		return nil, bad(ibid.KindInput, err)
	}
	res, err := citation.Read(ctx, citation.Source{
		Name: uri, Body: body, ContentType: payload.Header.Get("Content-Type"), BaseURI: visit.Final.URI,
	}, p.o.Documents)
	if err != nil {
		return nil, err
	}
	return &readDocument{res.Document, res.References, body}, nil
}
