package configs

import (
	"strings"
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	for text, every := range map[string]time.Duration{
		"24": 2500 * time.Millisecond, "24/min": 2500 * time.Millisecond, "8/s": 125 * time.Millisecond, "60 / h": time.Minute, "0.5": 2 * time.Minute,
	} {
		var r Rate
		if err := r.UnmarshalText([]byte(text)); err != nil || r.Every() != every {
			t.Errorf("%q: one every %v, %v; want %v", text, r.Every(), err, every)
		}
	}
	for _, text := range []string{"", "fast", "0", "-1", "8/day", "NaN", "Inf"} {
		if err := new(Rate).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for a rate", text)
		}
	}
}

func TestArchivesOfOnesOwn(t *testing.T) {
	c, err := Load("", []string{`IBID_RESCUE_ARCHIVES=[{id: a, timemap: "http://127.0.0.1:8081/timemap/link/"}, {id: b, cdx: "http://b.example/cdx", raw: none, enabled: false}]`})
	if err != nil {
		t.Fatal(err)
	}
	want := []Archive{
		{ID: "a", TimeMap: "http://127.0.0.1:8081/timemap/link/", Raw: "id_", Rate: 24, Enabled: true},
		{ID: "b", CDX: "http://b.example/cdx", Raw: "none", Rate: 24},
	}
	if len(c.Rescue.Archives) != 2 || c.Rescue.Archives[0] != want[0] || c.Rescue.Archives[1] != want[1] {
		t.Errorf("%+v", c.Rescue.Archives)
	}
}

func TestRescueThatCannotWork(t *testing.T) {
	for text, want := range map[string]string{
		`[{id: live, timemap: "http://a.example/"}]`: "rescue.archives[0].id",
		`[{id: a}]`: "rescue.archives[0]: it has none of",
		`[{id: a, cdx: "http://a.example/"}, {id: a, cdx: "http://a.example/"}]`: "is the id of another one",
		`[{id: a, timegate: "a.example/web/"}]`:                                  "rescue.archives[0].timegate",
		`[{id: a, cdx: "http://a.example/", rate: 0}]`:                           "is not a rate",
	} {
		if _, err := Load("", []string{"IBID_RESCUE_ARCHIVES=" + text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q in it", text, err, want)
		}
	}
	if _, err := Load("", []string{`IBID_RESCUE_MIGRATIONS=[{name: a, match: "(", replace: b}]`}); err == nil {
		t.Error("a pattern that is none is taken")
	}
}
