package pdf

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf/pdftest"
)

func hello() []byte {
	doc := pdftest.Doc{Pages: []pdftest.Page{{Texts: pdftest.Lines(72, 700, 10, "Hello.")}}}
	return doc.Bytes()
}

func newReader(t *testing.T) *Reader {
	t.Helper()
	r := New(Options{})
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestWorkerIsReused(t *testing.T) {
	r := newReader(t)
	if r.worker != nil {
		t.Fatal("a worker runs before it is needed")
	}
	pid := 0
	for range 3 {
		if _, err := r.Text(t.Context(), hello()); err != nil {
			t.Fatal(err)
		}
		if got := r.worker.cmd.Process.Pid; pid != 0 && got != pid {
			t.Fatal("another worker was started")
		}
		pid = r.worker.cmd.Process.Pid
	}
	r.worker.documents = maxDocuments
	if _, err := r.Text(t.Context(), hello()); err != nil || r.worker.cmd.Process.Pid == pid {
		t.Errorf("a worker that has done its work was not replaced: %v", err)
	}
}

func TestKilledWorkerIsReplaced(t *testing.T) {
	r := newReader(t)
	if _, err := r.Text(t.Context(), hello()); err != nil {
		t.Fatal(err)
	}
	first := r.worker
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.done
	if _, err := r.Text(t.Context(), hello()); err != nil {
		t.Errorf("after the worker died idle: %v", err)
	}
}

// A worker that dies in the middle of a document costs that document and no other.
func TestWorkerKilledInTheMiddle(t *testing.T) {
	r := newReader(t)
	if _, err := r.Text(t.Context(), hello()); err != nil {
		t.Fatal(err)
	}
	p := r.worker
	if err := writeJSON(p.stdin, request{MaxPages: 9}); err != nil {
		t.Fatal(err)
	}
	// The worker now waits for the bytes of a document; exchange sends a request where it expects those.
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	doc, err := p.exchange(t.Context(), request{MaxPages: 9}, hello())
	if doc != nil || !errors.Is(err, ErrStopped) || p.usable() {
		t.Errorf("got %v, %v and a usable worker: %v", doc, err, p.usable())
	}
	if _, err := r.Text(t.Context(), hello()); err != nil {
		t.Errorf("the next document: %v", err)
	}
}

func TestCancelledRequest(t *testing.T) {
	r := newReader(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Text(ctx, hello()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := r.Text(t.Context(), hello()); err != nil {
		t.Errorf("the next document: %v", err)
	}
}

func TestClosedReader(t *testing.T) {
	r := New(Options{})
	if _, err := r.Text(t.Context(), hello()); err != nil {
		t.Fatal(err)
	}
	p := r.worker
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-p.done:
	default:
		t.Error("the worker runs on")
	}
	if p.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("the worker ended with %v, not by itself", p.cmd.ProcessState)
	}
	if _, err := r.Text(t.Context(), hello()); ibid.KindOf(err) != ibid.KindInternal {
		t.Errorf("got %v", err)
	}
}

func TestWithoutCacheDirectory(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"-", file, file + "/below"} {
		if cache := openCache(dir); cache != nil {
			t.Errorf("%q was taken as a cache directory", dir)
		}
	}
	cache := openCache(t.TempDir() + "/new/dir")
	if cache == nil {
		t.Fatal("a directory that can be made was not taken")
	}
	if err := cache.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestServeRefusesNonsense(t *testing.T) {
	for _, in := range []string{"\x00\x00", "\x00\x00\x00\x02{}", "\x00\x00\x00\x01x\x00\x00\x00\x00", "\xff\xff\xff\xff"} {
		if _, _, err := readRequest(strings.NewReader(in)); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%q: got %v", in, err)
		}
	}
	if _, _, err := readRequest(strings.NewReader("")); !errors.Is(err, io.EOF) {
		t.Errorf("the end of input: got %v", err)
	}
}
