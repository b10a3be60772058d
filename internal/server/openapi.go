package server

import (
	_ "embed"
	"net/http"
)

// description is what openapi.json says of the API: OpenAPI 3.1.
//
//go:embed openapi.json
var description []byte

// openAPI answers with the description of the API.
func (s *server) openAPI(w http.ResponseWriter, r *http.Request) {
	s.send(w, r, http.StatusOK, description)
}
