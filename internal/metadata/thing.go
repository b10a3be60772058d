package metadata

import "strings"

// thing is one item of structured data, from JSON-LD, microdata or RDFa alike. Several values of one
// property are several props: schema.org makes no difference between one value and a list.
type thing struct {
	// syntax is "json-ld", "microdata" or "rdfa".
	syntax string
	props  []prop
	region int
}

// prop is one value of a thing: a text or another thing.
type prop struct {
	name string
	text string
	item *thing
}

// Bounds on structured data of one page.
const (
	maxThings = 3000
	maxProps  = 600
	maxDepth  = 12
)

func (t *thing) add(p prop) {
	if len(t.props) < maxProps {
		t.props = append(t.props, p)
	}
}

// text returns the first text of the first of those properties that has one, with its name.
func (t *thing) text(names ...string) (text, name string) {
	for _, name := range names {
		for i := range t.props {
			if t.props[i].name != name {
				continue
			}
			if s := t.props[i].literal(); s != "" {
				return s, name
			}
		}
	}
	return "", ""
}

// literal is the text of a property; for {"@value": …} that value.
func (p *prop) literal() string {
	if p.item == nil {
		return strings.TrimSpace(p.text)
	}
	for i := range p.item.props {
		if p.item.props[i].name == "@value" {
			return strings.TrimSpace(p.item.props[i].text)
		}
	}
	return ""
}

// id is the identifier that other things refer to t by.
func (t *thing) id() string {
	s, _ := t.text("@id")
	return s
}

// field is text with the source for Description.From; a nil thing has no fields.
func (t *thing) field(names ...string) (text, from string) {
	if t == nil {
		return "", ""
	}
	text, name := t.text(names...)
	return text, t.source(name)
}

// source names a property of t for Description.From.
func (t *thing) source(name string) string { return t.syntax + " " + name }

// rank is how well the type of t fits the page itself: 3 an article, 2 another work, 1 the page as
// such, 0 something else, like the site, a picture or a comment.
func (t *thing) rank() int {
	best := 0
	if t == nil {
		return best
	}
	for i := range t.props {
		if t.props[i].name == "@type" {
			best = max(best, rankOf(schemaName(t.props[i].text)))
		}
	}
	return best
}

func rankOf(kind string) int {
	switch kind {
	case "Article", "NewsArticle", "BlogPosting", "ScholarlyArticle", "MedicalScholarlyArticle", "Report", "TechArticle",
		"OpinionNewsArticle", "AnalysisNewsArticle", "ReportageNewsArticle", "BackgroundNewsArticle", "ReviewNewsArticle",
		"AdvertiserContentArticle", "SocialMediaPosting", "LiveBlogPosting", "Thesis", "DiscussionForumPosting",
		"PublicationIssue", "Legislation", "PressRelease":
		return 3
	case "Book", "Chapter", "Dataset", "CreativeWork", "Review", "Recipe", "PodcastEpisode", "Course", "MedicalWebPage",
		"SoftwareSourceCode", "SoftwareApplication", "Event", "QAPage", "DigitalDocument", "Movie", "MusicRecording",
		"ClaimReview", "TVEpisode", "RadioEpisode", "Episode", "HowTo", "Manuscript", "Map":
		return 2
	case "WebPage", "ItemPage", "AboutPage", "VideoObject", "CollectionPage", "Product", "FAQPage", "ProfilePage":
		return 1
	}
	return 0
}

// schemaName is the bare name of a type or property: "https://schema.org/Article" and
// "schema:Article" are "Article".
func schemaName(s string) string {
	if i := strings.LastIndexAny(s, "/#:"); i >= 0 {
		return s[i+1:]
	}
	return s
}

// isA says whether t has one of those types.
func (t *thing) isA(kinds ...string) bool {
	for i := range t.props {
		if name := t.props[i].name; name != "@type" && name != "type" {
			continue
		}
		for _, kind := range kinds {
			if schemaName(t.props[i].text) == kind {
				return true
			}
		}
	}
	return false
}

func (t *thing) isPerson() bool { return t.isA("Person") }

func (t *thing) isOrganisation() bool {
	for i := range t.props {
		if n := t.props[i].name; n == "@type" || n == "type" {
			kind := schemaName(t.props[i].text)
			if strings.HasSuffix(kind, "Organization") || kind == "Corporation" || kind == "CollegeOrUniversity" {
				return true
			}
		}
	}
	return false
}
