package server

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ibid-archive/ibid"
)

// desk is an API that takes documents. Its jobs are over when they were asked for often enough.
type desk struct {
	orders []Order
	jobs   []Job // what is told of a job, one after the other; the last again and again
	asked  atomic.Int32
}

func (d *desk) api() *API {
	return &API{
		Writable: func(context.Context) ([]ibid.Collection, error) {
			return []ibid.Collection{{Name: "default"}, {Name: "papers", Title: "Working papers"}}, nil
		},
		May: func(_ context.Context, collection string) error {
			if collection == "closed" {
				return &ibid.Error{Kind: ibid.KindPolicy, Op: "do this", Err: errors.New("the token is not enough")}
			}
			return nil
		},
		Take: func(_ context.Context, o Order) (string, error) {
			if bytes.HasPrefix(o.Body, []byte("MZ")) {
				return "", &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: o.Name, Err: errors.New("it is a program; send the document itself")}
			}
			d.orders = append(d.orders, o)
			return "1c1517ea914c6730", nil
		},
		Archive: func(_ context.Context, o Order) (Job, error) {
			d.orders = append(d.orders, o)
			return Job{ID: "job1", State: JobWaiting}, nil
		},
		Job: func(_ context.Context, id string) (Job, error) {
			if id != "job1" {
				return Job{}, notThere("find the job", id, "there is none")
			}
			return d.jobs[min(int(d.asked.Add(1)), len(d.jobs))-1], nil
		},
	}
}

// deskOf answers with the pages of demoShelf, and takes documents.
func deskOf(d *desk) http.Handler {
	o := options()
	o.Pages, o.API, o.Now = demoShelf().pages(), d.api(), deskNow
	return New(o)
}

// formCookieOf is the cookie of the browsers of these tests, of which the tokens of their forms are made.
const formCookieOf = "of-a-browser"

// field is one of a form: a file where it has a name.
type field struct{ name, value, file string }

// sendForm sends a form as a browser does.
func sendForm(t *testing.T, h http.Handler, accept string, fields ...field) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range fields {
		w, err := form.CreateFormField(f.name)
		if f.file != "" {
			w, err = form.CreateFormFile(f.name, f.file)
		}
		if err == nil {
			_, err = w.Write([]byte(f.value))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/upload", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", accept)
	r.Header.Set("Cookie", formCookie+"="+formCookieOf)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestUploadOfADocument(t *testing.T) {
	d := new(desk)
	h := deskOf(d)
	seal := field{formField, tokenOf(formCookieOf), ""}
	papers, note := field{"collection", "papers", ""}, field{"document", "# A note", "note.md"}
	none := field{"document", "", ""}
	for _, tt := range []struct {
		name   string
		fields []field
		status int
		says   string
	}{
		{"a document", []field{seal, papers, note}, 303, "/documents/1c1517ea914c6730/archive?collection=papers"},
		{"of the usual collection", []field{seal, {"collection", "default", ""}, note}, 303, "/documents/1c1517ea914c6730/archive"},
		{"of a folder", []field{seal, papers, {"document", "# A", `C:\notes\a.md`}}, 303, "/documents/"},
		{"an address", []field{seal, papers, none, {"uri", " https://example.org/a.pdf ", ""}}, 303, "/uploads/job1"},
		{"nothing", []field{seal, papers, none, {"uri", "", ""}}, 400, "choose a document, or enter the address of one"},
		{"no address", []field{seal, papers, none, {"uri", "/etc/passwd", ""}}, 400, "write it whole"},
		{"a program", []field{seal, papers, {"document", "MZ\x00", "setup.exe"}}, 400, "it is a program; send the document itself"},
		{"of no page of ours", []field{papers, note}, 403, "load the page again"},
		{"with the seal of another", []field{{formField, strings.Repeat("A", 22), ""}, papers, note}, 403, "load the page again"},
		{"the seal behind the document", []field{papers, note, seal}, 403, "load the page again"},
		{"into a collection that is not for them", []field{seal, {"collection", "closed", ""}, note}, 403, "the token is not enough"},
		{"into no collection", []field{seal, {"collection", strings.Repeat("c", maxName+1), ""}, note}, 400, "no name is like this"},
		{"of too many fields", append(slices.Repeat([]field{{"a", "b", ""}}, maxFields), note), 400, "too many fields"},
		{"of a large field", []field{{formField, strings.Repeat("a", maxURI+1), ""}}, 413, "more than 16384 bytes"},
		{"too large", []field{seal, papers, {"document", strings.Repeat("a", maxDocument+1), "note.md"}}, 413, "more than 67108864 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := sendForm(t, h, "text/html", tt.fields...)
			if w.Code != tt.status || !strings.Contains(w.Header().Get("Location")+w.Body.String(), tt.says) {
				t.Errorf("status %d, want %d; to %q:\n%s", w.Code, tt.status, w.Header().Get("Location"), w.Body)
			}
			if w.Code != http.StatusSeeOther {
				checkHTML(t, w.Body.String())
			}
			if w.Code == http.StatusBadRequest && !strings.Contains(w.Body.String(), `name="document"`) {
				t.Error("there is no form to try again with")
			}
		})
	}
	if o := d.orders[0]; o.Collection != "papers" || o.Name != "note.md" || string(o.Body) != "# A note" || d.orders[2].Name != "a.md" {
		t.Errorf("%+v", d.orders)
	}
	if o := d.orders[3]; o.URI != "https://example.org/a.pdf" || o.Body != nil || len(d.orders) != 4 {
		t.Errorf("%+v", d.orders)
	}
	if w := sendForm(t, h, "application/json", seal, papers, field{"document", "MZ", "a.exe"}); w.Code != 400 || !strings.Contains(w.Body.String(), `"kind":"input"`) {
		t.Errorf("for a program: %d\n%s", w.Code, w.Body)
	}
	if w := ask(t, h, "POST", "/upload", "Content-Type: text/plain"); w.Code != 400 {
		t.Errorf("no form: %d", w.Code)
	}
}

