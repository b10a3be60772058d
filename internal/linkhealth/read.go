package linkhealth

import (
	"net/http"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/ibid-archive/ibid"
)

// Page is an answer as it came.
type Page struct {
	// URI is the address that answered, at the end of all redirects.
	URI       string
	Status    int
	Header    http.Header
	MediaType ibid.MediaType
	// Doc is the tree of an HTML page; nil for all else, and where none could be made. It is only read.
	Doc *goquery.Document
	// Body is the beginning of the decoded body; of plain text it is what is read, up to 64 KiB.
	Body []byte
	// Size is the length of the payload in bytes, and Whole says that it came to its end.
	Size  int64
	Whole bool
}

// maxBody is how much of a plain text is read, in bytes.
const maxBody = 64 << 10

// Signs are what an answer says by itself. They are not changed after they were made.
type Signs struct {
	URI       string
	Status    int
	MediaType ibid.MediaType
	// Title, SiteName, Heading and Language are as declared: the language is a tag as it stands in the page.
	Title, SiteName, Heading, Language string
	// Canonical is the address that the page gives as its own, and Refresh where it sends readers on to.
	Canonical, Refresh string
	// Text is what is left without the frame of the page.
	Text Text
	// Marks are what was seen that speaks for a Health.
	Marks []Mark
	// shell says that scripts make the page: what came of it is the same for each address.
	shell bool
}

// Read reads an answer. It never returns nil.
func Read(p *Page) *Signs {
	s := &Signs{URI: p.URI, Status: p.Status, MediaType: p.MediaType}
	r := &reading{page: p, signs: s}
	if root := rootOf(p.Doc); root != nil {
		r.scan = scanPage(root, p.Size)
	} else if r.scan = (&scan{w: &writer{}}); strings.HasPrefix(string(p.MediaType), "text/") && !isHTML(p.MediaType) {
		r.scan.w.write(string(p.Body[:min(len(p.Body), maxBody)]))
	}
	r.describe()
	r.headers()
	r.emptiness()
	if s.Text.Words() <= someWords {
		r.fold()
		r.tokens()
		r.phrases()
		r.signIn()
	}
	r.paywall()
	return s
}

// maxTag bounds a language tag, in bytes.
const maxTag = 35

// Says returns the Health that the answer by itself leaves no doubt about, with its evidence; or "": it looks like
// what was asked for. The Status is not looked at.
func (s *Signs) Says() (ibid.Health, []ibid.Evidence) {
	h := decided(s.Marks)
	return h, evidence(s.Marks, h)
}

func isHTML(m ibid.MediaType) bool { return m == "text/html" || m == "application/xhtml+xml" }

// How many words a page has at most that says one thing, a sentence or two, a notice, and a notice with what stands
// around it.
const (
	hardlyAny   = 12
	barely      = 60
	noticeWords = 150
	someWords   = 400
)

// reading is an answer while it is read.
type reading struct {
	page  *Page
	signs *Signs
	scan  *scan
	// title, heading and lead are folded, and lead is without heading; sources are in lower case, one a line.
	title, heading, lead, sources, inline string
}

// describe takes over what was collected.
func (r *reading) describe() {
	s, c := r.signs, r.scan
	s.Title, s.SiteName, s.Heading = c.title, c.siteName, c.heading
	s.Language = tidy(c.lang, maxTag)
	if s.Language == "" {
		s.Language = tidy(r.page.Header.Get("Content-Language"), maxTag)
	}
	s.Canonical, s.Refresh = resolve(s.URI, c.canonical), resolve(s.URI, c.refresh)
	s.Text = c.w.text()
}

// fold prepares what words are looked for in.
func (r *reading) fold() {
	r.title, r.heading, r.lead = fold(r.signs.Title), fold(r.signs.Heading), fold(r.signs.Text.lead)
	if r.heading != " " { // which is no second witness
		r.lead = strings.Replace(r.lead, r.heading, " ", 1)
	}
	r.sources = strings.ToLower(strings.Join(append(r.scan.sources, r.signs.URI), "\n"))
	r.inline = r.scan.inline.String()
}

func (r *reading) mark(rule string, h ibid.Health, weight int, text string) {
	r.signs.Marks = append(r.signs.Marks, mark(rule, h, weight, text))
}

// emptiness looks at answers with nothing in them.
func (r *reading) emptiness() {
	p, c := r.page, r.scan
	ok := p.Status >= 200 && p.Status < 300
	switch {
	case ok && p.Whole && p.Size == 0:
		r.mark("empty", ibid.HealthUnreachable, strong, "the answer is empty")
	case p.Doc == nil || !isHTML(p.MediaType) || r.signs.Text.Words() > barely:
	case c.scripts > 0 && (r.signs.Text.Words() < enough || hasPhrase(fold(r.signs.Text.lead), "enable javascript")):
		r.signs.shell = true
	case ok && r.signs.Text.Words() == 0 && r.signs.Title == "" && c.pictures+c.frames+c.forms == 0 && r.signs.Refresh == "":
		r.mark("empty", ibid.HealthUnreachable, strong, "the page has no content at all")
	}
}

// signIn looks at pages with a form for a password and nothing else.
func (r *reading) signIn() {
	if r.scan.passwords == 0 || r.signs.Text.Words() > barely {
		return
	}
	weight := fair
	for _, word := range [...]string{"log in", "login", "sign in", "signin", "connexion", "se connecter", "iniciar sesion", "acceso", "authentication"} {
		if hasPhrase(r.title, word) || hasPhrase(r.heading, word) {
			weight = strong
		}
	}
	r.mark("sign-in", ibid.HealthBlocked, weight, "the page is a form for signing in")
}

// paywall notes what schema.org calls not accessible for free: such a source is alive.
func (r *reading) paywall() {
	_, after, found := strings.Cut(r.scan.inline.String(), `"isAccessibleForFree"`)
	if found && strings.Contains(strings.ToLower(clip(after, 12)), "false") {
		r.mark("paywall", ibid.HealthLive, weak, "the page says that reading it costs money")
	}
}
