package catalogtest

import (
	"bufio"
	"context"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// Server is a PostgreSQL server of the test's own, which it may stop and start.
type Server struct {
	// Engine is where its catalogues lie.
	Engine Engine

	in  io.Writer
	out *bufio.Reader
}

// StartServer starts a server; the script is the path of .ci/postgres. The test is skipped where none is named for
// tests: it may be that PostgreSQL is not installed.
func StartServer(t testing.TB, script string) *Server {
	t.Helper()
	Postgres(t)
	cmd := exec.CommandContext(context.Background(), "bash", script) //nolint:gosec // a script of ours; it ends with its input
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // it ends with its input
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &said)
		}
	})
	s := &Server{in: in, out: bufio.NewReader(out)}
	_, address, ok := strings.Cut(s.read(t), "=")
	if !ok {
		t.Fatalf("%s did not start a server\n%s", script, &said)
	}
	s.Engine = Engine{strings.Trim(address, "'")}
	return s
}

// Stop stops the server as an operator does: connections are cut wherever they are. It returns when that is done.
func (s *Server) Stop(t testing.TB) { s.tell(t, "stop", "stopped") }

// Start starts it again, under the same address.
func (s *Server) Start(t testing.TB) { s.tell(t, "start", "started") }

func (s *Server) tell(t testing.TB, what, answer string) {
	t.Helper()
	if _, err := io.WriteString(s.in, what+"\n"); err != nil {
		t.Fatal(err)
	}
	if got := s.read(t); got != answer {
		t.Fatalf("the server's script said %q, not %q", got, answer)
	}
}

func (s *Server) read(t testing.TB) string {
	t.Helper()
	line, err := s.out.ReadString('\n')
	if err != nil && err != io.EOF {
		t.Error(err)
	}
	return strings.TrimSpace(line)
}
