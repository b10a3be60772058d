package testsite

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"path"
	"strings"
)

// body is what an answer carries: size bytes, written by write, the same each time.
type body struct {
	size  int64
	write func(io.Writer) error
}

func bytesBody(b []byte) body {
	return body{size: int64(len(b)), write: func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}}
}

// maker makes a body from the directives of a head and the text below it.
type maker struct {
	path    string
	charset string
	coding  string
	kind    string // "" is text; else the name of a generator
	args    map[string]string
}

func (m *maker) make(text string) (body, error) {
	b, err := m.plain(text)
	if err != nil || m.coding == "" {
		return b, err
	}
	return encode(b, m.coding)
}

func (m *maker) plain(text string) (body, error) {
	switch m.kind {
	case "pdf":
		b, err := makePDF(m.args, text)
		return bytesBody(b), err
	case "image":
		b, err := makeImage(m.path, m.args[""])
		return bytesBody(b), err
	case "woff":
		return bytesBody(makeWOFF()), nil
	case "mp4":
		return makeMP4(m.args)
	case "random":
		return makeRandom(m.args)
	}
	b, err := encodeText(text, m.charset)
	return bytesBody(b), err
}

// maxCoded bounds what is held in memory for a body with a content coding.
const maxCoded = 16 << 20

// encode applies a content coding (RFC 9110, 8.4.1) once, ahead of time.
func encode(b body, coding string) (body, error) {
	if b.size > maxCoded {
		return body{}, fmt.Errorf("a body of %d bytes is too large to be coded ahead", b.size)
	}
	var out bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "deflate":
		w = zlib.NewWriter(&out)
	default:
		return body{}, fmt.Errorf("the coding %q is not one of gzip and deflate", coding)
	}
	if err := b.write(w); err != nil {
		return body{}, err
	}
	if err := w.Close(); err != nil {
		return body{}, err
	}
	return bytesBody(out.Bytes()), nil
}

// contentType guesses from the end of a path, as servers of that time did. Programs and directories
// answer HTML.
func contentType(p, charset string) string {
	switch strings.ToLower(path.Ext(p)) {
	case ".css":
		return "text/css"
	case ".js":
		return "application/javascript"
	case ".png":
		return "image/png"
	case ".gif":
		return "image/gif"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".ico":
		return "image/vnd.microsoft.icon"
	case ".svg":
		return "image/svg+xml"
	case ".pdf":
		return "application/pdf"
	case ".woff":
		return "font/woff"
	case ".mp4":
		return "video/mp4"
	case ".json":
		return "application/json"
	case ".bin":
		return "application/octet-stream"
	case ".txt":
		return "text/plain; charset=" + charset
	case ".xml":
		return "text/xml; charset=" + charset
	}
	return "text/html; charset=" + charset
}
