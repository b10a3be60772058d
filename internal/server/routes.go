package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

const (
	// rowsAPage is how many rows of a list a page has, plansAPage how many Plans, referencesAPage how many References of a
	// Document, and looksAPage how many looks at a source.
	rowsAPage       = 30
	plansAPage      = 20
	referencesAPage = 10
	looksAPage      = 10
	// maxHits bounds the answers to words.
	maxHits = 30
	// maxQuery bounds what is searched for, in bytes: an address has 2,000 or so.
	maxQuery = 8 << 10
	// maxPage bounds the pages of a list.
	maxPage = 1_000_000
)

// addPages has mux answer with the pages.
func (s *server) addPages(mux *routes) {
	for pattern, page := range map[string]func(*http.Request) (answer, error){
		"GET /documents/{id}": s.document, "GET /references/{id}": s.reference, "GET /compare": s.compare,
		"GET /trust": s.trust,
	} {
		mux.HandleFunc(pattern, s.page(page))
	}
	mux.HandleFunc("GET /{$}", s.tabled("home", s.home, s.homeTable))
	mux.HandleFunc("GET /search", s.tabled("search", s.search, s.hitTable))
	mux.HandleFunc("GET /documents", s.tabled("documents", s.documents, s.documentTable))
	mux.HandleFunc("GET /collections", s.tabled("collections", s.collections, s.collectionTable))
	mux.HandleFunc("GET /collections/{name}", s.tabled("documents", s.collection, s.documentsIn))
	mux.HandleFunc("GET /schedules", s.tabled("schedules", s.schedules, s.scheduleTable))
	mux.HandleFunc("GET /references/{id}/{form}", s.citation)
	s.addFiles(mux)
	mux.HandleFunc("GET /assets/", s.serveAsset)
}

// calendarFirst answers for the calendars of addresses, and leaves all else to next.
func (s *server) calendarFirst(next http.Handler) http.Handler {
	calendar := s.page(s.calendar)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch _, _, ok := calendarOf(r); {
		case !ok:
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			calendar(w, r)
		default:
			s.notSo(w, r, []string{http.MethodGet, http.MethodHead})
		}
	})
}

// page answers with what do makes, or says why there is nothing.
func (s *server) page(do func(r *http.Request) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := do(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.render(w, r, a)
	}
}

func (s *server) home(r *http.Request) (answer, error) {
	h, err := s.Pages.Home(r.Context())
	return answer{page: "home", data: h}, err
}

// documentList is a page of Documents.
type documentList struct {
	Documents
	Pager pager
}

func (s *server) documents(r *http.Request) (answer, error) {
	p, err := pageOf(r, rowsAPage)
	if err != nil {
		return answer{}, err
	}
	found, err := s.Pages.Documents(r.Context(), "", p.part())
	if p.Total = found.Total; err == nil {
		err = p.check(r)
	}
	return answer{page: "documents", nav: "documents", data: documentList{found, p}}, err
}

// documentPage is a Document with a page of its References, and the part of its strip around them.
type documentPage struct {
	Document
	Key   DocumentKey
	Name  string
	Pager pager
	// Strip is a part of Marks, from the StripFirst-th on.
	Strip      []stripMark
	StripFirst int
	// Reports and Citations are the forms in which they can be had.
	Reports, Citations []ReportForm
	HasExport          bool
	Chart              chart
}

// HasPending says that of something that it cites nothing is known yet.
func (p documentPage) HasPending() bool { return p.Tally.Outcomes[ibid.OutcomePending] > 0 }

// stripMark is a Mark, with the page that shows its Reference; 0: this one.
type stripMark struct {
	Mark
	Page int
}

// maxStrip is how many marks a page has room for.
const maxStrip = 90

