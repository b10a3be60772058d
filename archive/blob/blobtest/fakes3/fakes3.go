// Package fakes3 is an S3 server within the process of a test, in memory, by gofakes3. What it lacks of a real one
// stands in the table in package s3.
package fakes3

import (
	"io"
	"log"
	"net/http/httptest"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Server is a running server. It knows no keys: any are good.
type Server struct {
	// URL is http://127.0.0.1:PORT.
	URL    string
	server *httptest.Server
}

// Start serves empty buckets on a free port of loopback. The error is that of a name that no bucket may have.
func Start(buckets ...string) (*Server, error) {
	backend := s3mem.New()
	for _, name := range buckets {
		if err := backend.CreateBucket(name); err != nil {
			return nil, err
		}
	}
	silent := log.New(io.Discard, "", 0)
	fake := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.StdLog(silent)), gofakes3.WithTimeSkewLimit(0))
	server := httptest.NewUnstartedServer(fake.Server())
	server.Config.ErrorLog = silent
	server.Start()
	return &Server{URL: server.URL, server: server}, nil
}

// Close ends the server.
func (s *Server) Close() { s.server.Close() }
