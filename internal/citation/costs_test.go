package citation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

// TestOneAddressIsMadeOnce cites one long address many times: it must be made into a usable one only the first time.
func TestOneAddressIsMadeOnce(t *testing.T) {
	t.Parallel()
	long := "http://a.example/" + strings.Repeat("b", 400)
	href := `<Relationship Id="l" ` + hyper + ` Target="` + long + `"/>`
	for _, tt := range []struct {
		name string
		read func(*collector) error
	}{
		{"RST", func(c *collector) error { return readRST(c, ".. _a: "+long+"\n\n"+strings.Repeat("x a_ y\n\n", 100)) }},
		{"Markdown", func(c *collector) error {
			return readMarkdown(c, "[a]: "+long+"\n\n"+strings.Repeat("x [a] y\n\n", 100))
		}},
		{"AsciiDoc", func(c *collector) error {
			return readASCIIDoc(c, "= A\n:u: "+long+"\n\n"+strings.Repeat("x {u}[a] y\n\n", 100))
		}},
		{"HTML", func(c *collector) error { return readHTML(c, strings.Repeat("<p><a href='"+long+"'>x</a></p>", 100)) }},
		{"DOCX", func(c *collector) error {
			body := strings.Repeat(`<w:p><w:hyperlink r:id="l">`+run("x")+`</w:hyperlink></w:p>`, 100)
			return readDOCX(c, zipped(t, "word/document.xml", wordBegin+body+wordEnd, "word/_rels/document.xml.rels", "<Relationships>"+href+"</Relationships>"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCollector(context.Background(), Source{}, Options{MaxReferences: 1000})
			if err := tt.read(c); err != nil || len(c.refs) != 100 || c.refs[99].URI != long {
				t.Fatalf("%d references, %v", len(c.refs), err)
			}
			if c.longSize != len(long) {
				t.Errorf("made %d bytes of addresses, want %d", c.longSize, len(long))
			}
		})
	}
}

// TestLongBase has links that are short, and long together with what they are resolved against.
func TestLongBase(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 128 MB of addresses")
	}
	t.Parallel()
	var body strings.Builder
	body.WriteString("<base href='http://a.example/" + strings.Repeat("b", 8000) + "/'>")
	for i := range 20_000 {
		fmt.Fprintf(&body, "<a href=%d>x</a> ", i)
	}
	c := newCollector(context.Background(), Source{}, Options{MaxReferences: 100_000})
	err := readHTML(c, body.String())
	if e := new(ibid.Error); !errors.As(err, &e) || e.Class != ibid.ClassLinksCapped || c.longSize > maxKept+maxAddress {
		t.Errorf("made %d MB of addresses, then %v", c.longSize>>20, err)
	}
}

// TestCollectorStops counts how often it is asked whether to go on: every 1,000 citations.
func TestCollectorStops(t *testing.T) {
	t.Parallel()
	asked := 0
	c := newCollector(context.Background(), Source{}, Options{MaxReferences: 10})
	c.stopped = func() error { asked++; return nil }
	text := strings.Repeat("<a href='http://a.example/'>x</a> ", 10_000)
	if err := readHTML(c, text); ibid.KindOf(err) != ibid.KindInput || asked != 1 || len(c.refs) != 10 {
		t.Errorf("asked %d times, %d references, %v", asked, len(c.refs), err)
	}
	p := passage{text: strings.Repeat("http://a.example/ ", 10_000)}
	if found := p.citations(10); len(found) != 11 {
		t.Errorf("looked for %d addresses in a body where 10 may be", len(found))
	}
	p = passage{kind: ibid.Footnote, text: p.text + "http://b.example/"}
	if found := p.citations(10); len(found) != 2 {
		t.Errorf("a note cites %d addresses, want 2", len(found))
	}
}

// TestArchiveKeepsItsBound reads two documents, each of which is within the bound.
func TestArchiveKeepsItsBound(t *testing.T) {
	t.Parallel()
	document := ".. _a: http://a.example/" + strings.Repeat("b", 8000) + "\n\n" + strings.Repeat("a_\n\n", 5000)
	_, err := Read(context.Background(), Source{Name: "a.zip", Body: zipped(t, "a.rst", document, "b.rst", document)}, Options{})
	if err == nil || !strings.Contains(err.Error(), "longer than 128 MB") {
		t.Errorf("got %v", err)
	}
}

// TestArchiveAtItsLimit has a document after the last reference that may be read.
func TestArchiveAtItsLimit(t *testing.T) {
	t.Parallel()
	src := Source{Name: "a.zip", Body: zipped(t, "a.txt", "http://a.example/ http://b.example/", "b.txt", "http://c.example/")}
	_, err := Read(context.Background(), src, Options{MaxReferences: 2})
	if e := new(ibid.Error); !errors.As(err, &e) || e.Class != ibid.ClassLinksCapped {
		t.Errorf("got %v", err)
	}
}

// FuzzPrepare checks that every line that the parser gets is the one of the document that it is said to be.
func FuzzPrepare(f *testing.F) {
	f.Add("a\n\n\n\n\nb\n" + strings.Repeat("> ", 150) + "c\n|a|b|c|d|e|f|g|h|i|j|k\n-|-|-|-|-|-|-|-|-|-|-\na\na\na\na\na\na\na\na\na\na\na\na\na\n")
	f.Add(strings.Repeat("[a]: b\n", 250) + strings.Repeat("[", 50) + strings.Repeat("a", 50) + strings.Repeat("]", 50))
	f.Fuzz(func(t *testing.T, source string) {
		lines := strings.SplitAfter(source, "\n")
		p := prepare(source, 0)
		index, offset := newLineIndex(p, 0), 0
		for line := range strings.Lines(p.text) {
			if n := index.of(offset); strings.TrimSpace(line) != "" && (n > len(lines) || lines[n-1] != line) {
				t.Fatalf("line %d is not %q", n, line)
			}
			offset += len(line)
		}
		for _, long := range p.long {
			if lines[long.line-1] != long.text {
				t.Fatalf("line %d is not %q", long.line, long.text)
			}
		}
	})
}

// TestPrepare has what the parser of Markdown would take long on.
func TestPrepare(t *testing.T) {
	t.Parallel()
	const address = "http://a.example/"
	table := strings.Repeat("|a", 500) + "|\n" + strings.Repeat("|-", 500) + "|\n"
	for _, tt := range []struct {
		name, body  string
		links, last int // how many there are, and the line of the last one
		bound       func(text string) bool
	}{
		{"nested lists", nestedList(1000), 1000, 1000, func(text string) bool { return !strings.Contains(text, strings.Repeat(" ", maxIndent+1)) }},
		{"nested quotations", strings.Repeat("> ", 500) + address + "\n", 1, 1, func(text string) bool { return !strings.Contains(text, ">") }},
		{"marks on one line", strings.Repeat("1. - ", 500) + address + "\n", 1, 1, func(text string) bool { return !strings.Contains(text, "-") }},
		{"empty lines", address + strings.Repeat("\n", 1000) + address + "\n\n" + address + "\n", 3, 1003, func(text string) bool { return len(text) < 100 }},
		{"table that lacks cells", table + strings.Repeat("|b\n", 100) + "|" + address + "\n\n" + address + "\n", 2, 105, func(text string) bool {
			return strings.Contains(text, "|\n|b\n\n|b") || strings.Count(text, "\n\n") > 1
		}},
		{"nested brackets", strings.Repeat("[", 3000) + address + strings.Repeat("]", 3000) + "\n", 1, 1, func(text string) bool { return text == "\n" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if text := prepare(tt.body, 0).text; !tt.bound(text) {
				t.Errorf("the parser gets %.200q", text)
			}
			refs := readBody(t, Source{Name: "a.md", Body: []byte(tt.body)}).References
			last := 0
			for _, ref := range refs {
				last = max(last, ref.Locator.Line)
			}
			if len(refs) != tt.links || last != tt.last {
				t.Errorf("%d links, the last in line %d; want %d and %d", len(refs), last, tt.links, tt.last)
			}
		})
	}
}

// TestOrdinaryMarkdown is what looks like it, and the parser gets to the letter.
func TestOrdinaryMarkdown(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		nestedList(50), strings.Repeat("> ", 20) + "a\n", "a\n\n\nb\n", strings.Repeat("-", 1000) + "\n", "a\n" + strings.Repeat("=", 1000) + "\n",
		"|a|b|c|\n|-|-|-|\n" + strings.Repeat("|Part|\n", 1000), strings.Repeat("See [a](b) and [c]. ", 300) + "\n",
	} {
		if p := prepare(body, 0); p.text != body {
			t.Errorf("%.60q was changed", body)
		}
	}
}

