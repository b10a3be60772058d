package warc

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// plainRecord is a record as text; its id is made of n.
func plainRecord(n int, block string, more ...string) string {
	head := fmt.Sprintf("WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:%d>\r\nWARC-Date: 2026-03-01T12:00:00Z\r\n"+
		"WARC-Target-URI: http://example.org/%d\r\n", n, n)
	for _, m := range more {
		head += m + "\r\n"
	}
	return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s\r\n\r\n", head, len(block), block)
}

func member(t testing.TB, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, text := range texts {
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// readAll gives the ids of the whole records of file and the codes of all that is wrong, in order.
func readAll(t testing.TB, file string) (ids []string, codes []Code) {
	t.Helper()
	r := NewReader(FromReaderAt(strings.NewReader(file), int64(len(file))))
	for range 100_000 {
		e, err := r.Next()
		var p *Problem
		switch {
		case errors.Is(err, io.EOF):
			return ids, codes
		case errors.As(err, &p):
			codes = append(codes, p.Code)
			continue
		case err != nil:
			t.Fatal(err)
		}
		for _, f := range e.Flaws {
			codes = append(codes, f.Code)
		}
		found, err := e.Check()
		if errors.As(err, &p) {
			continue // Next says it again
		} else if err != nil {
			t.Fatal(err)
		}
		for _, p := range found {
			codes = append(codes, p.Code)
		}
		if _, err := r.Finish(); err == nil {
			ids = append(ids, e.ID)
		} else if errors.As(err, &p) {
			codes = append(codes, p.Code)
		} else {
			t.Fatal(err)
		}
	}
	t.Fatal("the reader does not come to an end")
	return nil, nil
}

func TestReaderSurvivesDamage(t *testing.T) {
	one, two, three := plainRecord(1, strings.Repeat("block one ", 50)), plainRecord(2, "block two"), plainRecord(3, "block three")
	gz1, gz2, gz3 := member(t, one), member(t, two), member(t, three)
	flip := func(s string, i int) string { return s[:i] + string(s[i]^0x10) + s[i+1:] }
	longer := strings.Replace(two, "Content-Length: 9", "Content-Length: 12", 1)
	shorter := strings.Replace(two, "Content-Length: 9", "Content-Length: 5", 1)
	digest := func(s string) string { return plainRecord(2, "block two", s) }
	httpRecord := func(body string) string {
		text := plainRecord(2, body, "Content-Type: application/http;msgtype=response",
			"WARC-Payload-Digest: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
		return strings.Replace(text, "resource", "response", 1)
	}
	for name, c := range map[string]struct {
		file  string
		ids   string
		codes []Code
	}{
		"sound, gzip":                  {gz1 + gz2 + gz3, "1 2 3", nil},
		"sound, plain":                 {one + two + three, "1 2 3", nil},
		"empty":                        {"", "", nil},
		"gzip and plain mixed":         {gz1 + two + gz3, "1 2 3", nil},
		"cut in the gzip header":       {gz1 + gz2[:5], "1", []Code{CodeGzip}},
		"cut in the header":            {gz1 + member(t, two[:60]), "1", []Code{CodeTruncated}},
		"cut in the deflated bytes":    {gz1[:60], "", []Code{CodeTruncated}},
		"cut in the block":             {gz1 + gz2[:len(gz2)-20], "1", []Code{CodeTruncated}},
		"cut in the gzip trailer":      {gz1 + gz2[:len(gz2)-3], "1", []Code{CodeGzip}},
		"cut between the line ends":    {one + two[:len(two)-2], "1", []Code{CodeTruncated}},
		"cut member before others":     {gz1[:80] + gz2 + gz3, "2 3", []Code{CodeGzip}},
		"bit flip in a member":         {flip(gz1, len(gz1)-12) + gz2 + gz3, "2 3", []Code{CodeGzip}},
		"bit flip in a checksum":       {gz1 + flip(gz2, len(gz2)-6) + gz3, "1 3", []Code{CodeGzip}},
		"Content-Length too long":      {member(t, longer) + gz3, "3", []Code{CodeTruncated}},
		"Content-Length far too long":  {member(t, strings.Replace(two, "Length: 9", "Length: 9999", 1)) + gz3, "3", []Code{CodeTruncated}},
		"Content-Length too short":     {member(t, shorter) + gz3, "3", []Code{CodeBlockEnd}},
		"too long, plain":              {one + strings.Replace(two, "Length: 9", "Length: 99", 1) + three, "1 3", []Code{CodeBlockEnd}},
		"too short, plain":             {one + shorter + three, "1 3", []Code{CodeBlockEnd}},
		"Content-Length is no number":  {member(t, strings.Replace(two, "Length: 9", "Length: x", 1)) + gz3, "3", []Code{CodeLength}},
		"Content-Length is negative":   {strings.Replace(two, "Length: 9", "Length: -9", 1) + three, "3", []Code{CodeLength}},
		"wrong block digest":           {member(t, digest("WARC-Block-Digest: sha256:"+strings.Repeat("0", 64))) + gz3, "2 3", []Code{CodeBlock}},
		"right block digest, base 32":  {member(t, digest("WARC-Block-Digest: sha1:YFXW7K7NSZSGR3WCGMCOJYIMCABN6GNJ")), "2", nil},
		"right block digest, base 64":  {digest("WARC-Block-Digest: sha1:wW9vq+2WZGjuwjME5OEMEALfGak="), "2", nil},
		"unknown digest":               {digest("WARC-Block-Digest: crc:1"), "2", []Code{CodeAlgorithm}},
		"payload, whole":               {httpRecord("HTTP/1.1 200 OK\r\n\r\nabc"), "2", nil},
		"payload, chunked":             {httpRecord("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\nT: v\r\n\r\n"), "2", nil},
		"payload, only said chunked":   {httpRecord("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nabc"), "2", nil},
		"payload, behind an interim":   {httpRecord("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc"), "2", nil},
		"payload, wrong":               {httpRecord("HTTP/1.1 200 OK\r\n\r\nabd"), "2", []Code{CodePayload}},
		"8 MiB header":                 {gz1 + member(t, plainRecord(2, "x", "X: "+strings.Repeat("h", 8<<20))) + gz3, "1 3", []Code{CodeHeaderSize}},
		"8 MiB header, plain":          {plainRecord(2, "x", "X: "+strings.Repeat("h", 8<<20)) + three, "3", []Code{CodeHeaderSize}},
		"members glued":                {member(t, one, two, three), "1 2 3", []Code{CodeGlued, CodeGlued}},
		"zstd with a dictionary":       {"\x5d\x2a\x4d\x18\x04\x00\x00\x00dict\x28\xb5\x2f\xfd\x04rest", "", []Code{CodeUnknown}},
		"WARC/0.9":                     {member(t, strings.Replace(one, "WARC/1.1", "WARC/0.9", 1)) + gz2, "2", []Code{CodeVersion}},
		"WARC/0.9, plain":              {strings.Replace(one, "WARC/1.1", "WARC/0.9", 1) + two, "2", []Code{CodeVersion}},
		"an older version":             {strings.Replace(one, "WARC/1.1", "WARC/0.18", 1), "1", nil},
		"LF only":                      {strings.ReplaceAll(one+two, "\r\n", "\n"), "1 2", []Code{CodeLineEnd, CodeLineEnd}},
		"trailing garbage":             {gz1 + gz2 + "garbage, and more of it", "1 2", []Code{CodeGarbage}},
		"trailing zeros":               {gz1 + strings.Repeat("\x00", 70_000), "1", []Code{CodeGarbage}},
		"three odd bytes at the end":   {gz1 + "abc", "1", []Code{CodeGarbage}},
		"garbage in a member":          {member(t, one+"xyz") + gz2, "2", []Code{CodeGarbage}},
		"garbage between":              {gz1 + strings.Repeat("junk", 20_000) + gz2, "1 2", []Code{CodeVersion}},
		"an ARC file":                  {"filedesc://x.arc 0.0.0.0 20260301 text/plain 10\n", "", []Code{CodeVersion}},
		"no type":                      {strings.Replace(one, "WARC-Type: resource\r\n", "", 1), "1", []Code{CodeRequired}},
		"a date nobody can read":       {strings.Replace(one, "2026-03-01T12:00:00Z", "today", 1), "1", []Code{CodeRequired}},
		"a URI with a space":           {strings.Replace(one, "example.org/1", "example.org/a b", 1), "1", []Code{CodeTargetURI}},
		"a URI in brackets":            {strings.Replace(one, "http://example.org/1", "<http://example.org/1>", 1), "1", []Code{CodeTargetURI}},
		"a URI in brackets, 1.0":       {strings.NewReplacer("http://example.org/1", "<http://example.org/1>", "WARC/1.1", "WARC/1.0").Replace(one), "1", nil},
		"a relative URI":               {strings.Replace(one, "http://example.org/1", "/1", 1), "1", []Code{CodeTargetURI}},
		"a line that is no field":      {strings.Replace(one, "WARC-Date:", "no field here\r\nWARC-Date:", 1), "1", []Code{CodeField}},
		"a folded field":               {strings.Replace(one, "WARC-Date:", "X-Folded: a\r\n b\r\nWARC-Date:", 1), "1", nil},
		"extra empty lines in between": {one + "\r\n\r\n" + two, "1 2", nil},
	} {
		t.Run(name, func(t *testing.T) {
			ids, codes := readAll(t, c.file)
			got := strings.ReplaceAll(strings.Join(ids, " "), "urn:x:", "")
			if got != c.ids || !slices.Equal(codes, c.codes) {
				t.Errorf("records %q, codes %v; want %q, %v", got, codes, c.ids, c.codes)
			}
		})
	}
}

func TestReaderGivesUpOnEndlessDamage(t *testing.T) {
	bad := member(t, "WARC/1.1\r\nno end")
	ids, codes := readAll(t, strings.Repeat(bad, 3*maxDamage))
	if len(ids) != 0 || len(codes) != maxDamage || codes[maxDamage-1] != CodeGivenUp {
		t.Errorf("%d records, %d problems", len(ids), len(codes))
	}
}

func TestResetLeavesNothingOfTheFileBefore(t *testing.T) {
	from := func(file string) Opener { return FromReaderAt(strings.NewReader(file), int64(len(file))) }
	for name, before := range map[string]Opener{
		"read in part":  from(member(t, plainRecord(7, strings.Repeat("x", 1<<20)))),
		"glued":         from(member(t, plainRecord(7, "x"), plainRecord(8, "y"))),
		"damaged":       from(member(t, plainRecord(7, "x"))[:60]),
		"plain":         from(plainRecord(7, "x") + plainRecord(8, "y")),
		"a failed disk": func(int64) (io.ReadCloser, error) { return io.NopCloser(failing{io.ErrClosedPipe}), nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(before)
			if e, err := r.Next(); err == nil {
				if _, err := io.CopyN(io.Discard, e.Block, 1); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			r.Reset(from(member(t, plainRecord(1, "whole"))))
			e, err := r.Next()
			if err != nil || e.ID != "urn:x:1" || e.Offset != 0 || len(e.Flaws) > 0 {
				t.Fatalf("%+v, %v", e, err)
			}
			if b, err := io.ReadAll(e.Block); err != nil || string(b) != "whole" {
				t.Errorf("block %q, %v", b, err)
			}
			if _, err := r.Next(); !errors.Is(err, io.EOF) {
				t.Errorf("behind it: %v", err)
			}
		})
	}
}

func TestReaderReportsAFileThatFails(t *testing.T) {
	fault := errors.New("the disk is gone")
	open := func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(member(t, plainRecord(1, "x"))[offset:]), failing{fault})), nil
	}
	r := NewReader(open)
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var p *Problem
		if _, err := r.Next(); !errors.Is(err, fault) || errors.As(err, &p) {
			t.Errorf("err = %v: a fault of the disk is no damage of the file", err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzReader(f *testing.F) {
	one, two := plainRecord(1, "block one"), plainRecord(2, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"Content-Type: application/http", "WARC-Payload-Digest: sha1:x")
	f.Add([]byte(one + two))
	f.Add([]byte(member(f, one) + member(f, two)))
	f.Add([]byte(member(f, one, two) + "rest"))
	f.Add([]byte(strings.ReplaceAll(one, "\r\n", "\n")))
	f.Add([]byte("\x28\xb5\x2f\xfdWARC/1.0\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ids, codes := readAll(t, string(b))
		if len(ids) > len(b) || len(codes) > 4*maxDamage+10*len(b) {
			t.Errorf("%d records and %d problems in %d bytes", len(ids), len(codes), len(b))
		}
	})
}

func TestHeadWithoutEnd(t *testing.T) {
	const size = 64 << 20
	r := &io.LimitedReader{R: zeros{}, N: size}
	if _, err := ReadMessage(r); err == nil || size-r.N > 2*headerLimit {
		t.Errorf("%v after %d bytes", err, size-r.N)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not\r\nA: b\r\n c\r\n\r\nbody"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ReadMessage(bytes.NewReader(b))
		if err != nil {
			return
		}
		n, err := io.Copy(io.Discard, m.Entity)
		if err != nil || n+m.HeadLen > int64(len(b)) {
			t.Errorf("head of %d and body of %d in %d bytes: %v", m.HeadLen, n, len(b), err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	f := &sink{}
	c := NewCompressor(1)
	w := NewWriter(f, 0)
	body := testHead + page(50<<10)
	for range 64 {
		if _, err := w.Stream(b.Context(), c, testRecord(body)); err != nil {
			b.Fatal(err)
		}
	}
	file := f.Bytes()
	b.SetBytes(64 * int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(FromReaderAt(bytes.NewReader(file), int64(len(file))))
		for {
			if _, err := r.Next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
