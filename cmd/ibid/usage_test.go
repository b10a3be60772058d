package main

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

// TestUsage is what is said, and with which exit code, before anything is done.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "kept")
	writeTo(t, filepath.Join(dir, "one.md"), []byte("See <http://one.example/>.\n"))
	writeTo(t, filepath.Join(dir, "long.md"), []byte("# "+strings.Repeat("On tides ", 20)+"\n\nSee [@"+strings.Repeat("long", 20)+"] and [all that "+strings.Repeat("is said ", 10)+"](http://one.example/"+strings.Repeat("path/", 40)+").\n"))
	if _, errs, code := runProgram(t, "--store", store, "archive", "--seed", "gopher://one.example/"); code != ibid.ExitIncomplete {
		t.Fatalf("%d %s", code, errs)
	}
	for _, tt := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string
	}{
		{"version", []string{"version"}, 0, versionLine() + "\n", ""},
		{"version as a flag", []string{"--version"}, 0, versionLine() + "\n", ""},
		{"version of a command", []string{"archive", "--version"}, 0, versionLine() + "\n", ""},
		{"help", []string{"help"}, 0, "Usage: ibid <command>", ""},
		{"help of a command", []string{"help", "archive"}, 0, "--seeds=FILE", ""},
		{"help of a command in a command", []string{"help", "report", "documents"}, 0, "--format", ""},
		{"help of a command with a default", []string{"report", "--help"}, 0, "ibid help report documents has its flags", ""},
		{"help of what is none", []string{"help", "archve"}, 2, "", "cannot explain archve: there is no such command (ibid help says what there is)"},
		{"no such command", []string{"archve"}, 2, "", `did you mean "archive"? (ibid help says what there is)`},
		{"no such flag", []string{"archive", "--sed"}, 2, "", "unknown flag --sed"},
		{"no name of a collection", []string{"--collection", "../x", "archive", "one.md"}, 2, "", `cannot use --collection ../x: "../x" is no name`},
		{"a path as a collection", []string{"--collection", "a/b", "report"}, 2, "", `cannot use --collection a/b`},
		{"nothing to repair from", []string{"--store", store, "verify", "--repair-from", filepath.Join(dir, "none")}, 2, "", "none: there is no such directory"},
		{"no folder to write to", []string{"--store", store, "export", "default", "-o", filepath.Join(dir, "none", "x.wacz")}, 2, "", "x.wacz: no such file or directory"},
		{"no list", []string{"archive", "--seeds", filepath.Join(dir, "none")}, 2, "", "none: there is no such file"},
		{"an empty list on stdin", []string{"archive", "--seeds", "-"}, 2, "", "cannot read the list -: it lists no address"},
		{"one reference", []string{"extract", filepath.Join(dir, "one.md")}, 0, "\n 1 reference, 0 named papers\n", ""},
		{"a long title and a long address", []string{"extract", filepath.Join(dir, "long.md")}, 0, "On tides", ""},
		{"one source", []string{"--store", store, "archive", "--seed", "gopher://one.example/"}, 3, "\n 1 source: 1 excluded ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, code := runProgram(t, tt.args...)
			if code != tt.code || !strings.Contains(out, tt.stdout) || !strings.Contains(errs, tt.stderr) || (tt.stdout == "") != (out == "") {
				t.Errorf("%v: %d\n%s%s", tt.args, code, out, errs)
			}
			for line := range strings.Lines(out) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > narrow && !strings.HasPrefix(line, " next: ") {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			if strings.Contains(errs, partPrefix) {
				t.Errorf("it names the file beside it: %s", errs)
			}
		})
	}
}

// TestSeedsFromStdin: a list comes through a pipe.
func TestSeedsFromStdin(t *testing.T) {
	var out, errs strings.Builder
	p := program{stdin: strings.NewReader("# mine\n\ngopher://one.example/\ngopher://two.example/\n"), stdout: &out, stderr: &errs}
	if code := p.run(t.Context(), []string{"--store", t.TempDir(), "archive", "--seeds", "-"}); code != ibid.ExitIncomplete || !strings.Contains(out.String(), "2 sources: 2 excluded") {
		t.Errorf("%d\n%s%s", code, &out, &errs)
	}
}

// TestNoPasswordIsPrinted: the commands that are shown as the next ones are without it.
func TestNoPasswordIsPrinted(t *testing.T) {
	p := program{flags: &globals{Store: "my store", Catalog: "postgres://ibid:s3cret@db.example/ibid?sslmode=disable"}}
	if got, want := p.again(), "ibid --store my store --catalog postgres://ibid@db.example/ibid?sslmode=disable"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
