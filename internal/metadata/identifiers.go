package metadata

import (
	"regexp"
	"strings"
)

// The forms of identifiers.
var (
	doiForm    = regexp.MustCompile(`(?i)\b10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s"<>&?#]{1,200}`)
	arxivForm  = regexp.MustCompile(`(?i)\b([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})(v[0-9]+)?\b`)
	pmidForm   = regexp.MustCompile(`^[0-9]{1,9}$`)
	handleForm = regexp.MustCompile(`(?i)(?:hdl\.handle\.net/|hdl:|/handle/)([0-9][0-9.]*/[^\s"<>?#]{1,200})`)
	urnForm    = regexp.MustCompile(`(?i)^urn:[a-z0-9][a-z0-9-]{0,31}:[^\s"<>]{1,200}$`)
)

// identifiers takes the names under which the work is registered.
func (d *describer) identifiers() {
	found := map[string]string{}
	put := func(kind, value, from string) {
		if value != "" && found[kind] == "" {
			found[kind] = value
			d.say("identifiers."+kind, from)
		}
	}
	m := &d.page.meta
	for _, key := range []string{"citation_doi", "bepress_citation_doi", "prism.doi", "doi", "dc.identifier.doi", "wkhealth_doi", "eprints.id_number",
		"article:doi", "dcterms.identifier.doi", "rft_id"} {
		put("doi", doiOf(m.text(key)), key)
	}
	arxiv, key := m.first("citation_arxiv_id")
	put("arxiv", arxivForm.FindString(arxiv), key)
	isbn, key := m.first("citation_isbn", "book:isbn", "books:isbn", "og:isbn", "dc.identifier.isbn", "isbn")
	put("isbn", isbnOf(isbn), key)
	pmid, key := m.first("citation_pmid", "ncbi_uid")
	put("pmid", pmidForm.FindString(strings.TrimSpace(pmid)), key)
	for _, key := range []string{"dc.identifier", "dcterms.identifier", "dc.identifier.uri", "dcterms.bibliographiccitation"} {
		for _, value := range m.all(key) {
			d.anyIdentifier(value, key, put)
		}
	}
	d.thingIdentifiers(put)
	d.addressIdentifiers(put)
	if len(found) > 0 {
		d.out.Identifiers = found
	}
}

type putIdentifier func(kind, value, from string)

// anyIdentifier tells by its form what an identifier of unstated kind is.
func (d *describer) anyIdentifier(value, from string, put putIdentifier) {
	value = strings.TrimSpace(value)
	if len(value) > 2*maxName {
		return
	}
	lower := strings.ToLower(value)
	if strings.HasPrefix(lower, "10.") || strings.Contains(lower, "doi") {
		put("doi", doiOf(value), from)
	}
	if m := handleForm.FindStringSubmatch(value); m != nil {
		put("handle", m[1], from)
	}
	if urnForm.MatchString(value) {
		put("urn", value, from)
		if rest, ok := strings.CutPrefix(lower, "urn:isbn:"); ok {
			put("isbn", isbnOf(rest), from)
		}
	}
	if strings.HasPrefix(lower, "isbn") {
		put("isbn", isbnOf(value[4:]), from)
	}
	if strings.HasPrefix(lower, "pmid:") {
		put("pmid", pmidForm.FindString(strings.TrimSpace(value[5:])), from)
	}
	if strings.HasPrefix(lower, "arxiv:") {
		put("arxiv", arxivForm.FindString(value), from)
	}
}

// thingIdentifiers reads the identifiers of the main item: a text, an address, or a PropertyValue.
func (d *describer) thingIdentifiers(put putIdentifier) {
	if d.main == nil {
		return
	}
	for i := range d.main.props {
		p := &d.main.props[i]
		switch p.name {
		case "isbn":
			put("isbn", isbnOf(p.text), d.main.source(p.name))
		case "doi":
			put("doi", doiOf(p.text), d.main.source(p.name))
		case "identifier", "sameAs", "@id":
			value := p.text
			if p.item != nil {
				kind, _ := p.item.text("propertyID", "name")
				value, _ = p.item.text("value", "@id", "url")
				if k := strings.ToLower(kind); k == "doi" || k == "pmid" || k == "isbn" || k == "arxiv" {
					value = k + ":" + value
				}
			}
			d.anyIdentifier(value, d.main.source(p.name), put)
		}
	}
}

// addressIdentifiers reads the address under which the page was served, or calls canonical.
func (d *describer) addressIdentifiers(put putIdentifier) {
	host, path := strings.ToLower(d.uri.Hostname()), d.uri.Path
	switch {
	case host == "doi.org" || host == "dx.doi.org":
		put("doi", doiOf(path), "url")
	case host == "hdl.handle.net":
		d.anyIdentifier(d.uri.String(), "url", put)
	case host == "arxiv.org" && strings.HasPrefix(path, "/abs/"):
		put("arxiv", arxivForm.FindString(path[5:]), "url")
	case host == "pubmed.ncbi.nlm.nih.gov":
		put("pmid", pmidForm.FindString(strings.Trim(path, "/")), "url")
	case strings.Contains(path, "/handle/"):
		d.anyIdentifier(path, "url", put)
	}
}

// doiOf returns the DOI that s is or holds, in lower case without "doi:" or a resolver (ISO 26324: DOIs
// are compared without case), or nothing.
func doiOf(s string) string {
	if len(s) > maxAddress || !strings.Contains(s, "10.") {
		return ""
	}
	return strings.ToLower(strings.TrimRight(doiForm.FindString(s), ".,;:)]}'"))
}

// isbnOf returns the digits of the ISBN that s is, if its check digit is right (ISO 2108), or nothing.
func isbnOf(s string) string {
	if len(s) > 60 {
		return ""
	}
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r == 'x' || r == 'X':
			return 'X'
		}
		return -1
	}, s)
	switch {
	case len(digits) == 13 && isbn13(digits), len(digits) == 10 && isbn10(digits):
		return digits
	}
	return ""
}

func isbn13(s string) bool {
	sum := 0
	for i := range len(s) {
		if s[i] == 'X' {
			return false
		}
		sum += int(s[i]-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

func isbn10(s string) bool {
	sum := 0
	for i := range len(s) {
		n := int(s[i] - '0')
		if s[i] == 'X' {
			if n = 10; i != 9 {
				return false
			}
		}
		sum += n * (10 - i)
	}
	return sum%11 == 0
}
