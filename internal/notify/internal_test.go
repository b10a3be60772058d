package notify

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestSignatureOfTheStandardsTestVector(t *testing.T) {
	secrets, err := ParseSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := sign(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestParseSecrets(t *testing.T) {
	const one, two = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	for name, c := range map[string]struct {
		text string
		n    int
	}{
		"one": {one + "\n", 1}, "an old and a new one": {one + "\n" + two, 2}, "none": {" \n", 0}, "no prefix": {one[6:], 0},
		"no base64": {"whsec_hidden!", 0}, "too short": {"whsec_aGlkZGVu", 0}, "too long": {"whsec_" + strings.Repeat("AAAA", 22), 0},
	} {
		secrets, err := ParseSecrets(c.text)
		if len(secrets) != c.n || (err == nil) != (c.n > 0) {
			t.Errorf("%s: %d secrets, %v", name, len(secrets), err)
		}
		if err != nil && (strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), "aGlk")) {
			t.Errorf("%s: the error repeats it: %v", name, err)
		}
	}
	both, err := ParseSecrets(one + " " + two)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(sign(both, "a", time.Unix(1, 0), nil)); len(got) != 2 || got[0] == got[1] || !strings.HasPrefix(got[1], "v1,") {
		t.Errorf("signatures %q", got)
	}
}