// TestUploadsAreAskedOfThoseWhoMay holds that nothing is read of whoever may not write.
func TestUploadsAreAskedOfThoseWhoMay(t *testing.T) {
	o := options()
	o.Pages, o.API, o.Now = demoShelf().pages(), new(desk).api(), deskNow
	refused := &ibid.Error{Kind: ibid.KindCredential, Op: "do this", Err: errors.New("it needs a token")}
	o.API.Writable = func(context.Context) ([]ibid.Collection, error) { return nil, refused }
	o.API.May = func(context.Context, string) error { return refused }
	h := New(o)
	for _, w := range []*httptest.ResponseRecorder{
		ask(t, h, "GET", "/upload"), ask(t, h, "GET", "/documents/1c1517ea914c6730/archive"),
		sendForm(t, h, "text/html", field{"document", "# A", "a.md"}),
	} {
		if w.Code != 401 || !strings.Contains(w.Body.String(), "it needs a token") || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("status %d:\n%s", w.Code, w.Body)
		}
	}
}

func TestChoiceOfReferences(t *testing.T) {
	d := new(desk)
	h := deskOf(d)
	const path = "/documents/1c1517ea914c6730/archive"
	seal := tokenOf(formCookieOf)
	send := func(values url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader(values.Encode()))
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", formCookie+"="+formCookieOf)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, tt := range []struct {
		name   string
		values url.Values
		status int
		only   []string
	}{
		{"all", url.Values{"form_token": {seal}, "reference": {"r1", "r2", "r3"}}, 303, nil},
		{"some", url.Values{"form_token": {seal}, "reference": {"r3", "r1", "r9"}}, 303, []string{"r1", "r3"}},
		{"none", url.Values{"form_token": {seal}}, 400, nil},
		{"of no page of ours", url.Values{"reference": {"r1"}}, 403, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.orders = nil
			w := send(tt.values)
			if w.Code != tt.status {
				t.Fatalf("status %d:\n%s", w.Code, w.Body)
			}
			if w.Code == 303 && (len(d.orders) != 1 || !slices.Equal(d.orders[0].Only, tt.only) || w.Header().Get("Location") != "/uploads/job1") {
				t.Errorf("%+v, to %s", d.orders, w.Header().Get("Location"))
			}
		})
	}
}

func TestOnlyWhatIsChosenOfManyReferences(t *testing.T) {
	page := &choosePage{Rest: 2}
	for _, id := range []string{"a", "b", "c", "d"} {
		page.Marks = append(page.Marks, Mark{ID: id})
	}
	page.References = make([]Cited, 2)
	for _, tt := range []struct {
		form url.Values
		only []string
		all  bool
	}{
		{url.Values{"reference": {"a", "b"}, "rest": {"1"}}, nil, true},
		{url.Values{"reference": {"a", "b"}}, []string{"a", "b"}, false},
		{url.Values{"rest": {"1"}}, []string{"c", "d"}, false},
		{url.Values{"reference": {"b"}, "rest": {"1"}}, []string{"b", "c", "d"}, false},
		{url.Values{"reference": {"c"}}, nil, false},
	} {
		if only, all := page.only(tt.form); !slices.Equal(only, tt.only) || all != tt.all {
			t.Errorf("%v: %v, %t", tt.form, only, all)
		}
	}
}
