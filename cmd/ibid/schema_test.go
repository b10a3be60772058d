package main

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ibid-archive/ibid"
)

// schemas are the parts of docs/output.schema.json by their names.
var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	parts := map[string]*jsonschema.Schema{}
	for _, name := range []string{"extract", "report", "source"} {
		s, err := c.Compile(filepath.Join("..", "..", "docs", "output.schema.json") + "#/$defs/" + name)
		if err != nil {
			return nil, err
		}
		parts[name] = s
	}
	return parts, nil
})

// asDescribed holds that each line of what was printed is as docs/output.schema.json says.
func asDescribed(t *testing.T, name, printed string) {
	t.Helper()
	parts, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(printed) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if err := parts[name].Validate(value); err != nil {
			t.Errorf("%#v", err)
		}
	}
}

// TestExtractPrintsWhatIsDescribed reads documents of several kinds. What became of sources is compared wherever tests read it:
// see documentReport.
func TestExtractPrintsWhatIsDescribed(t *testing.T) {
	t.Parallel()
	documents := []string{filepath.Join("..", "..", "internal", "testsite", "demo", "background-note.md")}
	for _, name := range []string{"rivers.md", "rivers.html", "rivers.txt"} {
		documents = append(documents, filepath.Join("..", "..", "internal", "citation", "testdata", name))
	}
	out, errs, code := runProgram(t, append([]string{"--json", "extract"}, documents...)...)
	if code != ibid.ExitOK || strings.Count(out, "\n") != len(documents) || !strings.Contains(out, `"candidates"`) {
		t.Fatalf("it ends with %d: %s%s", code, errs, out)
	}
	asDescribed(t, "extract", out)
}
