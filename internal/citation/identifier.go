package citation

import (
	"net/url"
	"strings"
)

// doiAt finds a DOI by its "10." at text[i], with "doi:" or a resolver's host before it, if they touch it. The shape is
// that of the DOI Handbook, 2.2: a registrant of 4 to 9 digits, a slash, a suffix.
func doiAt(text string, i, floor int) (start, end int, printed string) {
	n := doiPrefix(text[i:])
	if n == 0 {
		return 0, 0, ""
	}
	start = i
	before := text[floor:i]
	named := false
	for _, prefix := range []string{"doi:", "dx.doi.org/", "doi.org/"} {
		if hasSuffixFold(before, prefix) && wordStart(text, i-len(prefix), floor) {
			start, named = i-len(prefix), true
			break
		}
	}
	if !named && !wordStart(text, i, floor) {
		return 0, 0, ""
	}
	end = identifierEnd(text, i+n)
	if end < i+n+1 || (!named && end < i+n+3) {
		return 0, 0, ""
	}
	return start, end, "doi:" + text[i:end]
}

// doiPrefix is the length of "10.NNNN/" at the begin of s; 0 if there is none. Registrants may have parts: "10.1000.10/".
func doiPrefix(s string) int {
	if !strings.HasPrefix(s, "10.") {
		return 0
	}
	n := digits(s[3:])
	if n < 4 || n > 9 {
		return 0
	}
	i := 3 + n
	for i < len(s) && s[i] == '.' && digits(s[i+1:]) > 0 {
		i += 1 + digits(s[i+1:])
	}
	if i >= len(s) || s[i] != '/' {
		return 0
	}
	return i + 1
}

// identifierEnd returns where an identifier ends whose text begins at text[from].
func identifierEnd(text string, from int) int {
	var open brackets
	i := from
	for limit := min(len(text), from+300); i < limit; i++ {
		c := text[i]
		if c == '<' || c == '>' { // SICI suffixes have them: 10.1002/(SICI)1097-4571(1998)49:8<693::AID-ASI4>3.0.CO;2-O
			if c == '<' && !siciPages(text[i:limit]) || c == '>' && !strings.Contains(text[from:i], "<") {
				break
			}
			continue
		}
		if !addressByte[c] || !open.take(c, i, inPath) || startsScheme(text[i:]) {
			break
		}
	}
	return trimEnd(text, from, open.end(i))
}

func siciPages(s string) bool {
	n := strings.Index(s, "::")
	return n > 1 && n < 12 && isDigit(s[1]) && strings.Contains(s[n:min(len(s), n+20)], ">")
}

// arxivAt finds "arXiv:1706.03762v2", "arXiv:hep-th/9901001" and "arXiv 1706.03762".
func arxivAt(text string, i, floor int) (start, end int, printed string) {
	if !hasPrefixFold(text[i:], "arxiv") || !wordStart(text, i, floor) {
		return 0, 0, ""
	}
	rest := text[i+len("arxiv"):]
	gap := len(rest) - len(strings.TrimLeft(rest, ": "))
	if gap == 0 || gap > 2 {
		return 0, 0, ""
	}
	n := arxivID(rest[gap:])
	if n == 0 {
		return 0, 0, ""
	}
	id := i + len("arxiv") + gap
	return i, id + n, "arxiv:" + text[id:id+n]
}

