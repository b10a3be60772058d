package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

// API is what the API tells and takes. Each function goes by who asks (see Options.Identify): what may not be had is
// KindNotFound or KindWithheld, what needs a token KindCredential, a better one KindPolicy. Answers are written as JSON.
type API struct {
	Collections, Documents, References, Captures, Checks, Schedules, Events func(ctx context.Context, q Query) (Page, error)
	// Collection, Document and Reference are one thing each.
	Collection, Document, Reference func(ctx context.Context, q Query) (any, error)
	// Job is something that was asked for before, by its ID.
	Job func(ctx context.Context, id string) (Job, error)
	// Writable are the collections in which whoever asks may have things archived; none is an error that says why.
	Writable func(ctx context.Context) ([]ibid.Collection, error)
	// May says whether whoever asks may have things archived in a collection; it is asked before a body is read.
	May func(ctx context.Context, collection string) error
	// Take keeps a document that was sent, and fetches nothing that it cites. It returns the ID of the document.
	Take func(ctx context.Context, o Order) (string, error)
	// Archive takes what is to be archived. The same key is the same job.
	Archive func(ctx context.Context, o Order) (Job, error)
	// Schedule moves the schedules of a collection, or of one source of it, and returns how many that changed.
	Schedule func(ctx context.Context, action ScheduleAction, collection, uri string) (int64, error)
	// Save takes a source as Save Page Now does, and Saved says what became of it.
	Save  func(ctx context.Context, o SaveOrder) (Saved, error)
	Saved func(ctx context.Context, id string) (Saved, error)
}

// Query is what is asked for.
type Query struct {
	// Collection, ID and Reference are names of the path.
	Collection, ID, Reference string
	// URI is an address, absolute.
	URI string
	// After is what Page.Next was before; empty: from the beginning. At most N are wanted.
	After string
	N     int
}

// Page is a part of a list. It can have fewer items than asked for and yet not be the last.
type Page struct {
	// Items is a slice.
	Items any
	// Next is where the next part begins; empty: this was the last.
	Next string
}

// ScheduleAction is what can be done with schedules.
type ScheduleAction string

// The ScheduleActions.
const (
	ScheduleRun    ScheduleAction = "run"
	SchedulePause  ScheduleAction = "pause"
	ScheduleResume ScheduleAction = "resume"
)

const (
	apiPath     = "/api/v1"
	openAPIPath = apiPath + "/openapi.json"
	// usualItems are those of a part when nothing is asked for, mostItems at most.
	usualItems = 50
	mostItems  = 500
	// maxName bounds names of paths and cursors, maxURI addresses, in bytes.
	maxName = 512
	maxURI  = 16 << 10
)

// addAPI has mux answer for the API.
func (s *server) addAPI(mux *routes) {
	const collection = " " + apiPath + "/collections/{collection}"
	for _, list := range []struct {
		path  string
		parts func(context.Context, Query) (Page, error)
	}{
		{" " + apiPath + "/collections", s.API.Collections}, {collection + "/documents", s.API.Documents},
		{collection + "/documents/{id}/references", s.API.References}, {collection + "/captures", s.API.Captures},
		{collection + "/checks", s.API.Checks}, {collection + "/schedules", s.API.Schedules}, {collection + "/events", s.API.Events},
	} {
		mux.HandleFunc("GET"+list.path, s.list(list.parts))
	}
	mux.HandleFunc("GET"+collection, s.one(s.API.Collection))
	mux.HandleFunc("GET"+collection+"/documents/{id}", s.one(s.API.Document))
	mux.HandleFunc("GET"+collection+"/documents/{id}/references/{reference}", s.one(s.API.Reference))
	mux.HandleFunc("GET "+apiPath+"/jobs/{id}", s.one(func(ctx context.Context, q Query) (any, error) { return s.API.Job(ctx, q.ID) }))
	mux.HandleFunc("POST"+collection+"/documents", s.archive)
	for _, action := range []ScheduleAction{ScheduleRun, SchedulePause, ScheduleResume} {
		mux.HandleFunc("POST"+collection+"/schedules/"+string(action), s.schedule(action))
	}
	mux.HandleFunc("GET "+openAPIPath, s.openAPI)
	mux.HandleFunc("POST /save", s.save)
	mux.HandleFunc("POST /save/{$}", s.save)
	mux.HandleFunc("GET /save/status/{id}", s.saved)
}

