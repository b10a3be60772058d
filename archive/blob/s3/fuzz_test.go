package s3

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
)

// Whatever heads an answer has: the length that is expected is one that was asked for, or there is an error.
func FuzzLengthOf(f *testing.F) {
	f.Add("10", "bytes 0-9/10", int64(0), int64(-1))
	f.Add("5", "bytes 5-9/10", int64(5), int64(7))
	f.Add("9223372036854775807", "bytes 1-9223372036854775807/9223372036854775807", int64(1), int64(-1))
	f.Add("-1", "bytes */10", int64(3), int64(2))
	f.Fuzz(func(t *testing.T, length, span string, offset, want int64) {
		if offset < 0 || want == 0 {
			return
		}
		n, err := lengthOf(http.Header{"Content-Length": {length}, "Content-Range": {span}}, offset, want)
		if err == nil && (n < 0 || want > 0 && n > want) {
			t.Errorf("%d bytes of %d that were asked for", n, want)
		}
	})
}

// Whatever an answer says is wrong, it is an error with a code, and can be read again.
func FuzzErrorOf(f *testing.F) {
	f.Add(503, "<Error><Code>SlowDown</Code><Message>m</Message></Error>")
	f.Add(500, "")
	f.Add(502, "<html>Bad Gateway")
	f.Fuzz(func(t *testing.T, status int, body string) {
		answer := &http.Response{StatusCode: status, Status: "503 Service Unavailable", Body: io.NopCloser(strings.NewReader(body))}
		var said minio.ErrorResponse
		if !errors.As(errorOf(answer), &said) || said.Code == "" || said.StatusCode != status {
			t.Errorf("%#v", said)
		}
		if again, err := io.ReadAll(answer.Body); err != nil || string(again) != body[:min(len(body), maxErrorBody)] {
			t.Errorf("%d bytes again, %v", len(again), err)
		}
	})
}
