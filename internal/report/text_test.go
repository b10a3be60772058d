package report

import "testing"

func TestPlainTextCannotSteerATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                "plain",
		"two\nlines":           "two lines",
		"\x1b[31mred":          "\uFFFD[31mred",
		"a\u202Egpj.exe":       "a\uFFFDgpj.exe",
		"\u65e5\u672c\u8a9e ✓": "\u65e5\u672c\u8a9e ✓",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}

func TestShortURI(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{
		{"http://gfmd2008.org/", 17, "gfmd2008.org/"},
		{"https://www.iom.int/a/very/long/path/x", 17, "www.io…ong/path/x"},
		{"http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866", 24, "www.iom.int/…/pid/866"},
		{"https://a-host-with-a-long-name.example/path", 17, "a-host…ample/path"},
		{"http://a.example/\u202Etxt.exe/and/more/of/it", 24, "a.example/…/more/of/it"},
	} {
		got := ShortURI(tt.in, tt.n)
		if got != tt.want || len([]rune(got)) > tt.n {
			t.Errorf("%s becomes %q, not %q", tt.in, got, tt.want)
		}
	}
}

func TestOnlyAddressesOfTheWebAreLinks(t *testing.T) {
	for in, want := range map[string]bool{
		"http://a.example/": true, "https://a.example": true, "javascript:alert(1)": false, "data:text/html,x": false, "/web/2009/x": false, "http:": false, "": false,
	} {
		if got := onWeb(in); got != want {
			t.Errorf("%q: %t", in, got)
		}
	}
}
