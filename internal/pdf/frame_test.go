package pdf

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFrames(t *testing.T) {
	var b bytes.Buffer
	long := strings.Repeat("x", 3<<20)
	for _, s := range []string{"", "abc", long} {
		if err := writeFrame(&b, []byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"", "abc", long} {
		if got, err := readFrame(&b, 4<<20); err != nil || string(got) != want {
			t.Errorf("got %d bytes, %v; want %d", len(got), err, len(want))
		}
	}
	if _, err := readFrame(&b, 10); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestFramesThatLie(t *testing.T) {
	for name, in := range map[string]string{
		"length cut off": "\x00\x00", "body cut off": "\x00\x00\x00\x05abc", "over the limit": "\x7f\xff\xff\xff" + strings.Repeat("x", 100),
	} {
		if _, err := readFrame(strings.NewReader(in), 1<<20); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestCodes(t *testing.T) {
	for code, want := range codes {
		if err := errorOf(code, "detail"); !errors.Is(err, want) || codeOf(err) != code || !strings.Contains(err.Error(), "detail") {
			t.Errorf("%s: got %v", code, err)
		}
	}
	if err := errorOf("no such code", ""); !errors.Is(err, ErrFormat) {
		t.Errorf("an unknown code: got %v", err)
	}
}

func TestBadSpansAreDropped(t *testing.T) {
	p := Page{Lines: []Line{{Text: "abc"}}, Links: []Link{{Spans: []Span{
		{0, 1, 3}, {0, 2, 1}, {0, 0, 4}, {0, -1, 2}, {1, 0, 0}, {-1, 0, 0},
	}}}}
	p.dropBadSpans()
	if got := p.Links[0].Spans; len(got) != 1 || got[0] != (Span{0, 1, 3}) {
		t.Errorf("got %v", got)
	}
}

// FuzzAnswers gives what a worker that has been taken over might send to the reader of its answers.
func FuzzAnswers(f *testing.F) {
	var b bytes.Buffer
	for _, a := range []answer{{Ready: true}, {Head: &Info{}}, {Page: &Page{Number: 1, Lines: []Line{{Text: "x"}}}}, {Error: "memory"}, {Done: true}} {
		if err := writeJSON(&b, a); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(b.Bytes())
	f.Add([]byte("\x00\x00\x00\x02{}\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bytes.NewReader(in)
		for range len(in) + 1 {
			if _, err := readAnswer(r); err != nil && r.Len() == 0 {
				return
			}
		}
		if r.Len() > 0 {
			t.Error("frames were read that do not advance")
		}
	})
}
