package wacz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestWhatIsWrittenIsSound(t *testing.T) {
	key := testKey(t)
	name, err := Fingerprint(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		pages int
		index []string
	}{
		{"small, with a plain index", 3, []string{indexPlain}},
		{"large, with an index in blocks", 700, []string{indexGzip, indexIDX}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := packed(t, key, c.pages)
			found, v := codes(t, b)
			if len(found) > 0 || v.Captures != c.pages || v.Pages != 1 || v.Signature == nil || v.Signature.Key != name {
				t.Fatalf("findings %v, %+v", found, v)
			}
			p, err := Open(bytes.NewReader(b), int64(len(b)), func(*Finding) {})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range append(c.index, pagesPath, dataPath, digestPath, "archive/data.warc.gz", "ibid/note.txt") {
				if !p.Has(want) {
					t.Errorf("there is no %s", want)
				}
			}
			for name, f := range p.files {
				if strings.HasSuffix(name, ".gz") != (f.Method == zip.Store) {
					t.Errorf("%s is packed with method %d", name, f.Method)
				}
			}
			if p.Package.Profile != Profile || p.Package.WACZVersion != Version || p.Package.MainPageURL != "http://example.org/00000" || string(p.Package.Extra["ibid"]) != `{"format":1}` {
				t.Errorf("datapackage.json says %+v", p.Package)
			}
		})
	}
}

