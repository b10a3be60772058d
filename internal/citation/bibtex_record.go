package citation

import (
	"strings"
)

// record is what is known of an entry.
func (e bibEntry) record() record {
	r := record{key: e.key, title: plainTeX(e.fields["title"]), doi: texAddress(e.fields["doi"]), line: e.line}
	for _, name := range texNames(e.first("author", "editor", "organization")) {
		if name = strings.TrimSpace(name); strings.HasPrefix(name, "{") && strings.HasSuffix(name, "}") { // a group
			r.authors = append(r.authors, plainTeX(name))
			continue
		}
		r.authors = append(r.authors, person(plainTeX(name)))
	}
	for _, field := range []string{"url", "howpublished", "note", "repository", "addendum", "link", "ee", "pdf", "website", "annotation", "bdsk-url-1", "bdsk-url-2"} {
		e.give(&r, field)
	}
	for qualifier := range strings.SplitSeq(e.fields["swhid"], ";") { // where Software Heritage took it from (SWHID 1.2, 6)
		if origin, ok := strings.CutPrefix(strings.TrimSpace(qualifier), "origin="); ok {
			r.give(origin)
		}
	}
	for _, field := range []string{"urldate", "lastchecked", "lastaccessed", "accessed", "visited", "urlaccessdate"} {
		if r.accessed == "" {
			r.accessed = metadataDate(plainTeX(e.fields[field]))
		}
	}
	for _, field := range []string{"note", "howpublished", "addendum"} {
		if r.accessed == "" {
			r.accessed = accessIn(plainTeX(e.fields[field]))
		}
	}
	e.identify(&r)
	if len(r.addresses) == 0 && r.doi == "" && len(r.identifiers) == 0 {
		e.give(&r, "adsurl") // the page of the Astrophysics Data System, which is not given besides what the author named
	}
	return r
}

func (e bibEntry) first(fields ...string) string {
	for _, field := range fields {
		if value := e.fields[field]; value != "" {
			return value
		}
	}
	return ""
}

// give keeps the addresses of a field: those in \url and \href, or what stands bare.
func (e bibEntry) give(r *record, field string) {
	value := e.fields[field]
	if value == "" {
		return
	}
	linked := false
	for _, command := range []string{`\url`, `\href`, `\nolinkurl`} {
		for rest := value; ; {
			i := strings.Index(rest, command)
			if i < 0 {
				break
			}
			arg, end, ok := texGroup(rest, i+len(command))
			if !ok {
				rest = rest[i+len(command):]
				continue
			}
			r.give(texAddress(arg))
			linked, rest = true, rest[end:]
		}
	}
	if linked {
		return
	}
	if address := texAddress(value); field == "url" || startsScheme(address) && !strings.ContainsAny(strings.TrimSpace(value), " \t") {
		r.give(address)
		return
	}
	r.give(texAddressEscapes.Replace(value))
}

// identify keeps the identifiers of an entry (biblatex, 2.2.2: eprint with eprinttype, or arXiv's archivePrefix).
func (e bibEntry) identify(r *record) {
	r.identify("isbn", e.fields["isbn"])
	r.identify("pmid", e.fields["pmid"])
	r.identify("pmcid", e.fields["pmcid"])
	r.identify("handle", texAddress(e.first("handle", "hdl")))
	r.identify("urn", e.fields["urn"])
	eprint := texAddress(e.fields["eprint"])
	switch strings.ToLower(e.first("eprinttype", "archiveprefix")) {
	case "arxiv":
		r.identify("arxiv", eprint)
	case "":
		if arxivID(eprint) == len(eprint) {
			r.identify("arxiv", eprint)
		}
	case "pubmed":
		r.identify("pmid", eprint)
	case "hdl", "handle":
		r.identify("handle", eprint)
	}
	r.identify("arxiv", e.fields["arxivid"])
}

// texNames divides a list of names at "and", outside of braces.
func texNames(list string) []string {
	var names []string
	depth, start := 0, 0
	for i := range len(list) {
		switch list[i] {
		case '{':
			depth++
		case '}':
			depth--
		case 'a':
			if depth == 0 && i > 0 && isSpaceByte(list[i-1]) && strings.HasPrefix(list[i:], "and") && i+3 < len(list) && isSpaceByte(list[i+3]) {
				names = append(names, list[start:i])
				start = i + 3
			}
		}
	}
	if rest := strings.TrimSpace(list[start:]); rest != "" && rest != "others" {
		names = append(names, rest)
	}
	return names
}
