package catalog_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestTheSameKeyIsTheSameRequest(t *testing.T) {
	catalogtest.Each(t, func(t *testing.T, e catalogtest.Engine) {
		c := openNew(t, e)
		add := func(id, asker, key, what string) (string, bool, error) {
			r, again, err := c.AddRequest(t.Context(), catalog.Request{
				ID: id, Collection: "notes", Asker: asker, Key: key, Fingerprint: what, URI: "http://a.example/", Created: day,
			})
			return r.ID, again, err
		}
		for _, tt := range []struct {
			id, asker, key, what, want string
			again                      bool
		}{
			{"1", "a", "k", "x", "1", false}, {"2", "a", "k", "x", "1", true}, {"3", "b", "k", "x", "3", false},
			{"4", "a", "", "x", "4", false}, {"5", "a", "", "x", "5", false},
		} {
			if id, again, err := add(tt.id, tt.asker, tt.key, tt.what); id != tt.want || again != tt.again || err != nil {
				t.Errorf("%+v: %s, %v, %v", tt, id, again, err)
			}
		}
		if _, _, err := add("6", "a", "k", "y"); ibid.KindOf(err) != ibid.KindConflict || !errors.Is(err, catalog.ErrOther) {
			t.Errorf("something else with the same key: %v", err)
		}
		left := func() (ids string) {
			t.Helper()
			all, err := c.UnfinishedRequests(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				ids += r.ID
			}
			return ids
		}
		if got := left(); got != "1345" {
			t.Errorf("left %s", got)
		}
		r, err := c.Request(t.Context(), "3")
		r.Finished, r.Error = day.Add(time.Hour), "no room"
		if err = errors.Join(err, c.FinishRequest(t.Context(), r)); err != nil {
			t.Fatal(err)
		}
		if again, err := c.Request(t.Context(), "3"); err != nil || again.Error != "no room" || left() != "145" {
			t.Errorf("%+v, %v, left %s", again, err, left())
		}
		if err := c.ForgetRequests(t.Context(), day.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Request(t.Context(), "3"); ibid.KindOf(err) != ibid.KindNotFound || left() != "145" {
			t.Errorf("forgotten: %v, left %s", err, left())
		}
	})
}

func TestListsAreReadByParts(t *testing.T) {
	catalogtest.Each(t, func(t *testing.T, e catalogtest.Engine) {
		c := openNew(t, e)
		ctx := t.Context()
		b := catalog.Batch{Collection: "default", Run: "r", Job: "j"}
		var events []ibid.Event
		for i := range 7 {
			at := day.Add(time.Duration(i/2) * time.Second) // two of each time
			b.Captures = append(b.Captures, ibid.Capture{
				URI: "http://a.example/", Timestamp: at, Status: 200, Digest: ibid.DigestOf([]byte{byte(i)}), RecordID: fmt.Sprintf("urn:%d", i),
				Location: ibid.Location{Key: "warc/k", Offset: int64(i)},
			})
			events = append(events, ibid.Event{ID: fmt.Sprintf("e%d", i), When: at, Collection: "default", Kind: ibid.SourceDied})
			doc := ibid.Document{ID: fmt.Sprintf("d%d", i), Source: "a.md"}
			if err := c.PutDocument(ctx, "default", doc, nil); err != nil {
				t.Fatal(err)
			}
			visit := catalog.Batch{Collection: "default", Run: fmt.Sprintf("r%d", i), Job: "v"}
			visit.Visits = []ibid.Visit{{Seed: "http://a.example/", Run: visit.Run, Began: at}}
			if _, err := c.Commit(ctx, visit, nil); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Commit(ctx, b, nil); err != nil {
			t.Fatal(err)
		}
		if err := c.Tell(ctx, events); err != nil {
			t.Fatal(err)
		}
		for name, part := range map[string]func(after catalog.After) ([]catalog.After, error){
			"documents": func(after catalog.After) (ends []catalog.After, err error) {
				docs, err := c.DocumentsAfter(ctx, "default", after.ID, 3)
				for _, d := range docs {
					ends = append(ends, catalog.After{ID: d.ID})
				}
				return ends, err
			},
			"mementos": func(after catalog.After) (ends []catalog.After, err error) {
				found, err := c.MementosAfter(ctx, "default", "https://www.a.example", after, 3)
				for _, f := range found {
					ends = append(ends, catalog.After{Time: f.Timestamp, ID: f.RecordID})
				}
				return ends, err
			},
			"visits": func(after catalog.After) (ends []catalog.After, err error) {
				visits, err := c.VisitsAfter(ctx, "default", "http://a.example/", after, 3)
				for _, v := range visits {
					ends = append(ends, catalog.After{Time: v.Began, ID: v.Run})
				}
				return ends, err
			},
			"events": func(before catalog.After) (ends []catalog.After, err error) {
				if before.ID == "" {
					before.Time = day.AddDate(100, 0, 0)
				}
				events, err := c.Outbox().EventsBefore(ctx, "default", before, 3)
				for _, e := range events {
					ends = append(ends, catalog.After{Time: e.When, ID: e.ID})
				}
				return ends, err
			},
		} {
			seen, after := map[string]bool{}, catalog.After{}
			for range 4 {
				ends, err := part(after)
				if err != nil {
					t.Fatal(err)
				}
				for _, end := range ends {
					if seen[end.ID] {
						t.Errorf("%s: %s comes twice", name, end.ID)
					}
					seen[end.ID], after = true, end
				}
			}
			if len(seen) != 7 {
				t.Errorf("%s: %d of 7 came", name, len(seen))
			}
		}
	})
}
