package crawler

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"net/http"
	"sync"

	"github.com/ibid-archive/ibid"
)

// stage is how far the bytes of a message have come (RFC 9112, 2.1, 6, 7.1).
type stage int

const (
	inHead stage = iota
	inLength
	untilClose
	chunkSize
	chunkData
	chunkEnd
	inTrailer
	complete
	broken
)

// maxChunkLine bounds a chunk's size line and each trailer line, in bytes.
const maxChunkLine = 8 << 10

// message takes in one response as it comes off the wire. It finds where the head ends and where the
// message ends, spools the bytes, and hashes both what was sent and the transfer-decoded payload. It is
// more lenient than net/http, so that it can keep and name what net/http refuses. Interim responses (1xx)
// before the final one are answers of their own and are not part of it.
type message struct {
	maxHead, maxBody int64

	spool          *spool
	block, payload hash.Hash

	stage     stage
	head      []byte // the head that is coming in
	scanned   int    // bytes of head already searched for its end
	lineBegin int
	headBytes int64 // of all heads, the interim ones included
	interim   int

	headLen    int64
	status     int
	header     http.Header
	left       int64  // of the length or of the chunk
	line       []byte // a chunk's size line or a trailer line
	bodyBytes  int64
	payloadLen int64
	chunked    bool

	class     ibid.Class
	truncated ibid.Truncation
}

// hashers are reused: a SHA-256 state is made for two of each Exchange otherwise.
type hashers struct{ pool sync.Pool }

func (h *hashers) get() hash.Hash {
	if v := h.pool.Get(); v != nil {
		sum := v.(hash.Hash)
		sum.Reset()
		return sum
	}
	return sha256.New()
}

func (h *hashers) put(sum hash.Hash) { h.pool.Put(sum) }

// restart forgets all bytes: the request is sent again on another connection.
func (m *message) restart() {
	m.spool.release()
	m.block.Reset()
	m.payload.Reset()
	*m = message{maxHead: m.maxHead, maxBody: m.maxBody, spool: m.spool, block: m.block, payload: m.payload, head: m.head[:0]}
}

// stop ends the message with a class; the first reason counts.
func (m *message) stop(class ibid.Class, t ibid.Truncation) {
	if m.stage == complete || m.stage == broken {
		return
	}
	m.class, m.truncated, m.stage = class, t, broken
}

func (m *message) ended() bool { return m.stage == complete || m.stage == broken }

// headDone says whether the final head has been read whole.
func (m *message) headDone() bool { return m.headLen > 0 }

// feed takes the next bytes and returns how many of them are of this message. An error is one of the spool:
// our storage failed.
func (m *message) feed(p []byte) (taken int, err error) {
	for len(p) > 0 && !m.ended() {
		n := 0
		switch m.stage {
		case inHead:
			n, err = m.feedHead(p)
		case inLength, untilClose, chunkData:
			n, err = m.feedData(p)
		default:
			n, err = m.feedLine(p)
		}
		taken += n
		if err != nil {
			return taken, err
		}
		p = p[n:]
	}
	return taken, nil
}

// keep stores wire bytes of the message.
func (m *message) keep(p []byte) error {
	m.block.Write(p)
	_, err := m.spool.Write(p)
	return err
}

// headStep is how much of what came is taken for the head at once: with it often comes much of the body.
const headStep = 2 << 10

func (m *message) feedHead(p []byte) (int, error) {
	p = p[:min(len(p), headStep)]
	before := len(m.head)
	room := m.maxHead - m.headBytes
	cut := int64(len(p)) > room
	if cut {
		p = p[:room]
	}
	m.head = append(m.head, p...)
	end := m.findHeadEnd()
	if end < 0 {
		m.headBytes += int64(len(p))
		if cut {
			m.stop(ibid.ClassHeaderTooLarge, ibid.TruncatedLength)
			return len(p), m.keepHead()
		}
		return len(p), nil
	}
	m.headBytes += int64(end - before)
	m.head = m.head[:end]
	return end - before, m.endHead()
}

// findHeadEnd returns the length of the head with its empty line, or -1. A bare LF ends a line, too.
func (m *message) findHeadEnd() int {
	for {
		i := bytes.IndexByte(m.head[m.scanned:], '\n')
		if i < 0 {
			m.scanned = len(m.head)
			return -1
		}
		line := m.head[m.lineBegin : m.scanned+i]
		m.scanned += i + 1
		first := m.lineBegin == 0
		m.lineBegin = m.scanned
		if !first && (len(line) == 0 || len(line) == 1 && line[0] == '\r') {
			return m.scanned
		}
	}
}

// keepHead stores a head that did not come to its end.
func (m *message) keepHead() error {
	if m.headDone() || len(m.head) == 0 {
		return nil
	}
	err := m.keep(m.head)
	m.head = m.head[:0]
	return err
}

func (m *message) endHead() error {
	status, ok := parseStatusLine(m.head)
	if ok && status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		m.interim++
		m.head, m.scanned, m.lineBegin = m.head[:0], 0, 0
		return nil
	}
	m.headLen = int64(len(m.head))
	var spaced bool
	if m.header, spaced = parseHeader(m.head); spaced {
		m.class = ibid.ClassMalformedHeader // A note: it stops nothing.
	}
	if err := m.keep(m.head); err != nil {
		return err
	}
	if !ok {
		m.stop(ibid.ClassMalformedStatus, ibid.TruncatedUnspecified)
		return nil
	}
	m.status = status
	m.frame()
	return nil
}

// feedData takes bytes of the payload, up to the limit, the length or the end of the chunk.
func (m *message) feedData(p []byte) (int, error) {
	if m.stage != untilClose && int64(len(p)) > m.left {
		p = p[:m.left]
	}
	room := m.maxBody - m.bodyBytes
	over := int64(len(p)) > room
	if over {
		p = p[:room]
	}
	m.payload.Write(p)
	m.payloadLen += int64(len(p))
	m.bodyBytes += int64(len(p))
	m.left -= int64(len(p))
	if err := m.keep(p); err != nil {
		return len(p), err
	}
	switch {
	case over:
		m.stop(ibid.ClassLimitLength, ibid.TruncatedLength)
	case m.stage == inLength && m.left == 0:
		m.stage = complete
	case m.stage == chunkData && m.left == 0:
		m.stage = chunkEnd
	}
	return len(p), nil
}
