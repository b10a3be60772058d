package testsite

import (
	"fmt"
	"strings"
)

const okHead = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"

// messageCases are malformed or unusual messages (RFC 9112).
func messageCases() []*hostileCase {
	c := func(name, want, class, note, text string) *hostileCase {
		return onHTTP(groupHTTP, name, want, class, note, raw(text))
	}
	const some = failed + "|" + truncated + "|" + noted
	return []*hostileCase{
		c("status-letters", failed, "malformed-status", "", "HTTP/1.1 abc OK\r\nContent-Length: 1\r\n\r\nx"),
		c("status-four-digits", failed, "malformed-status", "", "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\nx"),
		c("status-negative", failed, "malformed-status", "", "HTTP/1.1 -20 OK\r\nContent-Length: 1\r\n\r\nx"),
		c("status-no-version", failed, "malformed-status", "", "200 OK\r\nContent-Length: 1\r\n\r\nx"),
		c("status-no-reason", archived, "", "legal: the reason may be absent", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx"),
		c("status-999", archived+"|"+noted+"|"+failed, "malformed-status", "three digits, no class of RFC 9110", "HTTP/1.1 999 Request denied\r\nContent-Length: 1\r\n\r\nx"),
		c("http-0-9", failed, "malformed-status", "a body without a head", "<html><title>HTTP/0.9</title></html>"),
		c("http-1-0", archived, "", "a body that ends with the connection", "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x"),
		c("http-2-frame", failed, "malformed-status", "a SETTINGS frame of HTTP/2", "\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
		c("ssh-banner", failed, "malformed-status", "another protocol", "SSH-2.0-OpenSSH_5.1\r\n"),
		c("header-no-colon", failed, "malformed-header", "", okHead+"this is no header\r\nContent-Length: 1\r\n\r\nx"),
		c("header-space-colon", failed+"|"+noted, "malformed-header", "white space before the colon", okHead+"X-A : b\r\nContent-Length: 1\r\n\r\nx"),
		c("header-no-name", failed+"|"+noted, "malformed-header", "a line that begins with a colon", okHead+": b\r\nContent-Length: 1\r\n\r\nx"),
		c("header-nul", failed+"|"+noted, "malformed-header", "NUL in a value", okHead+"X-A: a\x00b\r\nContent-Length: 1\r\n\r\nx"),
		c("header-bare-cr", failed+"|"+noted, "malformed-header", "CR in a value", okHead+"X-A: a\rX-B: b\r\nContent-Length: 1\r\n\r\nx"),
		c("header-folded", archived+"|"+noted+"|"+failed, "malformed-header", "obsolete line folding", okHead+"X-A: a\r\n b\r\nContent-Length: 1\r\n\r\nx"),
		c("header-first-folded", failed+"|"+noted, "malformed-header", "the first line begins with a space", "HTTP/1.1 200 OK\r\n X-A: a\r\nContent-Length: 1\r\n\r\nx"),
		c("header-latin-1", archived, "", "bytes above 127 in a value", okHead+"X-A: caf\xe9\r\nContent-Length: 1\r\n\r\nx"),
		c("header-lf-only", archived+"|"+noted, "malformed-header", "lines end with LF alone", "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 1\n\nx"),
		c("answer-101", some, "*", "another protocol than was asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n\x00\x01"),
		c("answer-206", some, "*", "a part that nobody asked for: never archived as whole",
			"HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: bytes 0-4/1000\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<p>xx"),
		c("answer-304", some, "*", "not modified, though nothing is held", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nConnection: close\r\n\r\n"),
		c("answer-204-body", archived+"|"+noted, "*", "bytes behind an answer that has no body", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\nbody"),
		c("answer-100", archived, "", "100 and then 200", "HTTP/1.1 100 Continue\r\n\r\n"+okHead+"Content-Length: 1\r\n\r\nx"),
		c("answer-103", archived, "", "hints and then 200", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"+okHead+"Content-Length: 1\r\n\r\nx"),
		c("answer-100-only", failed, "*", "100 and then the end", "HTTP/1.1 100 Continue\r\n\r\n"),
		c("empty-reply", failed, "empty-reply", "the end, without a byte", ""),
		c("head-cut", failed, "disconnect|malformed-header|empty-reply", "the end in the middle of the head", "HTTP/1.1 200 OK\r\nContent-Ty"),
		c("trailers", archived, "", "trailers behind chunks", okHead+"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\n\r\n"),
		onHTTP(groupHTTP, "reset-at-once", failed, "connection-reset|empty-reply", "RST instead of an answer", reset("")),
		onHTTP(groupHTTP, "reset-in-head", failed, "connection-reset|disconnect", "RST in the head", reset("HTTP/1.1 200 OK\r\nContent-Ty")),
		onHTTP(groupHTTP, "reset-in-body", truncated, "connection-reset|disconnect", "RST in the body", resetInBody()),
	}
}

// resetInBody sends enough that a client has the head before the reset throws away what it did not read.
func resetInBody() script {
	body := strings.Repeat("<p>body", 8<<10)
	return reset(okHead + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", 10*len(body), body))
}

// lengthCases are bodies whose end is wrong: lengths and chunks. A cut body is never archived.
func lengthCases() []*hostileCase {
	length := func(name, want, class, note, headers, body string) *hostileCase {
		return onHTTP(groupHTTP, name, want, class, note, raw(okHead+headers+"\r\n"+body))
	}
	chunks := func(name, want, class, note, body string) *hostileCase {
		return length(name, want, class, note, "Transfer-Encoding: chunked\r\n", body)
	}
	const cut = failed + "|" + truncated
	return []*hostileCase{
		length("length-negative", failed, "malformed-length", "", "Content-Length: -5\r\n", "body"),
		length("length-letters", failed, "malformed-length", "", "Content-Length: 4x\r\n", "body"),
		length("length-plus", failed, "malformed-length", "", "Content-Length: +4\r\n", "body"),
		length("length-overflow", failed, "malformed-length", "2 to the power of 64 and 4", "Content-Length: 18446744073709551620\r\n", "body"),
		length("length-two", failed, "malformed-length", "two that differ", "Content-Length: 4\r\nContent-Length: 5\r\n", "body"),
		length("length-two-same", archived+"|"+noted+"|"+failed, "malformed-length", "two that agree", "Content-Length: 4\r\nContent-Length: 4\r\n", "body"),
		length("length-list", archived+"|"+noted+"|"+failed, "malformed-length", "two in one line", "Content-Length: 4, 4\r\n", "body"),
		length("length-huge", truncated, "disconnect", "nearly 2 to the power of 63, and then the end", "Content-Length: 9223372036854775806\r\n", "body"),
		length("length-and-chunks", archived+"|"+noted+"|"+failed, "malformed-length", "both, and they disagree", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"),
		length("body-short", truncated, "disconnect", "less than the length says", "Content-Length: 1000\r\n", "body"),
		length("body-long", archived+"|"+noted, "*", "more than the length says", "Content-Length: 4\r\n", "body and more"),
		length("transfer-unknown", failed, "malformed-header|malformed-chunk|malformed-length", "a transfer coding that nobody knows", "Transfer-Encoding: x-rot13\r\n", "body"),
		chunks("chunk-letters", cut, "malformed-chunk", "a size that is none", "xyz\r\nbody\r\n0\r\n\r\n"),
		chunks("chunk-negative", cut, "malformed-chunk", "", "-4\r\nbody\r\n0\r\n\r\n"),
		chunks("chunk-overflow", cut, "malformed-chunk", "a size above 2 to the power of 64", "fffffffffffffffff\r\nbody\r\n0\r\n\r\n"),
		chunks("chunk-huge", truncated, "disconnect", "a size of 2 to the power of 62, and then the end", "4000000000000000\r\nbody"),
		chunks("chunk-no-end", cut, "malformed-chunk", "no line end behind the bytes", "4\r\nbodyxx0\r\n\r\n"),
		chunks("chunk-second-bad", truncated, "malformed-chunk", "one good chunk, one bad", "4\r\nbody\r\nzz\r\nbody\r\n0\r\n\r\n"),
		chunks("chunk-cut", truncated, "disconnect", "the end in the middle of a chunk", "100\r\nbody"),
		chunks("chunk-no-last", truncated, "disconnect", "the end before the last chunk", "4\r\nbody\r\n"),
		chunks("chunk-extensions", archived, "", "extensions, which are ignored", "4;a=b;c=\"d\"\r\nbody\r\n0;x\r\n\r\n"),
		chunks("chunk-empty", archived, "", "no bytes at all", "0\r\n\r\n"),
		onHTTP(groupHTTP, "chunk-tiny", archived+"|"+failed+"|"+truncated, "malformed-chunk", "100,000 chunks of a byte",
			times(okHead+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 100_000, "0\r\n\r\n")),
		onHTTP(groupHTTP, "chunk-extension-flood", cut, "malformed-chunk|disconnect|limit-length", "an extension of 16 MiB",
			times(okHead+"Transfer-Encoding: chunked\r\n\r\n4;", "x=12345;", 2<<20, "\r\nbody\r\n0\r\n\r\n")),
	}
}

// floodCases are heads and bodies without end.
func floodCases() []*hostileCase {
	const tooLarge = "header-too-large"
	const one = "X-Header: 0123456789012345678901234567890123456789012345\r\n"
	page := "Content-Length: 1\r\n\r\nx"
	chunk := "4000\r\n" + strings.Repeat("x", 0x4000) + "\r\n"
	return []*hostileCase{
		onHTTP(groupFlood, "headers-2-mib", failed, tooLarge, "2 MiB of header lines", times(okHead, one, (2<<20)/len(one), page)),
		onHTTP(groupFlood, "headers-endless", failed, tooLarge, "header lines without end", endless(okHead, one)),
		onHTTP(groupFlood, "header-one-huge", failed, tooLarge, "one header of 2 MiB", times(okHead+"X-A: ", "x", 2<<20, "\r\n"+page)),
		onHTTP(groupFlood, "header-one-endless", failed, tooLarge, "one header without end", endless(okHead+"X-A: ", "x")),
		onHTTP(groupFlood, "reason-huge", failed, tooLarge+"|malformed-status", "a reason of 2 MiB", times("HTTP/1.1 200 ", "x", 2<<20, "\r\n"+page)),
		onHTTP(groupFlood, "answers-1xx-endless", failed, tooLarge, "100 again and again", endless("", "HTTP/1.1 100 Continue\r\n\r\n")),
		onHTTP(groupFlood, "headers-below", archived, "", "900 KiB of header lines, below the limit", times(okHead, one, (900<<10)/len(one), page)),
		onHTTP(groupFlood, "trailers-flood", truncated+"|"+failed+"|"+noted, tooLarge+"|malformed-chunk|malformed-header|limit-length|disconnect",
			"16 MiB of trailers", times(okHead+"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", one, (16<<20)/len(one), "\r\n")),
		onHTTP(groupFlood, "body-endless", truncated, "limit-length", "a body without a length and without end", endless(okHead+"\r\n", "endless ")),
		onHTTP(groupFlood, "body-endless-chunks", truncated, "limit-length", "chunks without end", endless(okHead+"Transfer-Encoding: chunked\r\n\r\n", chunk)),
		onHTTP(groupFlood, "body-1-tib", truncated, "limit-length", "a length of 1 TiB, and it comes", endless(okHead+"Content-Length: 1099511627776\r\n\r\n", "terabyte")),
	}
}

// slowCases say little or nothing, until the client goes away.
func slowCases() []*hostileCase {
	c := func(name, want, class, note string, s script) *hostileCase {
		return onHTTP(groupSlow, name, want, class, note, s)
	}
	return []*hostileCase{
		c("silence", failed, "timeout-header", "takes the request and says nothing", hang("")),
		c("silence-in-status", failed, "timeout-header", "stops in the status line", hang("HTTP/1.1 2")),
		c("silence-in-head", failed, "timeout-header", "stops in the head", hang("HTTP/1.1 200 OK\r\nContent-Ty")),
		c("trickle-head", failed, "timeout-header|limit-time", "a head without end, a line now and then", trickle("HTTP/1.1 200 OK\r\n", "X-A: b\r\n")),
		c("silence-after-head", truncated+"|"+failed, "timeout-idle", "stops before the body", hang(okHead+"Content-Length: 1000\r\n\r\n")),
		c("stall", truncated, "timeout-idle", "stops in the body", hang(okHead+"Content-Length: 1000\r\n\r\n<p>some of it")),
		c("stall-in-chunk", truncated, "timeout-idle", "stops in a chunk", hang(okHead+"Transfer-Encoding: chunked\r\n\r\n100\r\n<p>some of it")),
		c("stall-after-body", truncated+"|"+noted, "timeout-idle", "all has come, without a length, and it does not end", hang(okHead+"\r\n<p>all of it")),
		c("trickle", truncated, "limit-time", "a byte now and then, faster than the idle limit", trickle(okHead+"\r\n", "x")),
		c("trickle-length", truncated, "limit-time", "the same, with a length", trickle(okHead+"Content-Length: 1000000000\r\n\r\n", "x")),
		c("trickle-chunks", truncated, "limit-time", "the same, in chunks", trickle(okHead+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")),
		c("trickle-1xx", failed, "timeout-header|limit-time|header-too-large", "100 now and then", trickle("", "HTTP/1.1 100 Continue\r\n\r\n")),
	}
}
