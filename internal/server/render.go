package server

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

//go:embed templates
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

// pageNames are the files of templates beside those that all pages share.
var pageNames = []string{"home", "search", "documents", "document", "reference", "address", "banner", "compare", "collections", "collection", "schedules", "trust", "upload", "choose", "progress", "signin", "signedin", "error"}

// shared are the files of templates that all pages have.
var shared = []string{"templates/layout.html", "templates/parts.html"}

// renderer makes pages of what they show. It is made once and not changed.
type renderer struct {
	pages  [len(languages)]map[string]*template.Template
	assets map[string]asset
	now    func() time.Time
}

// asset is a file that pages need: its name is that of its content, so it can be kept for ever.
type asset struct {
	path, mediaType string
	body            []byte
}

// newRenderer reads what is built in. That it can be read is tested; it panics otherwise.
func newRenderer(now func() time.Time) *renderer {
	r := &renderer{assets: map[string]asset{}, now: now}
	for name, mediaType := range map[string]string{"ibid.css": "text/css; charset=utf-8", "ibid.js": "text/javascript; charset=utf-8"} {
		body, err := fs.ReadFile(assetFiles, "assets/"+name)
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(body)
		stem, ext, _ := strings.Cut(name, ".")
		r.assets[name] = asset{"/assets/" + stem + "-" + hex.EncodeToString(sum[:6]) + "." + ext, mediaType, body}
	}
	for i := range languages {
		l := language(i)
		base := template.Must(template.New("").Funcs(r.functions(l)).ParseFS(templateFiles, shared...))
		r.pages[i] = map[string]*template.Template{}
		for _, name := range pageNames {
			r.pages[i][name] = template.Must(template.Must(base.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
		}
	}
	return r
}

// functions are what templates can call in a language.
func (r *renderer) functions(l language) template.FuncMap {
	return template.FuncMap{
		"t": l.say, "word": func(v any) string { return l.say(wordOf(v)) },
		"words": func(n int, v any) string { return l.say(wordOf(v), n) }, "number": func(n int) string { return l.number(int64(n)) },
		"percent": l.percent, "size": l.size, "month": func(n int) string { return l.month(time.Month(n)) },
		"day": func(t time.Time) string { return l.day(t.UTC()) }, "date": func(d ibid.Date) string { return clip(40, l.date(string(d))) },
		"distance": func(n *int) string { return l.distance(*n) },
		"ago":      func(t time.Time) string { return l.away(t, r.now()) },
		"clock":    func(t time.Time) string { return t.UTC().Format("15:04:05") },
		"rfc3339":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"local":    localTime, "glyph": func(o ibid.Outcome) string { return glyphs[o] }, "outcomes": func() []ibid.Outcome { return outcomes },
		"asset": func(name string) string { return r.assets[name].path },
		"title": func(s string) string { return clip(maxTitle, s) }, "context": func(s string) string { return clip(maxContext, s) },
		"plain": plain, "short": short, "live": live, "outside": func(uri string) string {
			if !isShort(uri) {
				return ""
			}
			return live(uri)
		}, "marked": marked, "calendar": calendarPath, "memento": mementoPath,
		"capture":      func(c Captured) string { return mementoPath(c.Memento("")) },
		"key":          func(collection, id string) DocumentKey { return DocumentKey{collection, id} },
		"documentpath": func(k DocumentKey) string { return k.path() }, "referencepath": referencePath, "collectionpath": collectionPath,
		"filepath": func(k DocumentKey, file string) string {
			return "/documents/" + url.PathEscape(k.ID) + "/" + file + k.query()
		},
		"exportpath": exportPath, "drawing": l.drawing, "policy": l.policy,
		"signinpath": func(here string) string { return "/signin?to=" + url.QueryEscape(here) },
		"pagepath":   withPage, "formatpath": withFormat, "figures": figuresOf, "add": func(a, b int) int { return a + b }, "upper": strings.ToUpper,
		"few":     func(all []ibid.Outcome) []ibid.Outcome { return all[:min(len(all), maxEditions)] },
		"isshort": isShort, "tag": languageTag,
		"formpath": func(k DocumentKey, reference, file string) string {
			return "/references/" + url.PathEscape(k.ID+"."+reference) + "/" + url.PathEscape(file) + k.query()
		},
		"holdings": holdingsOf, "facts": func(p comparePage) []sideFact { return p.facts(l) }, "choices": choicesOf, "list": func(all ...Side) []Side { return all },
		"one":     func(s Side, f *frame) openedSide { return openedSide{s, f.Fits(s.URI)} },
		"rawpath": func(c Captured) string { return "/web/" + ibid.Timestamp14(c.Timestamp) + "id_/" + bare(c.URI) },
		"lines":   plainLines, "forprograms": Forms.forPrograms, "comparepath": comparePath,
		"clip": clip, "paged": func(here string, p pager) pagedList { return pagedList{here, p} }, "addr": func(m ibid.Memento) *ibid.Memento { return &m },
		"choosepath": choosePath, "eventspath": func(p progressPage) string {
			return uploadPath(p.Job.ID) + "/events?page=" + strconv.Itoa(p.Pager.Page)
		}, "millions": func(n int64) int { return int(n >> 20) },
		"hundredths": hundredths, "hundred": func(f float64) int { return int(math.Round(100 * f)) }, "minus": func(n int) int { return -n },
		"stamp": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }, "digest": shortDigest,
		"stamp14": ibid.Timestamp14,
	}
}

// glyphs are the outcomes as shapes, where a word has no room.
var glyphs = map[ibid.Outcome]string{
	ibid.OutcomeCaptured: "✓", ibid.OutcomeRescued: "◆", ibid.OutcomeSucceeded: "→", ibid.OutcomeLost: "✗",
	ibid.OutcomeExcluded: "–", ibid.OutcomeFailed: "!", ibid.OutcomePending: "…",
}

// localTime is t as clocks show it where it is meant.
func localTime(p Plan) string {
	return p.Next.In(time.FixedZone("", p.Offset)).Format("2006-01-02 15:04")
}

// segment is a part of a bar: from X on, Width wide, of 100.
type segment struct {
	Outcome  ibid.Outcome
	N        int
	X, Width string
}

// figuresOf are the outcomes of t as parts of a bar.
func figuresOf(t Tally) (bar []segment) {
	total, x := t.Cited(), 0
	for _, o := range outcomes {
		n := t.Outcomes[o]
		if n == 0 {
			continue
		}
		bar = append(bar, segment{o, n, hundredths(x, total), hundredths(n, total)})
		x += n
	}
	return bar
}

// maxEditions is how many editions of Works a mark has room for.
const maxEditions = 12

// hundredths is how much of total n is, for a drawing 100 wide.
func hundredths(n, total int) string {
	return strconv.FormatFloat(100*float64(n)/float64(total), 'f', 2, 64)
}

// pagedList is which page of the list at Here is shown.
type pagedList struct {
	Here  string
	Pager pager
}

// withPage is the address of another page of a list.
func withPage(here string, page int) string {
	u, err := url.Parse(here)
	if err != nil {
		return here
	}
	q := u.Query()
	q.Set("page", strconv.Itoa(page))
	u.RawQuery = q.Encode()
	return u.String()
}

// frame is what the layout of all pages shows.
type frame struct {
	Language  language
	Languages []choice
	Page, Nav string
	// Query stands in the search box, and Here is the address of this page.
	Query, Here string
	HasFeed     bool
	// CanSignIn says that there are sessions, and Who is whose this one is; empty: nobody's.
	CanSignIn bool
	Who       string
	// CanUpload says that documents are taken.
	CanUpload bool
	Data      any
	room      int
	formToken func() string
}

// FormToken is what each form that is posted has to have, as the template "formtoken" puts it there.
func (f *frame) FormToken() string { return f.formToken() }

// linkBudget is how many bytes of links to addresses a page has room for.
const linkBudget = 12 << 10

// Fits says whether this page has room for one more link to uri: addresses may be thousands of characters long.
func (f *frame) Fits(uri string) bool {
	f.room -= cost(uri)
	return f.room >= 0
}

// choice is a language that can be chosen.
type choice struct {
	Tag, Name, URL string
	Chosen         bool
}

// answer is a page to be made.
type answer struct {
	page, nav, query string
	status           int
	data             any
	// here is the address of this page with a query of its own, where that of the request has none.
	here string
	// frames is the origin of what the page shows in frames; empty: it has none.
	frames string
}

// render makes the page, and sends it whole or not at all.
func (s *server) render(w http.ResponseWriter, r *http.Request, a answer) {
	l := languageOf(r)
	f := frame{Language: l, Page: a.page, Nav: a.nav, Query: a.query, Here: a.here, HasFeed: s.Feed != nil, Data: a.data, room: linkBudget,
		CanUpload: s.API != nil}
	f.formToken = func() string { return s.formToken(w, r) }
	if f.CanSignIn = s.Sessions != nil; f.CanSignIn {
		f.Who = s.Sessions.Who(r.Context())
	}
	if f.Here == "" {
		f.Here = r.URL.RequestURI()
	}
	for i, known := range languages {
		f.Languages = append(f.Languages, choice{known.Tag, known.Name, withLanguage(f.Here, known.Tag), language(i) == l})
	}
	var body bytes.Buffer
	if err := s.renderer.pages[l][a.page].ExecuteTemplate(&body, "layout", &f); err != nil {
		s.Log.ErrorContext(r.Context(), "a page could not be made", "path", r.URL.Path, "error", err)
		s.text(w, http.StatusInternalServerError, "this page could not be made; the log of the server says why\n")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", l.Tag())
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept, Accept-Language, Cookie")
	policy := pagePolicy
	if a.frames != "" {
		policy += "; frame-src " + a.frames
	}
	h.Set("Content-Security-Policy", policy)
	if _, ok := chosenLanguage(r); ok {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: l.Tag(), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // no secret: it says the same over http and https
	}
	w.WriteHeader(max(a.status, http.StatusOK))
	_, _ = w.Write(body.Bytes()) // whoever asked may be gone
}

// pagePolicy lets pages use our own style sheet, script, events and forms, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func withLanguage(here, tag string) string {
	u, err := url.Parse(here)
	if err != nil {
		return "/?lang=" + tag
	}
	q := u.Query()
	q.Set("lang", tag)
	u.RawQuery = q.Encode()
	return u.String()
}

// serveAsset sends a file that pages need.
func (s *server) serveAsset(w http.ResponseWriter, r *http.Request) {
	for _, a := range s.renderer.assets {
		if a.path == r.URL.Path {
			w.Header().Set("Content-Type", a.mediaType)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write(a.body) // as above
			return
		}
	}
	s.nothing(w, r)
}
