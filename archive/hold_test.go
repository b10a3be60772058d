package archive

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/mem"
)

// holdingStore is a Store that keeps holds. It dies after so many changes, if that is set.
type holdingStore struct {
	blob.Store
	held  map[string]bool
	after int
}

func (s *holdingStore) CanHold(context.Context) (bool, error) { return true, nil }

func (s *holdingStore) Hold(ctx context.Context, key string, on bool) (blob.HoldChange, error) {
	if _, err := s.Stat(ctx, key); err != nil || s.held[key] == on {
		return blob.HoldKept, err
	}
	if s.after--; s.after == 0 {
		return blob.HoldKept, errDied
	}
	if on {
		s.held[key] = true
		return blob.HoldPut, nil
	}
	delete(s.held, key)
	return blob.HoldLifted, nil
}

// stems are what is held, a WARC file as one.
func (s *holdingStore) stems() []string {
	all := map[string]bool{}
	for key := range s.held {
		id, _, _ := familyOf(key)
		all[id] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// TestHold holds what rules speak of: what lies in one file with it is held as well, until the last of the rules ends, and so is
// the payload of a revisit.
func TestHold(t *testing.T) {
	first, second := &holdingStore{Store: mem.New(), held: map[string]bool{}}, &holdingStore{Store: mem.New(), held: map[string]bool{}}
	h := newHouse(t, func(o *Options) {
		o.Store = first
		o.Copies = []Copy{{Name: "two", Store: second}, {Name: "disk", Store: mem.New()}}
	})
	add := func(id string, pages ...[2]string) {
		job := *testJob
		job.ID = id
		w := h.Begin(&job)
		for _, p := range pages {
			write(t, w, exchange(p[0], 200, p[1], "Content-Type: text/html"))
		}
		h.commit(t, w)
	}
	add("one", [2]string{"http://a.example/", text(500)}, [2]string{"http://b.example/", text(600)})
	add("two", [2]string{"http://c.example/", text(500)}) // a revisit of that of a.example
	add("three", [2]string{"http://d.example/", text(700)})
	if err := h.PutDocument(t.Context(), "papers", testDocument, nil, []byte("the document")); err != nil {
		t.Fatal(err)
	}
	if err := h.CopyFresh(t.Context(), true, func(f Finding) { t.Error(f) }, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	one, two, doc := "warc/papers/202603/one-00001.warc.gz", "warc/papers/202603/two-00001.warc.gz", documentDir("papers", testDocument.ID)
	for _, c := range []struct {
		rules string
		want  []string
	}{
		{"", nil},
		{"http://b.example/", []string{one}},
		{"http://a.example/ http://b.example/", []string{one}},
		{"http://a.example/", []string{one}},
		{"http://c.example/", []string{one, two}},
		{testDocument.ID, []string{doc}},
		{"", nil},
	} {
		on := func(_, document, address string) bool {
			return slices.Contains(strings.Fields(c.rules), document+address)
		}
		var died int
		first.after = 2 // and again, as after a crash
		if _, err := h.Hold(t.Context(), on, func(Finding) { died++ }); err != nil {
			t.Fatal(err)
		}
		first.after = 0
		held, err := h.Hold(t.Context(), on, func(f Finding) { t.Error(f) })
		if err != nil || !slices.Equal(held.Stores, []string{"", "two"}) || !slices.Equal(held.Without, []string{"disk"}) {
			t.Fatalf("%q: %+v, %v", c.rules, held, err)
		}
		for _, s := range []*holdingStore{first, second} {
			if got := s.stems(); !slices.Equal(got, c.want) {
				t.Errorf("%q: held are %q, want %q", c.rules, got, c.want)
			}
		}
		if again, err := h.Hold(t.Context(), on, func(f Finding) { t.Error(f) }); again.Put+again.Lifted != 0 || again.Objects != held.Objects || err != nil {
			t.Errorf("%q, again: %+v, %v", c.rules, again, err)
		}
	}
}

// What cannot be known is not lifted, and said.
func TestHoldWithoutAnIndex(t *testing.T) {
	store := &holdingStore{Store: mem.New(), held: map[string]bool{}}
	h := newHouse(t, func(o *Options) { o.Store = store })
	w := h.Begin(testJob)
	write(t, w, exchange("http://a.example/", 200, text(500), "Content-Type: text/html"))
	h.commit(t, w)
	key := "warc/papers/202603/job-7-00001.warc.gz"
	hold := func(on bool) (codes []string) {
		_, err := h.Hold(t.Context(), func(string, string, string) bool { return on }, func(f Finding) { codes = append(codes, f.Code) })
		if err != nil {
			t.Fatal(err)
		}
		return codes
	}
	if codes := hold(true); codes != nil {
		t.Fatal(codes)
	}
	if err := store.Store.(*mem.Store).Remove(t.Context(), beside(key, cdxjSuffix)); err != nil {
		t.Fatal(err)
	}
	if codes := hold(false); !slices.Equal(codes, []string{CodeHold}) || !store.held[key] {
		t.Errorf("%q, held %v", codes, store.held[key])
	}
}
