package archive

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

func TestVerifiedKeepsTheLastByteBack(t *testing.T) {
	late := errors.New("late fault")
	for name, c := range map[string]struct {
		body string
		want ibid.Digest
		then error
		got  string
		bad  bool
	}{
		"right":          {"some bytes", ibid.DigestOf([]byte("some bytes")), nil, "some bytes", false},
		"wrong":          {"some bytez", ibid.DigestOf([]byte("some bytes")), nil, "some byte", true},
		"one byte":       {"x", ibid.DigestOf([]byte("x")), nil, "x", false},
		"one wrong byte": {"y", ibid.DigestOf([]byte("x")), nil, "", true},
		"empty":          {"", ibid.DigestOf(nil), nil, "", false},
		"wrongly empty":  {"", ibid.DigestOf([]byte("x")), nil, "", true},
		"no digest":      {"some bytes", "", nil, "some bytes", false},
		"a later fault":  {"some bytes", "", late, "some byte", true},
		"long":           {text(200_000), ibid.DigestOf([]byte(text(200_000))), nil, text(200_000), false},
	} {
		for way, wrap := range map[string]func(io.Reader) io.Reader{"whole": same, "by bytes": iotest.OneByteReader, "data with EOF": iotest.DataErrReader} {
			v := newVerified(wrap(strings.NewReader(c.body)), name, c.want, func() error { return c.then })
			got, err := io.ReadAll(v)
			if string(got) != c.got || (err != nil) != c.bad {
				t.Errorf("%s, %s: %d bytes, %v", name, way, len(got), err)
			}
			if c.bad && c.then == nil && ibid.KindOf(err) != ibid.KindFixity {
				t.Errorf("%s: of kind %s", name, ibid.KindOf(err))
			}
		}
	}
}

func same(r io.Reader) io.Reader { return r }

