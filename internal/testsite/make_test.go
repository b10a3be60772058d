package testsite

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
)

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// checkPDF follows the cross-reference table (ISO 32000-1, 7.5.4) and says what is wrong: every entry
// must lead to its object, every stream must be as long as it says, every reference must resolve.
func checkPDF(b []byte) error {
	if !bytes.HasPrefix(b, []byte("%PDF-1.")) || !bytes.HasSuffix(b, []byte("%%EOF\n")) {
		return fmt.Errorf("no head or no end")
	}
	m := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(b)
	if m == nil {
		return fmt.Errorf("no startxref")
	}
	at, _ := strconv.Atoi(string(m[1]))
	var count int
	if _, err := fmt.Sscanf(string(b[at:]), "xref\n0 %d\n", &count); err != nil {
		return fmt.Errorf("startxref leads to no table: %w", err)
	}
	table := b[at+len(fmt.Sprintf("xref\n0 %d\n", count)):]
	for n := 1; n < count; n++ {
		entry := string(table[20*n : 20*n+20])
		offset, err := strconv.Atoi(entry[:10])
		if err != nil || entry[10:] != " 00000 n \n" {
			return fmt.Errorf("bad entry %q", entry)
		}
		if !bytes.HasPrefix(b[offset:], fmt.Appendf(nil, "%d 0 obj\n", n)) {
			return fmt.Errorf("entry %d leads to %.20q", n, b[offset:])
		}
	}
	for _, m := range regexp.MustCompile(`/Length (\d+) >>\nstream\n`).FindAllSubmatchIndex(b, -1) {
		size, _ := strconv.Atoi(string(b[m[2]:m[3]]))
		if !bytes.HasPrefix(b[m[1]+size:], []byte("\nendstream\n")) {
			return fmt.Errorf("a stream is not %d bytes long", size)
		}
	}
	for _, m := range regexp.MustCompile(`(\d+) 0 R`).FindAllSubmatch(b, -1) {
		if n, _ := strconv.Atoi(string(m[1])); n < 1 || n >= count {
			return fmt.Errorf("%s leads nowhere", m[0])
		}
	}
	return nil
}

func TestPDF(t *testing.T) {
	args := map[string]string{"title": "Réunion (2009)", "author": "A. Un; B. Deux", "lang": "fr", "date": "2009-05-12", "pages": "3"}
	text := "Première ligne.\n\nVoir <http://www.iom.int/x?a=1&b=2>, et (https://gfmd.example/y).\n" + strings.Repeat("mot ", 400)
	b, err := makePDF(args, text)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkPDF(b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"/Title <FEFF00520", "/Author (A. Un; B. Deux)", "/CreationDate (D:20090512000000Z)", "/Lang (fr)", "/Count 3 ",
		"<rdf:li>A. Un</rdf:li><rdf:li>B. Deux</rdf:li>", "<xmp:CreateDate>2009-05-12T00:00:00Z", "(Premi\xe8re ligne.) Tj",
		"/URI (http://www.iom.int/x?a=1&b=2)", "/URI (https://gfmd.example/y)", `Voir <http://www.iom.int/x?a=1&b=2>, et \(https:`,
	} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("the file lacks %q", want)
		}
	}
	again, err := makePDF(args, text)
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("made again, it differs: %v", err)
	}
}

func TestPDFKeepsEveryLine(t *testing.T) {
	var text strings.Builder
	for i := range 500 {
		fmt.Fprintf(&text, "line %d.\n", i)
	}
	b, err := makePDF(nil, text.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := checkPDF(b); err != nil {
		t.Error(err)
	}
	for i := range 500 {
		if !bytes.Contains(b, fmt.Appendf(nil, "(line %d.) Tj", i)) {
			t.Errorf("line %d is missing", i)
		}
	}
}

func TestImages(t *testing.T) {
	for _, name := range []string{"/a.png", "/a.gif", "/a.jpg"} {
		b, err := makeImage(name, "64x48")
		if err != nil {
			t.Fatal(err)
		}
		config, format, err := image.DecodeConfig(bytes.NewReader(b))
		if err != nil || config.Width != 64 || config.Height != 48 {
			t.Errorf("%s: %v %v %v", name, format, config, err)
		}
		if again, _ := makeImage(name, "64x48"); !bytes.Equal(b, again) {
			t.Errorf("%s: made again, it differs", name)
		}
	}
	b, err := makeImage("/favicon.ico", "16x16")
	if err != nil {
		t.Fatal(err)
	}
	size, at := binary.LittleEndian.Uint32(b[14:]), binary.LittleEndian.Uint32(b[18:])
	if _, format, err := image.Decode(bytes.NewReader(b[at : at+size])); err != nil || format != "png" {
		t.Errorf("icon: %s, %v", format, err)
	}
}

func TestFontAndFilmSayTheirSize(t *testing.T) {
	font := makeWOFF()
	if string(font[:4]) != "wOFF" || int(binary.BigEndian.Uint32(font[8:])) != len(font) || string(font[44:48]) != "name" {
		t.Errorf("font: % x", font)
	}
	b, err := makeMP4(map[string]string{"": "100KB"})
	if err != nil {
		t.Fatal(err)
	}
	var film bytes.Buffer
	if err := b.write(&film); err != nil || int64(film.Len()) != b.size {
		t.Fatalf("film: %d bytes of %d, %v", film.Len(), b.size, err)
	}
	if first := binary.BigEndian.Uint32(film.Bytes()); int(first)+int(binary.BigEndian.Uint32(film.Bytes()[first:])) != film.Len() {
		t.Errorf("the boxes do not fill the film: % x", film.Bytes()[:32])
	}
}

func TestRandomIsTheSameForItsSeed(t *testing.T) {
	made := map[string]bool{}
	for range 2 {
		for _, seed := range []string{"1", "2"} {
			b, err := makeRandom(map[string]string{"": "10KB", "seed": seed})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := b.write(&out); err != nil || out.Len() != 10<<10 {
				t.Fatal(out.Len(), err)
			}
			made[out.String()] = true
		}
	}
	if len(made) != 2 {
		t.Errorf("two seeds made %d bodies", len(made))
	}
}

func FuzzPDF(f *testing.F) {
	f.Add("A (title)", "text http://a.b/ \\ ( é")
	f.Add("\u202e漢", strings.Repeat("x", 300))
	f.Fuzz(func(t *testing.T, title, text string) {
		b, err := makePDF(map[string]string{"title": title}, text)
		if err != nil {
			return
		}
		if !strings.Contains(title+text, "stream") && !strings.Contains(title+text, " 0 R") {
			if err := checkPDF(b); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzNoSuchName(f *testing.F) {
	f.Add([]byte("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\x01a\x00\x00\x01\x00\x01extra"))
	f.Fuzz(func(t *testing.T, query []byte) {
		answer := noSuchName(query)
		if answer == nil {
			return
		}
		if len(answer) > len(query) || answer[0] != query[0] || answer[2]&0x80 == 0 || answer[3]&0xf != 3 {
			t.Errorf("% x answers % x", answer, query)
		}
	})
}
