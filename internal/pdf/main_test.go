package pdf_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid/internal/pdf"
)

// shared is one Reader for the tests that do not harm it: starting a worker is the dear part.
var shared *pdf.Reader

func TestMain(m *testing.M) {
	pdf.ServeIfWorker()
	shared = pdf.New(pdf.Options{})
	code := m.Run()
	if err := shared.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func read(t testing.TB, body []byte) *pdf.Document {
	t.Helper()
	doc, err := shared.Text(context.Background(), body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
