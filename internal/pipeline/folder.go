package pipeline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/citation"
)

// openBeside opens the folder of a document for what the document names in it: its bibliography, its chapters. Nothing above
// that folder is read, whatever the document names.
func openBeside(path string, maxBytes int64) (read func(string) ([]byte, error), closeFolder func(), err error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, nil, &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: filepath.Dir(path), Err: err}
	}
	left := maxBytes
	read = func(name string) ([]byte, error) {
		f, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // only read from
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
			return nil, errors.Join(err, fs.ErrInvalid)
		}
		body, err := io.ReadAll(io.LimitReader(f, left+1))
		if err != nil || int64(len(body)) > left {
			return nil, errors.Join(err, fmt.Errorf("%s is too large", name))
		}
		left -= int64(len(body))
		return body, nil
	}
	return read, func() { _ = root.Close() }, nil
}

const (
	// maxFolderFiles bounds how many files of a folder are looked at, maxFolderDocuments how many documents are read of it.
	maxFolderFiles     = 100_000
	maxFolderDocuments = 2000
)

// Expand puts the citing documents of a folder in the place of the folder, in the order of their paths. Anything else stays as it is.
func Expand(in Input, maxBytes int64) ([]Input, error) {
	if info, err := os.Stat(string(in)); in.IsURI() || err != nil || !info.IsDir() {
		return []Input{in}, nil // a file; one that is not there is told where it is read
	}
	folder := string(in)
	bad := func(err error) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: folder, Err: err}
	}
	names, err := filesBelow(folder)
	if err != nil {
		return nil, bad(err)
	}
	documents := citation.Documents(names, func(name string) ([]byte, error) {
		return readFile(filepath.Join(folder, filepath.FromSlash(name)), maxBytes)
	})
	switch {
	case len(documents) == 0:
		return nil, bad(errors.New("no document in it is of a type that is read"))
	case len(documents) > maxFolderDocuments:
		return nil, bad(fmt.Errorf("it holds %d documents, and %d are read at once: name the folders in it", len(documents), maxFolderDocuments))
	}
	found := make([]Input, len(documents))
	for i, name := range documents {
		found[i] = Input(filepath.Join(folder, filepath.FromSlash(name)))
	}
	return found, nil
}

// filesBelow are the slash-separated paths of the files in a folder. Links are not followed, and hidden folders not entered: a git
// work tree keeps its history in one.
func filesBelow(folder string) ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (d.Name()[0] == '.' || d.Name() == "node_modules"):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		case len(names) >= maxFolderFiles:
			return fmt.Errorf("it holds more than %d files: name the documents in it", maxFolderFiles)
		}
		names = append(names, name)
		return nil
	})
	return names, err
}