// No flipped bit of a record gives a wrong body: either the body is right, or there is an error.
func TestNoWrongByteIsServed(t *testing.T) {
	for _, media := range []string{"Content-Type: text/html", "Content-Type: application/pdf"} {
		h := newHouse(t)
		w := h.Begin(testJob)
		c := write(t, w, exchange("http://example.org/a", 200, text(700), media, "Transfer-Encoding: chunked"))
		h.commit(t, w)
		c = h.at(t, c)
		file := h.object(t, firstKey)
		caught := 0
		for i := c.Location.Offset; i < c.Location.Offset+c.Location.Length; i++ {
			bad := bytes.Clone(file)
			bad[i] ^= 1 << (i % 8)
			d := h.damaged(t, firstKey, bad)
			p, err := d.Payload(t.Context(), "papers", c)
			var body []byte
			if err == nil {
				body, err = io.ReadAll(p)
			}
			if err != nil {
				caught++
				if ibid.KindOf(err) != ibid.KindFixity {
					t.Errorf("bit in byte %d: %v", i, err)
				}
			} else if string(body) != text(700) {
				t.Fatalf("bit in byte %d: %d wrong bytes", i, len(body))
			}
		}
		if caught < int(c.Location.Length)*9/10 {
			t.Errorf("only %d of %d flipped bits were noticed", caught, c.Location.Length)
		}
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	c := write(t, w, exchange("http://example.org/a", 200, text(700)))
	other := write(t, w, exchange("http://example.org/b", 200, text(800)))
	h.commit(t, w)
	c, other = h.at(t, c), h.at(t, other)
	for name, change := range map[string]func(*ibid.Capture){
		"past the end":   func(c *ibid.Capture) { c.Location.Offset = int64(len(h.object(t, firstKey))) },
		"in between":     func(c *ibid.Capture) { c.Location.Offset++ },
		"too short":      func(c *ibid.Capture) { c.Location.Length -= 9 },
		"another record": func(c *ibid.Capture) { c.Location = other.Location },
		"another digest": func(c *ibid.Capture) { c.Digest = other.Digest },
	} {
		bad := c
		change(&bad)
		p, err := h.Payload(t.Context(), "papers", bad)
		if err == nil {
			_, err = io.ReadAll(p)
		}
		if ibid.KindOf(err) != ibid.KindFixity {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := c
	gone.Location.Key = "warc/papers/202603/other-00001.warc.gz"
	if _, err := h.Payload(t.Context(), "papers", gone); ibid.KindOf(err) != ibid.KindFixity {
		t.Errorf("no object: %v", err)
	}
	lost := c
	lost.Revisit, lost.Digest = true, ibid.DigestOf([]byte("never seen"))
	if _, err := h.Payload(t.Context(), "papers", lost); err == nil {
		t.Error("a revisit of nothing was read")
	}
}

func TestReadGivesTheBlock(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	x := exchange("http://example.org/a", 200, text(700), "Transfer-Encoding: chunked")
	c := write(t, w, x)
	h.commit(t, w)
	c = h.at(t, c)
	r, err := h.Read(t.Context(), c.Location)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil || ibid.DigestOf(b) != x.Response.Digest || r.Type != warc.Response || r.Length != x.Response.Size || r.Close() != nil {
		t.Errorf("%d bytes of %s, %v", len(b), r.Type, err)
	}
}

func encode(t *testing.T, coding, s string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "raw deflate":
		w, err = flate.NewWriter(&b, 6)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(w, s)
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDecoded(t *testing.T) {
	const page = "a page in French: déjà vu"
	for name, c := range map[string]struct {
		body   string
		coding string
		limit  Limit
		want   string
		class  ibid.Class
	}{
		"none":                    {page, "", 0, page, ""},
		"gzip":                    {encode(t, "gzip", page), "gzip", 0, page, ""},
		"x-gzip, upper case":      {encode(t, "gzip", page), "X-GZIP", 0, page, ""},
		"br":                      {encode(t, "br", page), "br", 0, page, ""},
		"zstd":                    {encode(t, "zstd", page), "zstd", 0, page, ""},
		"deflate":                 {encode(t, "deflate", page), "deflate", 0, page, ""},
		"deflate without zlib":    {encode(t, "raw deflate", page), "deflate", 0, page, ""},
		"two, in their order":     {encode(t, "br", encode(t, "gzip", page)), "gzip, br", 0, page, ""},
		"identity":                {page, "identity", 0, page, ""},
		"said, but not so":        {page, "gzip", 0, page, ""},
		"nothing sent":            {"", "br", 0, "", ""},
		"cut short":               {encode(t, "gzip", page)[:20], "gzip", 0, "", ibid.ClassDecodeFailed},
		"unknown":                 {page, "compress", 0, "", ibid.ClassDecodeFailed},
		"too many":                {page, "gzip,gzip,gzip,gzip,gzip", 0, "", ibid.ClassDecodeFailed},
		"a bomb":                  {encode(t, "gzip", strings.Repeat("0", 1<<20)), "gzip", 1000, strings.Repeat("0", 1000), ibid.ClassDecodedTooLarge},
		"just at the limit":       {encode(t, "gzip", page), "gzip", Limit(len(page)), page, ""},
		"too long, and not coded": {page, "", 5, page[:5], ibid.ClassDecodedTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			w := h.Begin(testJob)
			var fields []string
			if c.coding != "" {
				fields = []string{"Content-Encoding: " + c.coding}
			}
			write(t, w, exchange("http://example.org/a", 200, c.body, fields...))
			done := h.commit(t, w)
			p, err := h.Payload(t.Context(), "papers", done.Captures[0])
			if err != nil {
				t.Fatal(err)
			}
			r, err := p.Decoded(c.limit)
			var got []byte
			if err == nil {
				got, err = io.ReadAll(r)
			}
			if ibid.ClassOf(err) != c.class || (err != nil) != (c.class != "") {
				t.Errorf("err = %v", err)
			}
			if c.want != "" && string(got) != c.want {
				t.Errorf("%d bytes %.40q", len(got), got)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
