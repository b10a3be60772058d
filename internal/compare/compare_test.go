package compare_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/internal/compare"
)

// marked writes rows as people mark a text: [-gone-] {+new+}, and "..n" for n lines left out.
func marked(rows []compare.Row) []string {
	var out []string
	side := func(all []compare.Piece, open, end string) string {
		var b strings.Builder
		for _, p := range all {
			if p.Changed {
				b.WriteString(open + p.Text + end)
			} else {
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	for _, r := range rows {
		switch {
		case r.Skipped > 0:
			out = append(out, fmt.Sprintf("..%d", r.Skipped))
		case r.Same:
			out = append(out, side(r.Left, "!", "!"))
		default:
			out = append(out, side(r.Left, "[-", "-]")+" | "+side(r.Right, "{+", "+}"))
		}
	}
	return out
}

func TestDiff(t *testing.T) {
	for _, tt := range []struct {
		name, left, right string
		want              []string
		common, changes   int
	}{
		{"nothing", "", "", nil, 0, 0},
		{"the same", "a b\nc", "a b\nc", []string{"..2"}, 3, 0},
		{"a word", "one\ntwo\nthe first of June\nthree\nfour\nfive", "one\ntwo\nthe first of July\nthree\nfour\nfive", []string{"..1", "two", "the first of [-June-] | the first of {+July+}", "three", "..2"}, 8, 1},
		{"words beside each other", "a lost big old cat", "a lost very small cat", []string{"a lost [-big old-] cat | a lost {+very small+} cat"}, 3, 1},
		{"a line that came", "one\ntwo", "one\nnew\ntwo", []string{"one", " | {+new+}", "two"}, 2, 1},
		{"a line that went", "one\nold\ntwo", "one\ntwo", []string{"one", "[-old-] | ", "two"}, 2, 1},
		{"all of it", "a page about migration", "buy casino chips", []string{"[-a page about migration-] | {+buy casino chips+}"}, 0, 1},
		{"only began", "", "one\ntwo", []string{" | {+one\ntwo+}"}, 0, 1},
		{"without spaces", "国际移民组织报告", "国际移民机构报告", []string{"国际移民[-组织-]报告 | 国际移民{+机构+}报告"}, 6, 1},
		{"lines that changed places", "a\nb\nc\nd", "a\nc\nb\nd", []string{"a", "[-b-] | ", "c", " | {+b+}", "d"}, 3, 2},
		{"lines in the place of fewer", "x\nold words stay here\ny", "x\nold words\nstay here\ny", []string{"x", "old words[- -]stay here | old words{+\n+}stay here", "y"}, 6, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := compare.Diff(lines(tt.left), lines(tt.right))
			if m := marked(compare.Fold(got.Rows)); !slices.Equal(m, tt.want) || got.Common != tt.common || got.Changes != tt.changes {
				t.Errorf("got %q, %d in common, %d changes", m, got.Common, got.Changes)
			}
		})
	}
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func TestRead(t *testing.T) {
	for _, tt := range []struct{ name, mediaType, contentType, body, title, language, want string }{
		{
			"a page", "text/html", "text/html; charset=utf-8", "<!DOCTYPE html><html lang=' fr '><head><title>Un\n titre &amp; plus</title><style>p{}</style><script>x<p></script></head>" +
				"<body><h1>Tête</h1><p>Un <b>mot</b> et\n un   autre<br>suite<ul><li>a<li>b</ul><noscript><p>sans</noscript><table><tr><td>1<td>2</table><!-- c --><svg><text>t</text></svg>fin",
			"Un titre & plus", "fr", "Tête|Un mot et un autre|suite|a|b|1|2|fin",
		},
		{"another encoding", "text/html", "text/html; charset=iso-8859-1", "<title>caf\xe9</title><p>na\xefve", "café", "", "naïve"},
		{"one that the page names", "text/html", "text/html", "<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2", "", "", "Привет"},
		{"plain text", "text/plain", "text/plain; charset=utf-16le", "a\x00 \x00 \x00b\x00\n\x00\n\x00c\x00", "", "", "a b|c"},
		{"no encoding", "text/plain", "text/plain; charset=nonsense", "a\xffb", "", "", "aÿb"},
		{"a title in a picture", "text/html", "", "<svg><title>no</title></svg><title>yes</title><p>x", "yes", "", "x"},
		{"what is not closed", "text/html", "", "<p>a<script>never", "", "", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := compare.Read(strings.NewReader(tt.body), tt.mediaType, tt.contentType)
			if err != nil || p.Title != tt.title || p.Language != tt.language || strings.Join(p.Lines, "|") != tt.want || p.Cut {
				t.Errorf("got %+v, %v", p, err)
			}
		})
	}
	for name, body := range map[string]string{"one line": strings.Repeat("a b ", compare.MaxPage/4+1), "many lines": strings.Repeat("é b\n", compare.MaxText/3)} {
		p, err := compare.Read(strings.NewReader(body), "text/plain", "text/plain; charset=utf-8")
		if n := len(strings.Join(p.Lines, "")); err != nil || !p.Cut || n > compare.MaxText || n < compare.MaxText-2 {
			t.Errorf("%s: cut %v, %d bytes, %v", name, p.Cut, n, err)
		}
	}
	for mediaType, want := range map[string]bool{"text/html": true, "application/xhtml+xml": true, "text/plain": true, "text/css": false, "application/pdf": false, "image/png": false, "": false} {
		if compare.Readable(mediaType) != want {
			t.Error(mediaType)
		}
	}
}

// texts are of about so many bytes each, made to be hard to compare.
func texts(size int) map[string][2][]string {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test is the same each time
	words := func(n, known int) string {
		var b strings.Builder
		for range n {
			fmt.Fprintf(&b, "w%d ", random.IntN(known))
		}
		return b.String()
	}
	chop := func(s string, n int) (out []string) {
		for len(s) > n {
			out, s = append(out, s[:n]), s[n:]
		}
		return append(out, s)
	}
	long := words(size/7, 100_000)
	return map[string][2][]string{
		"one line, nothing alike":    {{words(size/4, 50)}, {words(size/4, 50)}},
		"one line, a little changed": {{long}, {strings.ReplaceAll(long, "w7", "x")}},
		"many lines of two kinds":    {chop(words(size/3, 3), 8), chop(words(size/3, 3), 8)},
		"lines turned round":         {chop(long, 9), func() []string { l := chop(long, 9); slices.Reverse(l); return l }()},
		"the same line again":        {slices.Repeat([]string{"a b c"}, size/6), slices.Repeat([]string{"a b d"}, size/6)},
		"one longer than the other":  {slices.Repeat([]string{"a b c"}, size/6), {"a b c"}},
	}
}

func TestHardTextsTakeNoTime(t *testing.T) {
	for name, two := range texts(compare.MaxText / 8) {
		t.Run(name, func(t *testing.T) {
			r := compare.Diff(two[0], two[1])
			t.Logf("%d rows, %d changes, %d of %d and %d words", len(r.Rows), r.Changes, r.Common, r.WordsLeft, r.WordsRight)
			whole(t, two[0], two[1], r)
		})
	}
}

// whole holds that each side can be read back from the rows.
func whole(t *testing.T, left, right []string, r compare.Result) {
	t.Helper()
	var a, b []string
	add := func(to *[]string, pieces []compare.Piece) {
		var s strings.Builder
		for _, p := range pieces {
			s.WriteString(p.Text)
		}
		if s.Len() > 0 {
			*to = append(*to, s.String())
		}
	}
	for _, row := range r.Rows {
		add(&a, row.Left)
		if row.Same {
			add(&b, row.Left)
		} else {
			add(&b, row.Right)
		}
	}
	nonEmpty := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == '\n' }), "\n")
	}
	if nonEmpty(strings.Join(a, "\n")) != nonEmpty(strings.Join(left, "\n")) || nonEmpty(strings.Join(b, "\n")) != nonEmpty(strings.Join(right, "\n")) {
		t.Errorf("a side is not what it was: %.300q | %.300q", a, b)
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("a b\nc", "a c\nc")
	f.Add("", "\n\n")
	f.Add("国\xff", "\xff国 ")
	f.Fuzz(func(t *testing.T, left, right string) {
		whole(t, lines(left), lines(right), compare.Diff(lines(left), lines(right)))
	})
}

func FuzzRead(f *testing.F) {
	f.Add("<html lang=en><title>a</title><p>b<script>", "text/html; charset=x")
	f.Add("<svg><title>", "text/html")
	f.Add("\xff\xfea\x00", "text/html")
	f.Fuzz(func(t *testing.T, body, contentType string) {
		p, err := compare.Read(strings.NewReader(body), "text/html", contentType)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range p.Lines {
			if line == "" || strings.ContainsAny(line, "\n\t") {
				t.Errorf("a line %q", line)
			}
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	for name, two := range texts(compare.MaxText) {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				compare.Diff(two[0], two[1])
			}
		})
	}
}
