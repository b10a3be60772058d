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
	symbolForm = regexp.MustCompile(`(?:^|[\s(:])((?:A|S|E|C|ST|TD|DP|GC|GB|MC|CRP|ECE|FAO|WHA|EB|HRI|UNEP|FCCC|CCPR|CAT|CED|CEDAW|CERD|CMW|CRC|CRPD|SPLOS|ISBA)` +
		`(?:/(?:[A-Z0-9]+(?:[.-][A-Z0-9]+)*(?:\([A-Z0-9]+\))?|[A-Z][a-z]+\.[0-9]+))+)(?:$|[\s,;:)\]])`)
	urnForm = regexp.MustCompile(`(?i)^urn:[a-z0-9][a-z0-9-]{0,31}:[^\s"<>]{1,200}$`)
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
	d.symbol(put)
	if len(found) > 0 {
		d.out.Identifiers = found
	}
}

// symbol takes the number under which a body files a document, as the United Nations and their sisters do, "A/RES/63/225", "MC/2258",
// and else that of a report. Where it is stated as such any form will do, in a title only that of a symbol.
func (d *describer) symbol(put putIdentifier) {
	m := &d.page.meta
	for _, key := range []string{"citation_document_symbol", "un.symbol", "dc.identifier.symbol", "dc.identifier.unsymbol", "document_symbol"} {
		put("symbol", clean(m.text(key), maxSymbol), key)
	}
	for _, key := range []string{"dc.identifier", "dcterms.identifier", "dc.identifier.other"} {
		for _, value := range m.all(key) {
			put("symbol", symbolIn(value), key)
		}
	}
	put("symbol", symbolIn(d.out.Title), "title")
	number, key := m.first("citation_technical_report_number", "dc.identifier.govdoc", "dc.relation.ispartofseries", "eprints.id_number")
	if doiOf(number) == "" {
		put("number", clean(number, maxSymbol), key)
	}
}

// maxSymbol bounds a symbol or the number of a report in bytes; longer ones are sentences.
const maxSymbol = 120

// symbolIn is the symbol of a document that s is or has in it, with a figure in it.
func symbolIn(s string) string {
	if len(s) > maxTitle || !strings.Contains(s, "/") {
		return ""
	}
	m := symbolForm.FindStringSubmatch(s)
	if m == nil || !strings.ContainsAny(m[1], "0123456789") {
		return ""
	}
	return m[1]
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
