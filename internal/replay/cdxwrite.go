package replay

import (
	"bytes"
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// rowWriter writes rows in one format.
type rowWriter interface {
	row(e *cdx.Entry) error
	// end ends the list, with the key to go on with, if that is not empty.
	end(key string) error
}

var (
	waybackFields = []string{"urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"}
	allPywbFields = []string{"urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename"}
)

type cdxFormat struct {
	kind   string
	fields []string
	writer func(w io.Writer, fields []string) rowWriter
}

var cdxFormats = map[string]cdxFormat{
	outputText:   {"text/plain; charset=utf-8", waybackFields, func(w io.Writer, f []string) rowWriter { return &textRows{w: w, fields: f} }},
	outputJSON:   {"application/json", waybackFields, func(w io.Writer, f []string) rowWriter { return &arrayRows{w: w, fields: f} }},
	outputNDJSON: {"application/x-ndjson", allPywbFields, func(w io.Writer, f []string) rowWriter { return &objectRows{w: w, fields: f} }},
	outputCDXJ:   {"text/x-cdxj; charset=utf-8", allPywbFields, func(w io.Writer, f []string) rowWriter { return &objectRows{w: w, fields: f, keyed: true} }},
}

// textRows are values with spaces between.
type textRows struct {
	w      io.Writer
	fields []string
	buf    []byte
}

func (t *textRows) row(e *cdx.Entry) error {
	t.buf = t.buf[:0]
	for i, name := range t.fields {
		if i > 0 {
			t.buf = append(t.buf, ' ')
		}
		t.buf = append(t.buf, cdxFields[name](e)...)
	}
	_, err := t.w.Write(append(t.buf, '\n'))
	return err
}

func (t *textRows) end(key string) error { return lineKey(t.w, key) }

// lineKey ends lines with an empty one and the key.
func lineKey(w io.Writer, key string) error {
	if key == "" {
		return nil
	}
	_, err := io.WriteString(w, "\n"+key+"\n")
	return err
}

// arrayRows are arrays in an array, of which the first has the names of the fields.
type arrayRows struct {
	w      io.Writer
	fields []string
	begun  bool
}

func (a *arrayRows) row(e *cdx.Entry) error {
	if !a.begun {
		if err := a.write("[", a.fields); err != nil {
			return err
		}
		a.begun = true
	}
	values := make([]string, len(a.fields))
	for i, name := range a.fields {
		values[i] = cdxFields[name](e)
	}
	return a.write(",\n", values)
}

func (a *arrayRows) write(before string, values []string) error {
	var b bytes.Buffer
	b.WriteString(before)
	if err := encodeJSON(&b, values); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the end of the line
	_, err := a.w.Write(b.Bytes())
	return err
}

func (a *arrayRows) end(key string) error {
	if !a.begun {
		_, err := io.WriteString(a.w, "[]\n")
		return err
	}
	if key != "" {
		if err := a.write(",\n[],\n", []string{key}); err != nil {
			return err
		}
	}
	_, err := io.WriteString(a.w, "]\n")
	return err
}

// objectRows are JSON objects, one a line: by themselves, or behind key and time as lines of a CDXJ.
type objectRows struct {
	w      io.Writer
	fields []string
	keyed  bool
	buf    []byte
}

func (o *objectRows) row(e *cdx.Entry) error {
	if o.keyed && len(o.fields) == len(allPywbFields) && strings.Join(o.fields, ",") == strings.Join(allPywbFields, ",") {
		l := cdxLine(e)
		o.buf = l.Append(o.buf[:0])
		_, err := o.w.Write(o.buf)
		return err
	}
	o.buf = o.buf[:0]
	if o.keyed {
		o.buf = append(o.buf, e.Key+" "+ibid.Timestamp14(e.Timestamp)+" "...)
	}
	o.buf = append(o.buf, '{')
	for i, name := range o.fields {
		if i > 0 {
			o.buf = append(o.buf, ", "...)
		}
		value, err := json.Marshal(cdxFields[name](e))
		if err != nil {
			return err
		}
		o.buf = append(o.buf, `"`+name+`": `...)
		o.buf = append(o.buf, value...)
	}
	_, err := o.w.Write(append(o.buf, "}\n"...))
	return err
}

func (o *objectRows) end(key string) error { return lineKey(o.w, key) }

// cdxLine is e as a line of an index.
func cdxLine(e *cdx.Entry) cdx.Line {
	return cdx.Line{
		Key: e.Key, Timestamp: ibid.Timestamp14(e.Timestamp), URL: e.URI, MIME: mimeOf(e), Status: e.Status, Digest: e.Digest,
		Offset: e.Location.Offset, Length: e.Location.Length, Filename: path.Base(e.Location.Key),
	}
}
