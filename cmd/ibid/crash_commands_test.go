package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
)

// killedCommand is a command that is killed, and killed again when it goes on where it was.
type killedCommand struct {
	name string
	args []string
	// copied: the configuration names a second store.
	copied bool
	// codes are those that an undisturbed run may end with besides 0: of one that finds that all is done, or damage.
	codes []int
	// prepare makes of the prepared world one in which there is something to do.
	prepare func(*testing.T, *killedWorld)
	// whenever holds after each kill, and judge at the end, besides what holds of each command.
	whenever, judge func(*testing.T, *killedWorld)
}

var destroySecret = []string{"destroy", killedSecret, "--reason", "a court said so", "--yes"}

var killedCommands = []killedCommand{
	{name: "export", args: []string{"export", "default", "-o", "out.wacz"}, prepare: exportedBefore, whenever: exportIsWhole, judge: exportIsWhole},
	{name: "import", args: []string{"import", "all.wacz"}, prepare: nothingHeld, judge: importedOnce},
	{name: "verify", args: []string{"verify"}, copied: true, codes: []int{ibid.ExitFixity}, prepare: damagedStore, judge: bothAsWritten},
	{name: "verify with a damaged copy", args: []string{"verify"}, copied: true, codes: []int{ibid.ExitFixity}, prepare: damagedCopy, judge: bothAsWritten},
	{name: "copy", args: []string{"copy"}, copied: true, prepare: noCopy, judge: bothAsWritten},
	{name: "reindex", args: []string{"reindex"}},
	{name: "reindex of a lost catalogue", args: []string{"reindex"}, prepare: noCatalogue},
	{name: "start with the tables of an older version", args: []string{"report"}, prepare: olderTables},
	{name: "destroy", args: destroySecret, codes: []int{ibid.ExitIncomplete}, prepare: takenSecret, judge: secretIsGone},
	{name: "destroy with a copy", args: destroySecret, copied: true, codes: []int{ibid.ExitIncomplete}, prepare: takenSecret, judge: secretIsGone},
}

const (
	killedSources = 150
	killedSecret  = "http://secret.example/page"
)

// killedWorld is a folder with a store, a second one that is a copy of it, and the packages "all.wacz" and "one.wacz" that
// were exported from it.
type killedWorld struct {
	dir     string
	env     []string
	seeds   []string
	written map[string][]byte // what lies in the store of the world that was prepared, by its name there
}

func (w *killedWorld) at(name string) string { return filepath.Join(w.dir, name) }

// newKilledWorld archives a document with many references.
func newKilledWorld(t *testing.T) *killedWorld {
	t.Helper()
	hosts := webHosts(t, 5, func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/s/%d", &n); err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, crashPage(n))
	})
	w := &killedWorld{dir: t.TempDir()}
	note := "# Sources\n\n"
	for n := range killedSources {
		w.seeds = append(w.seeds, fmt.Sprintf("http://%s/s/%d", hosts[n%len(hosts)], n))
		note += fmt.Sprintf("- Source %d: <%s>\n", n, w.seeds[n])
	}
	writeTo(t, w.at("note.md"), []byte(note))
	writeTo(t, w.at("secret.warc"), []byte(secretWARC()))
	w.env = w.environ(true)
	env := append(slices.Clone(w.env), "IBID_NETWORK_ALLOW="+strings.Join(hosts, ","), "IBID_CRAWL_PER_HOST_DELAY=0s")
	must(t, env, 0, "key", "init")
	must(t, env, 0, "archive", w.at("note.md"))
	must(t, env, 0, "copy")
	must(t, env, 0, "verify")
	must(t, env, 0, "export", "default", "-o", w.at("all.wacz"))
	must(t, env, 0, "export", w.seeds[0], "-o", w.at("one.wacz"))
	w.written = w.objects(t, "store")
	return w
}

func secretWARC() string {
	block := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + secretText
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"+
		"WARC-Date: 2009-05-12T00:00:00Z\r\nWARC-Target-URI: %s\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
		killedSecret, len(block), block)
}

const secretText = "a secret that must go, and some more of it"

// environ is the environment of the program in this world.
func (w *killedWorld) environ(copied bool) []string {
	env := []string{"IBID_STORE=" + w.at("store"), noRescue + "=false"}
	if copied {
		env = append(env, "IBID_COPIES=["+w.at("second")+"]")
	}
	return env
}

