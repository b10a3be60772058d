package citation

import (
	"maps"
	"slices"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// record is one entry of a bibliography: what a reference manager keeps of a source.
type record struct {
	key, title string
	authors    []string
	accessed   ibid.Date
	// addresses are as the entry has them, the best first; doi is that of the work, in any form.
	addresses []string
	doi       string
	// identifiers are further ones, keyed as in ibid.Reference.
	identifiers map[string]string
	line        int
}

// identify keeps a further identifier, if value is one.
func (r *record) identify(key, value string) {
	if value = strings.TrimSpace(value); value == "" {
		return
	}
	switch key {
	case "arxiv":
		value = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(value), "arxiv:"), "https://arxiv.org/abs/")
		if value == "" || arxivID(value) != len(value) {
			return
		}
	case "pmid":
		if digits(value) != len(value) || len(value) > 9 {
			return
		}
	case "pmcid":
		if n := pubMedID(key, value); n == 0 || n != len(value) {
			return
		}
		value = pmcID(value)
	case "isbn":
		if value = statedISBN("ISBN " + value); value == "" {
			return
		}
	}
	if r.identifiers == nil {
		r.identifiers = make(map[string]string)
	}
	r.identifiers[key] = value
}

// give keeps the addresses that stand in value: it may be one, or text around some.
func (r *record) give(value string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	if _, ok := linkAddress(value); (ok || strings.HasPrefix(value, "//")) && !strings.ContainsAny(value, " \t\n;,") {
		r.addresses = append(r.addresses, value)
		return
	}
	if hostAndPath(value) {
		r.addresses = append(r.addresses, "http://"+value)
		return
	}
	if strings.Contains(value, "\n") {
		value = joinedLines(strings.Split(value, "\n")).text // an address may be broken over lines
	}
	for _, a := range findAddresses(value) {
		if !(found{address: a}).stated() {
			r.addresses = append(r.addresses, a.Cited)
			continue
		}
		for key, value := range a.Identifiers {
			r.identify(key, value)
		}
	}
}

// extra reads what reference managers keep in a note because their form has no field for it: lines of "DOI: 10.1000/182", or
// "{:DOI: 10.1000/182}", the way in which citeproc is given variables. What r has already is not overwritten.
func (r *record) extra(note string) {
	note = strings.NewReplacer("{:", "\n", "}", "\n").Replace(note)
	for line := range strings.Lines(note) {
		name, value, _ := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch name {
		case "pmid", "pmcid", "arxiv", "isbn":
			if r.identifiers[name] == "" {
				r.identify(name, strings.Fields(value + " -")[0])
			}
		case "doi":
			if r.doi == "" {
				r.doi = value
			}
		case "url", "original url":
			if len(r.addresses) == 0 {
				r.give(value)
			}
		case "accessed":
			if r.accessed == "" {
				r.accessed = metadataDate(value)
			}
		}
	}
}

// hostAndPath says whether an address has been given without its scheme, as fields of addresses often are: "example.org/a".
func hostAndPath(address string) bool {
	host, _, slash := strings.Cut(address, "/")
	dot := strings.LastIndexByte(host, '.')
	if !slash || dot < 1 || len(host)-dot < 3 || strings.HasPrefix(host, "www.") {
		return false
	}
	for i := range len(host) {
		if c := host[i]; !isAlnum(c) && c != '-' && c != '.' || i > dot && !isLetter(c) {
			return false
		}
	}
	return doiPrefix(address) == 0
}

// addRecord adds a reference for each address of r: its own, its DOI where that is another, and further ones. What has none, but an
// identifier with a resolver, is one reference without an address.
func (c *collector) addRecord(r record, at place) {
	if c.err != nil {
		return
	}
	if c.err = c.stopped(); c.err != nil {
		return
	}
	ref := ibid.Reference{
		Title: cleanTitle(r.title), Authors: r.authors, Accessed: r.accessed,
		Locator: ibid.Locator{Kind: ibid.Bibliography, Label: r.key, Line: r.line},
	}
	if at.kind != "" {
		ref.Locator.Kind = at.kind
	}
	if at.label != "" {
		ref.Locator.Label = at.label
	}
	found := c.recordAddresses(r)
	for i, f := range found {
		own := ref
		own.URI, own.Cited, own.Identifiers = f.URI, f.Cited, f.Identifiers
		if i == 0 && len(r.identifiers) > 0 {
			own.Identifiers = make(map[string]string, len(r.identifiers)+1)
			maps.Copy(own.Identifiers, r.identifiers)
			maps.Copy(own.Identifiers, f.Identifiers)
		}
		c.append(own)
	}
	if len(found) > 0 {
		return
	}
	ref.Identifiers = r.identifiers
	if address := ref.Address(); address != "" {
		ref.Cited = identifierCited(r.identifiers)
		c.append(ref)
	}
}

// identifierCited is the first of identifiers as a citation has it: "arxiv:2003.05580".
func identifierCited(identifiers map[string]string) string {
	keys := slices.Sorted(maps.Keys(identifiers))
	return keys[0] + ":" + strings.TrimPrefix(identifiers[keys[0]], keys[0]+":")
}

// recordAddresses are the usable addresses of r, each once; a DOI that one of them carries is not another.
func (c *collector) recordAddresses(r record) []address {
	var found []address
	seen, dois := make(map[string]bool), make(map[string]bool)
	for _, cited := range r.addresses {
		uri := c.resolve(cited)
		if uri == "" {
			uri, _ = repairAddress(cited)
		}
		if uri == "" || seen[uri] {
			continue
		}
		identifiers := identifiersOf(uri)
		seen[uri], dois[strings.ToLower(identifiers["doi"])] = true, true
		found = append(found, address{Cited: cited, URI: uri, Identifiers: identifiers})
	}
	doi := doiOf(r.doi)
	if dois[strings.ToLower(doi)] {
		return found
	}
	if uri, ok := linkAddress(r.doi); ok && doi != "" { // a resolver of its publisher's
		return append(found, address{Cited: strings.TrimSpace(r.doi), URI: uri, Identifiers: map[string]string{"doi": doi}})
	}
	if uri, ok := doiAddress(doi); ok {
		found = append(found, address{Cited: strings.TrimSpace(r.doi), URI: uri, Identifiers: map[string]string{"doi": doi}})
	}
	return found
}

// doiOf is the DOI in s, which is one, or an address of one: "10.1000/182", "doi:10.1000/182", "http://doi.example.org/10.1000/182".
func doiOf(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "://") {
		s = unescaped(s)
	}
	for i := strings.Index(s, "10."); i >= 0; {
		if doiPrefix(s[i:]) > 0 && (i == 0 || !isAlnum(s[i-1]) && s[i-1] != '.') {
			return s[i:identifierEnd(s, i)]
		}
		next := strings.Index(s[i+1:], "10.")
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return ""
}

// person is a name as reference managers sort by it: "Family, Given".
func person(name string) string {
	name = folded(name)
	if name == "" || strings.Contains(name, ",") {
		return name
	}
	words := strings.Fields(name)
	family := len(words) - 1
	for family > 0 && particle[words[family-1]] {
		family--
	}
	if family == 0 {
		return name
	}
	return strings.Join(words[family:], " ") + ", " + strings.Join(words[:family], " ")
}

// particle are the words that belong to the family name after them.
var particle = wordSet("van von der den de del della di da du la le ter ten zu zur af av dos das")
