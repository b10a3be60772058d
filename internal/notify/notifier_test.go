package notify_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/notify/notifytest"
)

func printed(v any) []string {
	return []string{fmt.Sprint(v), fmt.Sprintf("%+v %#v %x %d %q", v, v, v, v, v), slog.AnyValue(v).Resolve().String()}
}

// receiver is an endpoint that notes what comes, and when.
type receiver struct {
	mu     sync.Mutex
	ids    []string
	at     []time.Time
	answer func(w http.ResponseWriter, r *http.Request, nth int)
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	_, _ = io.Copy(io.Discard, req.Body) // only then does a server notice that the client leaves
	r.mu.Lock()
	r.ids, r.at = append(r.ids, req.Header.Get("webhook-id")), append(r.at, time.Now())
	nth := len(r.ids)
	r.mu.Unlock()
	if r.answer != nil {
		r.answer(w, req, nth)
	}
}

func (r *receiver) got() ([]string, []time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ids), slices.Clone(r.at)
}

// fresh are Events that happen now, so that their age is that of the test.
func fresh(numbers ...int) []ibid.Event {
	var events []ibid.Event
	for _, n := range numbers {
		e := notifytest.Event(n)
		e.When = time.Now().UTC()
		events = append(events, e)
	}
	return events
}

func add(t *testing.T, o *notifytest.Memory, events ...ibid.Event) {
	t.Helper()
	if err := o.Add(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
}

func TestABellIsHeardAtOnceAndWithoutOneItTakesAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, o := &receiver{}, notifytest.NewMemory()
		n, _ := run(t, o, webhook(t, "a", serve(t, r.ServeHTTP), notify.Filter{}))
		synctest.Wait()
		began := time.Now()
		add(t, o, fresh(1)...)
		n.Wake()
		n.Wake()
		synctest.Wait()
		add(t, o, fresh(2)...)
		time.Sleep(time.Minute) //nolint:forbidigo // in a synctest bubble: no time passes
		ids, at := r.got()
		if !slices.Equal(ids, []string{"evt-0001", "evt-0002"}) || at[0] != began || at[1].Sub(began) > 15*time.Second {
			t.Errorf("%v at %v, begun at %v", ids, at, began)
		}
	})
}

func TestOneSlowEndpointDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &receiver{answer: func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }}
		quick, o := &receiver{}, notifytest.NewMemory()
		n, stop := run(t, o, webhook(t, "slow", serve(t, slow.ServeHTTP), notify.Filter{}),
			webhook(t, "quick", serve(t, quick.ServeHTTP), notify.Filter{}))
		synctest.Wait()
		began := time.Now()
		add(t, o, fresh(1, 2, 3)...)
		n.Wake()
		time.Sleep(time.Hour) //nolint:forbidigo // in a synctest bubble
		ids, at := quick.got()
		if len(ids) != 3 || at[2] != began {
			t.Errorf("the quick one got %v at %v, begun at %v", ids, at, began)
		}
		// Left alone for longer each time, and asked again all the same.
		if tries, _ := slow.got(); len(tries) < 5 || len(tries) > 12 {
			t.Errorf("the slow one was tried %d times in an hour", len(tries))
		}
		before := time.Now()
		stop()
		if d := time.Since(before); d > 2*time.Second {
			t.Errorf("stopped after %v", d)
		}
	})
}

func TestFailuresAreTriedAgainLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, o := &receiver{answer: func(w http.ResponseWriter, _ *http.Request, nth int) {
			if nth <= 8 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}}, notifytest.NewMemory()
		run(t, o, webhook(t, "a", serve(t, r.ServeHTTP), notify.Filter{}))
		synctest.Wait()
		add(t, o, fresh(1)...)
		time.Sleep(24 * time.Hour) //nolint:forbidigo // in a synctest bubble
		ids, at := r.got()
		if len(ids) != 9 {
			t.Fatalf("%d attempts: %v", len(ids), at)
		}
		for i := range 8 {
			gap, most := at[i+1].Sub(at[i]), 10*time.Second<<i
			if gap < most*3/4 || gap > most+time.Second {
				t.Errorf("after failure %d: %v, want %v to %v and a second", i+1, gap, most*3/4, most)
			}
		}
	})
}

func TestAnEndpointThatStaysDownIsGivenUpAfterDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, o := &receiver{answer: func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusBadGateway) }}, notifytest.NewMemory()
		run(t, o, webhook(t, "a", serve(t, r.ServeHTTP), notify.Filter{}))
		synctest.Wait()
		add(t, o, fresh(1)...)
		time.Sleep(30 * 24 * time.Hour) //nolint:forbidigo // in a synctest bubble
		_, at := r.got()
		if last := at[len(at)-1].Sub(at[0]); last < 72*time.Hour || last > 96*time.Hour {
			t.Errorf("%d attempts, the last after %v", len(at), last)
		}
		for i := range len(at) - 1 {
			if gap := at[i+1].Sub(at[i]); gap > 24*time.Hour+time.Second {
				t.Errorf("a pause of %v", gap)
			}
		}
	})
}

func TestOneEventThatIsRefusedStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		r.answer = func(w http.ResponseWriter, req *http.Request, _ int) {
			if req.Header.Get("webhook-id") == "evt-0001" {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}
		o := notifytest.NewMemory()
		run(t, o, webhook(t, "a", serve(t, r.ServeHTTP), notify.Filter{}))
		synctest.Wait()
		add(t, o, fresh(1, 2, 3)...)
		time.Sleep(5 * time.Minute) //nolint:forbidigo // in a synctest bubble
		if ids, _ := r.got(); !slices.Contains(ids, "evt-0002") || !slices.Contains(ids, "evt-0003") {
			t.Errorf("got %v", ids)
		}
	})
}

func TestRetryAfterIsHonouredAndCapped(t *testing.T) {
	for value, want := range map[string]time.Duration{"7200": 2 * time.Hour, "94608000000": 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			r, o := &receiver{answer: func(w http.ResponseWriter, _ *http.Request, nth int) {
				if nth == 1 {
					w.Header().Set("Retry-After", value)
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			}}, notifytest.NewMemory()
			run(t, o, webhook(t, "a", serve(t, r.ServeHTTP), notify.Filter{}))
			synctest.Wait()
			add(t, o, fresh(1, 2)...)
			time.Sleep(48 * time.Hour) //nolint:forbidigo // in a synctest bubble
			ids, at := r.got()
			if len(ids) != 3 || at[1].Sub(at[0]) != want || at[2].Sub(at[1]) > 15*time.Second {
				t.Errorf("Retry-After %s: %v at %v", value, ids, at)
			}
		})
	}
}

func TestGoneEndsAnEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, o := &receiver{answer: func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusGone) }}, notifytest.NewMemory()
		n, stop := run(t, o, webhook(t, "a", serve(t, r.ServeHTTP), notify.Filter{}))
		synctest.Wait()
		add(t, o, fresh(1, 2)...)
		n.Wake()
		time.Sleep(100 * time.Hour) //nolint:forbidigo // in a synctest bubble
		stop()
		if ids, _ := r.got(); len(ids) != 1 {
			t.Errorf("posted %v", ids)
		}
		if left, err := o.Take(t.Context(), "webhook:a", time.Now().Add(time.Hour), time.Now().Add(time.Hour), 10); err != nil || len(left) != 0 {
			t.Errorf("left for it: %v, %v", left, err)
		}
	})
}

func TestEachEndpointGetsWhatItWantsAndAllOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, some, o := &receiver{}, &receiver{}, notifytest.NewMemory()
		n, _ := run(t, o, webhook(t, "all", serve(t, all.ServeHTTP), notify.Filter{}),
			webhook(t, "some", serve(t, some.ServeHTTP), notify.Filter{Kinds: []ibid.EventKind{ibid.SourceMoved}, Collections: []string{"other"}}))
		synctest.Wait()
		events := fresh(make([]int, 1200)...)
		for i := range events {
			events[i].ID = fmt.Sprintf("evt-%04d", i)
		}
		events[700].Kind, events[700].Collection = ibid.SourceMoved, "other"
		events[800].Kind = ibid.SourceMoved
		add(t, o, events...)
		n.Wake()
		time.Sleep(time.Second) //nolint:forbidigo // in a synctest bubble
		ids, _ := all.got()
		if len(ids) != 1200 || !slices.IsSorted(ids) {
			t.Errorf("%d, in order: %v", len(ids), slices.IsSorted(ids))
		}
		if ids, _ := some.got(); !slices.Equal(ids, []string{"evt-0700"}) {
			t.Errorf("some: %v", ids)
		}
	})
}

// brittle is an Outbox that cannot be reached for a while.
type brittle struct {
	*notifytest.Memory
	mu    sync.Mutex
	until time.Time
}

func (b *brittle) down() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Now().Before(b.until) {
		return errStorage()
	}
	return nil
}

func (b *brittle) Take(ctx context.Context, channel string, now, until time.Time, n int) ([]ibid.Delivery, error) {
	if err := b.down(); err != nil {
		return nil, err
	}
	return b.Memory.Take(ctx, channel, now, until, n)
}

func (b *brittle) Settle(ctx context.Context, channel string, results []ibid.DeliveryResult) error {
	if err := b.down(); err != nil {
		return err
	}
	return b.Memory.Settle(ctx, channel, results)
}

func TestAnOutboxThatCannotBeReachedForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &brittle{Memory: notifytest.NewMemory()}
		r := &receiver{}
		r.answer = func(_ http.ResponseWriter, _ *http.Request, nth int) {
			if nth == 1 { // it goes away between the delivery and its record
				o.mu.Lock()
				o.until = time.Now().Add(time.Minute)
				o.mu.Unlock()
			}
		}
		n, _ := run(t, o, webhook(t, "a", serve(t, r.ServeHTTP), notify.Filter{}))
		synctest.Wait()
		add(t, o.Memory, fresh(1)...)
		n.Wake()
		time.Sleep(30 * time.Second) //nolint:forbidigo // in a synctest bubble
		add(t, o.Memory, fresh(2)...)
		time.Sleep(time.Hour) //nolint:forbidigo // in a synctest bubble
		if ids, _ := r.got(); !slices.Equal(ids, []string{"evt-0001", "evt-0002"}) {
			t.Errorf("got %v", ids)
		}
	})
}

func TestChannelsOfOneNameAreRefused(t *testing.T) {
	a, b := webhook(t, "a", nil, notify.Filter{}), webhook(t, "a", nil, notify.Filter{})
	_, err := notify.Open(t.Context(), notify.Options{Outbox: notifytest.NewMemory(), Channels: []notify.Channel{a, b}})
	if ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("%v", err)
	}
}
