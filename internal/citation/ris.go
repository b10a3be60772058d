package citation

import (
	"errors"
	"strings"
)

// readRIS reads RIS, the tagged form of reference managers ("TY  - JOUR"), and the like form of PubMed ("PMID- 21187404"). What
// has no "ER" ends with the next "TY" or with the file; a line without a tag continues the one before.
func readRIS(c *collector, text string) error {
	r := risReader{keep: func(kept record) { c.addRecord(kept, place{}) }}
	r.read(text)
	if !r.any {
		return unreadableIn(c.name, errors.New("it has no tags of RIS or PubMed"))
	}
	return c.err
}

// read reads all of text.
func (r *risReader) read(text string) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), " \t\n")
		tag, value, ok := risTag(line)
		if !ok {
			r.goesOn(strings.TrimSpace(line))
			continue
		}
		r.field()
		if tag == "TY" || tag == "PMID" && r.seen {
			r.flush()
		}
		if !r.seen {
			r.seen, r.record.line = true, number
		}
		r.tag, r.value = tag, value
		if tag == "ER" {
			r.tag = ""
			r.flush()
		}
	}
	r.field()
	r.flush()
}

// risTag reads "UR  - value": a tag of two letters or digits, or up to four capitals, then "- "; the last space is missing in
// what some write.
func risTag(line string) (tag, value string, ok bool) {
	n := 0
	for n < len(line) && n < 4 && (line[n] >= 'A' && line[n] <= 'Z' || n > 0 && isDigit(line[n])) {
		n++
	}
	if n < 2 {
		return "", "", false
	}
	rest := strings.TrimLeft(line[n:], " ")
	if gap := len(line) - n - len(rest); gap > 3 || !strings.HasPrefix(rest, "-") || n+gap < 4 && gap == 0 {
		return "", "", false
	}
	if rest = rest[1:]; rest != "" && rest[0] != ' ' && rest[0] != '\t' && (n != 2 || len(line) != n+len("  -")+len(rest)) {
		return "", "", false
	}
	return line[:n], strings.TrimSpace(rest), true
}

// risReader reads field by field.
type risReader struct {
	keep       func(record)
	record     record
	tag, value string
	// seen says that the record has a field, any that a record had.
	seen, any bool
	// pubMed says that its tags are those of PubMed.
	pubMed bool
}

// goesOn takes a line that belongs to the field before it: white space between, unless an address goes on.
func (r *risReader) goesOn(line string) {
	if line == "" || r.tag == "" || len(r.value) > maxNote {
		return
	}
	if r.tag == "UR" && !startsScheme(line) {
		r.value += line
		return
	}
	r.value += " " + line
}

// field keeps the field that was read.
func (r *risReader) field() {
	tag, value := r.tag, r.value
	r.tag = ""
	if tag == "" || value == "" {
		return
	}
	r.any = true
	switch tag {
	case "UR", "L1", "L2", "L3", "L4", "LK", "UK":
		if tag != "L3" || strings.Contains(value, "://") {
			r.record.give(value)
		} else {
			r.doi(value)
		}
	case "DO", "DOI", "DI":
		r.doi(value)
	case "M3", "LID", "AID", "N1", "C2":
		r.stated(tag, value)
	case "TI", "T1", "CT":
		if r.record.title == "" {
			r.record.title = value
		}
	case "AU", "A1", "FAU":
		r.author(tag, value)
	case "ID":
		r.record.key = value
	case "PMID":
		r.pubMed, r.record.key = true, value
		r.record.identify("pmid", value)
	case "AN":
		r.record.identify("pmid", strings.TrimPrefix(value, "PMID: "))
	case "SN", "IS":
		r.record.identify("isbn", value)
	case "Y2":
		r.record.accessed = metadataDate(strings.Trim(value, "/"))
	}
}

func (r *risReader) author(tag, value string) {
	if tag == "AU" && r.pubMed { // "Smith J", beside the full name in FAU
		return
	}
	r.record.authors = append(r.record.authors, person(strings.TrimRight(value, ", ")))
}

// doi keeps a DOI; of several the first.
func (r *risReader) doi(value string) {
	if r.record.doi == "" && doiOf(value) != "" {
		r.record.doi = value
	}
}

// stated keeps the DOI of a field that may hold one.
func (r *risReader) stated(tag, value string) {
	switch {
	case tag == "N1":
		if r.record.accessed == "" {
			r.record.accessed = accessIn(value)
		}
		r.record.identify("isbn", statedISBN(value))
	case tag == "LID" || tag == "AID":
		if strings.HasSuffix(value, "[doi]") {
			r.doi(value)
		}
	default:
		r.doi(value)
	}
}

// flush ends the record.
func (r *risReader) flush() {
	if r.seen {
		r.keep(r.record)
	}
	r.record, r.seen, r.tag = record{}, false, ""
}
