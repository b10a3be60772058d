package citation

import (
	"strings"

	"github.com/abadojack/whatlanggo"

	ibid "github.com/ibid-archive/ibid"
)

// languageOf is the BCP 47 tag of the language that text is in, if there is enough of it to be sure; else empty.
func languageOf(text string) string {
	if len(text) < 80 {
		return ""
	}
	info := whatlanggo.Detect(text)
	if !info.IsReliable() {
		return ""
	}
	return info.Lang.Iso6391()
}

// headingDate is the first date with a day or a month in text, if text is a heading: "Bangkok, 4-5 June 2009". A sentence may
// speak of any date.
func headingDate(text string) ibid.Date {
	if len(text) > 300 || strings.HasSuffix(strings.TrimSpace(text), ".") {
		return ""
	}
	lower := strings.ToLower(text)
	for i := range len(lower) {
		if !wordBegins(lower, i) {
			continue
		}
		if date, n := dateAt(lower[i:], ambiguous); n > 0 && len(date) > len("2009") {
			return date
		}
	}
	return ""
}
