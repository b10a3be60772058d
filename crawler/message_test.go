package crawler

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

// noDialer stands where nothing is dialled.
type noDialer struct{}

func (noDialer) dial(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("nothing is dialled here")
}

func newMessage(t testing.TB) *message {
	t.Helper()
	m := &message{
		maxHead: 1 << 16, maxBody: 1 << 20, spool: newSpools(t.TempDir(), 1<<16).new(), block: sha256.New(), payload: sha256.New(),
	}
	t.Cleanup(m.spool.release)
	return m
}

// However the bytes are cut into reads, the message is the same.
func TestMessagesDoNotDependOnReads(t *testing.T) {
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	for name, wire := range map[string]string{
		"length": okText("text/plain", "hello"), "chunked": chunked, "interim": "HTTP/1.1 100 Continue\r\n\r\n" + chunked,
	} {
		for size := 1; size <= len(wire); size++ {
			m := newMessage(t)
			taken := 0
			for rest := wire + "extra"; len(rest) > 0; {
				n := min(size, len(rest))
				got, err := m.feed([]byte(rest[:n]))
				if err != nil {
					t.Fatal(err)
				}
				taken += got
				rest = rest[n:]
			}
			stored, err := io.ReadAll(m.spool.section(0, m.spool.size))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.TrimPrefix(wire, "HTTP/1.1 100 Continue\r\n\r\n")
			if string(stored) != want || m.stage != complete || taken != len(wire) || ibid.DigestSum(m.payload) != ibid.DigestOf([]byte("hello")) {
				t.Errorf("%s in reads of %d: stage %d, taken %d, stored %q", name, size, m.stage, taken, stored)
			}
		}
	}
}

// A message that we call complete is one that net/http reads to the same payload.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(okText("text/plain", "hello")), 3)
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nT: 1\r\n\r\n"), 1)
	f.Add([]byte("HTTP/1.0 103 x\n\nHTTP/1.1 404\nContent-Length: 0\n\n"), 7)
	f.Add([]byte("HTTP/1.1 200 OK\r\n X: folded\r\nA:b\r\n c\r\nContent-Length: 1, 1\r\n\r\nz"), 2)
	f.Fuzz(func(t *testing.T, wire []byte, size int) {
		m := newMessage(t)
		size = max(size%64, 1)
		for rest := wire; len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := m.feed(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if m.spool.size > int64(len(wire)) || m.headLen > m.spool.size || m.payloadLen > m.spool.size {
			t.Fatalf("%d bytes gave %d stored, head %d, payload %d", len(wire), m.spool.size, m.headLen, m.payloadLen)
		}
		if m.stage != complete {
			return
		}
		stored, err := io.ReadAll(m.spool.section(0, m.spool.size))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(stored)), nil)
		if err != nil {
			return // What net/http refuses is named by it; see recording.objected.
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return
		}
		if got := ibid.DigestSum(m.payload); got != ibid.DigestOf(body) {
			t.Errorf("payload %s of %d bytes, net/http reads %d bytes", got, m.payloadLen, len(body))
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("gzip", []byte(compress(f, []byte("hello"), gzipped)))
	f.Add("br", []byte(compress(f, []byte("hello"), brotlied)))
	f.Add("zstd, deflate", []byte(compress(f, []byte(compress(f, []byte("hello"), zstded)), zlibbed)))
	c, err := New(Options{Dial: noDialer{}.dial})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		m := newMessage(t)
		m.header = http.Header{"Content-Encoding": {coding}}
		if _, err := m.spool.Write(body); err != nil {
			t.Fatal(err)
		}
		m.payloadLen, m.stage = int64(len(body)), complete
		d, err := c.wire.decode(m, 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		if d.body.Size() > 1<<16 {
			t.Errorf("decoded %d bytes past the limit", d.body.Size())
		}
		if d.own != nil {
			d.own.release()
		}
	})
}

func TestSpools(t *testing.T) {
	for _, memory := range []int64{0, 1, blockSize - 1, blockSize, blockSize + 1, 10 * blockSize} {
		p := newSpools(t.TempDir(), memory)
		s := p.new()
		want := bytes.Repeat([]byte("0123456789"), 12_345)
		for rest := want; len(rest) > 0; {
			n := min(len(rest), 777)
			if _, err := s.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		got, err := io.ReadAll(s.section(0, s.size))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("memory %d: %d bytes, %v", memory, len(got), err)
		}
		part := make([]byte, 1000)
		if n, err := s.ReadAt(part, blockSize-500); n != 1000 || err != nil || !bytes.Equal(part, want[blockSize-500:blockSize+500]) {
			t.Errorf("memory %d: across the blocks %d, %v", memory, n, err)
		}
		if n, err := s.ReadAt(part, int64(len(want))-10); n != 10 || !errors.Is(err, io.EOF) {
			t.Errorf("memory %d: at the end %d, %v", memory, n, err)
		}
		s.release()
	}
}
