package notify

import (
	"bytes"
	_ "embed"
	"fmt"
	html "html/template"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	text "text/template"
	"time"

	"github.com/ibid-archive/ibid"
)

//go:embed digest.txt
var digestText string

//go:embed digest.html
var digestHTML string

var (
	textTemplate = text.Must(text.New("digest.txt").Parse(digestText))
	htmlTemplate = html.Must(html.New("digest.html").Parse(digestHTML))
)

// maxSubject bounds a subject, in runes.
const maxSubject = 120

// foldAt is the length beyond which a header line is folded (RFC 5322, 2.1.1), in bytes.
const foldAt = 76

// letter is the mail: head and body (RFC 5322), in ASCII with CRLF, no line longer than the 998 bytes that SMTP
// carries. The same Events give the same Message-ID, so that a mail that is sent again is known again.
func (m *Mail) letter(d digest, events []ibid.Event, now time.Time) ([]byte, error) {
	ids := []string{m.to.Address}
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	id := ibid.EventID("digest", ids...)
	_, domain, _ := strings.Cut(m.from.Address, "@")
	var out bytes.Buffer
	for _, h := range [][2]string{
		{"From", m.from.String()},
		{"To", m.to.String()},
		{"Subject", mime.QEncoding.Encode("utf-8", oneLine(subject(d), maxSubject))},
		{"Date", now.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + id + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"}, // RFC 3834, 5: nobody's vacation answers it
		{"MIME-Version", "1.0"},
		{"Content-Type", `multipart/alternative; boundary="` + id + `"`},
	} {
		if err := writeHeader(&out, h[0], h[1]); err != nil {
			return nil, err
		}
	}
	out.WriteString("\r\n")
	if err := writeParts(&out, id, d); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func subject(d digest) string {
	s := "Ibid: " + d.Summary
	if len(d.Groups) == 1 {
		s += " — " + d.Groups[0].Title
	}
	return s
}

// writeHeader writes one field, folded at its spaces. A value that is no line of ASCII is refused: it would add
// fields of its own.
func writeHeader(w *bytes.Buffer, name, value string) error {
	for _, b := range []byte(value) {
		if b < ' ' || b >= 0x7f {
			return fmt.Errorf("the field %s of a mail cannot hold the byte %#x", name, b)
		}
	}
	line, words := name+":", 0
	for _, word := range strings.Fields(value) {
		if words > 0 && len(line)+1+len(word) > foldAt {
			w.WriteString(line + "\r\n")
			line, words = "", 0
		}
		line, words = line+" "+word, words+1
	}
	w.WriteString(line + "\r\n")
	return nil
}

// writeParts writes the digest as plain text and, better liked and therefore last (RFC 2046, 5.1.4), as HTML.
func writeParts(w io.Writer, boundary string, d digest) error {
	parts := multipart.NewWriter(w)
	if err := parts.SetBoundary(boundary); err != nil {
		return err
	}
	for _, part := range []struct {
		media   string
		execute func(io.Writer, any) error
	}{
		{"text/plain; charset=utf-8", textTemplate.Execute},
		{"text/html; charset=utf-8", htmlTemplate.Execute},
	} {
		p, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type": {part.media}, "Content-Transfer-Encoding": {"quoted-printable"},
		})
		if err != nil {
			return err
		}
		q := quotedprintable.NewWriter(p)
		if err := part.execute(q, d); err != nil {
			return err
		}
		if err := q.Close(); err != nil {
			return err
		}
	}
	return parts.Close()
}
