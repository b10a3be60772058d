package citeform

import "testing"

func TestFieldTarget(t *testing.T) {
	for instruction, want := range map[string]string{
		` HYPERLINK "http://a.example/" `:                         "http://a.example/",
		` HYPERLINK "http://a.example/?a=1" \l "v=one&q" `:        "http://a.example/?a=1#v=one&q",
		` HYPERLINK "http://a.example/#x" \l "y" `:                "http://a.example/#x",
		` HYPERLINK "http://a.example/" \o "a tip" \l "y" \t "_"`: "http://a.example/#y",
		` HYPERLINK \l "here" `:                                   "",
		` PAGEREF x `:                                             "",
	} {
		if got := fieldTarget(instruction); got != want {
			t.Errorf("%s leads to %q, not %q", instruction, got, want)
		}
	}
}
