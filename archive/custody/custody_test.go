package custody_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/mem"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/archive/custody/custodytest"
)

var now = time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func put(t testing.TB, s blob.Store, key string, b []byte) {
	t.Helper()
	err := s.Put(t.Context(), blob.Object{Key: key, Body: bytes.NewReader(b), Size: int64(len(b)), Digest: ibid.DigestOf(b)})
	if err != nil {
		t.Fatal(err)
	}
}

// segment stores the CDXJ of a WARC file with n captures, and returns the file's key.
func segment(t testing.TB, s blob.Store, name string, n int) string {
	t.Helper()
	var b []byte
	for i := range n {
		id := fmt.Sprintf("%s-%04d", name, i)
		line := cdx.Line{
			Key: "example)/" + id, Timestamp: "20261124230000", URL: "http://example/" + id, MIME: "text/html", Status: 200, Digest: ibid.DigestOf([]byte(id)),
			Offset: int64(i) * 100, Length: 100, Filename: name + ".warc.gz", RecordDigest: ibid.DigestOf([]byte("record " + id)),
		}
		b = line.Append(b)
	}
	put(t, s, "warc/c/202611/"+name+".cdxj", b)
	return "warc/c/202611/" + name + ".warc.gz"
}

func open(t testing.TB, s blob.Store) *custody.Log {
	t.Helper()
	l, err := custody.Open(t.Context(), custody.Options{Store: s, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func appendTo(t testing.TB, s blob.Store, key *ecdsa.PrivateKey, a custody.Addition) custody.Checkpoint {
	t.Helper()
	c, err := open(t, s).Append(t.Context(), key, a)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func verify(t testing.TB, s blob.Store, known []custody.Checkpoint, warcs ...string) (custody.Verified, []string) {
	t.Helper()
	var codes []string
	v, err := custody.Verify(t.Context(), custody.Options{Store: s}, warcs, known, func(f *custody.Finding) {
		codes = append(codes, f.Code)
		t.Log(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	return v, codes
}

func TestTheLogGrowsAndHolds(t *testing.T) {
	s, key := mem.New(), newKey(t)
	var warcs []string
	var seen []custody.Checkpoint
	for i, n := range []int{3, 1, 250, 2, 0, 600, 2144} {
		warcs = append(warcs, segment(t, s, fmt.Sprintf("job-%05d", i+1), n))
		seen = append(seen, appendTo(t, s, key, custody.Addition{WARCs: warcs}))
	}
	again := appendTo(t, s, key, custody.Addition{WARCs: warcs})
	if again.Tree != seen[len(seen)-1].Tree || again.Tree.N != 3001 {
		t.Errorf("nothing was added, and the tree is %v", again.Tree)
	}
	v, codes := verify(t, s, seen, append(warcs, segment(t, s, "new-00001", 1))...)
	if len(codes) != 0 || v.Captures != 3000 || v.Entries != 3001 || v.Waiting != 1 || v.Orphans != 0 {
		t.Errorf("%+v %v", v, codes)
	}
}

func TestProofsNeedNoStore(t *testing.T) {
	s, key := mem.New(), newKey(t)
	warcs := []string{segment(t, s, "job-00001", 300), segment(t, s, "job-00002", 300)}
	appendTo(t, s, key, custody.Addition{WARCs: warcs[:1]})
	old, next := key, newKey(t)
	l := open(t, s)
	e, err := custody.Handover(l.Keys().Origin, &next.PublicKey, old)
	if err != nil {
		t.Fatal(err)
	}
	appendTo(t, s, old, custody.Addition{Entries: []custody.Entry{e}})
	c := appendTo(t, s, next, custody.Addition{WARCs: warcs})
	var proofs bytes.Buffer
	n, err := open(t, s).Prove(t.Context(), warcs, func(e *custody.Entry) bool { return strings.HasSuffix(e.URL, "7") }, func(p custody.Proof) error {
		return json.NewEncoder(&proofs).Encode(p)
	})
	if err != nil || n != 60 {
		t.Fatal(n, err)
	}
	urls := 0
	p, err := custody.ReadProofs(c.Note, bytes.NewReader(proofs.Bytes()), func(e *custody.Entry) {
		if strings.HasSuffix(e.URL, "7") {
			urls++
		}
	})
	if err != nil || urls != 60 || p.Captures != 60 || len(p.Keys.Orphans) != 0 || len(p.Keys.Names()) != 2 || p.Checkpoint.Signer != p.Keys.Names()[1] {
		t.Errorf("%+v %v", p, err)
	}
	for name, change := range map[string]func(string) string{
		"an address": func(s string) string {
			return strings.Replace(s, "http://example/job-00001-0007", "http://example/job-00001-0008", 1)
		},
		"an index":         func(s string) string { return strings.Replace(s, `"index":8,`, `"index":9,`, 1) },
		"a cut end":        func(s string) string { return s[:len(s)-20] },
		"no keys":          func(s string) string { return s[strings.Index(s, "\n")+1:] },
		"outside the tree": func(s string) string { return strings.Replace(s, `"index":18,`, `"index":90000,`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			changed := change(proofs.String())
			if changed == proofs.String() {
				t.Fatal("nothing was changed")
			}
			if _, err := custody.ReadProofs(c.Note, strings.NewReader(changed), func(*custody.Entry) {}); err == nil {
				t.Error("it is taken")
			}
		})
	}
	if _, err := custody.ReadProofs(bytes.Replace(c.Note, []byte("\n602\n"), []byte("\n601\n"), 1), &proofs, func(*custody.Entry) {}); err == nil {
		t.Error("another checkpoint is taken")
	}
}

// change replaces an object of a mem store.
func change(t testing.TB, s *mem.Store, change func(key string, b []byte) []byte) *mem.Store {
	t.Helper()
	out := mem.New()
	err := s.List(t.Context(), "", func(i blob.Info) error {
		r, err := s.Open(t.Context(), i.Key, 0, -1)
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		if b = change(i.Key, b); b != nil {
			put(t, out, i.Key, b)
		}
		return errors.Join(err, r.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatWasChangedIsFound(t *testing.T) {
	s, key := mem.New(), newKey(t)
	warcs := []string{segment(t, s, "job-00001", 300), segment(t, s, "job-00002", 5)}
	first := appendTo(t, s, key, custody.Addition{WARCs: warcs[:1]})
	last := appendTo(t, s, key, custody.Addition{WARCs: warcs})
	replace := func(part, old, new string) func(string, []byte) []byte {
		return func(key string, b []byte) []byte {
			if strings.Contains(key, part) {
				return bytes.ReplaceAll(b, []byte(old), []byte(new))
			}
			return b
		}
	}
	drop := func(part string) func(string, []byte) []byte {
		return func(key string, b []byte) []byte {
			if strings.Contains(key, part) {
				return nil
			}
			return b
		}
	}
	record := string(ibid.DigestOf([]byte("record job-00001-0003")))
	for _, tt := range []struct {
		name   string
		change func(string, []byte) []byte
		want   string
	}{
		{"nothing", func(_ string, b []byte) []byte { return b }, ""},
		{"a capture of the store", replace("job-00001.cdxj", record, strings.Repeat("0", 64)), "C04 C05"},
		{"a capture is gone", func(key string, b []byte) []byte {
			if strings.Contains(key, "job-00001.cdxj") {
				return b[bytes.IndexByte(b, '\n')+1:]
			}
			return b
		}, "C04"},
		{"a capture is added", func(key string, b []byte) []byte {
			if strings.Contains(key, "job-00001.cdxj") {
				return append(b, bytes.ReplaceAll(b[:bytes.IndexByte(b, '\n')+1], []byte("-0000"), []byte("-9999"))...)
			}
			return b
		}, "C05"},
		{"a WARC file is gone", drop("job-00002"), "C04"},
		{"an entry", replace("tile/entries/000", "job-00001-0003", "job-00001-0004"), "C01"},
		{"a bundle is gone", drop("tile/entries/000"), "C01"},
		{"a tile", func(key string, b []byte) []byte {
			if strings.HasSuffix(key, "tile/0/000") {
				b[40]++
			}
			return b
		}, "C01"},
		{"a signature", replace("checkpoints/00000000000000000301", "\n301\n", "\n300\n"), "C02"},
		{"what was decided", replace("batches/00000000000000000301", `"leaves":"sha256:`, `"leaves":"sha256:f`), "C01"},
		{"a batch", replace("batches/00000000000000000301", `"count":5`, `"count":4`), "C01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, codes := verify(t, change(t, s, tt.change), []custody.Checkpoint{first, last}, warcs...)
			got := strings.Join(codes, " ")
			if tt.want == "" && got != "" || tt.want != "" && !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	t.Run("the end is cut off", func(t *testing.T) {
		cut := change(t, s, func(key string, b []byte) []byte {
			if strings.Contains(key, "00000000000000000301.json") || strings.Contains(key, "00000000000000000306") {
				return nil
			}
			return b
		})
		if _, codes := verify(t, cut, nil, warcs...); len(codes) > 0 {
			t.Errorf("without a checkpoint from elsewhere nobody can know, and yet: %v", codes)
		}
		if _, codes := verify(t, cut, []custody.Checkpoint{last}, warcs...); len(codes) != 1 || codes[0] != custody.CodePrefix {
			t.Errorf("%v", codes)
		}
	})
	t.Run("all is made anew", func(t *testing.T) {
		other := mem.New()
		all := []string{segment(t, other, "job-00001", 299), segment(t, other, "job-00002", 5)}
		appendTo(t, other, key, custody.Addition{WARCs: all})
		if _, codes := verify(t, other, []custody.Checkpoint{first}, all...); len(codes) != 1 || codes[0] != custody.CodePrefix {
			t.Errorf("%v", codes)
		}
	})
}

// failing is a Store whose Puts fail from the n-th on.
type failing struct {
	*mem.Store
	left int
}

func (f *failing) Put(ctx context.Context, o blob.Object) error {
	if f.left--; f.left < 0 {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "store", Err: errors.New("the power is gone")}
	}
	return f.Store.Put(ctx, o)
}

func TestWhatACrashLeavesIsCompleted(t *testing.T) {
	key := newKey(t)
	for n := 0; ; n++ {
		s := mem.New()
		warcs := []string{segment(t, s, "job-00001", 300), segment(t, s, "job-00002", 5)}
		appendTo(t, s, key, custody.Addition{WARCs: warcs[:1]})
		_, err := open(t, &failing{s, n}).Append(t.Context(), key, custody.Addition{WARCs: warcs[1:]})
		more := []string{warcs[0], warcs[1], segment(t, s, "job-00003", 250)}
		if _, codes := verify(t, s, nil, more...); len(codes) != 0 {
			t.Errorf("after %d puts: %v", n, codes)
		}
		appendTo(t, s, key, custody.Addition{WARCs: more})
		v, codes := verify(t, s, nil, more...)
		if len(codes) != 0 || v.Captures != 555 {
			t.Errorf("after %d puts: %+v, %v", n, v, codes)
		}
		if err == nil {
			return
		}
	}
}

func TestOfTwoOneIsOvertaken(t *testing.T) {
	s, key := mem.New(), newKey(t)
	warcs := []string{segment(t, s, "job-00001", 3), segment(t, s, "job-00002", 5)}
	appendTo(t, s, key, custody.Addition{})
	a, b := open(t, s), open(t, s)
	if _, err := a.Append(t.Context(), key, custody.Addition{WARCs: warcs[:1]}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Append(t.Context(), key, custody.Addition{WARCs: warcs[1:]}); !errors.Is(err, custody.ErrOvertaken) {
		t.Fatal(err)
	}
	appendTo(t, s, key, custody.Addition{WARCs: warcs})
	if v, codes := verify(t, s, nil, warcs...); len(codes) != 0 || v.Captures != 8 {
		t.Errorf("%+v %v", v, codes)
	}
}

func TestKeysThatNobodyHandedOver(t *testing.T) {
	s := mem.New()
	appendTo(t, s, newKey(t), custody.Addition{})
	appendTo(t, s, newKey(t), custody.Addition{})
	if v, codes := verify(t, s, nil); len(codes) != 0 || v.Orphans != 1 {
		t.Errorf("%+v %v", v, codes)
	}
}

func TestTimeStamps(t *testing.T) {
	s, key := mem.New(), newKey(t)
	srv, err := custodytest.Start(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	srv.Status.Store(http.StatusServiceUnavailable)
	a := custody.Authority{URL: srv.URL, Client: srv.Client()}
	c := appendTo(t, s, key, custody.Addition{WARCs: []string{segment(t, s, "job-00001", 3)}})
	if _, err := open(t, s).Stamp(t.Context(), a); err == nil || !strings.Contains(err.Error(), "503") {
		t.Fatal(err)
	}
	srv.Status.Store(http.StatusOK)
	for _, want := range []int{1, 0} {
		if n, err := open(t, s).Stamp(t.Context(), a); err != nil || n != want {
			t.Fatal(n, err)
		}
	}
	token, err := open(t, s).StampOf(t.Context(), c.Key)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := custody.CheckStamp(token, c.Note); err != nil || !at.Equal(now) {
		t.Error(at, err)
	}
	if v, codes := verify(t, s, nil); len(codes) != 0 || v.Stamps != 1 {
		t.Errorf("%+v %v", v, codes)
	}
	if _, err := custody.CheckStamp(token, []byte("something else")); err == nil {
		t.Error("a stamp of something else is taken")
	}
	other := change(t, s, func(key string, b []byte) []byte {
		if strings.HasSuffix(key, ".tsr") {
			sum := sha256.Sum256(c.Note)
			b[bytes.Index(b, sum[:])]++
		}
		return b
	})
	if _, codes := verify(t, other, nil); len(codes) != 1 || codes[0] != custody.CodeStamp {
		t.Errorf("%v", codes)
	}
}

func FuzzReadStamp(f *testing.F) {
	srv, err := custodytest.Start(func() time.Time { return now })
	if err != nil {
		f.Fatal(err)
	}
	defer srv.Close()
	text := []byte("a signature")
	answer, s, err := custody.Authority{URL: srv.URL, Client: srv.Client()}.Stamp(f.Context(), text)
	if err != nil || len(s.Certificates) != 1 {
		f.Fatal(s, err)
	}
	f.Add(answer)
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := custody.ReadStamp(b, text, nil); err == nil && len(s.Certificates) == 0 {
			t.Error("a time stamp that nobody made")
		}
	})
}

func FuzzReadProofs(f *testing.F) {
	s, key := mem.New(), newKey(f)
	warcs := []string{segment(f, s, "job-00001", 3)}
	c := appendTo(f, s, key, custody.Addition{WARCs: warcs})
	var proofs bytes.Buffer
	_, err := open(f, s).Prove(f.Context(), warcs, func(*custody.Entry) bool { return true }, func(p custody.Proof) error {
		return json.NewEncoder(&proofs).Encode(p)
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.Note, proofs.Bytes())
	f.Add(c.Note, []byte(`{"index":0,"entry":"{}","proof":[]}`))
	f.Fuzz(func(t *testing.T, note, proofs []byte) {
		n := 0
		p, err := custody.ReadProofs(note, bytes.NewReader(proofs), func(*custody.Entry) { n++ })
		if err == nil && (p.Checkpoint.Signer == "" || n != p.Captures || int64(n) >= p.Checkpoint.Tree.N) {
			t.Errorf("%+v with %d captures", p, n)
		}
	})
}