func TestPaceAfter(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	lordHowe, err := time.LoadLocation("Australia/Lord_Howe")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	for name, c := range map[string]struct {
		pace     Pace
		at, want string
	}{
		"later on the day":          {Pace{Minute: 420}, "2026-11-24T06:59:59Z", "2026-11-24T07:00:00Z"},
		"at the time itself":        {Pace{Minute: 420}, "2026-11-24T07:00:00Z", "2026-11-25T07:00:00Z"},
		"midnight":                  {Pace{}, "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"},
		"in a zone":                 {Pace{Minute: 420, Zone: brussels}, "2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"},
		"in summer":                 {Pace{Minute: 420, Zone: brussels}, "2026-07-01T04:00:00Z", "2026-07-01T05:00:00Z"},
		"the day the clock skips":   {Pace{Minute: 150, Zone: brussels}, "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"},
		"the day it comes twice":    {Pace{Minute: 150, Zone: brussels}, "2026-10-24T12:00:00Z", "2026-10-25T01:30:00Z"},
		"after it came twice":       {Pace{Minute: 150, Zone: brussels}, "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"},
		"half an hour at Lord Howe": {Pace{Minute: 135, Zone: lordHowe}, "2026-10-03T12:00:00Z", "2026-10-03T15:45:00Z"},
		"every ten minutes":         {Pace{Every: 10 * time.Minute}, "2026-11-24T06:01:00Z", "2026-11-24T06:10:00Z"},
		"on the tenth minute":       {Pace{Every: 10 * time.Minute}, "2026-11-24T06:10:00Z", "2026-11-24T06:20:00Z"},
		"every day":                 {Pace{Every: 24 * time.Hour}, "2026-11-24T06:10:00Z", "2026-11-25T00:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.pace.after(at).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestPause(t *testing.T) {
	for failures, most := range map[int]time.Duration{
		0: 10 * time.Second, 1: 10 * time.Second, 2: 20 * time.Second, 9: 2560 * time.Second, 14: 81920 * time.Second, 15: 24 * time.Hour,
		63: 24 * time.Hour, 64: 24 * time.Hour, 1 << 40: 24 * time.Hour,
	} {
		for range 100 {
			if got := pause(failures, longestPause); got > most || got < most*3/4 {
				t.Errorf("after %d failures %v, want up to %v", failures, got, most)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, " 120 ": 2 * time.Minute, "-1": 0, "1.5": 0, "soon": 0, "86401": 24 * time.Hour,
		"99999999999999999999999": 24 * time.Hour, "Tue, 24 Nov 2026 13:00:00 GMT": time.Hour, "Tue, 24 Nov 2026 11:00:00 GMT": 0,
		"Wed, 24 Nov 3026 11:00:00 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "120", "-1", "9223372036854775808", "Tue, 24 Nov 2026 13:00:00 GMT", "Tuesday, 24-Nov-26 13:00:00 GMT"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got < 0 || got > longestPause {
			t.Errorf("%q: %v", value, got)
		}
	})
}

func read(text string) (reply, error) {
	return readReply(bufio.NewReaderSize(strings.NewReader(text), maxReplyLine))
}

func TestReadReply(t *testing.T) {
	for text, want := range map[string]*reply{
		"250 OK\r\n":                    {250, []string{"OK"}},
		"250\r\n":                       {250, []string{""}},
		"250 \n":                        {250, []string{""}},
		"250-a b\r\n250-c\r\n250 d":     nil, // cut
		"250-a b\r\n250-c\r\n250 d\r\n": {250, []string{"a b", "c", "d"}},
		"250-a\r\n251 b\r\n":            nil,
		"25 x\r\n":                      nil,
		"2500 x\r\n":                    nil,
		"abc\r\n":                       nil,
		"099 x\r\n":                     nil,
		"600 x\r\n":                     nil,
		"":                              nil,
		"\r\n":                          nil,
		"+50 x\r\n":                     nil,
	} {
		got, err := read(text)
		if (err == nil) != (want != nil) || want != nil && !reflect.DeepEqual(got, *want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestExtension(t *testing.T) {
	r, err := read("250-STARTTLS is my name\r\n250-auth LOGIN plain\r\n250-\r\n250 SIZE\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.extension("STARTTLS"); ok {
		t.Error("the name of the server is taken for an extension")
	}
	if words, ok := r.extension("AUTH"); !ok || !reflect.DeepEqual(words, []string{"LOGIN", "plain"}) {
		t.Errorf("AUTH %q, %v", words, ok)
	}
	if _, ok := (reply{}).extension("SIZE"); ok {
		t.Error("an extension of nothing")
	}
}

func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 OK\r\n", "250-a\r\n250 b\r\n", "220", "250-" + strings.Repeat("x", 5000) + "\r\n", "\x00\xff250 \n", "535 5.7.8\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := read(text)
		if err != nil {
			return
		}
		if r.code < 200 || r.code > 599 || len(r.lines) == 0 || len(r.lines) > maxReplyLines {
			t.Errorf("%q: %+v", text, r)
		}
		_, _ = r.extension("AUTH")
		if words := r.refusal("x").Error(); strings.ContainsAny(words, "\r\n\x00") {
			t.Errorf("%q is no line", words)
		}
	})
}

func TestHeaderInjectionIsRefused(t *testing.T) {
	for _, value := range []string{"a\r\nBcc: b", "a\nb", "a\rb", "a\x00b", "é", "a\tb", "\x7f"} {
		var w bytes.Buffer
		if err := writeHeader(&w, "Subject", value); err == nil || w.Len() > 0 {
			t.Errorf("%q: wrote %q, %v", value, w.String(), err)
		}
	}
}

func TestLongHeadersAreFolded(t *testing.T) {
	for name, c := range map[string]struct{ value, want string }{
		"short":       {"a  b", "X: a b\r\n"},
		"empty":       {"", "X:\r\n"},
		"one word":    {strings.Repeat("x", 200), "X: " + strings.Repeat("x", 200) + "\r\n"},
		"long words":  {strings.Repeat("x", 80) + " " + strings.Repeat("y", 80), "X: " + strings.Repeat("x", 80) + "\r\n " + strings.Repeat("y", 80) + "\r\n"},
		"many words":  {strings.Repeat("word ", 20), "X:" + strings.Repeat(" word", 14) + "\r\n" + strings.Repeat(" word", 6) + "\r\n"},
		"last spaces": {"a   ", "X: a\r\n"},
	} {
		var w bytes.Buffer
		if err := writeHeader(&w, "X", c.value); err != nil || w.String() != c.want {
			t.Errorf("%s: %q, %v", name, w.String(), err)
		}
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		" a\r\n\tb\u00a0c ":     "a b c",
		"a\x00b\x1b[31m":        "a\ufffdb\ufffd[31m",
		"\u202eevil\u2066":      "\ufffdevil\ufffd",
		"\xffa":                 "\ufffda",
		"می\u200cخواهم":         "می\u200cخواهم",
		"日本語日本語日本語日本語":          "日本語日本語日本語…",
		"a\u2028b\u2029c\u0085": "a b c",
	} {
		if got := oneLine(in, 10); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestDeliveriesGrowTooOld(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for age, again := range map[time.Duration]bool{0: true, 71 * time.Hour: true, 72 * time.Hour: false} {
		d := ibid.Delivery{}
		d.Event.ID, d.Event.When = "evt-1", now.Add(-age)
		r := failed(d, errors.New("no\nreason"), now, now.Add(time.Hour))
		if r.ID != "evt-1" || r.Err != "no reason" || again == r.Next.IsZero() {
			t.Errorf("%v old: %+v", age, r)
		}
	}
}
