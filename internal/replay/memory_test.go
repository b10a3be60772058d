package replay_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/replay"
	"github.com/ibid-archive/ibid/internal/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// held is an archive in memory: an Index and Records.
type held struct {
	entries  []cdx.Entry
	payloads map[string]payload // by record id
	opened   int
}

type payload struct {
	status int
	header http.Header
	body   string
	broken bool // its last byte cannot be trusted
}

// add takes a capture in, of "uri" at "20090604120000".
func (h *held) add(t testing.TB, uri, stamp, mime, body string, more ...func(*cdx.Entry, *payload)) {
	t.Helper()
	at, err := cdx.ParseTimestamp(stamp)
	key, err2 := cdx.SURT(uri)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	e := cdx.Entry{Key: key, Collection: "default", Capture: ibid.Capture{
		URI: uri, Timestamp: at, Status: 200, MediaType: ibid.MediaType(strings.Split(mime, ";")[0]), Digest: ibid.DigestOf([]byte(body)), Length: int64(len(body)),
		Origin: ibid.OriginLive, RecordID: fmt.Sprintf("id-%06d", len(h.entries)), Location: ibid.Location{Key: "warc/default/200906/job-00001.warc.gz", Offset: 7, Length: 99},
	}}
	p := payload{status: 200, header: http.Header{}, body: body}
	if mime != "" {
		p.header.Set("Content-Type", mime)
	}
	for _, change := range more {
		change(&e, &p)
	}
	if h.payloads == nil {
		h.payloads = map[string]payload{}
	}
	h.payloads[e.RecordID] = p
	h.entries = append(h.entries, e)
	slices.SortFunc(h.entries, func(a, b cdx.Entry) int { return a.Position().Compare(b.Position()) })
}

func answered(status int, fields ...string) func(*cdx.Entry, *payload) {
	return func(e *cdx.Entry, p *payload) {
		e.Status, p.status = status, status
		for i := 0; i < len(fields); i += 2 {
			p.header.Add(fields[i], fields[i+1])
		}
	}
}

func (h *held) Holders(context.Context) ([]string, error) {
	var names []string
	for _, e := range h.entries {
		names = append(names, e.Collection)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (h *held) Entries(_ context.Context, q cdx.Query) iter.Seq2[cdx.Entry, error] {
	return func(yield func(cdx.Entry, error) bool) {
		from, until, err := q.Keys()
		if err != nil {
			yield(cdx.Entry{}, err)
			return
		}
		canonical, _ := cdx.Canonical(q.URI)
		all := slices.Clone(h.entries)
		if q.Reverse {
			slices.Reverse(all)
		}
		n := 0
		for _, e := range all {
			in := until == "" && e.Key == from || from <= e.Key && e.Key < until
			switch {
			case !in, q.Match == cdx.MatchURI && e.URI != canonical, !q.From.IsZero() && e.Timestamp.Before(q.From), !q.To.IsZero() && e.Timestamp.After(q.To):
				continue
			case q.After != nil && !q.Reverse && e.Position().Compare(*q.After) <= 0, q.After != nil && q.Reverse && e.Position().Compare(*q.After) >= 0:
				continue
			}
			if n++; q.Limit > 0 && n > q.Limit || !yield(e, nil) {
				return
			}
		}
	}
}

func (h *held) Count(ctx context.Context, q cdx.Query) (n int64, err error) {
	for _, err := range h.Entries(ctx, q) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// body ends with an error in the place of a last byte that cannot be trusted.
type body struct {
	io.Reader
	broken bool
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.broken && errors.Is(err, io.EOF) {
		err = &ibid.Error{Kind: ibid.KindFixity, Op: "trust", URI: "it", Err: errors.New("the digest differs")}
	}
	return n, err
}

func (b *body) Close() error { return nil }

// coded gives errors their class, as the archive does.
type coded struct{ io.Reader }

func (c *coded) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &ibid.Error{Kind: ibid.KindInput, Op: "decode", Class: ibid.ClassDecodeFailed, Err: err}
	}
	return n, err
}

func (h *held) Open(_ context.Context, e cdx.Entry) (*replay.Record, error) {
	h.opened++
	p, ok := h.payloads[e.RecordID]
	if !ok {
		return nil, &ibid.Error{Kind: ibid.KindNotFound, Op: "read", URI: e.URI, Err: errors.New("it is not there")}
	}
	if p.broken {
		p.body = p.body[:len(p.body)-1]
	}
	b := &body{strings.NewReader(p.body), p.broken}
	return &replay.Record{Header: p.header, Status: p.status, Body: b, Decoded: func(int64) (io.Reader, error) {
		if p.header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(b)
			return &coded{z}, err
		}
		return b, nil
	}}, nil
}

const (
	appHost    = "ibid.example:8470"
	replayHost = "ibid.example:8471"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func service(t testing.TB, h *held, access replay.Access) *replay.Service {
	t.Helper()
	o := options(h)
	if access != nil {
		o.Access = access
	}
	return made(t, o)
}

// options are those of a service that gives all that h holds.
func options(h *held) replay.Options {
	return replay.Options{
		Index: h, Records: h, Access: open, Application: replay.Origin{Port: "8470"}, Replay: replay.Origin{Port: "8471"},
		Page: banner, Fail: face().Fail, Now: func() time.Time { return now },
	}
}

func made(t testing.TB, o replay.Options) *replay.Service {
	t.Helper()
	s, err := replay.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(*http.Request, *cdx.Entry) replay.Decision { return replay.Open }

// face is that of the application: its templates are read once.
var face = sync.OnceValue(func() *server.Face {
	return server.NewFace(func() time.Time { return now }, slog.New(slog.DiscardHandler))
})

// banner is the page that the application has around mementos.
func banner(w http.ResponseWriter, r *http.Request, status int, f *replay.Frame) {
	face().Banner(w, r, status, &server.Banner{
		Capture: f.Capture, At: f.Captured, Live: f.Live(), Verdict: f.Verdict(), Show: f.Show, Origin: f.ReplayOrigin, Sandbox: f.Sandbox,
		NoSandbox: f.NoSandbox, Scripts: f.Scripts, Switch: f.Switch, Interactive: f.Interactive, Raw: f.Raw, Calendar: f.Calendar,
	})
}

// ask asks one of the two origins; header is "Name: value" each.
func ask(t testing.TB, s *replay.Service, host, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Host = host
	u, err := r.URL.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	r.URL, r.RequestURI = u, target
	for _, f := range header {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	if host == replayHost {
		s.Replay().ServeHTTP(w, r)
	} else {
		s.Protocols(http.NotFoundHandler()).ServeHTTP(w, r)
	}
	return w.Result()
}

func text(t testing.TB, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func zipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, s); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func names(h http.Header) string { return strings.Join(slices.Sorted(maps.Keys(h)), " ") }

// newRecorder is the answer of a handler, without the helpers of ask.
func newRecorder(t testing.TB, handler http.Handler, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, target, nil))
	return w
}
