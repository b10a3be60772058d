package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Order is something to archive: a citing document, or the address of a citing page.
type Order struct {
	Collection string
	// Key is the idempotency key; it may be empty.
	Key string
	// Document is the ID of a document that is kept already; of it only those References are archived whose IDs are in
	// Only, or all when there are none.
	Document string
	Only     []string
	// URI is the address of a citing page; else Body are the bytes of a document, Name its name and ContentType what it
	// was sent as.
	URI               string
	Name, ContentType string
	Body              []byte
}

const (
	// maxDocument bounds a document that is sent, in bytes: it is held in memory while it is read. uploadTime is how long
	// that may take, and uploads how many are read at once.
	maxDocument = 64 << 20
	uploadTime  = 10 * time.Minute
	uploads     = 4
	// maxForm bounds all other bodies.
	maxForm = 64 << 10
	// maxKey bounds an idempotency key.
	maxKey = 255
)

// archive takes a document or the address of a citing page, and says where it can be seen what becomes of it.
func (s *server) archive(w http.ResponseWriter, r *http.Request) {
	q, err := queryOf(r)
	if err == nil {
		err = s.API.May(r.Context(), q.Collection)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	release, err := s.room()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer release()
	o, err := orderOf(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	o.Collection = q.Collection
	job, err := s.API.Archive(r.Context(), o)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Location", apiPath+"/jobs/"+job.ID)
	s.json(w, r, http.StatusAccepted, job)
}

// room waits for nothing: who comes too many is asked to come again.
func (s *server) room() (release func(), err error) {
	select {
	case s.uploads <- struct{}{}:
		return func() { <-s.uploads }, nil
	default:
		return nil, &ibid.Error{Kind: ibid.KindStorage, Op: "take the document", Err: errors.New("too many are being read; send it again later")}
	}
}

func orderOf(w http.ResponseWriter, r *http.Request) (Order, error) {
	o := Order{Key: r.Header.Get("Idempotency-Key"), ContentType: r.Header.Get("Content-Type")}
	if len(o.Key) > maxKey || !storable(o.Key) {
		return o, badInput("Idempotency-Key", fmt.Sprintf("it has up to %d bytes of text", maxKey))
	}
	kind, _, err := mime.ParseMediaType(o.ContentType)
	if err != nil && o.ContentType != "" {
		return o, badInput("Content-Type", "it cannot be read")
	}
	if kind == "application/json" && r.URL.Query().Get("name") == "" {
		var given struct {
			URI string `json:"uri"`
		}
		if err := readJSON(w, r, &given); err != nil {
			return o, err
		}
		o.URI = given.URI
		return o, checkAddress(o.URI)
	}
	if o.Name = fileName(r.URL.Query().Get("name")); o.Name == "" {
		return o, badInput("the document", `it needs a name: POST …/documents?name=report.pdf, or the address of a page as {"uri": "https://…"} in JSON`)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // some writers know no deadlines
	o.Body, err = readBody(w, r.Body, maxDocument)
	return o, err
}

// fileName is the name of a document that is sent, without folders; empty: it is none.
func fileName(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "" || len(base) > 255 || !storable(base) || strings.ContainsAny(base, "\r\n") {
		return ""
	}
	return base
}

// readBody reads a body of at most limit bytes.
func readBody(w http.ResponseWriter, from io.ReadCloser, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, from, limit))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "use", URI: "the body", Err: fmt.Errorf("it has more than %d bytes: %w", limit, err)}
	}
	if err != nil {
		return nil, badInput("the body", "it did not come whole")
	}
	return body, nil
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	body, err := readBody(w, r.Body, maxForm)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return badInput("the body", "it is no JSON of this form")
	}
	return nil
}

// checkAddress says what is wrong with an address to archive. Where it leads is for the dialer to judge.
func checkAddress(uri string) error {
	if len(uri) > maxURI || !storable(uri) {
		return badInput("the address", "it is longer than "+strconv.Itoa(maxURI)+" bytes, or no text")
	}
	u, err := url.Parse(uri)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return badInput("the address", `write it whole, as in "https://www.example.org/report.pdf"`)
	}
	return nil
}

// schedule moves schedules.
func (s *server) schedule(action ScheduleAction) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		changed, err := s.scheduled(r.Context(), w, r, action)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.json(w, r, http.StatusOK, map[string]int64{"changed": changed})
	}
}

func (s *server) scheduled(ctx context.Context, w http.ResponseWriter, r *http.Request, action ScheduleAction) (int64, error) {
	q, err := queryOf(r)
	if err == nil {
		err = s.API.May(ctx, q.Collection)
	}
	if err != nil {
		return 0, err
	}
	var given struct {
		URI string `json:"uri"`
	}
	if err := readJSON(w, r, &given); err != nil {
		return 0, err
	}
	if given.URI != "" {
		if err := checkAddress(given.URI); err != nil {
			return 0, err
		}
	}
	return s.API.Schedule(ctx, action, q.Collection, given.URI)
}
