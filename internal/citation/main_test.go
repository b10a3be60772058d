package citation

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/ibid-archive/ibid/internal/pdf"
)

// readerOfPDFs starts one reader for all tests that want PDFs read: starting its worker is the dear part.
var readerOfPDFs = sync.OnceValue(func() *pdf.Reader { return pdf.New(pdf.Options{}) })

func TestMain(m *testing.M) {
	pdf.ServeIfWorker()
	code := m.Run()
	if err := readerOfPDFs().Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