// Pages have their own members and ours, and the signature is the 96 bytes that browsers verify.
func TestPagesAndSignature(t *testing.T) {
	b := packed(t, testKey(t), 1)
	p, err := Open(bytes.NewReader(b), int64(len(b)), func(*Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := p.ReadFile(pagesPath, 1<<20)
	want := `{"format":"json-pages-1.0","id":"pages","title":"All Pages"}` + "\n" +
		`{"id":"p1","url":"http://example.org/00000","ts":"2026-03-01T12:00:00Z","title":"Page <0> & more","context":"As said."}` + "\n"
	if err != nil || string(pages) != want {
		t.Errorf("pages are\n%s, %v", pages, err)
	}
	if s := p.Digest.SignedData; len(s.Signature) != 128 || s.Version != AuthVersion || s.Created != "2026-03-01T12:00:00Z" {
		t.Errorf("the signature is %+v", s)
	}
}

func TestUnsignedIsNoFinding(t *testing.T) {
	found, v := codes(t, packed(t, nil, 2))
	if len(found) > 0 || v.Signature != nil {
		t.Errorf("findings %v, signature %v", found, v.Signature)
	}
}

func TestBadPackages(t *testing.T) {
	key := testKey(t)
	good := packed(t, key, 3)
	keep := func(_ *zip.FileHeader, b []byte) ([]byte, bool) { return b, true }
	edit := func(name string, do func([]byte) []byte) []byte {
		return repack(t, good, func(h *zip.FileHeader, b []byte) ([]byte, bool) {
			if h.Name == name {
				b = do(b)
			}
			return b, true
		})
	}
	without := func(name string) []byte {
		return repack(t, good, func(h *zip.FileHeader, b []byte) ([]byte, bool) { return b, h.Name != name })
	}
	with := func(h zip.FileHeader, body string) []byte {
		return repack(t, good, keep, func(w *zip.Writer) { put(t, w, &h, []byte(body)) })
	}
	link := zip.FileHeader{Name: "ibid/link"}
	link.SetMode(0o777 | 1<<27) // fs.ModeSymlink
	swap := func(a, b string) func([]byte) []byte {
		return func(text []byte) []byte { return bytes.ReplaceAll(text, []byte(a), []byte(b)) }
	}
	other := packed(t, testKey(t), 4)
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"not a ZIP file", []byte("WARC/1.1"), "P01"},
		{"cut short", good[:len(good)-40], "P01"},
		{"a name that leads upwards", with(zip.FileHeader{Name: "../etc/passwd"}, "x"), "P02"},
		{"a name that leads upwards within", with(zip.FileHeader{Name: "archive/../../x"}, "x"), "P02"},
		{"an absolute name", with(zip.FileHeader{Name: "/etc/passwd"}, "x"), "P02"},
		{"a backslash", with(zip.FileHeader{Name: `archive\x`}, "x"), "P02"},
		{"a drive", with(zip.FileHeader{Name: "c:x"}, "x"), "P02"},
		{"a symbolic link", with(link, "/etc/passwd"), "P02"},
		{"two entries of one name", with(zip.FileHeader{Name: "ibid/note.txt"}, "x"), "P03"},
		{"overlapping entries", overlapping(t, good), "P04"},
		{"a bomb", with(zip.FileHeader{Name: "ibid/bomb", Method: zip.Deflate}, strings.Repeat("\x00", freeSize+1)), "P05"},
		{"another size in the directory", resized(good), "P05"},
		{"another name in its own header", renamed(good), "P05"},
		{"no datapackage.json", without(dataPath), "P06"},
		{"a datapackage.json that is none", edit(dataPath, func([]byte) []byte { return []byte("[]") }), "P06"},
		{"a file was changed", edit("ibid/note.txt", func([]byte) []byte { return []byte("A note") }), "P07"},
		{"a file is missing", without("ibid/note.txt"), "P08"},
		{"a file was added", with(zip.FileHeader{Name: "ibid/more.txt"}, "x"), "P09"},
		{"a digest of no form", edit(digestPath, func([]byte) []byte { return []byte(`{}`) }), "P10"},
		{"a digest with more in it than may be", edit(digestPath, swap(`"created"`, `"more":1,"created"`)), "P10"},
		{"a signature of two kinds", edit(digestPath, swap(`"created"`, `"domain":"example.org","created"`)), "P10"},
		{"a description was changed", edit(dataPath, swap("Harbours", "harbours")), "P11"},
		{"the signature of another package", edit(digestPath, signatureOf(t, other)), "P12"},
		{"a signature that is none", edit(digestPath, swap(`"signature":"`, `"signature":"AAAA`)), "P12"},
		{"a WARC file compressed again", repack(t, good, func(h *zip.FileHeader, b []byte) ([]byte, bool) { h.Method = zip.Deflate; return b, true }), "P14"},
		{"no index", without(indexPlain), "P15"},
		{"an index out of order", edit(indexPlain, reversed), "P15"},
		{"an index that is none", edit(indexPlain, func([]byte) []byte { return []byte("what?\n") }), "P15"},
		{"an offset behind the end", edit(indexPlain, swap(`"offset":"0"`, `"offset":"99999"`)), "P16"},
		{"a line of another address", edit(indexPlain, swap(`"url":"http://example.org/00001"`, `"url":"http://example.org/x"`)), "P16"},
		{"a line of another time", edit(indexPlain, swap(" 20260301120000 ", " 20250301120000 ")), "P16"},
		{"a line is missing", edit(indexPlain, func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }), "P17"},
		{"no pages", without(pagesPath), "P19"},
		{"pages that are none", edit(pagesPath, func(b []byte) []byte { return append(b, "what?\n"...) }), "P19"},
		{"a page without a capture", edit(pagesPath, swap("example.org/00000", "example.org/none")), "P20"},
		{"a flipped bit in a record", edit("archive/data.warc.gz", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }), "P07"},
		{"a record was swapped", edit("archive/data.warc.gz", func([]byte) []byte { b, _ := captured(t, "data.warc.gz", 4); return b }), "P07"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if found, _ := codes(t, c.b); !slices.Contains(found, c.want) {
				t.Errorf("found %v, not %s", found, c.want)
			}
		})
	}
}

// Whatever bit of what a package holds is turned over, it is found.
func TestAnyFlippedBitOfTheContentsIsFound(t *testing.T) {
	good := packed(t, testKey(t), 2)
	z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	step := int64(1)
	if testing.Short() {
		step = 11
	}
	for _, f := range z.File {
		start, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		for at := start; at < start+int64(f.CompressedSize64); at += step {
			b := bytes.Clone(good)
			b[at] ^= 1 << (at % 8)
			if found, _ := codes(t, b); len(found) == 0 && !bytes.Equal(contents(t, b, f.Name), contents(t, good, f.Name)) { // deflate has bits that mean nothing
				t.Fatalf("bit %d of byte %d of %s was turned over, and not found", at%8, at-start, f.Name)
			}
		}
	}
}