// oldArxivAt finds an arXiv id of the form used until March 2007 by its slash: "hep-th/9901001".
func oldArxivAt(text string, i, floor int) (start, end int, printed string) {
	if digits(text[i+1:]) != 7 {
		return 0, 0, ""
	}
	start = i
	for start > floor && i-start < 20 && (isAlnum(text[start-1]) || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	n := arxivID(text[start:])
	if n == 0 || !wordStart(text, start, floor) {
		return 0, 0, ""
	}
	return start, start + n, "arxiv:" + text[start:start+n]
}

// arxivID is the length of the arXiv id, with its version, that s begins with; 0 if there is none.
func arxivID(s string) int {
	n := 0
	if d := digits(s); d == 4 && len(s) > 5 && s[4] == '.' {
		d = digits(s[5:])
		if d != 4 && d != 5 || s[2:4] > "12" || s[2:4] == "00" {
			return 0
		}
		n = 5 + d
	} else if slash := strings.IndexByte(s[:min(len(s), 24)], '/'); slash > 0 {
		archive, _, _ := strings.Cut(s[:slash], ".")
		if !arxivArchives[strings.ToLower(archive)] || digits(s[slash+1:]) != 7 {
			return 0
		}
		n = slash + 8
	}
	if n > 0 && n+1 < len(s) && s[n] == 'v' && isDigit(s[n+1]) {
		n += 1 + digits(s[n+1:])
	}
	return n
}

// arxivArchives are the archives of ids of the old form (arxiv.org/archive).
var arxivArchives = map[string]bool{
	"acc-phys": true, "adap-org": true, "alg-geom": true, "ao-sci": true, "astro-ph": true, "atom-ph": true,
	"bayes-an": true, "chao-dyn": true, "chem-ph": true, "cmp-lg": true, "comp-gas": true, "cond-mat": true, "cs": true,
	"dg-ga": true, "funct-an": true, "gr-qc": true, "hep-ex": true, "hep-lat": true, "hep-ph": true, "hep-th": true,
	"math": true, "math-ph": true, "mtrl-th": true, "nlin": true, "nucl-ex": true, "nucl-th": true, "patt-sol": true,
	"physics": true, "plasm-ph": true, "q-alg": true, "q-bio": true, "quant-ph": true, "solv-int": true, "supr-con": true,
}

// identifierRun finds the identifier that begins at text[value], after a prefix that begins at start: "hdl:2027/abc".
func identifierRun(text string, start, value int) (int, int, string) {
	end := identifierEnd(text, value)
	if slash := strings.IndexByte(text[value:max(value, end)], '/'); slash < 1 || !isDigit(text[value]) {
		return 0, 0, ""
	}
	return start, end, text[start:end]
}

// identifiersOf reads the identifiers that an address carries, keyed as in ibid.Reference; nil if there are none.
func identifiersOf(uri string) map[string]string {
	_, rest, _ := strings.Cut(uri, "://")
	host, path, _ := strings.Cut(rest, "/")
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	path, _, _ = strings.Cut(path, "#")
	if doi := doiIn(host, path); doi != "" {
		return map[string]string{"doi": doi}
	}
	path, _, _ = strings.Cut(path, "?")
	first, id, _ := strings.Cut(path, "/")
	switch {
	case hasSuffixFold(host, "arxiv.org") && (first == "abs" || first == "pdf"):
		id = strings.TrimSuffix(id, ".pdf")
		if arxivID(id) == len(id) && id != "" {
			return map[string]string{"arxiv": id}
		}
	case host == "hdl.handle.net" && id != "":
		return map[string]string{"handle": unescaped(path)}
	case host == "pubmed.ncbi.nlm.nih.gov" && digits(first) == len(first) && first != "":
		return map[string]string{"pmid": first}
	case host == "ncbi.nlm.nih.gov" && first == "pubmed" && digits(id) > 0:
		return map[string]string{"pmid": id[:digits(id)]}
	case host == "pmc.ncbi.nlm.nih.gov" && first == "articles", host == "ncbi.nlm.nih.gov" && strings.HasPrefix(path, "pmc/articles/"):
		id, _, _ = strings.Cut(strings.TrimPrefix(id, "articles/"), "/")
		if n := pubMedID("pmcid", id); n > 0 && n == len(id) {
			return map[string]string{"pmcid": pmcID(id)}
		}
	case host == "nbn-resolving.org" && hasPrefixFold(path, "urn:nbn:"):
		return map[string]string{"urn": unescaped(path)}
	}
	return nil
}

// doiIn reads the DOI out of an address of a resolver (doi.org/10…, doi.acm.org/10…) or a publisher (…/doi/10…, …/doi/abs/10…).
func doiIn(host, path string) string {
	resolver := host == "doi.org" || host == "dx.doi.org" || strings.HasPrefix(host, "doi.")
	if !resolver {
		n := strings.Index(path, "doi/")
		if n < 0 {
			return ""
		}
		path, _, _ = strings.Cut(path[n+len("doi/"):], "?")
		if first, rest, ok := strings.Cut(path, "/"); ok && !strings.HasPrefix(first, "10.") {
			path = rest
		}
	}
	doi := unescaped(path)
	if n := doiPrefix(doi); n == 0 || n == len(doi) {
		return ""
	}
	return doi
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
