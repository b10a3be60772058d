package citation

import (
	"errors"
	"strings"
)

// readRefer reads the tagged form of Refer and EndNote ("%A Smith, John"): one field a line, records divided by empty lines or
// begun by "%0". A line without a tag continues the one before.
func readRefer(c *collector, text string) error {
	r := referReader{keep: func(kept record) { c.addRecord(kept, place{}) }}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), " \t\n")
		switch {
		case line == "":
			r.flush()
		case len(line) > 2 && line[0] == '%' && line[2] == ' ':
			r.begin(line[1], strings.TrimSpace(line[3:]), number)
		case r.tag != 0 && len(r.value) < maxNote:
			r.value += " " + strings.TrimSpace(line)
		}
	}
	r.flush()
	if !r.any {
		return unreadableIn(c.name, errors.New("it has no tags of Refer or EndNote"))
	}
	return c.err
}

// referReader reads field by field.
type referReader struct {
	keep      func(record)
	record    record
	tag       byte
	value     string
	seen, any bool
}

// begin ends the field that was read and begins another, and with "%0" a record.
func (r *referReader) begin(tag byte, value string, line int) {
	r.field()
	if tag == '0' {
		r.flush()
	}
	if !r.seen {
		r.seen, r.any, r.record.line = true, true, line
	}
	r.tag, r.value = tag, value
}

// field keeps the field that was read.
func (r *referReader) field() {
	tag, value := r.tag, r.value
	r.tag = 0
	if value == "" {
		return
	}
	switch tag {
	case 'U', '>':
		r.record.give(value)
	case 'R':
		if r.record.doi = doiOf(value); r.record.doi == "" {
			r.record.give(value)
		}
	case 'T':
		r.record.title = value
	case 'A':
		r.record.authors = append(r.record.authors, person(strings.TrimRight(value, ", ")))
	case 'F':
		r.record.key = value
	case '@':
		r.record.identify("isbn", value)
	case 'M':
		r.record.identify("pmid", value)
	case '[':
		r.record.accessed = metadataDate(value)
	}
}

// flush ends the record.
func (r *referReader) flush() {
	r.field()
	if r.seen {
		r.keep(r.record)
	}
	r.record, r.seen = record{}, false
}
