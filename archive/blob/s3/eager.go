package s3

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net/http"

	"github.com/minio/minio-go/v7"
)

// minio-go waits up to 200 ms after each request that it would make again, also after the last one. How often and
// when is ours to say: an eager transport keeps the failure where the maker of the request finds it, and ends the
// request.

// failure is what came of a request.
type failure struct {
	err error
	end context.CancelFunc
}

type failureKey struct{}

// eagerly gives a context for one request, whose failure is then found in the second result.
func eagerly(ctx context.Context) (context.Context, *failure) {
	ctx, end := context.WithCancel(ctx)
	f := &failure{end: end}
	return context.WithValue(ctx, failureKey{}, f), f
}

// or is what failed, or err when that is not known.
func (f *failure) or(err error) error {
	if err != nil && f.err != nil {
		return f.err
	}
	return err
}

type eager struct{ *http.Transport }

func (e eager) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := e.Transport.RoundTrip(r)
	f, ok := r.Context().Value(failureKey{}).(*failure)
	if !ok || r.Header.Get("X-Amz-Content-Sha256") == "" { // what asks for credentials fails by itself
		return answer, err
	}
	if err != nil {
		f.err = err
		f.end()
		return nil, err
	}
	if s := answer.StatusCode; s < 500 && s != http.StatusTooManyRequests && s != http.StatusRequestTimeout {
		return answer, nil
	}
	f.err = errorOf(answer)
	f.end()
	return answer, nil
}

// maxErrorBody bounds what is read of an answer that says what is wrong, in bytes.
const maxErrorBody = 64 << 10

// errorOf is what an answer says is wrong. It can still be read.
func errorOf(answer *http.Response) error {
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxErrorBody))
	_ = answer.Body.Close() // what was not read of it is of no interest
	answer.Body = io.NopCloser(bytes.NewReader(b))
	said := minio.ErrorResponse{}
	if err != nil || xml.Unmarshal(b, &said) != nil || said.Code == "" {
		said = minio.ErrorResponse{Code: answer.Status, Message: answer.Status}
	}
	said.StatusCode = answer.StatusCode
	return said
}
