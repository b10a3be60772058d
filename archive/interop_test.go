package archive

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// readWithWarcio prints, for each record, what another program makes of it.
const readWithWarcio = `
import fs from "node:fs";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
const { WARCParser } = await import(pathToFileURL(process.argv[2] + "/dist/index.js"));
for await (const r of new WARCParser(fs.createReadStream(process.argv[3]))) {
  const hash = createHash("sha256");
  hash.update((await r.readFully(true)) ?? new Uint8Array());
  console.log(JSON.stringify({ type: r.warcType, uri: r.warcTargetURI, id: r.warcHeader("WARC-Record-ID"), digest: "sha256:" + hash.digest("hex") }));
}`

// An independent reader has to find the records where we say that they are, and the payloads that we
// say they have. warcio (npm) is one; IBID_WARCIO is the folder of the package.
func TestWarcioReadsWhatWeWrite(t *testing.T) {
	warcio := os.Getenv("IBID_WARCIO")
	node, err := exec.LookPath("node")
	if warcio == "" || err != nil {
		t.Skip("needs node, and in IBID_WARCIO the folder of the npm package warcio")
	}
	h := full(t)
	w := h.Begin(testJob)
	chunked := exchange("http://example.org/chunked", 200, text(9000), "Content-Type: text/html", "Transfer-Encoding: chunked")
	wire, err := io.ReadAll(chunked.Response.Reader())
	if err != nil {
		t.Fatal(err)
	}
	chunked.Response = blockOf(strings.Replace(string(wire), "Trailer: x\r\n", "", 1)) // warcio takes trailers for payload
	write(t, w, chunked)
	write(t, w, exchange("http://example.org/large.pdf", 200, text(3<<20), "Content-Type: application/pdf"))
	write(t, w, exchange("http://example.org/404", 404, "none", "Content-Type: text/plain"))
	failed := exchange("http://example.org/failed", 0, "")
	failed.HeadLen, failed.Response, failed.Class = 0, ibid.Block{}, ibid.ClassConnectionReset
	write(t, w, failed)
	done := h.commit(t, w)
	name := filepath.Join(t.TempDir(), "job-7-00003.warc.gz")
	if err := os.WriteFile(name, h.object(t, done.Captures[0].Location.Key), 0o600); err != nil {
		t.Fatal(err)
	}
	compareIndex(t, done, run(t, node, filepath.Join(warcio, "dist", "cli.js"), "cdx-index", name))
	script := filepath.Join(t.TempDir(), "read.mjs")
	if err := os.WriteFile(script, []byte(readWithWarcio), 0o600); err != nil {
		t.Fatal(err)
	}
	comparePayloads(t, done, run(t, node, script, warcio, name))
}

func run(t *testing.T, name string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...) //nolint:gosec // the reader that the environment names
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", cmd, err, &stderr)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func compareIndex(t *testing.T, done Committed, lines []string) {
	t.Helper()
	found := map[ibid.Location]cdx.Line{}
	for _, text := range lines {
		l, err := cdx.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(l.URL, "http") {
			found[ibid.Location{Key: done.Captures[0].Location.Key, Offset: l.Offset, Length: l.Length}] = l
		}
	}
	for _, c := range done.Captures {
		l := found[c.Location]
		want, err := lineOf(&c, l.Filename, "")
		want.Digest = ibid.Digest(c.Digest.Hex()) // as warcio writes it
		if err != nil || l != want {
			t.Errorf("its line is %+v, ours %+v, %v", l, want, err)
		}
	}
	if len(found) != len(done.Captures) {
		t.Errorf("it indexes %d captures, not %d: %q", len(found), len(done.Captures), lines)
	}
}

func comparePayloads(t *testing.T, done Committed, lines []string) {
	t.Helper()
	payloads := map[string]string{}
	for _, text := range lines {
		var r struct{ Type, ID, Digest string }
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		payloads[strings.Trim(r.ID, "<>")] = r.Digest
	}
	for _, c := range done.Captures {
		if payloads[c.RecordID] != string(c.Digest) {
			t.Errorf("%s: it reads the payload %s, not %s", c.URI, payloads[c.RecordID], c.Digest)
		}
	}
}