func contents(t *testing.T, b []byte, name string) []byte {
	t.Helper()
	p, err := Open(bytes.NewReader(b), int64(len(b)), func(*Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	body, err := p.ReadFile(name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func reversed(b []byte) []byte {
	lines := slices.Collect(bytes.Lines(b))
	slices.Reverse(lines)
	return bytes.Join(lines, nil)
}

func signatureOf(t *testing.T, other []byte) func([]byte) []byte {
	return func(b []byte) []byte {
		p, err := Open(bytes.NewReader(other), int64(len(other)), func(*Finding) {})
		if err != nil {
			t.Fatal(err)
		}
		var d DataDigest
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		d.SignedData = p.Digest.SignedData
		d.SignedData.Hash = d.Hash
		out, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// directory is where the n-th entry of the central directory begins (APPNOTE, 4.3.12).
func directory(b []byte, n int) int {
	at := 0
	for i := 0; i <= n; i++ {
		at += bytes.Index(b[at:], []byte("PK\x01\x02")) + 4
	}
	return at - 4
}

// resized gives the first entry, which is stored, another size.
func resized(b []byte) []byte {
	b = bytes.Clone(b)
	at := directory(b, 0) + 24
	binary.LittleEndian.PutUint32(b[at:], binary.LittleEndian.Uint32(b[at:])-1)
	return b
}

// renamed gives the first entry another name in its own header than in the directory.
func renamed(b []byte) []byte {
	return bytes.Replace(b, []byte("archive/data.warc.gz"), []byte("archive/date.warc.gz"), 1)
}

// overlapping has the second entry of the directory point to the bytes of the first one.
func overlapping(t *testing.T, good []byte) []byte {
	b := repack(t, good, func(_ *zip.FileHeader, b []byte) ([]byte, bool) { return b, true }, func(w *zip.Writer) {
		put(t, w, &zip.FileHeader{Name: "ibid/note.tx2"}, []byte("a note"))
	})
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	note := slices.IndexFunc(r.File, func(f *zip.File) bool { return f.Name == "ibid/note.txt" })
	last := len(r.File) - 1
	copy(b[directory(b, last)+20:directory(b, last)+28], b[directory(b, note)+20:directory(b, note)+28]) // sizes
	copy(b[directory(b, last)+42:directory(b, last)+46], b[directory(b, note)+42:directory(b, note)+46]) // place
	copy(b[directory(b, last)+10:directory(b, last)+12], b[directory(b, note)+10:directory(b, note)+12]) // method
	copy(b[directory(b, last)+46:], "ibid/note.tx2")
	return b
}

func TestFindingsThatBreakAPackage(t *testing.T) {
	for code, want := range map[string]bool{"P01": true, "P07": true, "P13": true, "P14": false, "P20": false, "W14": false} {
		if got := (&Finding{Code: code}).Broken(); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}

// FuzzVerify: whatever bytes come, reading ends, and says something of what is no package.
func FuzzVerify(f *testing.F) {
	good := packed(f, testKey(f), 2)
	f.Add(good)
	f.Add(packed(f, nil, 0))
	f.Add(resized(good))
	f.Add(good[:len(good)-40])
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<20 {
			return
		}
		codes(t, b)
	})
}

// FuzzDigest: a signature that is taken for good is over the digest that was asked for.
func FuzzDigest(f *testing.F) {
	key := testKey(f)
	hash := ibid.DigestOf([]byte("x"))
	s, err := sign(key, hash, testTime, "test/1")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []*SignedData{s, signedAt(f, issue(f, nil, "archive.example"), hash, testTime)} {
		b, err := json.Marshal(DataDigest{Path: dataPath, Hash: hash, SignedData: s})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	trust := trusting()
	f.Add([]byte(`{"path":"datapackage.json","hash":"` + string(hash) + `","signedData":{"hash":"","signature":"","publicKey":"","domain":"x","domainCert":"-----BEGIN CERTIFICATE-----"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := parseDigest(b)
		if err != nil || d.SignedData == nil {
			return
		}
		if _, err := d.SignedData.verify(d.Hash, trust); err == nil && d.SignedData.Hash != d.Hash {
			t.Errorf("%s is taken for a signature over %s", b, d.Hash)
		}
	})
}
