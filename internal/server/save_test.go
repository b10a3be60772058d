package server

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestAgeOf(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30d": 30 * 24 * time.Hour, "3d 5h 20m": 77*time.Hour + 20*time.Minute, "120": 2 * time.Minute, "30d,12h": 30 * 24 * time.Hour, "90s": 90 * time.Second,
		"": 0, "soon": 0, "d": 0, "-3d": 0, "3": 3 * time.Second, "0d": 0, "99999999999999999999d": 0, "3x": 0, "1d 2": 0, "9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d": 0,
	} {
		got, err := ageOf(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
}

func FuzzAgeOf(f *testing.F) {
	for _, s := range []string{"30d", "3d 5h 20m", "120", "d", " ", "ü"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ageOf(text); d < 0 || err == nil && d == 0 && text != "0" && text[0] != '0' {
			t.Errorf("%q is %v, %v", text, d, err)
		}
	})
}

func TestSaveProblem(t *testing.T) {
	for _, tt := range []struct {
		class  ibid.Class
		status int
		want   string
	}{
		{ibid.ClassDNS, 0, "error:invalid-host-resolution"}, {ibid.ClassAddressRefused, 0, "error:blocked-url"},
		{ibid.ClassTimeoutHeader, 0, "error:soft-time-limit-exceeded"}, {ibid.ClassConnect, 0, "error:proxy-error"},
		{"", 404, "error:not-found"}, {"", 403, "error:no-access"}, {"", 429, "error:too-many-requests"}, {"", 502, "error:bad-gateway"},
		{"", 0, "error:capture-location-error"},
	} {
		if got := SaveProblem(tt.class, tt.status); got != tt.want {
			t.Errorf("%s, %d: %s, want %s", tt.class, tt.status, got, tt.want)
		}
	}
}

func TestMatchesTag(t *testing.T) {
	for _, tt := range []struct {
		given []string
		want  bool
	}{
		{nil, false}, {[]string{`"a"`}, true}, {[]string{`W/"a"`}, true}, {[]string{`"b", "a"`}, true}, {[]string{`"b"`, `"a"`}, true}, {[]string{"*"}, true},
		{[]string{`"b"`}, false}, {[]string{"a"}, false},
	} {
		if got := matchesTag(tt.given, `"a"`); got != tt.want {
			t.Errorf("%v: %v", tt.given, got)
		}
	}
}
