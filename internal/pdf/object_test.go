package pdf

import (
	"reflect"
	"strings"
	"testing"
)

func TestObjects(t *testing.T) {
	tests := []struct {
		name, in string
		want     any
	}{
		{"number", " 12.5 ", 12.5},
		{"negative", "-3", -3.0},
		{"reference", "12 0 R", ref(12)},
		{"two numbers", "12 0 obj", 12.0},
		{"name", "/Na#6de/x", name("Name")},
		{"name with a loose #", "/a#zz", name("a#zz")},
		{"string", `(a (nested) \(one\) \101\7\n)`, text("a (nested) (one) A\a\n")},
		{"string over lines", "(a\\\r\nb)", text("ab")},
		{"string without an end", "(abc", text("abc")},
		{"hex", "<48 656C6c 6>", text("Hell`")},
		{"array", "[1 (a)[/b]]", []any{1.0, text("a"), []any{name("b")}}},
		{"dict", "<</A 1 /B<</C 2 0 R>>>>", dict{"A": 1.0, "B": dict{"C": ref(2)}}},
		{"dict without an end", "<</A 1", dict{"A": 1.0}},
		{"comment", "% no\n/Yes", name("Yes")},
		{"keyword", "stream", keyword("stream")},
		{"end", "  ", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (&lexer{b: []byte(tt.in)}).next(0); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

func TestObjectsAreBounded(t *testing.T) {
	for _, in := range []string{strings.Repeat("[", 1<<20), strings.Repeat("<</A", 1<<20), strings.Repeat("[1 ", 1<<20), "[" + strings.Repeat("1 ", 1<<20)} {
		l := &lexer{b: []byte(in)}
		l.next(0)
		if l.values > 2*maxValues {
			t.Errorf("%q…: %d values", in[:8], l.values)
		}
	}
}

func TestTextStrings(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"ascii", " A\ttitle\n", "A title"},
		{"utf-16", "\xfe\xff\x00\xdc\x00b\x20\x13", "Üb–"},
		{"utf-16, little endian", "\xff\xfe\xdc\x00b\x00", "Üb"},
		{"utf-16 with a language", "\xfe\xff\x00\x1b\x00d\x00e\x00\x1b\x00x", "x"},
		{"utf-16 with an odd end", "\xfe\xff\x00x\x00", "x"},
		{"utf-8", "\xef\xbb\xbfÜb", "Üb"},
		{"utf-8 without a mark", "Übung", "Übung"},
		{"PDFDocEncoding", "\x8dquoted\x8e \x84 \xdcb \x93n", "“quoted” — Üb fin"},
		{"control characters", "a\x00\x01b", "ab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.ReplaceAll(text(tt.in).String(), "ﬁ", "fi"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPredictors(t *testing.T) {
	in := []byte{0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1, 4, 1, 1, 1}
	want := []byte{1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5}
	if got := unpredict(in, 3); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
