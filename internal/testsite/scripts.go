package testsite

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// raw sends text to the letter and closes.
func raw(text string) script {
	return func(_ context.Context, x *exchange) error { return x.send(text) }
}

// answer sends 200 with header lines, each ended by CRLF, and body with its length.
func answer(headers, body string) script {
	return raw(whole("200 OK", headers, body))
}

// whole writes an answer with the length of its body.
func whole(status, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, headers, len(body), body)
}

// htmlPage answers HTML in UTF-8.
func htmlPage(body string) script { return answer("Content-Type: text/html; charset=utf-8\r\n", body) }

// redirectTo answers 302; location is sent as it stands.
func redirectTo(location string) script {
	return raw(whole("302 Found", "Location: "+location+"\r\n", ""))
}

// byRequest answers the first requests in turn, and all others with the last.
func byRequest(scripts ...script) script {
	return func(ctx context.Context, x *exchange) error {
		return scripts[min(x.n, int64(len(scripts)))-1](ctx, x)
	}
}

// byPath answers a path with its script, and all others with that of "/".
func byPath(scripts map[string]script) script {
	return func(ctx context.Context, x *exchange) error {
		path, _, _ := strings.Cut(x.target, "?")
		if s := scripts[path]; s != nil {
			return s(ctx, x)
		}
		return scripts["/"](ctx, x)
	}
}

// reset sends text and breaks the connection with a RST.
func reset(text string) script {
	return func(_ context.Context, x *exchange) error {
		if err := x.send(text); err != nil {
			return err
		}
		if tcp, ok := x.raw.(*net.TCPConn); ok {
			return tcp.SetLinger(0)
		}
		return nil
	}
}

// hang sends text and then nothing until the client goes away or the server is closed.
func hang(text string) script {
	return func(ctx context.Context, x *exchange) error {
		if err := x.send(text); err != nil {
			return err
		}
		return untilGone(ctx, x)
	}
}

// untilGone returns when conn is closed by either end. Closing the server closes conn.
func untilGone(ctx context.Context, conn net.Conn) error {
	var buf [512]byte
	for ctx.Err() == nil {
		if _, err := conn.Read(buf[:]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// endless sends head, and then piece again and again until the client goes away.
func endless(head, piece string) script { return times(head, piece, -1, "") }

// times sends head, n times piece (without end if n is negative), and tail, holding 64 KiB.
func times(head, piece string, n int, tail string) script {
	return func(_ context.Context, x *exchange) error {
		if err := x.send(head); err != nil {
			return err
		}
		if err := repeat(x, piece, n); err != nil {
			return err
		}
		return x.send(tail)
	}
}

// repeat writes piece n times, many at once.
func repeat(w io.Writer, piece string, n int) error {
	many := max(1, (64<<10)/len(piece))
	block := []byte(strings.Repeat(piece, many))
	for n < 0 || n >= many {
		if _, err := w.Write(block); err != nil {
			return err
		}
		if n > 0 {
			n -= many
		}
	}
	_, err := w.Write(block[:n*len(piece)])
	return err
}

// long sends an HTML page that is made as it is sent: head, n times piece, tail.
func long(head, piece string, n int, tail string) script {
	size := len(head) + n*len(piece) + len(tail)
	return times(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"+
		"Connection: close\r\n\r\n%s", size, head), piece, n, tail)
}

// trickle sends head, and then piece at the server's pace until the client goes away.
func trickle(head, piece string) script {
	return func(ctx context.Context, x *exchange) error {
		if err := x.send(head); err != nil {
			return err
		}
		tick := time.NewTicker(x.pace)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
			if err := x.send(piece); err != nil {
				return err
			}
		}
	}
}
