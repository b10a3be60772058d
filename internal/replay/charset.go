package replay

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// utf8Text is r as UTF-8. The encoding is that of the byte order mark, of the content type, of the page itself; then UTF-8
// if that is what it begins with, and windows-1252 otherwise (HTML, 13.2.3).
func utf8Text(r io.Reader, contentType string) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 4096)
	if start, err := br.Peek(1); len(start) == 0 {
		if err == io.EOF { //nolint:errorlint // bufio gives it as it is
			err = nil
		}
		return br, err
	}
	text, err := charset.NewReader(br, contentType)
	if err != nil {
		return nil, err
	}
	return text, nil
}

var cssCharset = regexp.MustCompile(`^@charset "([A-Za-z0-9._:-]{1,40})";`)

// cssText is the text of a style sheet in UTF-8, without the rule that names its encoding (CSS Syntax 3, 3.2).
func cssText(sheet []byte, contentType string, declared bool) (string, error) {
	label := contentType
	if m := cssCharset.FindSubmatch(sheet); m != nil {
		if !declared {
			label = "text/css; charset=" + string(m[1])
		}
		sheet = sheet[len(m[0]):]
	} else if !declared && utf8.Valid(sheet) {
		label = "text/css; charset=utf-8"
	}
	r, err := utf8Text(bytes.NewReader(sheet), label)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(bytes.TrimPrefix(b, []byte("\ufeff"))), err
}
