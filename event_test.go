package ibid_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestEventID(t *testing.T) {
	// Receivers have these: they do not change.
	if got := ibid.EventID(ibid.SourceDied, "default", "http://a.example/", "r1"); got != "evt-f3d5a35ad029999041955506890d8d0f" {
		t.Errorf("the id is now %s", got)
	}
	seen := map[string]bool{}
	for _, only := range [][]string{nil, {""}, {"a", "bc"}, {"ab", "c"}, {"abc"}, {"bc", "a"}} {
		id := ibid.EventID(ibid.SourceDied, only...)
		if seen[id] || !regexp.MustCompile(`^evt-[0-9a-f]{32}$`).MatchString(id) {
			t.Errorf("%q: %s", only, id)
		}
		seen[id] = true
	}
}

// Each kind stands where people look for it.
func TestEventKindsAreDocumented(t *testing.T) {
	for _, file := range []string{"docs/notifications.md", "configs/default.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range ibid.EventKinds() {
			if !k.Valid() || !strings.Contains(string(text), string(k)) {
				t.Errorf("%s does not speak of %s", file, k)
			}
		}
	}
	if ibid.EventKind("source.dead").Valid() || ibid.EventKind("").Valid() {
		t.Error("a kind that is none is valid")
	}
}
