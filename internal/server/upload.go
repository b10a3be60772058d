package server

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// chosenAPage is how many References of a document can be chosen one by one; the others are one choice.
	chosenAPage = 40
	// maxFields bounds the fields of the form that come before the document.
	maxFields = 8
)

// addForms has mux take documents from people: the form, what is found in the document, and how it goes on; and what is to be done
// with schedules.
func (s *server) addForms(mux *routes) {
	mux.HandleFunc("GET /upload", s.page(s.uploadForm))
	mux.HandleFunc("POST /upload", s.upload)
	mux.HandleFunc("GET /documents/{id}/archive", s.page(s.choose))
	mux.HandleFunc("POST /documents/{id}/archive", s.form(s.chosen))
	mux.HandleFunc("POST /schedules", s.form(s.moved))
	mux.HandleFunc("GET /uploads/{id}", s.page(s.progress))
	mux.HandleFunc("GET /uploads/{id}/events", s.events)
}

// uploadPage is the form for a document.
type uploadPage struct {
	Collections []ibid.Collection
	// Collection and URI are what was entered, and Problem is what was wrong with it.
	Collection, URI, Problem string
	// Max is how many bytes a document may have.
	Max int64
}

func (s *server) uploadForm(r *http.Request) (answer, error) {
	collections, err := s.API.Writable(r.Context())
	page := uploadPage{Collections: collections, Collection: r.URL.Query().Get("collection"), Max: maxDocument}
	return answer{page: "upload", nav: "upload", data: page}, err
}

// upload takes a document, and leads to what was found in it; or the address of a citing page, and leads to how it goes on.
func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	o, err := s.uploaded(w, r)
	to := ""
	switch {
	case err != nil:
	case o.URI != "":
		var job Job
		job, err = s.API.Archive(r.Context(), o)
		to = uploadPath(job.ID)
	default:
		var id string
		id, err = s.API.Take(r.Context(), o)
		to = choosePath(DocumentKey{o.Collection, id})
	}
	if err == nil {
		seeOther(w, to)
		return
	}
	collections, asked := s.API.Writable(r.Context())
	if ibid.KindOf(err) != ibid.KindInput || asked != nil || asksForJSON(r) {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, answer{page: "upload", nav: "upload", status: statusOf(err), here: "/upload", data: uploadPage{
		Collections: collections, Collection: o.Collection, URI: o.URI, Problem: err.Error(), Max: maxDocument,
	}})
}

// uploaded reads the form. Who may not write, and what no page of ours has sent, is turned away before the document is read.
func (s *server) uploaded(w http.ResponseWriter, r *http.Request) (o Order, err error) {
	if _, err := s.API.Writable(r.Context()); err != nil {
		return o, err
	}
	form, err := r.MultipartReader()
	if err != nil {
		return o, badInput("the form", "it is not one for documents: load its page, and send it from there")
	}
	given := url.Values{}
	for range maxFields {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return s.entered(r, given)
		}
		if err != nil {
			return o, badInput("the form", "it did not come whole")
		}
		if part.FormName() == "document" && part.FileName() != "" {
			return s.uploadedFile(w, r, given, part)
		}
		text, err := readBody(w, part, maxURI)
		if err != nil {
			return o, err
		}
		given.Set(part.FormName(), string(text))
	}
	return o, badInput("the form", "it has too many fields")
}

// entered is a form without a document: it has the address of one.
func (s *server) entered(r *http.Request, given url.Values) (Order, error) {
	o, err := s.allowed(r, given)
	if err != nil {
		return o, err
	}
	if o.URI = strings.TrimSpace(given.Get("uri")); o.URI == "" {
		return o, badInput("the form", "choose a document, or enter the address of one")
	}
	return o, checkAddress(o.URI)
}

// allowed goes by the fields that say who sends the form, and for which collection.
func (s *server) allowed(r *http.Request, given url.Values) (Order, error) {
	o := Order{Collection: given.Get("collection")}
	if len(o.Collection) > maxName || !storable(o.Collection) {
		return Order{}, badInput("the collection", "no name is like this")
	}
	if err := s.API.May(r.Context(), o.Collection); err != nil {
		return o, err
	}
	return o, s.checkForm(r, given.Get(formField))
}

// uploadedFile reads the document, if the fields before it are right.
func (s *server) uploadedFile(w http.ResponseWriter, r *http.Request, given url.Values, part *multipart.Part) (Order, error) {
	o, err := s.allowed(r, given)
	if err != nil {
		return o, err
	}
	if o.Name = fileName(part.FileName()); o.Name == "" {
		return o, badInput("the document", "its name is none")
	}
	o.ContentType = part.Header.Get("Content-Type")
	release, err := s.room()
	if err != nil {
		return o, err
	}
	defer release()
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // some writers know no deadlines
	o.Body, err = readBody(w, part, maxDocument)
	return o, err
}

// choosePage is what was found in a document, to choose from.
type choosePage struct {
	Document
	Key  DocumentKey
	Name string
	// Rest is how many References the document has beyond those that are shown.
	Rest    int
	Problem string
}

func (s *server) choose(r *http.Request) (answer, error) {
	page, err := s.choosePage(r)
	return answer{page: "choose", nav: "upload", data: page}, err
}

func (s *server) choosePage(r *http.Request) (choosePage, error) {
	d, err := s.Pages.Document(r.Context(), DocumentKey{r.URL.Query().Get("collection"), r.PathValue("id")}, Part{N: chosenAPage})
	if err == nil {
		err = s.API.May(r.Context(), d.Collection)
	}
	return choosePage{Document: d, Key: DocumentKey{d.Collection, d.ID}, Name: d.name(), Rest: len(d.Marks) - len(d.References)}, err
}

// chosen has archived what was chosen, and leads to how it goes on.
func (s *server) chosen(w http.ResponseWriter, r *http.Request, form url.Values) error {
	page, err := s.choosePage(r)
	if err != nil {
		return err
	}
	only, all := page.only(form)
	if len(only) == 0 && !all {
		page.Problem = "nothing is chosen: choose at least one reference"
		s.render(w, r, answer{page: "choose", nav: "upload", status: http.StatusBadRequest, data: page})
		return nil
	}
	job, err := s.API.Archive(r.Context(), Order{Collection: page.Collection, Document: page.ID, Only: only})
	if err == nil {
		seeOther(w, uploadPath(job.ID))
	}
	return err
}

// only are the IDs of the References that were chosen; none when all were.
func (p *choosePage) only(form url.Values) (only []string, all bool) {
	all = p.Rest == 0 || form.Has("rest")
	for i, m := range p.Marks {
		take := form.Has("rest")
		if i < len(p.References) {
			take = slices.Contains(form["reference"], m.ID)
		}
		if all = all && take; take {
			only = append(only, m.ID)
		}
	}
	if all {
		return nil, len(p.Marks) > 0
	}
	return only, false
}

func choosePath(k DocumentKey) string {
	return "/documents/" + url.PathEscape(k.ID) + "/archive" + k.query()
}

func uploadPath(id string) string { return "/uploads/" + url.PathEscape(id) }

// seeOther leads on after a form was taken (RFC 9110, 15.4.4): loading the page again does not send it again.
func seeOther(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
}
