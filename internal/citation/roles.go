package citation

import (
	"fmt"
	"strings"
)

// roleAddress is where a role of docutils (Interpreted Text Roles) or of Sphinx leads, which is a link to a document by its number or
// DOI, and what is shown for it; empty for any other.
func roleAddress(role, target string) (address, label string) {
	number, part, _ := strings.Cut(strings.TrimSpace(target), "#")
	n, fragment := atoi(number), ""
	if part != "" {
		fragment = "#" + part
	}
	switch role = strings.ToLower(role); {
	case role == "doi" && doiOf(target) != "":
		return "https://doi.org/" + strings.TrimSpace(target), ""
	case n <= 0 || n > 99_999:
	case role == "rfc" || role == "rfc-reference":
		return fmt.Sprintf("https://datatracker.ietf.org/doc/html/rfc%d%s", n, fragment), "RFC " + number
	case role == "pep" || role == "pep-reference":
		return fmt.Sprintf("https://peps.python.org/pep-%04d/%s", n, fragment), "PEP " + number
	}
	return "", ""
}

// citeRole keeps the keys of a role that cites, as sphinxcontrib-bibtex and MyST write it: "{see}smith2009{p. 3},doe2010". It says whether
// role is one.
func (c *collector) citeRole(role, inside string) bool {
	if name, _, _ := strings.Cut(role, ":"); name != "cite" && name != "footcite" {
		return false
	}
	var keys strings.Builder
	depth := 0
	for _, r := range inside {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case depth == 0:
			keys.WriteRune(r)
		}
	}
	for key := range strings.SplitSeq(keys.String(), ",") {
		if key = strings.TrimSpace(key); key != "" {
			c.citeEach([]string{key})
		}
	}
	return true
}