// one answers with one thing.
func (s *server) one(get func(context.Context, Query) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, err := queryOf(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		v, err := get(r.Context(), q)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.json(w, r, http.StatusOK, v)
	}
}

// list answers with a part of a list, and where the next one begins (RFC 8288).
func (s *server) list(parts func(context.Context, Query) (Page, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, err := queryOf(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		p, err := parts(r.Context(), q)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		answer := struct {
			Items any    `json:"items"`
			Next  string `json:"next,omitempty"`
		}{p.Items, base64.RawURLEncoding.EncodeToString([]byte(p.Next))}
		if p.Next != "" {
			values := r.URL.Query()
			values.Set("cursor", answer.Next)
			w.Header().Set("Link", "<"+(&url.URL{Path: r.URL.Path, RawQuery: values.Encode()}).String()+`>; rel="next"`)
		}
		s.json(w, r, http.StatusOK, answer)
	}
}

// queryOf reads what is asked for. The error is of KindInput.
func queryOf(r *http.Request) (Query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Query{}, badInput("the query", "it cannot be read")
	}
	q := Query{
		Collection: r.PathValue("collection"), ID: r.PathValue("id"), Reference: r.PathValue("reference"), URI: values.Get("url"), N: usualItems,
	}
	for _, name := range []string{q.Collection, q.ID, q.Reference, values.Get("cursor")} {
		if len(name) > maxName || !storable(name) {
			return q, badInput(clipText(name), "no name is like this")
		}
	}
	if len(q.URI) > maxURI || !storable(q.URI) {
		return q, badInput("the address", "it is longer than "+strconv.Itoa(maxURI)+" bytes, or no text in UTF-8")
	}
	if text := values.Get("limit"); text != "" {
		if q.N, err = strconv.Atoi(text); err != nil || q.N < 1 || q.N > mostItems {
			return q, badInput("limit="+clipText(text), fmt.Sprintf("it goes from 1 to %d", mostItems))
		}
	}
	after, err := base64.RawURLEncoding.DecodeString(values.Get("cursor"))
	if err != nil || !storable(string(after)) {
		return q, badInput("the cursor", "it is not one of ours")
	}
	q.After = string(after)
	return q, nil
}

// storable says whether s is text of which both engines of the catalogue take all.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func badInput(what, why string) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "use", URI: what, Err: errors.New(why)}
}

// json answers with v, or that it is what whoever asks has (RFC 9110, 13.1.2).
func (s *server) json(w http.ResponseWriter, r *http.Request, status int, v any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		s.fail(w, r, &ibid.Error{Kind: ibid.KindInternal, Op: "answer", Err: err})
		return
	}
	s.send(w, r, status, body.Bytes())
}

func (s *server) send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		sum := sha256.Sum256(body)
		tag := `"` + hex.EncodeToString(sum[:16]) + `"`
		h.Set("ETag", tag)
		if matchesTag(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever asked may be gone
}

func matchesTag(given []string, tag string) bool {
	for _, line := range given {
		if slices.ContainsFunc(strings.Split(line, ","), func(t string) bool {
			t = strings.TrimSpace(t)
			return t == "*" || strings.TrimPrefix(t, "W/") == tag
		}) {
			return true
		}
	}
	return false
}

// Job is something that was asked for to be archived.
type Job struct {
	ID         string   `json:"id"`
	Collection string   `json:"collection"`
	State      JobState `json:"state"`
	// Document is the ID of the citing document, or URI the address that was named.
	Document string `json:"document,omitempty"`
	URI      string `json:"uri,omitempty"`
	// Stage is what is done with the sources while it is worked, and Done and Total count them.
	Stage    ibid.VisitKind `json:"-"`
	Done     int            `json:"done"`
	Total    int            `json:"total"`
	Created  time.Time      `json:"created"`
	Finished time.Time      `json:"finished,omitzero"`
	// Error is why it failed.
	Error string `json:"error,omitempty"`
	// Result is where what came of it can be had.
	Result string `json:"result,omitempty"`
}

// JobState is how far a Job is.
type JobState string

// The JobStates.
const (
	JobWaiting JobState = "waiting"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)