func (s *server) document(r *http.Request) (answer, error) {
	p, err := pageOf(r, referencesAPage)
	if err != nil {
		return answer{}, err
	}
	d, err := s.Pages.Document(r.Context(), DocumentKey{r.URL.Query().Get("collection"), r.PathValue("id")}, p.part())
	if err != nil {
		return answer{}, err
	}
	p.Total = len(d.Marks)
	page := documentPage{Document: d, Key: DocumentKey{d.Collection, d.ID}, Name: d.name(), Pager: p, Reports: s.Pages.Reports, Citations: s.Pages.Citations, HasExport: s.Pages.Export != nil, Chart: newChart("d", d.History)}
	first := p.part().Skip / maxStrip * maxStrip
	page.StripFirst = first + 1
	for i := first; i < min(first+maxStrip, len(d.Marks)); i++ {
		m := stripMark{Mark: d.Marks[i], Page: 1 + i/p.PerPage}
		if m.Page == p.Page {
			m.Page = 0
		}
		page.Strip = append(page.Strip, m)
	}
	return answer{page: "document", nav: "documents", data: page}, p.check(r)
}

// referencePage is a Reference with a page of the looks at its source.
type referencePage struct {
	Reference
	Key   DocumentKey
	Name  string
	Pager pager
	Shown []shownForm
	Line  line
}

func (s *server) reference(r *http.Request) (answer, error) {
	p, err := pageOf(r, looksAPage)
	if err != nil {
		return answer{}, err
	}
	document, id, _ := strings.Cut(r.PathValue("id"), ".")
	ref, err := s.Pages.Reference(r.Context(), DocumentKey{r.URL.Query().Get("collection"), document}, id, p.part())
	if p.Total = ref.LooksInAll; err == nil {
		err = p.check(r)
	}
	page := referencePage{
		Reference: ref, Key: DocumentKey{ref.Collection, ref.Document.ID}, Name: DocumentLine{Document: ref.Document}.name(), Pager: p,
		Shown: shownForms(ref.Forms.All), Line: newLine(ref.Points),
	}
	return answer{page: "reference", nav: "documents", data: page}, err
}

func (s *server) collections(r *http.Request) (answer, error) {
	all, err := s.Pages.Collections(r.Context())
	return answer{page: "collections", nav: "collections", data: all}, err
}

// collectionPage is a Collection with a page of its Documents.
type collectionPage struct {
	Collection
	documentList
	HasExport bool
	Chart     chart
}

func (s *server) collection(r *http.Request) (answer, error) {
	p, err := pageOf(r, rowsAPage)
	if err != nil {
		return answer{}, err
	}
	all, err := s.Pages.Collections(r.Context())
	if err != nil {
		return answer{}, err
	}
	for i := range all {
		if all[i].Name != r.PathValue("name") {
			continue
		}
		docs, err := s.Pages.Documents(r.Context(), all[i].Name, p.part())
		if p.Total = docs.Total; err == nil {
			err = p.check(r)
		}
		if err != nil {
			return answer{}, err
		}
		history, err := s.Pages.History(r.Context(), all[i].Name)
		page := collectionPage{all[i], documentList{docs, p}, s.Pages.Export != nil, newChart("c", history)}
		return answer{page: "collection", nav: "collections", data: page}, err
	}
	return answer{}, noCollection(r)
}

// pageOf reads ?page=.
func pageOf(r *http.Request, perPage int) (pager, error) {
	text := r.URL.Query().Get("page")
	if text == "" {
		return pager{Page: 1, PerPage: perPage}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return pager{}, &ibid.Error{Kind: ibid.KindInput, Op: "show page", URI: clip(maxAddress, text), Err: errors.New("pages are numbered from 1")}
	}
	return pager{Page: n, PerPage: perPage}, nil
}

// check says that there is no such page.
func (p pager) check(r *http.Request) error {
	if p.Page <= p.Pages() {
		return nil
	}
	return notThere("show page", strconv.Itoa(p.Page), "the last page of "+r.URL.Path+" is "+strconv.Itoa(p.Pages()))
}

func notThere(op, what, why string) error {
	return &ibid.Error{Kind: ibid.KindNotFound, Op: op, URI: what, Err: errors.New(why)}
}

// readable says what is wrong with what is searched for.
func readable(q string) error {
	bad := func(why string) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "search for", URI: clip(maxAddress, q), Err: errors.New(why)}
	}
	switch {
	case len(q) > maxQuery:
		return bad("it is longer than " + strconv.Itoa(maxQuery) + " bytes")
	case !utf8.ValidString(q) || strings.ContainsRune(q, 0):
		return bad("it is not text in UTF-8")
	}
	return nil
}
