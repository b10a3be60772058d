package rescue

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// row is one capture as a CDX server lists it.
type row struct {
	at        time.Time
	timestamp string
	original  string
	// listed is the original as it stands in the index.
	listed    string
	mediaType ibid.MediaType
	// status is 0 where it is not told.
	status int
	digest string
	// revisit: the bytes are those of another capture with the same digest; type and status are told there.
	revisit bool
}

// cdxEnd is what a CDX answer says beside its rows.
type cdxEnd struct {
	// resume is the key under which it goes on; empty: this was all.
	resume string
	// bad counts rows that cannot be used.
	bad int
}

// errNotAList: the archive answered with a page.
var errNotAList = errors.New("answered with a page in the place of a list")

// errStop ends the reading of a list without being an error.
var errStop = errors.New("stop")

// maxLine bounds a line of a list in bytes.
const maxLine = 64 << 10

// The fields of a row in their usual order.
var cdxFields = []string{"urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"}

// readCDX reads the answer of a CDX server in any of its forms, told apart by what it begins with: JSON arrays
// (Wayback), a JSON object a line (pywb), plain lines (both). Bad rows are passed over. each may return errStop.
func readCDX(r io.Reader, each func(row) error) (cdxEnd, error) {
	br := bufio.NewReaderSize(r, maxLine)
	var end cdxEnd
	first, err := firstByte(br)
	switch {
	case errors.Is(err, io.EOF):
		return end, nil
	case err != nil:
		return end, err
	case first == '<':
		return end, errNotAList
	case first == '[':
		err = readCDXArrays(br, &end, each)
	default:
		err = readCDXLines(br, &end, each)
	}
	if errors.Is(err, errStop) {
		err = nil
	}
	return end, err
}

// firstByte passes over white space and a byte order mark, and returns what comes then.
func firstByte(br *bufio.Reader) (byte, error) {
	for range maxLine {
		b, err := br.ReadByte()
		if err != nil {
			return 0, err
		}
		if b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == 0xEF || b == 0xBB || b == 0xBF {
			continue
		}
		return b, br.UnreadByte()
	}
	return 0, errNotAList
}

func readCDXArrays(r io.Reader, end *cdxEnd, each func(row) error) error {
	dec := json.NewDecoder(r)
	if _, err := dec.Token(); err != nil {
		return brokenJSON(0, err)
	}
	names, empty := cdxFields, false
	for n := 0; dec.More(); n++ {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return brokenJSON(n, err)
		}
		values, ok := stringsOf(raw)
		switch {
		case !ok:
			end.bad++
		case len(values) == 0:
			empty = true
		case empty && len(values) == 1:
			end.resume = values[0]
		case n == 0 && isHeader(values):
			names = values
		default:
			if err := end.row(names, values, each); err != nil {
				return err
			}
		}
	}
	return nil
}

// brokenJSON says that a list is not what it should be; what kept us from reading it stays what it is.
func brokenJSON(entries int, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &trouble{text: fmt.Sprintf("breaks its list off after %d entries", entries)}
	}
	return err
}

// stringsOf reads an array of strings, numbers and nulls.
func stringsOf(raw json.RawMessage) ([]string, bool) {
	var values []any
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, false
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = scalar(v)
	}
	return out, true
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return ""
	}
}

func isHeader(values []string) bool {
	for _, v := range values {
		if v == "timestamp" {
			return true
		}
	}
	return false
}

func readCDXLines(br *bufio.Reader, end *cdxEnd, each func(row) error) error {
	empty := false
	for {
		line, err := readLine(br)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errEntryTooLong) {
			return err
		}
		last := errors.Is(err, io.EOF)
		switch line = strings.TrimSpace(line); {
		case errors.Is(err, errEntryTooLong):
			end.bad++
		case line == "":
			empty = true
		case empty && !strings.ContainsAny(line, " {"):
			end.resume = line
		case strings.HasPrefix(line, "CDX "):
		default:
			if err := end.line(line, each); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
	}
}

// readLine returns a line without its end; of one that is too long nothing, and errEntryTooLong.
func readLine(br *bufio.Reader) (string, error) {
	b, err := br.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return string(b), err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = br.ReadSlice('\n')
	}
	if err != nil {
		return "", err
	}
	return "", errEntryTooLong
}

// line reads one row: fields between spaces, a JSON object, or a key, a timestamp and a JSON object (CDXJ).
func (end *cdxEnd) line(line string, each func(row) error) error {
	before, object, ok := strings.Cut(line, "{")
	if !ok || strings.Count(before, " ") > 2 {
		return end.row(cdxFields, strings.Split(line, " "), each)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte("{"+object), &fields); err != nil {
		end.bad++
		return nil
	}
	var names, values []string
	if f := strings.Fields(before); len(f) == 2 {
		names, values = append(names, "timestamp"), append(values, f[1])
	}
	for name, v := range fields {
		names, values = append(names, name), append(values, scalar(v))
	}
	return end.row(names, values, each)
}

// row gives a row to each, unless it cannot be used.
func (end *cdxEnd) row(names, values []string, each func(row) error) error {
	var c row
	var ok bool
	for i, v := range values {
		if i >= len(names) {
			break
		}
		if v == "-" {
			v = ""
		}
		switch names[i] {
		case "timestamp":
			c.timestamp = v
		case "original", "url":
			c.listed = v
			c.original, ok = clean(v)
		case "mimetype", "mime":
			c.mediaType = mediaTypeOf(v)
		case "statuscode", "status":
			c.status, _ = strconv.Atoi(v)
		case "digest":
			c.digest = strings.TrimPrefix(v, "sha1:")
		}
	}
	c.revisit = c.mediaType == "warc/revisit"
	var dated bool
	c.at, dated = parseTimestamp(c.timestamp)
	if !ok || !dated || c.status < 0 || c.status > 999 || len(c.digest) > 256 || len(values) < 3 {
		end.bad++
		return nil
	}
	c.timestamp = ibid.Timestamp14(c.at)
	return each(c)
}

// mediaTypeOf is the type alone, in lower case.
func mediaTypeOf(s string) ibid.MediaType {
	s, _, _ = strings.Cut(s, ";")
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) > 255 || s == "unk" || !strings.Contains(s, "/") {
		return ""
	}
	return ibid.MediaType(s)
}
