package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Message is an HTTP message as it lies in a block (RFC 9112).
type Message struct {
	// Start is the request line or the status line.
	Start string
	// Status is that of a response; 0 for a request, or when Start is no status line.
	Status int
	Header Header
	// HeadLen is the size of all that comes before the body, interim (1xx) responses included.
	HeadLen int64
	// Entity is the body with its transfer coding undone and its content coding kept. Chunks that cannot be
	// read end it; a body that is not chunked at all, though it says so, is taken as it is.
	Entity io.Reader
}

// ReadMessage reads the head of an HTTP message, of 1 MiB at most.
func ReadMessage(block io.Reader) (*Message, error) {
	br := bufio.NewReaderSize(block, maxSizeLine)
	m := &Message{}
	for {
		if err := m.readHead(br); err != nil {
			return nil, err
		}
		if m.Status/100 != 1 || m.Status == 101 {
			break
		}
	}
	m.Entity = br
	if chunked(m.Header) {
		m.Entity = &chunks{br: br, first: true}
	}
	return m, nil
}

func (m *Message) readHead(br *bufio.Reader) error {
	m.Start, m.Header, m.Status = "", nil, 0
	for left := headerLimit - int(m.HeadLen); ; {
		text, err := readLine(br, &left)
		m.HeadLen += int64(len(text))
		if errors.Is(err, errHeaderSize) {
			return fmt.Errorf("the HTTP head is larger than %d bytes", headerLimit)
		}
		if err != nil && (len(text) == 0 || !errors.Is(err, io.EOF)) {
			if errors.Is(err, io.EOF) && m.Start != "" {
				return nil // a head without its empty line: all that there is
			}
			return fmt.Errorf("no HTTP head: %w", err)
		}
		line := strings.TrimRight(string(text), "\r\n")
		switch {
		case m.Start == "":
			m.Start, m.Status = line, status(line)
		case line == "":
			return nil
		default:
			m.add(line)
		}
	}
}

func (m *Message) add(line string) {
	if line[0] == ' ' || line[0] == '\t' {
		if n := len(m.Header); n > 0 {
			m.Header[n-1].Value += " " + strings.TrimSpace(line)
		}
		return
	}
	if name, value, ok := strings.Cut(line, ":"); ok {
		m.Header = append(m.Header, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
}

func status(line string) int {
	proto, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.Atoi(code)
	if !strings.HasPrefix(proto, "HTTP/") || err != nil || n < 100 || n > 999 {
		return 0
	}
	return n
}

func chunked(h Header) bool {
	codings := strings.Split(strings.Join(h.Values("Transfer-Encoding"), ","), ",")
	return strings.EqualFold(strings.TrimSpace(codings[len(codings)-1]), "chunked")
}

// chunks undoes the chunked transfer coding (RFC 9112, 7.1).
type chunks struct {
	br    *bufio.Reader
	left  int64
	first bool
	plain bool
	done  bool
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.left == 0 && !c.done && !c.plain {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if c.plain {
		return c.br.Read(p)
	}
	if c.done {
		return 0, io.EOF
	}
	n, err := c.br.Read(p[:min(int64(len(p)), c.left)])
	if c.left -= int64(n); c.left == 0 && err == nil {
		c.lineEnd()
	}
	return n, err //nolint:wrapcheck // io.EOF must stay bare
}

// maxSizeLine bounds the line that gives the size of a chunk, its extensions included.
const maxSizeLine = 8 << 10

// next reads the size of the next chunk.
func (c *chunks) next() error {
	line, err := c.br.Peek(maxSizeLine)
	if len(line) == 0 {
		c.done = true
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	end := bytes.IndexByte(line, '\n')
	size, ok := chunkSize(string(line[:max(end, 0)]))
	if end < 0 || !ok {
		c.plain, c.done = c.first, !c.first
		return nil
	}
	c.first = false
	c.left, c.done = size, size == 0
	_, err = c.br.Discard(end + 1)
	return err
}

func chunkSize(line string) (int64, bool) {
	digits, _, _ := strings.Cut(strings.TrimRight(line, "\r"), ";")
	n, err := strconv.ParseUint(strings.TrimRight(digits, " \t"), 16, 62)
	return int64(n), err == nil //nolint:gosec // 62 bits
}

// lineEnd passes over the line end behind a chunk; without it, the chunks end here.
func (c *chunks) lineEnd() {
	b, _ := c.br.Peek(2)
	n := 0
	switch {
	case len(b) == 2 && b[0] == '\r' && b[1] == '\n':
		n = 2
	case len(b) > 0 && b[0] == '\n':
		n = 1
	}
	if _, err := c.br.Discard(n); err != nil || n == 0 {
		c.done = true
	}
}