func TestLongRSTTarget(t *testing.T) {
	t.Parallel()
	c := newCollector(context.Background(), Source{}, Options{MaxReferences: 10})
	r := &rst{markup: newMarkup(c, ".. _a: http://a.example/\n"+strings.Repeat("  bb\n", 50_000)), targets: make(map[string]rstTarget)}
	if r.findTargets(); len(r.targets["a"].cited) > maxAddress+10 {
		t.Errorf("a target of %d bytes is put together", len(r.targets["a"].cited))
	}
	if start := len(wordBefore([]byte(strings.Repeat("é", maxName)), 0)); start > maxName {
		t.Errorf("a name has %d bytes", start)
	}
}

// TestCellOfManyLinks has a long text that each of its links could have for a title.
func TestCellOfManyLinks(t *testing.T) {
	t.Parallel()
	s := openSheet{links: []string{"http://a.example/", "http://b.example/"}}
	s.text.WriteString(strings.Repeat("a b ", maxBeside))
	if s.cell(); len(s.cells) != 2 || len(s.cells[1].text) > maxBeside {
		t.Errorf("%d cells of %d bytes", len(s.cells), len(s.cells[1].text))
	}
}

// TestManyRoots has more tags of body than the parser should see.
func TestManyRoots(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	for i := range 2 * maxRoots {
		fmt.Fprintf(&page, "<BODY a%d=b>", i)
	}
	text := page.String() + "<p><a href='http://a.example/'>x</a>"
	root, err := parsedHTML(text)
	if err != nil {
		t.Fatal(err)
	}
	if body := root.FirstChild.LastChild; body.Data != "body" || len(body.Attr) != 0 {
		t.Errorf("%s has %d attributes", body.Data, len(body.Attr))
	}
	if refs := readBody(t, Source{Name: "a.html", Body: []byte(text)}).References; len(refs) != 1 {
		t.Errorf("%d references", len(refs))
	}
}

// TestCut takes what was written from an offset on out of a passage, with the spans there.
func TestCut(t *testing.T) {
	t.Parallel()
	b := &passageBuilder{buf: []byte("0123456789")}
	b.links = []link{{span: span{0, 3}, uri: "a"}, {span: span{4, 4}, uri: "b"}, {span: span{2, 6}, uri: "c"}, {span: span{5, 8}, uri: "d"}}
	b.italics = []span{{0, 2}, {4, 4}, {3, 9}, {6, 9}}
	b.cut(4)
	if len(b.buf) != 4 || len(b.links) != 3 || b.links[2].uri != "c" || fmt.Sprint(b.italics) != "[{0 2} {3 9}]" {
		t.Errorf("%q %v %v", b.buf, b.links, b.italics)
	}
}
