package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/sys"
)

// wasmPage is the unit of WebAssembly memory, in bytes.
const wasmPage = 64 << 10

// engine is PDFium in this process. It is used by the worker only.
type engine struct {
	pool pdfium.Pool
	// broken says that PDFium has failed in a way after which it must not be used again.
	broken bool
}

// newEngine compiles PDFium, or loads it from the cache, with at most memory bytes for itself.
func newEngine(memory int64, cacheDir string) (*engine, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(max(512, min(memory/wasmPage, 1<<16)))) //nolint:gosec // bounded here
	if cache := openCache(cacheDir); cache != nil {
		config = config.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: withMappedMemory(context.Background()), MaxIdle: 1, MaxTotal: 1, RuntimeConfig: config,
		// By default PDFium would see the whole file system, and print on our standard output.
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	return &engine{pool: pool}, nil
}

// openCache returns nil when the directory cannot be written to: PDFium is then compiled at every start.
func openCache(dir string) wazero.CompilationCache {
	if dir == "-" || os.MkdirAll(dir, 0o700) != nil {
		return nil
	}
	probe, err := os.CreateTemp(dir, "probe")
	if err != nil || errors.Join(probe.Close(), os.Remove(probe.Name())) != nil {
		return nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil
	}
	return cache
}

// answer answers one request: it writes all frames but the last, which it returns.
func (e *engine) answer(q request, body []byte, w io.Writer) (last answer) {
	defer func() {
		if p := recover(); p != nil {
			e.broken = true
			last = answer{Error: "stopped"}
		}
	}()
	err := e.read(q, body, w)
	if err == nil {
		return answer{Done: true}
	}
	a := answer{Error: codeOf(err)}
	var limit *limitError
	switch {
	case errors.As(err, &limit):
		a.Detail = limit.what
	case a.Error == "":
		// PDFium ends itself when it gets no memory, which is also what most of its other ends are.
		e.broken = true
		a.Error = "memory"
	}
	return a
}

// read opens the document in a fresh instance of PDFium, so that no document sees another's memory.
func (e *engine) read(q request, body []byte, w io.Writer) (err error) {
	instance, err := e.pool.GetInstance(time.Minute)
	if err != nil {
		return fmt.Errorf("instantiate PDFium: %w", err)
	}
	defer func() { err = errors.Join(err, instance.Close()) }()
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &body})
	if err != nil {
		return openError(err)
	}
	d := &source{pdfium: instance, doc: opened.Document}
	pages, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.doc})
	if err != nil {
		return fmt.Errorf("count the pages: %w", err)
	}
	if !q.InfoOnly && pages.PageCount > q.MaxPages {
		return &limitError{fmt.Sprintf("%d pages, and the limit is %d", pages.PageCount, q.MaxPages)}
	}
	if err := writeJSON(w, answer{Head: d.info()}); err != nil || q.InfoOnly {
		return err
	}
	for i := range pages.PageCount {
		page, err := d.page(i)
		if err != nil {
			return err
		}
		if err := writeJSON(w, answer{Page: page}); err != nil {
			return err
		}
	}
	return nil
}

func openError(err error) error {
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return ErrPassword
	case errors.Is(err, pdfiumerrors.ErrFormat), errors.Is(err, pdfiumerrors.ErrFile),
		errors.Is(err, pdfiumerrors.ErrPage), errors.Is(err, pdfiumerrors.ErrUnknown),
		errors.Is(err, pdfiumerrors.ErrSuccess), errors.Is(err, pdfiumerrors.ErrUnexpected):
		return ErrFormat
	}
	return fmt.Errorf("open the document: %w", err)
}

// limitError is ErrTooLarge with what is too large.
type limitError struct{ what string }

func (e *limitError) Error() string { return ErrTooLarge.Error() + ": " + e.what }
func (e *limitError) Unwrap() error { return ErrTooLarge }

// source is an open document.
type source struct {
	pdfium pdfium.Pdfium
	doc    references.FPDF_DOCUMENT
	links  int
}

// info returns what PDFium knows of the document; what it does not know is left out.
func (d *source) info() *Info {
	info := &Info{Dict: map[string]string{}}
	tags := []string{"Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate", "doi", "DOI"}
	if meta, err := d.pdfium.GetMetaData(&requests.GetMetaData{Document: d.doc, Tags: &tags}); err == nil {
		for _, tag := range meta.Tags {
			if v := clean(tag.Value); v != "" && len(v) <= maxText {
				info.Dict[tag.Tag] = v
			}
		}
	}
	if lang, err := d.pdfium.FPDFCatalog_GetLanguage(&requests.FPDFCatalog_GetLanguage{Document: d.doc}); err == nil {
		info.Language = clean(lang.Language)
	}
	return info
}

// onlyTraps returns err if PDFium can no longer be used after it, or if it is about a limit, and nil for
// what PDFium could not do with one page or one link.
func onlyTraps(err error) error {
	var limit *limitError
	if errors.As(err, &limit) || trapped(err) {
		return err
	}
	return nil
}

// trapped says whether WebAssembly was stopped, by itself or by a panic around it. The runtime has no type
// for that, only words.
func trapped(err error) bool {
	var exit *sys.ExitError
	return err != nil && (errors.As(err, &exit) || strings.Contains(err.Error(), "wasm error") ||
		strings.Contains(err.Error(), "panic occurred"))
}
