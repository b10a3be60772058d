package citation

import (
	"slices"
	"strings"
	"unicode"

	ibid "github.com/ibid-archive/ibid"
)

// statedKeys are the identifiers that citations state by a label, often beside another address of the same source.
var statedKeys = [...]string{"pmid", "pmcid", "urn"}

// pubMedAt finds the number of PubMed or of PubMed Central whose label begins at text[i]: "PMID: 21187404", "PMCID: PMC3003000".
// Numbers without a label are never taken.
func pubMedAt(text string, i, floor int) (start, end int, printed string) {
	label := "pmid"
	if hasPrefixFold(text[i:], "pmcid") {
		label = "pmcid"
	}
	if !hasPrefixFold(text[i:], label) || !wordStart(text, i, floor) {
		return 0, 0, ""
	}
	rest := text[i+len(label) : min(len(text), i+40)]
	number := strings.TrimLeft(rest, ":# \u00a0\n")
	id := i + len(label) + len(rest) - len(number)
	end = id + pubMedID(label, number)
	after := strings.TrimPrefix(text[end:min(len(text), end+2)], "-")
	if end == id || id > i+len(label)+5 || after != "" && isAlnum(after[0]) {
		return 0, 0, ""
	}
	return i, end, label + ":" + text[id:end]
}

// urnAt finds the URN of a national library (RFC 8458) by the colon after "urn" at text[i].
func urnAt(text string, i, floor int) (start, end int, printed string) {
	start = i - len("urn")
	if !hasSuffixFold(text[floor:i], "urn") || !hasPrefixFold(text[i:], ":nbn:") || !wordStart(text, start, floor) {
		return 0, 0, ""
	}
	end = identifierEnd(text, start)
	if end < start+len("urn:nbn:de") {
		return 0, 0, ""
	}
	return start, end, text[start:end]
}

// pubMedID is the length of the PMID or PMCID that s begins with; 0 if there is none.
func pubMedID(key, s string) int {
	begin := 0
	if key == "pmcid" && hasPrefixFold(s, "pmc") {
		begin = len("pmc")
	}
	if n := digits(s[begin:]); n > 3 && n < 10 && s[begin] != '0' {
		return begin + n
	}
	return 0
}

// pmcID is a PMCID with its letters, which some leave out.
func pmcID(id string) string {
	return "PMC" + strings.TrimLeft(id, "PMCpmc")
}

// pubMedAddress is the address of the record of a PMID, or of the text that a PMCID stands for.
func pubMedAddress(key, id string) (string, bool) {
	id = strings.TrimSpace(id)
	if n := pubMedID(key, id); n == 0 || n != len(id) {
		return "", false
	}
	if key == "pmcid" {
		id = pmcID(id)
	}
	return ibid.Reference{Identifiers: map[string]string{key: id}}.Address(), true
}

// stated says whether f is an identifier that stands there by its label, not an address.
func (f found) stated() bool {
	if f.linked || startsScheme(f.Cited) {
		return false
	}
	return slices.ContainsFunc(statedKeys[:], func(key string) bool { return f.Identifiers[key] != "" })
}

// take gives f the identifiers of g; ok is false if f has another of its kind, for then g is another source.
func (f *found) take(g found) (ok bool) {
	f.identify()
	for key, value := range g.Identifiers {
		if has := f.Identifiers[key]; has != "" && has != value {
			return false
		}
	}
	for key, value := range g.Identifiers {
		f.Identifiers = withIdentifier(f.Identifiers, key, value)
	}
	return true
}

// withStated puts what p states by a label together with the address beside it: it is one more identifier of that source. That is
// so in an entry with one address, and elsewhere where no word of a sentence stands between.
func (p *passage) withStated(all []found) []found {
	stated := 0
	for _, f := range all {
		if f.stated() {
			stated++
		}
	}
	if stated == 0 {
		return all
	}
	one := p.kind != "" && len(all) == stated+1
	kept := all[:0]
	end := 0 // of what belongs to the last one kept
	for _, f := range all {
		between := p.text[min(end, f.Start):f.Start]
		if n := len(kept) - 1; n >= 0 && (oneCitation(between) || one && strings.IndexByte(between, '\n') < 0) {
			if f.stated() && kept[n].take(f) {
				end = f.End
				continue
			}
			if !f.stated() && kept[n].stated() && f.take(kept[n]) {
				kept = kept[:n]
			}
		}
		kept, end = append(kept, f), f.End
	}
	return kept
}

// oneCitation says whether what stands between two identifiers leaves them to one citation: "doi:10.1000/182. Epub 2010 Dec 22. PMID:".
func oneCitation(between string) bool {
	if len(between) > 60 {
		return false
	}
	for word := range strings.FieldsFuncSeq(between, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if !betweenIdentifiers[strings.ToLower(word)] {
			return false
		}
	}
	return true
}

var betweenIdentifiers = wordSet(`epub eprint doi pubmed central in ahead of print free article
	jan feb mar apr may jun jul aug sep oct nov dec`)

// withIdentifier adds an identifier, unless it is empty or there is one of that kind.
func withIdentifier(identifiers map[string]string, key, value string) map[string]string {
	if value == "" || identifiers[key] != "" {
		return identifiers
	}
	if identifiers == nil {
		identifiers = make(map[string]string)
	}
	identifiers[key] = value
	return identifiers
}

// statedISBN reads "ISBN 978-3-16-148410-0", without its hyphens; empty if the number of digits is wrong.
func statedISBN(text string) string {
	_, run, _ := strings.Cut(text, "ISBN")
	run = strings.TrimLeft(run[:min(len(run), 40)], ": \u00a0")
	var number strings.Builder
	for i := range len(run) {
		c := run[i]
		if isDigit(c) || c == 'X' {
			number.WriteByte(c)
		} else if c != '-' && c != ' ' {
			break
		}
	}
	if n := number.Len(); n == 10 || n == 13 {
		return number.String()
	}
	return ""
}
