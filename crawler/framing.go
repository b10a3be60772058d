package crawler

import (
	"bytes"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/ibid-archive/ibid"
)

// frame decides where the body ends (RFC 9112, 6.3).
func (m *message) frame() {
	coding := m.header["Transfer-Encoding"]
	lengths := m.header["Content-Length"]
	switch {
	case m.status == http.StatusSwitchingProtocols:
		// Nobody asked to switch: what follows is not HTTP.
		m.stop(ibid.ClassMalformedStatus, ibid.TruncatedUnspecified)
	case m.status == http.StatusNoContent || m.status == http.StatusNotModified:
		m.stage = complete
	case len(coding) == 1 && strings.EqualFold(textproto.TrimString(coding[0]), "chunked"):
		m.stage, m.chunked = chunkSize, true
	case len(coding) > 0:
		m.stop(ibid.ClassMalformedHeader, ibid.TruncatedUnspecified)
	case len(lengths) > 0:
		m.frameByLength(lengths)
	default:
		m.stage = untilClose
	}
}

func (m *message) frameByLength(lengths []string) {
	first := textproto.TrimString(lengths[0])
	n, err := strconv.ParseUint(first, 10, 63)
	for _, l := range lengths[1:] {
		if textproto.TrimString(l) != first {
			err = strconv.ErrSyntax
		}
	}
	switch {
	case err != nil:
		m.stop(ibid.ClassMalformedLength, ibid.TruncatedUnspecified)
	case n == 0:
		m.stage = complete
	default:
		m.stage, m.left = inLength, int64(n)
	}
}

// feedLine takes bytes of the framing of chunks: size lines, line ends, trailers (RFC 9112, 7.1).
func (m *message) feedLine(p []byte) (int, error) {
	n := len(p)
	i := bytes.IndexByte(p, '\n')
	if i >= 0 {
		n = i + 1
	}
	m.bodyBytes += int64(n)
	m.line = append(m.line, p[:n]...)
	if err := m.keep(p[:n]); err != nil {
		return n, err
	}
	switch {
	case len(m.line) > maxChunkLine:
		m.stop(ibid.ClassMalformedChunk, ibid.TruncatedUnspecified)
	case m.bodyBytes > m.maxBody+maxChunkLine:
		m.stop(ibid.ClassLimitLength, ibid.TruncatedLength)
	case i >= 0:
		m.endLine(bytes.TrimRight(m.line, "\r\n"))
		m.line = m.line[:0]
	}
	return n, nil
}

func (m *message) endLine(line []byte) {
	switch m.stage {
	case chunkEnd:
		m.stage = chunkSize
		if len(line) > 0 {
			m.stop(ibid.ClassMalformedChunk, ibid.TruncatedUnspecified)
		}
	case inTrailer:
		if len(line) == 0 {
			m.stage = complete
		}
	case chunkSize:
		size, _, _ := bytes.Cut(line, []byte{';'})
		n, err := strconv.ParseUint(string(bytes.TrimRight(size, " \t")), 16, 63)
		switch {
		case err != nil:
			m.stop(ibid.ClassMalformedChunk, ibid.TruncatedUnspecified)
		case n == 0:
			m.stage = inTrailer
		default:
			m.stage, m.left = chunkData, int64(n)
		}
	}
}
