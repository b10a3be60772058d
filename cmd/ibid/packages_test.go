package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

// TestPackagesOverHTTP takes packages as readers do.
func TestPackagesOverHTTP(t *testing.T) {
	t.Parallel()
	s := startAPI(t, "")
	path := "/export/" + s.document + ".wacz?collection=notes"
	whole := s.call("GET", path, "", "")
	if whole.Code != 200 || whole.Header().Get("Accept-Ranges") != "bytes" || whole.Header().Get("ETag") == "" {
		t.Fatalf("%d, %v:\n%.300s", whole.Code, whole.Header(), whole.Body)
	}
	files, err := zip.NewReader(bytes.NewReader(whole.Body.Bytes()), int64(whole.Body.Len()))
	if err != nil || len(files.File) < 5 {
		t.Fatalf("%v, of %d bytes", err, whole.Body.Len())
	}
	part := s.call("GET", path, "reader", "", "Range", "bytes=-22", "If-Range", whole.Header().Get("ETag"))
	if part.Code != 206 || !bytes.HasSuffix(whole.Body.Bytes(), part.Body.Bytes()) || part.Body.Len() != 22 {
		t.Errorf("its end: %d, %d bytes", part.Code, part.Body.Len())
	}
	file := filepath.Join(t.TempDir(), "a.wacz")
	if err := os.WriteFile(file, whole.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := runProgram(t, "verify", file); code != ibid.ExitOK {
		t.Errorf("verify ends with %d: %s%s", code, out, errs)
	}
	s.rule(ibid.AccessRule{Verb: ibid.AccessExclude, Address: s.site + "/one"})
	less := s.call("GET", path, "", "")
	if less.Code != 200 || less.Header().Get("ETag") == whole.Header().Get("ETag") || less.Body.Len() >= whole.Body.Len() {
		t.Errorf("with something excluded: %d, %d bytes of %d", less.Code, less.Body.Len(), whole.Body.Len())
	}
	s.rule(ibid.AccessRule{Verb: ibid.AccessBlock, Document: s.document, Collection: "notes"})
	for _, path := range []string{path, "/documents/" + s.document + "/robust?collection=notes"} {
		if w := s.call("GET", path, "", ""); w.Code != 451 {
			t.Errorf("%s of a document that is blocked: %d", path, w.Code)
		}
	}
}

func TestFilesOfADocumentOverHTTP(t *testing.T) {
	t.Parallel()
	s := startAPI(t, "")
	of := "/documents/" + s.document
	for path, says := range map[string]string{
		"/robust": "](" + "/web/", "/citations.csl.json": `"URL"`, "/citations.bibtex.bib": "@", "/citations.apa.txt": s.site, "/report.csv": "captured",
	} {
		w := s.call("GET", of+path+"?collection=notes", "", "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), says) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; filename=") {
			t.Errorf("%s: %d, %v\n%s", path, w.Code, w.Header(), w.Body)
		}
	}
}