// another is a copy of the world, in which c is about to be run.
func (w *killedWorld) another(t *testing.T, c *killedCommand) *killedWorld {
	t.Helper()
	next := &killedWorld{dir: t.TempDir(), seeds: w.seeds, written: w.written}
	next.env = next.environ(c.copied)
	if err := os.CopyFS(next.dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	if c.prepare != nil {
		c.prepare(t, next)
	}
	return next
}

// objects are the files of a store that never change once they are written.
func (w *killedWorld) objects(t *testing.T, store string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, folder := range []string{"warc", "documents"} {
		below := os.DirFS(w.at(store))
		err := fs.WalkDir(below, folder, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				all[name], err = fs.ReadFile(below, name)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return all
}

// run runs c as a process of its own, and kills it after a while; 0 is never. It returns whether it came to its end.
func (w *killedWorld) run(t *testing.T, c *killedCommand, after time.Duration) (ended bool) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	cmd := exec.CommandContext(ctx, os.Args[0], c.args...) //nolint:gosec // this test itself
	cmd.Dir, cmd.Env = w.dir, append(append(os.Environ(), asProgram+"=1"), w.env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, kill) // CommandContext kills with SIGKILL
		defer timer.Stop()
	}
	err := cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	if code == ibid.ExitOK || slices.Contains(c.codes, code) {
		return true
	}
	if ctx.Err() == nil || code >= 0 {
		t.Fatalf("it ended by itself: %v\n%s", err, &said)
	}
	return false
}

// TestKilledCommandsLoseNothing kills commands at any moment, kills them again when they go on, and has them come to their end
// then (threats: 5.2). The store is sound, what is reported is what an undisturbed run leaves, and nothing is left over.
func TestKilledCommandsLoseNothing(t *testing.T) {
	t.Parallel()
	world := newKilledWorld(t)
	reported := world.reported(t)
	r := rand.New(rand.NewPCG(*fates, 5)) //nolint:gosec // a test that can be repeated
	for i := range killedCommands {
		c := &killedCommands[i]
		t.Run(c.name, func(t *testing.T) {
			w, began := world.another(t, c), time.Now()
			w.run(t, c, 0)
			usual := time.Since(began)
			w.check(t, c, reported)
			killed := 0
			for try := range max(1, *kills/10) {
				w := world.another(t, c)
				for range 2 {
					if !w.run(t, c, killedAfter(r, try, usual)) {
						killed++
					}
					if c.whenever != nil {
						c.whenever(t, w)
					}
				}
				w.run(t, c, 0)
				w.check(t, c, reported)
				if t.Failed() {
					break
				}
			}
			t.Logf("%d kills; undisturbed it takes %v", killed, usual.Round(time.Millisecond))
		})
	}
}

// killedAfter is from 5 ms up to what the command usually takes: spread over the logarithm, and every other time evenly.
func killedAfter(r *rand.Rand, try int, usual time.Duration) time.Duration {
	const least = 5 * time.Millisecond
	if try%2 == 0 {
		return least + time.Duration(r.Float64()*float64(usual-least))
	}
	return time.Duration(float64(least) * math.Pow(float64(usual)/float64(least), r.Float64()))
}

// check is what holds at the end of each command.
func (w *killedWorld) check(t *testing.T, c *killedCommand, reported string) {
	t.Helper()
	if out, errs, code := runWith(t, w.env, nil, "verify"); code != ibid.ExitOK {
		t.Errorf("verify ends with %d\n%s%s", code, out, errs)
	}
	if now := w.reported(t); now != reported {
		t.Errorf("it is reported otherwise\n%.2000s\n%.2000s", now, reported)
	}
	must(t, w.env, 0, "--json", "report", "trust")
	if c.judge != nil {
		c.judge(t, w)
	}
	w.nothingLeft(t)
}

// momentOf are the members of a report that say when and where something was last looked at.
var momentOf = regexp.MustCompile(`(?m)^.*"(fixity|copies|checked)":.*$`)

func (w *killedWorld) reported(t *testing.T) string {
	t.Helper()
	return momentOf.ReplaceAllString(must(t, w.env, 0, "report", "--format", "json"), "")
}

// nothingLeft: no file is there that only a process which was killed needed.
func (w *killedWorld) nothingLeft(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(w.dir, func(name string, d fs.DirEntry, err error) error {
		in := filepath.Base(filepath.Dir(name))
		if err == nil && !d.IsDir() && (in == ".tmp" || in == "spool" || strings.HasPrefix(d.Name(), ".ibid-")) {
			t.Errorf("left over: %s", strings.TrimPrefix(name, w.dir))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func exportedBefore(t *testing.T, w *killedWorld) {
	t.Helper()
	b, err := os.ReadFile(w.at("one.wacz"))
	if err != nil {
		t.Fatal(err)
	}
	writeTo(t, w.at("out.wacz"), b)
}

// exportIsWhole: the file is the one before or the new one.
func exportIsWhole(t *testing.T, w *killedWorld) {
	t.Helper()
	must(t, w.env, 0, "verify", w.at("out.wacz"))
}

func nothingHeld(t *testing.T, w *killedWorld) {
	t.Helper()
	if err := os.RemoveAll(w.at("store")); err != nil {
		t.Fatal(err)
	}
	must(t, w.env, 0, "key", "init")
}

// importedOnce: each source and each look at it is there once, and the same import brings nothing more.
func importedOnce(t *testing.T, w *killedWorld) {
	t.Helper()
	if out := must(t, w.env, 0, "import", w.at("all.wacz")); !strings.Contains(out, fmt.Sprintf(" %d held already", len(heldIn(t, w.at("store"))))) {
		t.Errorf("imported again: %s", out)
	}
	held := heldIn(t, w.at("store"))
	for _, uri := range w.seeds {
		if h := held[uri]; h.records != 1 || len(h.visits) != 1 {
			t.Errorf("%s has %d records of %d visits", uri, h.records, len(h.visits))
		}
	}
}

func damagedStore(t *testing.T, w *killedWorld) { damageObjects(t, w, "store") }
func damagedCopy(t *testing.T, w *killedWorld)  { damageObjects(t, w, "second") }

// damageObjects flips bits in every third object, and removes every tenth.
func damageObjects(t *testing.T, w *killedWorld, store string) {
	t.Helper()
	for n, name := range slices.Sorted(maps.Keys(w.written)) {
		at, b := filepath.Join(w.at(store), name), w.written[name]
		switch {
		case n%10 == 0:
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
		case n%3 == 0 && len(b) > 0:
			b = bytes.Clone(b)
			b[len(b)/2] ^= 1
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
			writeTo(t, at, b)
		}
	}
}

func noCopy(t *testing.T, w *killedWorld) {
	t.Helper()
	if err := os.RemoveAll(w.at("second")); err != nil {
		t.Fatal(err)
	}
}

// bothAsWritten: each object is in both stores, byte for byte.
func bothAsWritten(t *testing.T, w *killedWorld) {
	t.Helper()
	for _, store := range []string{"store", "second"} {
		now := w.objects(t, store)
		for name, b := range w.written {
			if !bytes.Equal(now[name], b) {
				t.Errorf("%s/%s is not what was written", store, name)
			}
		}
		if len(now) != len(w.written) {
			t.Errorf("%d objects in %s, and %d were written", len(now), store, len(w.written))
		}
	}
}

func noCatalogue(t *testing.T, w *killedWorld) {
	t.Helper()
	names, err := filepath.Glob(w.at("store/catalog.db*"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// olderTables takes back the newest steps of the catalogue's tables.
func olderTables(t *testing.T, w *killedWorld) {
	t.Helper()
	c, err := catalog.Open(t.Context(), "sqlite:"+w.at("store/catalog.db"), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"DROP TABLE fixity", "DROP TABLE requests", "DROP TABLE access_rules", "DROP TABLE tokens", "DELETE FROM goose_db_version WHERE version_id >= 30",
	} {
		if _, err := c.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func takenSecret(t *testing.T, w *killedWorld) {
	t.Helper()
	must(t, w.env, 0, "import", w.at("secret.warc"))
}

// secretIsGone: nothing of it can be read, and the log says so.
func secretIsGone(t *testing.T, w *killedWorld) {
	t.Helper()
	must(t, w.env, ibid.ExitIncomplete, "get", killedSecret)
	if out := must(t, w.env, 0, "verify"); !strings.Contains(out, "1 destroyed") {
		t.Errorf("%s", out)
	}
	for _, store := range []string{"store", "second"} {
		if _, there := heldIn(t, w.at(store))[killedSecret]; there {
			t.Errorf("its record is in %s", store)
		}
	}
}

func writeTo(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
