package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/txtar"

	"github.com/ibid-archive/ibid/archive/custody/custodytest"
	"github.com/ibid-archive/ibid/internal/pdf"
	"github.com/ibid-archive/ibid/internal/testsite"
)

var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

// asProgram makes the test binary be ibid itself, for tests that run it as a process of its own. Its value is the
// lease of Jobs, or "1" for the usual one.
const asProgram = "IBID_TEST_AS_PROGRAM"

// patienceOf is how long the spool of such a process, one with a lease of its own, is full before that is told; the usual
// time when it is not set.
const patienceOf = "IBID_TEST_PATIENCE"

// noRescue is the variable that says whether other archives are asked.
const noRescue = "IBID_RESCUE_ENABLED"

func TestMain(m *testing.M) {
	pdf.ServeIfWorker()
	if how := os.Getenv(asProgram); how != "" {
		lease, err := time.ParseDuration(how)
		if err != nil {
			lease = 0
		}
		ctx := interruptible(os.Exit)
		p := program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ(), lease: lease, now: clockFrom(os.Getenv)}
		if p.patience, err = time.ParseDuration(os.Getenv(patienceOf)); err != nil {
			p.patience = 0
		}
		os.Exit(p.run(ctx, os.Args[1:]))
	}
	// The archives of the configuration are out of reach here. Who tests rescues names archives of their own.
	if err := os.Setenv(noRescue, "false"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"ibid": main})
}

// TestScripts tells the program as sessions: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", cacheHome())
			recipes, err := filepath.Abs(filepath.Join("..", "..", "docs", "recipes"))
			if err != nil {
				return err
			}
			env.Setenv("RECIPES", recipes)
			env.Values[proxyOf{}] = &proxies{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"web": serveWeb, "damage": damage, "bucket": serveBucket, "outage": outage, "await": await, "absent": absent, "authority": authority,
		},
	})
}

// cacheHome is the real cache: PDFium is compiled once a machine, not once a script.
func cacheHome() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return dir
}

// serveWeb is `web FILE`: serves the sites of a txtar file, and lets ibid reach them and nothing else.
func serveWeb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: web FILE")
	}
	web, err := testsite.Parse(txtar.Parse([]byte(unquoted(ts.ReadFile(args[0])))))
	ts.Check(err)
	server, err := web.Start()
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Close()) })
	ts.Setenv("IBID_NETWORK_CONNECT_TO", strings.Join(server.ConnectTo(), ","))
	ts.Setenv("IBID_NETWORK_ALLOW", strings.Join(server.Allow(), ","))
	ts.Setenv("IBID_NETWORK_RESOLVER", server.Resolver())
	ts.Setenv("IBID_RESCUE_ENABLED", "false") // the archives of the configuration are out of reach
}

// unquoted takes the leading ">" off each line: a txtar file within a txtar file.
func unquoted(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], ">")
	}
	return strings.Join(lines, "\n")
}

// damage is `damage GLOB`: flips one bit in the middle of the first file that matches.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	names, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(names) == 0 {
		ts.Fatalf("no file matches %s", args[0])
	}
	b, err := os.ReadFile(names[0])
	ts.Check(err)
	b[len(b)/2] ^= 1
	ts.Check(os.Chmod(names[0], 0o600))
	ts.Check(os.WriteFile(names[0], b, 0o600))
}

// authority is `authority STATUS`: an authority for time stamps, which stamps while STATUS is 200.
func authority(ts *testscript.TestScript, _ bool, args []string) {
	status, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	a, err := custodytest.Start(time.Now)
	ts.Check(err)
	ts.Defer(a.Close)
	a.Status.Store(status)
	ts.Setenv("IBID_CUSTODY_TIMESTAMP_URL", a.URL)
	ts.Setenv("IBID_NETWORK_ALLOW", ts.Getenv("IBID_NETWORK_ALLOW")+","+strings.TrimPrefix(a.URL, "http://"))
}

// absent is `absent DIR TEXT`: no file below DIR, inflated if it is compressed, has TEXT in it.
func absent(ts *testscript.TestScript, _ bool, args []string) {
	files := 0
	below := os.DirFS(ts.MkAbs(args[0]))
	ts.Check(fs.WalkDir(below, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		b, err := fs.ReadFile(below, name)
		if z, zipped := gzip.NewReader(bytes.NewReader(b)); zipped == nil {
			b, err = io.ReadAll(z)
		}
		if bytes.Contains(b, []byte(args[1])) {
			ts.Fatalf("%s is in %s", args[1], name)
		}
		return err
	}))
	if files < 10 {
		ts.Fatalf("only %d files were looked at", files)
	}
}

// runProgram runs the program within the test, and returns what it printed and its exit code.
func runProgram(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return runWith(t, nil, nil, args...)
}

// runWith is runProgram with an environment, and by a clock of the test's; nil is the real one.
func runWith(t testing.TB, environ []string, now func() time.Time, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	p := program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, environ: environ, now: now}
	code = p.run(t.Context(), args)
	return out.String(), errs.String(), code
}

// TestNamesThatAreNotUTF8: a file is found under the name that it has, and called by what of that is text.
func TestNamesThatAreNotUTF8(t *testing.T) {
	name := filepath.Join(t.TempDir(), "caf\xe9.md")
	if err := os.WriteFile(name, []byte("See http://a.example/"), 0o600); err != nil {
		t.Skip("this file system takes no such name: ", err)
	}
	out, errs, code := runProgram(t, "extract", "--json", name)
	if code != 0 || !strings.Contains(out, "caf\uFFFD.md") || !strings.Contains(out, "http://a.example/") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}
