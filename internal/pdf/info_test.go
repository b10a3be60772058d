package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/internal/pdf/pdftest"
)

const packet = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:p="http://prismstandard.org/namespaces/basic/2.1/">
<rdf:Description rdf:about="" xmp:CreateDate="2009-06-04T10:00:00+02:00" xmlns:other="http://other.example/" other:x="no">
 <dc:title><rdf:Alt><rdf:li xml:lang="fr">Le titre</rdf:li><rdf:li xml:lang="x-default">The title &amp; more</rdf:li></rdf:Alt></dc:title>
 <dc:creator><rdf:Seq><rdf:li>Ann Other</rdf:li><rdf:li>Bo  Nobody</rdf:li></rdf:Seq></dc:creator>
 <p:doi>10.1000/182</p:doi>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

var packetWant = map[string][]string{
	"dc:title": {"The title & more", "Le titre"}, "dc:creator": {"Ann Other", "Bo Nobody"},
	"xmp:CreateDate": {"2009-06-04T10:00:00+02:00"}, "prism:doi": {"10.1000/182"},
}

func TestXMP(t *testing.T) {
	if got := parseXMP([]byte(packet)); !reflect.DeepEqual(got, packetWant) {
		t.Errorf("got %q", got)
	}
	cut, _, _ := strings.Cut(packet, "<p:doi>")
	if got := parseXMP([]byte(cut)); len(got["dc:creator"]) != 2 {
		t.Errorf("a packet that is cut off: got %q", got)
	}
	for _, none := range []string{"", "RDF", "<rdf:RDF/>", "<a><b></a>RDF", "<x:xmpmeta><rdf:RDF xmlns:rdf='u'>\xff\x00"} {
		if got := parseXMP([]byte(none)); got != nil {
			t.Errorf("%q: got %q", none, got)
		}
	}
}

func described(packed bool) *pdftest.Doc {
	return &pdftest.Doc{
		Packed: packed, XMP: packet, Language: "en",
		Info:  map[string]string{"Title": "Über den Titel", "Author": "A. N. Other", "CreationDate": "D:20090604100000+02'00'"},
		Pages: []pdftest.Page{{Texts: pdftest.Lines(72, 700, 10, "Text.")}},
	}
}

func TestReadInfo(t *testing.T) {
	for _, packed := range []bool{false, true} {
		t.Run(fmt.Sprintf("packed %v", packed), func(t *testing.T) {
			doc := described(packed)
			body := doc.Bytes()
			info, err := readInfo(bytes.NewReader(body), int64(len(body)))
			if err != nil {
				t.Fatal(err)
			}
			want := &Info{Dict: doc.Info, XMP: packetWant, Language: "en"}
			if !reflect.DeepEqual(info, want) {
				t.Errorf("got %+v", info)
			}
		})
	}
}

// Files that are damaged where readers look first still say what can be found in them.
func TestReadInfoOfDamagedFiles(t *testing.T) {
	body := described(false).Bytes()
	tail := bytes.LastIndex(body, []byte("startxref"))
	tests := map[string][]byte{
		"end cut off":     body[:tail],
		"offset wrong":    append(bytes.Clone(body[:tail]), "startxref\n99\n%%EOF\n"...),
		"offset huge":     append(bytes.Clone(body[:tail]), "startxref\n99999999999999999999\n%%EOF\n"...),
		"bytes put first": append([]byte("HTTP garbage\r\n"), body...),
		"table loops":     bytes.Replace(body, []byte("trailer\n<<"), fmt.Appendf(nil, "trailer\n<</Prev %d", bytes.LastIndex(body, []byte("xref\n0"))), 1),
	}
	for name, damaged := range tests {
		t.Run(name, func(t *testing.T) {
			info, err := readInfo(bytes.NewReader(damaged), int64(len(damaged)))
			if err != nil {
				t.Fatal(err)
			}
			if info.Dict["Title"] != "Über den Titel" || info.Get("prism:doi") != "10.1000/182" {
				t.Errorf("got %+v", info)
			}
		})
	}
}

// A damaged file is looked through block by block: nothing is lost where two blocks meet, nor in the ends
// of one that is longer than what is looked through.
func TestScanInfoAcrossBlocks(t *testing.T) {
	body := described(false).Bytes()
	body = append([]byte("%PDF-1.5\n"), body[:bytes.LastIndex(body, []byte("startxref"))]...)
	for pad := scanBlock - maxMark - len(body); pad < scanBlock+64; pad += 6 {
		damaged := append(bytes.Repeat([]byte("%\n"), (pad+1)/2), body...)
		info, err := scanInfo(bytes.NewReader(damaged), int64(len(damaged)))
		if err != nil || info.Dict["Title"] != "Über den Titel" || info.Get("prism:doi") != "10.1000/182" {
			t.Fatalf("%d bytes put first: got %+v, %v", pad, info, err)
		}
	}
	long := append(bytes.Repeat([]byte("%\n"), 3<<20), body...)
	info, err := scanInfo(bytes.NewReader(long), int64(len(long)))
	if err != nil || info.Dict["Title"] != "Über den Titel" {
		t.Errorf("a long file: got %+v, %v", info, err)
	}
}

func TestReadInfoOfHopelessFiles(t *testing.T) {
	random := hopeless(100_000)
	for name, body := range map[string][]byte{
		"empty": nil, "text": []byte("not a PDF"), "head": []byte("%PDF-1.4"), "random": random,
	} {
		if _, err := readInfo(bytes.NewReader(body), int64(len(body))); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := readInfo(brokenDisk{}, 1000); err == nil || errors.Is(err, ErrFormat) {
		t.Errorf("a disk that cannot be read: got %v", err)
	}
}

type brokenDisk struct{}

func (brokenDisk) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

// hopeless is what many servers send for a PDF: the right head and end, and nothing between.
func hopeless(size int) []byte {
	body := make([]byte, size)
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same file at each run is what is wanted
	for i := range body {
		body[i] = byte(r.Uint32())
	}
	copy(body, "%PDF-1.5\n")
	copy(body[size-6:], "%%EOF\n")
	return body
}

func FuzzInfo(f *testing.F) {
	f.Add(described(false).Bytes())
	f.Add(described(true).Bytes())
	f.Add(hopeless(300))
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Title(\\"))
	f.Add([]byte("%PDF-1.4 xref 0 9999999 trailer<</Root 1 0 R/Prev 9>>startxref 9"))
	f.Fuzz(func(t *testing.T, body []byte) {
		info, err := readInfo(bytes.NewReader(body), int64(len(body)))
		if (info == nil) == (err == nil) {
			t.Fatalf("got %v and %v", info, err)
		}
		if info != nil && (len(info.Dict) > maxEntries || len(info.XMP) > maxEntries) {
			t.Fatal("more entries than allowed")
		}
	})
}

func FuzzXMP(f *testing.F) {
	f.Add(packet)
	f.Add("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:li>")
	f.Fuzz(func(_ *testing.T, s string) { parseXMP([]byte(s)) })
}

func BenchmarkInfo(b *testing.B) {
	big := described(true)
	for range 400 {
		big.Pages = append(big.Pages, pdftest.Page{Texts: pdftest.Lines(72, 700, 10, "Some lines of text, and more of it.")})
	}
	for name, body := range map[string][]byte{
		"plain": described(false).Bytes(), "packed": big.Bytes(), "hopeless": hopeless(2 << 20),
		"truncated": append(described(false).Bytes()[:1500], hopeless(2<<20)...),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = readInfo(bytes.NewReader(body), int64(len(body)))
			}
		})
	}
}
