package citation

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/ibid-archive/ibid/internal/pdf"
)

// ownDOIs are the DOIs of the document itself, in lower case, as its metadata, its Crossmark and its front
// matter give them. Publishers print them on the first page or on all; a document does not cite itself.
func ownDOIs(doc *pdf.Document) map[string]bool {
	own := map[string]bool{}
	say := func(s string) {
		if i := strings.Index(s, "10."); i >= 0 && doiPrefix(s[i:]) > 0 {
			own[strings.ToLower(s[i:])] = true
		}
	}
	for _, entry := range []string{"doi", "DOI", "WPS-ARTICLEDOI"} {
		say(doc.Info.Dict[entry])
	}
	for _, property := range []string{"prism:doi", "crossmark:DOI", "pdfx:doi", "dc:identifier"} {
		say(doc.Info.Get(property))
	}
	for _, page := range doc.Pages {
		for _, link := range page.Links {
			say(crossmarkDOI(link.URI))
		}
	}
	if len(doc.Pages) > 1 {
		for _, line := range doc.Pages[0].Lines {
			if m := loneDOI.FindStringSubmatch(line.Text); m != nil {
				say(m[1])
			}
		}
	}
	return own
}

// loneDOI is a line of a first page that holds a DOI and nothing else.
var loneDOI = regexp.MustCompile(`(?i)^\W*(?:doi\W*)?(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S*[^\s.])\.?$`)

// crossmarkDOI returns the DOI in a link to Crossref's Crossmark, which is about the document that shows it.
func crossmarkDOI(uri string) string {
	if !strings.Contains(uri, "://crossmark.crossref.org/dialog") {
		return ""
	}
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return u.Query().Get("doi")
}

// Titles of entries as two common styles set them off: after the year in brackets (APA), and after the year
// between dots (ACM, Chicago).
var (
	yearInBrackets = regexp.MustCompile(`\((?:(?:19|20)\d{2}[a-z]?|n\.d\.)(?:, [^)]{3,20})?\)[.,:]?\s+([^.?!]{8,300}[.?!])`)
	yearInDots     = regexp.MustCompile(`\. (?:19|20)\d{2}[a-z]?\. ([^.?!]{8,300}[.?!])`)
)

// datedTitle returns the title that follows the year in an entry of a list of references; empty if its style
// is another.
func datedTitle(entry string) string {
	if len(entry) > maxNote {
		return ""
	}
	for _, form := range []*regexp.Regexp{yearInDots, yearInBrackets} {
		if m := form.FindStringSubmatch(entry); m != nil && !addressLike(m[1]) {
			return strings.TrimRight(folded(m[1]), ". ")
		}
	}
	return ""
}
