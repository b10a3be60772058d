package warc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

var errHeaderSize = errors.New("the header passes the limit")

// head reads the header of e from r.cur.
func (r *Reader) head(e *Entry) error {
	left := headerLimit
	line, err := r.line(e, &left)
	if err != nil {
		return r.badHead(e, err)
	}
	if !knownVersion(line) {
		return r.skipRecord(e, CodeVersion, fmt.Sprintf("%.40q is no version that can be read", line))
	}
	e.Version = line
	for {
		line, err := r.line(e, &left)
		if err != nil {
			return r.badHead(e, err)
		}
		if line == "" {
			break
		}
		e.addLine(line)
	}
	return r.block(e)
}

// line reads one line without its end.
func (r *Reader) line(e *Entry, left *int) (string, error) {
	line, err := readLine(r.cur, left)
	if err != nil {
		return "", err
	}
	return e.trim(line), nil
}

// readLine reads one line with its end, which is valid until the next read, and takes its length off left: beyond that it
// is errHeaderSize. At the end of the data it is what there is, and io.EOF.
func readLine(br *bufio.Reader, left *int) ([]byte, error) {
	var long []byte
	for {
		part, err := br.ReadSlice('\n')
		if *left -= len(part); *left < 0 {
			return nil, errHeaderSize
		}
		if err == nil && long == nil {
			return part, nil
		}
		long = append(long, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return long, err
		}
	}
}

func (e *Entry) trim(line []byte) string {
	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return string(line[:n-1])
	}
	e.lineEnd()
	return string(line)
}

func (e *Entry) flaw(code Code, text string) {
	e.Flaws = append(e.Flaws, &Problem{Code: code, Offset: e.Offset, Text: text})
}

func (e *Entry) lineEnd() {
	for _, f := range e.Flaws {
		if f.Code == CodeLineEnd {
			return
		}
	}
	e.flaw(CodeLineEnd, "lines end with LF, not CR LF")
}

// addLine takes one header line: a field, or the continuation of the one before.
func (e *Entry) addLine(line string) {
	if line[0] == ' ' || line[0] == '\t' {
		if n := len(e.Header); n > 0 {
			e.Header[n-1].Value += " " + strings.TrimSpace(line)
			return
		}
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok || !isToken(strings.TrimSpace(name)) {
		e.flaw(CodeField, fmt.Sprintf("header line %.60q is no field", line))
		return
	}
	e.Header = append(e.Header, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
}

// badHead goes on behind a header that could not be read.
func (r *Reader) badHead(e *Entry, err error) error {
	switch {
	case errors.Is(err, errHeaderSize):
		return r.skipRecord(e, CodeHeaderSize, fmt.Sprintf("the header is larger than %d bytes", headerLimit))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return r.damaged(e.Offset+1, CodeTruncated, "the data end inside the header", io.ErrUnexpectedEOF)
	}
	return r.damaged(e.Offset+1, CodeGzip, "the gzip member is damaged", err)
}

// skipRecord goes past a record whose extent is not known: to the end of its gzip member, or to where
// the next record of a plain file seems to begin.
func (r *Reader) skipRecord(e *Entry, code Code, text string) error {
	if r.cur == r.src.br {
		return r.damaged(max(r.src.offset()-1, e.Offset+1), code, text, nil)
	}
	if _, err := io.Copy(io.Discard, r.member); err != nil {
		return r.damaged(e.Offset+1, code, text, err)
	}
	return r.counted(&Problem{Code: code, Offset: e.Offset, Text: text})
}

// block sets up what follows from the header of e.
func (r *Reader) block(e *Entry) error {
	n, err := strconv.ParseInt(e.Header.Get("Content-Length"), 10, 64)
	if err != nil || n < 0 {
		return r.skipRecord(e, CodeLength, fmt.Sprintf("Content-Length %.40q is no length", e.Header.Get("Content-Length")))
	}
	e.Length, e.left, e.body = n, n, r.src.offset()
	e.raw = &block{r: r, e: e}
	e.Block = e.raw
	e.required()
	e.target()
	return nil
}

func (e *Entry) required() {
	e.Type = Type(strings.ToLower(e.Header.Get("WARC-Type")))
	e.ID = bare(e.Header.Get("WARC-Record-ID"))
	if e.Type == "" || e.ID == "" {
		e.flaw(CodeRequired, "WARC-Type or WARC-Record-ID is missing")
	}
	date, err := ParseDate(e.Header.Get("WARC-Date"))
	if err != nil {
		e.flaw(CodeRequired, "WARC-Date: "+err.Error())
	}
	e.Date = date
}

func (e *Entry) target() {
	raw := e.Header.Get("WARC-Target-URI")
	if e.TargetURI = bare(raw); raw == "" {
		return
	}
	scheme, _, ok := strings.Cut(e.TargetURI, ":")
	if !ok || !isScheme(scheme) || strings.ContainsAny(e.TargetURI, " \t<>\"") || e.Version == "WARC/1.1" && raw != e.TargetURI {
		e.flaw(CodeTargetURI, fmt.Sprintf("WARC-Target-URI %.80q is no absolute URI", raw))
	}
}

// isScheme is RFC 3986, 3.1. More is not asked of an address: browsers and servers use what no grammar allows.
func isScheme(s string) bool {
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case 'a' <= c && c <= 'z':
		case i > 0 && (s[i] >= '0' && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.'):
		default:
			return false
		}
	}
	return s != ""
}

func bare(s string) string {
	if inner, ok := strings.CutPrefix(s, "<"); ok {
		return strings.TrimSuffix(inner, ">")
	}
	return s
}

// block reads the block of an Entry while it is the current one.
type block struct {
	r *Reader
	e *Entry
}

func (b *block) Read(p []byte) (int, error) {
	if b.e.left == 0 {
		return 0, io.EOF
	}
	if b.r.entry != b.e {
		return 0, errors.New("this record is not the current one any more")
	}
	if int64(len(p)) > b.e.left {
		p = p[:b.e.left]
	}
	n, err := b.r.cur.Read(p)
	b.e.left -= int64(n)
	switch {
	case b.e.left == 0 || err == nil:
		return n, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		text := fmt.Sprintf("the data end %d bytes before the block does", b.e.left)
		return n, &Problem{Code: CodeTruncated, Offset: b.e.Offset, Text: text, Err: io.ErrUnexpectedEOF}
	}
	return n, &Problem{Code: CodeGzip, Offset: b.e.Offset, Text: "the gzip member is damaged", Err: err}
}
