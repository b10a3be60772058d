package archive

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/mem"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// mortal is a Store of a process that dies at its n-th change of it.
type mortal struct {
	*mem.Store
	left int
}

var errDied = &ibid.Error{Kind: ibid.KindStorage, Op: "change the store", Err: errors.New("killed")}

func (m *mortal) Put(ctx context.Context, o blob.Object) error {
	if m.left--; m.left < 0 {
		return errDied
	}
	return m.Store.Put(ctx, o)
}

func (m *mortal) Remove(ctx context.Context, key string) error {
	if m.left--; m.left < 0 {
		return errDied
	}
	return m.Store.Remove(ctx, key)
}

const secret = "what nobody may know"

// doomedHouse has a secret in two segments and under two addresses, a revisit of it, and other things.
func doomedHouse(t *testing.T) (*house, *mem.Store) {
	t.Helper()
	h := full(t)
	w := h.Begin(&ibid.Job{ID: "job-8", Run: "run-2", Collection: "papers", Host: "example.org", Due: testNow})
	body := strings.Repeat(secret+" ", 20)
	c := write(t, w, ownSeed(exchange("http://example.org/secret", 200, body, "Content-Type: text/html")))
	write(t, w, ownSeed(exchange("http://example.org/open", 200, "open to everybody, and long enough to be a page", "Content-Type: text/html")))
	if err := w.WriteVisit(t.Context(), &ibid.Visit{
		Seed: c.URI, Run: "r", Job: "job-8", Verdict: ibid.Archived, Began: testNow, Final: &c, Description: &ibid.Description{Title: secret},
	}); err != nil {
		t.Fatal(err)
	}
	h.commit(t, w)
	write(t, w, ownSeed(exchange("http://example.org/mirror", 200, body, "Content-Type: text/html")))
	last := write(t, w, ownSeed(exchange("http://example.org/last", 200, "behind the mirror, and long enough to be a page", "Content-Type: text/html")))
	if err := w.WriteVisit(t.Context(), &ibid.Visit{Seed: last.URI, Run: "r", Job: "job-8", Verdict: ibid.Archived, Began: testNow, Final: &last}); err != nil {
		t.Fatal(err)
	}
	h.commit(t, w)
	return h, h.store.(*mem.Store)
}

// ownSeed is x as the source itself.
func ownSeed(x *ibid.Exchange) *ibid.Exchange {
	x.Seed = x.URI
	return x
}

func decide(t *testing.T, h *house) Destruction {
	t.Helper()
	digest := ibid.DigestOf([]byte(strings.Repeat(secret+" ", 20)))
	records, err := h.FindDoomed(t.Context(), func(collection string, l *cdx.Line) bool { return collection == "papers" && l.Digest == digest })
	if err != nil || len(records) != 2 {
		t.Fatal(records, err)
	}
	d, err := h.DecideDestruction(t.Context(), Destruction{
		Target: "http://example.org/secret", Reason: "a court said so", Records: records,
		Document: DocumentFolder("papers", testDocument.ID), Digest: testDocument.Digest,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// carryOut is what ibid destroy does with the store.
func carryOut(t *testing.T, a *Archive, d *Destruction) error {
	t.Helper()
	if err := a.CarryOut(t.Context(), d); err != nil {
		return err
	}
	return a.Finish(t.Context(), d)
}

func TestDestroyIsKilledAtEachPoint(t *testing.T) {
	for n := 0; ; n++ {
		h, store := doomedHouse(t)
		d := decide(t, h)
		dying := &mortal{store, n}
		a, err := New(Options{Store: dying, SpoolDir: t.TempDir(), Now: h.o.Now})
		if err != nil {
			t.Fatal(err)
		}
		died := carryOut(t, a, &d)
		if died != nil && !errors.Is(died, errDied) {
			t.Fatal(n, died)
		}
		if died != nil && !slices.Contains(h.verify(t), CodeUndone) {
			t.Errorf("after %d changes: verify does not say that it is not finished", n)
		}
		var found []Destruction
		if err := h.Destructions(t.Context(), func(d Destruction, done bool) error {
			if !done {
				found = append(found, d)
			}
			return nil
		}); err != nil || (len(found) == 1) != (died != nil) {
			t.Fatal(n, found, err)
		}
		for i := range found {
			if err := carryOut(t, h.Archive, &found[i]); err != nil {
				t.Fatalf("after %d changes: %v", n, err)
			}
		}
		destroyed(t, h)
		if died == nil {
			if n < 8 {
				t.Errorf("only %d points", n)
			}
			return
		}
	}
}

// destroyed looks whether all of it is gone, and nothing else.
func destroyed(t *testing.T, h *house) {
	t.Helper()
	if codes := h.verify(t); len(codes) > 0 {
		t.Errorf("verify: %v", codes)
	}
	tombstones := 0
	for _, key := range h.keys(t) {
		b := h.object(t, key)
		if z, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
			if b, err = io.ReadAll(z); err != nil {
				t.Fatal(key, err)
			}
		}
		if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte("the document")) && !strings.Contains(key, "destroyed/") {
			t.Errorf("it is in %s", key)
		}
		tombstones += bytes.Count(b, []byte("Ibid-Record: tombstone"))
	}
	if tombstones != 2 {
		t.Errorf("%d tombstones", tombstones)
	}
	var read []string
	err := h.Walk(t.Context(), Visitor{
		Segment: func(s Segment) error {
			for _, c := range s.Captures {
				if h.body(t, c) != "" {
					read = append(read, c.URI)
				}
			}
			for _, v := range s.Visits {
				switch {
				case v.Seed == "http://example.org/secret":
					if v.Final != nil || v.Verdict != ibid.Refused || !strings.Contains(v.Reason, "a court said so") {
						t.Errorf("%+v", v)
					}
				case v.Final == nil || h.body(t, *v.Final) == "":
					t.Errorf("%s leads nowhere: %+v", v.Seed, v)
				}
			}
			return nil
		},
		Damage: func(f Finding) { t.Error(f) },
	})
	if err != nil || len(read) != 5 {
		t.Errorf("%v %v", read, err)
	}
}

func TestWhatCannotBeDestroyed(t *testing.T) {
	h, store := doomedHouse(t)
	d := decide(t, h)
	a, err := New(Options{Store: struct{ blob.Store }{store}, SpoolDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.CarryOut(t.Context(), &d); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("a store out of which nothing can be taken: %v", err)
	}
}
