package report

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/internal/pipeline"
)

func TestCSVCellIsNoFormula(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a=1": "a=1", "=1+1": "'=1+1", "@x": "'@x", "-1": "-1", "-1+1": "'-1+1", "+x": "'+x", "\tx": "'\tx", "+": "'+",
	} {
		if got := cell(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}

func TestCSVOfTheDemo(t *testing.T) {
	var out strings.Builder
	if err := WriteCSV(&out, []pipeline.DocumentReport{demo(t)}); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1+12 {
		t.Errorf("%d rows for twelve things", len(all)-1)
	}
	// Programs read by position what was there before.
	if !slices.Equal(all[0][:17], strings.Split("document,reference,kind,label,page,uri,title,language,outcome,health,verdict,class,captured,status,digest,memento,reason", ",")) {
		t.Errorf("the columns are %v", all[0])
	}
	first := map[string]string{}
	for i, name := range all[0] {
		first[name] = all[1][i]
	}
	for name, want := range map[string]string{
		"outcome": "rescued", "origin": "web.archive.org", "distance_days": "-7", "strikes": "1", "given_up": "false", "holdings": "arquivo.pt=1 web.archive.org=5",
	} {
		if first[name] != want {
			t.Errorf("%s is %q, not %q", name, first[name], want)
		}
	}
}
