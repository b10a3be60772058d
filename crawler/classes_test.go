package crawler

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/ibid-archive/ibid"
)

// compress writes body through the writer that open makes.
func compress(t testing.TB, body []byte, open func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var b bytes.Buffer
	w := open(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(w io.Writer) io.WriteCloser  { return gzip.NewWriter(w) }
func zlibbed(w io.Writer) io.WriteCloser  { return zlib.NewWriter(w) }
func brotlied(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }
func deflated(w io.Writer) io.WriteCloser {
	f, err := flate.NewWriter(w, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	return f
}

func zstded(w io.Writer) io.WriteCloser {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	return z
}

// drip sends a head, and then s again and again until nobody reads.
func drip(head, s string, every time.Duration) script {
	return func(c net.Conn, over <-chan struct{}) bool {
		_, err := io.WriteString(c, head)
		for err == nil {
			select {
			case <-over:
				return false
			case <-time.After(every):
			}
			_, err = io.WriteString(c, s)
		}
		return false
	}
}

func reset(before string) script {
	return func(c net.Conn, _ <-chan struct{}) bool {
		_, _ = io.WriteString(c, before)
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		return false
	}
}

type classCase struct {
	answer  script
	verdict ibid.Verdict
	class   ibid.Class
	// attempts are how often the request was sent, 0 meaning once; kept is what must be stored of the (last) response; "*" is anything, "" that nothing is.
	kept      string
	truncated ibid.Truncation
	attempts  int
}

func classCases(t *testing.T) map[string]classCase {
	zeros := make([]byte, 3<<20)
	coded := func(coding string, body string) string {
		return okText("text/html", body, "Content-Encoding: "+coding)
	}
	page := []byte("<title>t</title>")
	half := "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
	badChunk := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\nXYZ\r\nbad\r\n0\r\n\r\n"
	cut := compress(t, bytes.Repeat([]byte("abc"), 1000), gzipped)
	cut = cut[:len(cut)-10]
	badCRC := []byte(compress(t, page, gzipped))
	badCRC[len(badCRC)-8] ^= 1
	cases := map[string]classCase{
		// Bombs and wrong codings: stored as sent, with a note.
		"bomb gzip":       {say(coded("gzip", compress(t, zeros, gzipped))), ibid.ArchivedNoted, ibid.ClassDecodedTooLarge, "*", "", 0},
		"bomb deflate":    {say(coded("deflate", compress(t, zeros, zlibbed))), ibid.ArchivedNoted, ibid.ClassDecodedTooLarge, "*", "", 0},
		"bomb br":         {say(coded("br", compress(t, zeros, brotlied))), ibid.ArchivedNoted, ibid.ClassDecodedTooLarge, "*", "", 0},
		"bomb zstd":       {say(coded("zstd", compress(t, zeros, zstded))), ibid.ArchivedNoted, ibid.ClassDecodedTooLarge, "*", "", 0},
		"bomb nested":     {say(coded("gzip, gzip", compress(t, []byte(compress(t, zeros, gzipped)), gzipped))), ibid.ArchivedNoted, ibid.ClassDecodedTooLarge, "*", "", 0},
		"good gzip":       {say(coded("gzip", compress(t, page, gzipped))), ibid.Archived, "", "*", "", 0},
		"good x-gzip":     {say(coded("X-GZip", compress(t, page, gzipped))), ibid.Archived, "", "*", "", 0},
		"good deflate":    {say(coded("deflate", compress(t, page, zlibbed))), ibid.Archived, "", "*", "", 0},
		"raw deflate":     {say(coded("deflate", compress(t, page, deflated))), ibid.Archived, "", "*", "", 0},
		"good br":         {say(coded("br", compress(t, page, brotlied))), ibid.Archived, "", "*", "", 0},
		"good zstd":       {say(coded("zstd", compress(t, page, zstded))), ibid.Archived, "", "*", "", 0},
		"gzip not gzip":   {say(coded("gzip", "plain text")), ibid.ArchivedNoted, ibid.ClassDecodeFailed, coded("gzip", "plain text"), "", 0},
		"gzip cut":        {say(coded("gzip", cut)), ibid.ArchivedNoted, ibid.ClassDecodeFailed, coded("gzip", cut), "", 0},
		"gzip bad crc":    {say(coded("gzip", string(badCRC))), ibid.ArchivedNoted, ibid.ClassDecodeFailed, "*", "", 0},
		"unknown coding":  {say(coded("snappy", "?")), ibid.ArchivedNoted, ibid.ClassDecodeFailed, "*", "", 0},
		"1000 codings":    {say(coded(strings.Repeat("gzip,", 1000), "?")), ibid.ArchivedNoted, ibid.ClassDecodeFailed, "*", "", 0},
		"typed as gzip":   {ok("application/gzip", "not gzip at all"), ibid.Archived, "", okText("application/gzip", "not gzip at all"), "", 0},
		"charset differs": {ok("text/html; charset=iso-8859-1", `<meta charset="utf-8"><p>x`), ibid.ArchivedNoted, ibid.ClassCharsetConflict, "*", "", 0},
		"charset unknown": {ok("text/html; charset=utf-7", `<p>+ADw-script+AD4-`), ibid.Archived, "", "*", "", 0},

		// Time.
		"silence":       {sayAndStall(""), ibid.Failed, ibid.ClassTimeoutHeader, "", "", 2},
		"stall in head": {sayAndStall("HTTP/1.1 200 OK\r\nX: y\r\n"), ibid.Failed, ibid.ClassTimeoutHeader, "HTTP/1.1 200 OK\r\nX: y\r\n", ibid.TruncatedTime, 2},
		"slow head":     {drip("HTTP/1.1 200 OK\r\n", "X: y\r\n", 20*time.Millisecond), ibid.Failed, ibid.ClassTimeoutHeader, "*", ibid.TruncatedTime, 2},
		"stall in body": {sayAndStall(half), ibid.Truncated, ibid.ClassTimeoutIdle, half, ibid.TruncatedTime, 0},
		"trickle":       {drip("HTTP/1.1 200 OK\r\n\r\n", "x", 20*time.Millisecond), ibid.Truncated, ibid.ClassLimitTime, "*", ibid.TruncatedTime, 0},

		// Size.
		"endless body":     {drip("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 64<<10), 0), ibid.Truncated, ibid.ClassLimitLength, "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 1<<20), ibid.TruncatedLength, 0},
		"endless chunks":   {drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10000\r\n"+strings.Repeat("x", 64<<10)+"\r\n", 0), ibid.Truncated, ibid.ClassLimitLength, "*", ibid.TruncatedLength, 0},
		"endless trailers": {drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: "+strings.Repeat("y", 8000)+"\r\n", 0), ibid.Truncated, "", "*", "*", 0},
		"longer announced": {say("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("y", 2_000_000)), ibid.Truncated, ibid.ClassLimitLength, "*", ibid.TruncatedLength, 0},
		"at the limit":     {sayAndClose("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("z", 1<<20)), ibid.Archived, "", "*", "", 0},
		"many headers":     {drip("HTTP/1.1 200 OK\r\n", "X: "+strings.Repeat("y", 1000)+"\r\n", 0), ibid.Failed, ibid.ClassHeaderTooLarge, "*", ibid.TruncatedLength, 0},
		"one huge header":  {say("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 100<<10) + "\r\n\r\n"), ibid.Failed, ibid.ClassHeaderTooLarge, "*", ibid.TruncatedLength, 0},
		"interim flood":    {drip("", "HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("y", 500)+"\r\n\r\n", 0), ibid.Failed, ibid.ClassHeaderTooLarge, "*", "*", 0},

		// Malformed.
		"http/0.9":           {sayAndClose("<html>no head at all</html>\n"), ibid.Failed, ibid.ClassMalformedStatus, "<html>no head at all</html>\n", ibid.TruncatedUnspecified, 0},
		"status text":        {sayAndClose("HTTP/1.1 abc OK\r\n\r\n"), ibid.Failed, ibid.ClassMalformedStatus, "HTTP/1.1 abc OK\r\n\r\n", ibid.TruncatedUnspecified, 0},
		"status 42":          {sayAndClose("HTTP/1.1 42 Short\r\nContent-Length: 0\r\n\r\n"), ibid.Failed, ibid.ClassMalformedStatus, "*", ibid.TruncatedUnspecified, 0},
		"switch protocols":   {sayAndStall("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), ibid.Failed, ibid.ClassMalformedStatus, "*", ibid.TruncatedUnspecified, 0},
		"partial unasked":    {say("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/100\r\nContent-Length: 4\r\n\r\npart"), ibid.Truncated, ibid.ClassMalformedStatus, "*", ibid.TruncatedUnspecified, 0},
		"not modified":       {say("HTTP/1.1 304 Not Modified\r\n\r\n"), ibid.Failed, ibid.ClassMalformedStatus, "*", ibid.TruncatedUnspecified, 0},
		"line without colon": {sayAndClose("HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\nok"), ibid.Failed, ibid.ClassMalformedHeader, "*", ibid.TruncatedUnspecified, 0},
		"NUL in header":      {sayAndClose("HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 2\r\n\r\nok"), ibid.Failed, ibid.ClassMalformedHeader, "*", ibid.TruncatedUnspecified, 0},
		"space at colon":     {sayAndClose("HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"), ibid.ArchivedNoted, ibid.ClassMalformedHeader, "*", "", 0},
		"bad redirect":       {sayAndClose("HTTP/1.1 302 Found\r\nLocation: /a\x01b\r\nContent-Length: 0\r\n\r\n"), ibid.Failed, ibid.ClassMalformedHeader, "*", ibid.TruncatedUnspecified, 0},
		"two lengths":        {sayAndClose("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk"), ibid.Failed, ibid.ClassMalformedLength, "*", ibid.TruncatedUnspecified, 0},
		"negative length":    {sayAndClose("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), ibid.Failed, ibid.ClassMalformedLength, "*", ibid.TruncatedUnspecified, 0},
		"words as length":    {sayAndClose("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), ibid.Failed, ibid.ClassMalformedLength, "*", ibid.TruncatedUnspecified, 0},
		"bad chunk":          {sayAndClose(badChunk), ibid.Truncated, ibid.ClassMalformedChunk, badChunk[:strings.Index(badChunk, "XYZ\r\n")+5], ibid.TruncatedUnspecified, 0},
		"huge chunk":         {sayAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"), ibid.Truncated, ibid.ClassMalformedChunk, "*", ibid.TruncatedUnspecified, 0},
		"largest chunk":      {sayAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4000000000000000\r\nok"), ibid.Truncated, ibid.ClassDisconnect, "*", ibid.TruncatedDisconnect, 0},
		"unknown transfer":   {sayAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), ibid.Failed, ibid.ClassMalformedHeader, "*", ibid.TruncatedUnspecified, 0},

		// Disconnects.
		"empty reply":     {sayAndClose(""), ibid.Failed, ibid.ClassEmptyReply, "", "", 2},
		"reset":           {reset(""), ibid.Failed, ibid.ClassConnectionReset, "", "", 2},
		"cut in head":     {sayAndClose("HTTP/1.1 200 OK\r\nX:"), ibid.Failed, ibid.ClassDisconnect, "HTTP/1.1 200 OK\r\nX:", ibid.TruncatedDisconnect, 2},
		"cut in body":     {sayAndClose(half), ibid.Truncated, ibid.ClassDisconnect, half, ibid.TruncatedDisconnect, 0},
		"cut in chunk":    {sayAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf"), ibid.Truncated, ibid.ClassDisconnect, "*", ibid.TruncatedDisconnect, 0},
		"cut after chunk": {sayAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"), ibid.Truncated, ibid.ClassDisconnect, "*", ibid.TruncatedDisconnect, 0},
		"until close":     {sayAndClose("HTTP/1.1 200 OK\r\n\r\nall of it"), ibid.Archived, "", "HTTP/1.1 200 OK\r\n\r\nall of it", "", 0},

		// Redirects.
		"to itself":    {redirect("/loop"), ibid.Failed, ibid.ClassRedirectLoop, "*", "", 0},
		"to nowhere":   {redirect("http://["), ibid.Failed, ibid.ClassRedirectInvalid, "*", "", 0},
		"to no port":   {redirect("http://example.org:99999/"), ibid.Failed, ibid.ClassRedirectInvalid, "*", "", 0},
		"to a file":    {redirect("file:///etc/passwd"), ibid.Refused, ibid.ClassSchemeRefused, "*", "", 0},
		"to a DOI":     {redirect("doi:10.1000/182"), ibid.Refused, ibid.ClassSchemeRefused, "*", "", 0},
		"to loopback":  {redirect("http://127.0.0.1:1/"), ibid.Refused, ibid.ClassAddressRefused, "*", "", 0},
		"to decimal":   {redirect("http://2130706433/"), ibid.Refused, ibid.ClassAddressRefused, "*", "", 0},
		"to metadata":  {redirect("http://169.254.169.254/latest/"), ibid.Refused, ibid.ClassAddressRefused, "*", "", 0},
		"to mapped":    {redirect("http://[::ffff:127.0.0.1]/"), ibid.Refused, ibid.ClassAddressRefused, "*", "", 0},
		"to too long":  {redirect("/" + strings.Repeat("a", 9000)), ibid.Failed, ibid.ClassURLTooLong, "*", "", 0},
		"no location":  {say("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), ibid.Archived, "", "*", "", 0},
		"busy":         {say("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"), ibid.ArchivedNoted, ibid.ClassServerBusy, "*", "", 2},
		"busy for age": {say("HTTP/1.1 503 Busy\r\nRetry-After: 94608000000\r\nContent-Length: 4\r\n\r\nbusy"), ibid.ArchivedNoted, ibid.ClassServerBusy, "*", "", 1},
	}
	return cases
}

func redirect(to string) script {
	return say("HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n")
}

func TestEveryBadAnswerHasItsClass(t *testing.T) {
	for name, tc := range classCases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil, map[string]script{"/loop": tc.answer})
			o := fast()
			o.Describe = func(context.Context, *Page) Described { return Described{} }
			c := newCrawler(t, o, s)
			var sink memSink
			v := visitOne(t, c, &sink, s.url("/loop"))
			if v.Verdict != tc.verdict || tc.class != "" && v.Class != tc.class {
				t.Errorf("%s %q (%s), want %s %q", v.Verdict, v.Class, v.Reason, tc.verdict, tc.class)
			}
			if v.Class != "" && (v.Reason == "" || v.Reason == string(v.Class)) {
				t.Errorf("no reason for %s", v.Class)
			}
			if want := max(tc.attempts, 1); v.Attempts != want {
				t.Errorf("%d attempts, want %d", v.Attempts, want)
			}
			checkKept(t, tc, sink.at("/loop"), max(tc.attempts, 1))
		})
	}
}

func checkKept(t *testing.T, tc classCase, found []stored, attempts int) {
	t.Helper()
	if tc.kept == "" {
		if len(found) > 0 {
			t.Errorf("stored %q", found[0].response)
		}
		return
	}
	if len(found) != attempts {
		t.Fatalf("%d exchanges stored, want one for each of %d attempts", len(found), attempts)
	}
	x := found[len(found)-1]
	checkExchange(t, x)
	if tc.kept != "*" && x.response != tc.kept {
		t.Errorf("stored %d bytes %.200q, want %d bytes %.200q", len(x.response), x.response, len(tc.kept), tc.kept)
	}
	if tc.truncated != "*" && x.Truncated != tc.truncated {
		t.Errorf("truncated %q, want %q", x.Truncated, tc.truncated)
	}
}

func TestRedirectChains(t *testing.T) {
	scripts := map[string]script{"/end": ok("text/plain", "end")}
	for i := range 10 {
		scripts[fmt.Sprintf("/%d", i)] = redirect(fmt.Sprintf("/%d", i+1))
	}
	scripts["/5"] = redirect("end#part")
	s := serve(t, nil, scripts)
	c := newCrawler(t, fast(), s)
	var sink memSink
	v := visitOne(t, c, &sink, s.url("/0"))
	if v.Verdict != ibid.Failed || v.Class != ibid.ClassRedirectLimit || v.Final != nil || len(v.Hops) != 6 {
		t.Errorf("six redirects: %s %s, hops %v", v.Verdict, v.Class, v.Hops)
	}
	v = visitOne(t, c, &sink, s.url("/1"))
	if v.Verdict != ibid.Archived || v.Final == nil || v.Final.URI != s.url("/end") || len(v.Hops) != 6 {
		t.Errorf("five redirects: %s %s, hops %v", v.Verdict, v.Class, v.Hops)
	}
	hops := sink.at("/5")
	if len(hops) == 0 || hops[0].Role != ibid.RoleRedirect || sink.at("/end")[0].Role != ibid.RoleSource || sink.at("/end")[0].Via != s.url("/5") {
		t.Errorf("roles: %+v", hops)
	}
}

// A site that sets a cookie and sends the reader back to the same address is not a loop; cookies end with the Visit.
func TestCookiesLiveForOneVisit(t *testing.T) {
	s := serve(t, nil, map[string]script{
		"/in":   say("HTTP/1.1 302 Found\r\nSet-Cookie: seen=1\r\nLocation: /wall\r\nContent-Length: 0\r\n\r\n"),
		"/wall": ok("text/plain", "in"),
	})
	var sink memSink
	c := newCrawler(t, fast(), s)
	visitOne(t, c, &sink, s.url("/in"))
	visitOne(t, c, &sink, s.url("/wall"))
	found := sink.at("/wall")
	if len(found) != 2 || !strings.Contains(found[0].request, "Cookie: seen=1\r\n") || strings.Contains(found[1].request, "Cookie") {
		t.Errorf("requests: %+v", found)
	}
}

func TestRecoversWhenTheNextTryWorks(t *testing.T) {
	for name, first := range map[string]script{
		"reset": reset(""), "empty": sayAndClose(""), "503": say("HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"),
		"silence": sayAndStall(""),
	} {
		t.Run(name, func(t *testing.T) {
			calls := make(chan struct{}, 1)
			s := serve(t, nil, map[string]script{"/flaky": func(c net.Conn, over <-chan struct{}) bool {
				select {
				case calls <- struct{}{}:
					return first(c, over)
				default:
					return ok("text/plain", "good")(c, over)
				}
			}})
			var sink memSink
			v := visitOne(t, newCrawler(t, fast(), s), &sink, s.url("/flaky"))
			if v.Verdict != ibid.Archived || v.Attempts != 2 || len(v.Tried) == 0 || v.Final == nil {
				t.Errorf("%s %s after %d attempts: %v", v.Verdict, v.Class, v.Attempts, v.Tried)
			}
		})
	}
}
