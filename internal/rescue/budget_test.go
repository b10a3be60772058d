package rescue

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What a thousand dead references ask of three archives stays within the budget of each, in any minute.
func TestBudgetsAreNeverExceeded(t *testing.T) {
	const references, workers = 1000, 8
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asked := map[string][]time.Time{}
		rates := map[string]int{"a.example index": 24, "a.example memento": 480, "b.example index": 30, "c.example index": 12}
		answers := map[string]trip{}
		for i, id := range []string{"a.example", "b.example", "c.example"} {
			answers[id] = func(req *http.Request) *http.Response {
				kind := id + " index"
				if strings.Contains(req.URL.Path, "id_/") && id == "a.example" {
					kind = id + " memento"
				}
				mu.Lock()
				asked[kind] = append(asked[kind], time.Now())
				mu.Unlock()
				uri := req.URL.Query().Get("url")
				if at := strings.Index(req.URL.String(), "/http"); uri == "" && at > 0 {
					uri = req.URL.String()[at+1:]
				}
				// Each archive has its third of the references.
				var n int
				if _, err := fmt.Sscanf(uri, "http://site.example/%d", &n); err != nil || n%3 != i {
					return wayback(id)(req)
				}
				return wayback(id, capture{ts: "20090601000000", uri: uri, body: page1, status: 200})(req)
			}
		}
		r := newTest(t, hosts(answers), func(o *Options) {
			o.Now, o.Archives = later, nil
			for _, id := range []string{"a.example", "b.example", "c.example"} {
				a := testArchive(id)
				a.IndexRate, a.MementoRate = float64(rates[id+" index"]), float64(rates[id+" memento"])
				o.Archives = append(o.Archives, a)
			}
		})
		work := make(chan int)
		var found, incomplete int
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for n := range work {
					f, err := r.Find(t.Context(), Wanted{URI: fmt.Sprintf("http://site.example/%d", n), At: testTarget})
					if err != nil {
						t.Error(err)
						continue
					}
					mu.Lock()
					if f.Exchange != nil {
						found++
					}
					if f.Incomplete {
						incomplete++
					}
					mu.Unlock()
					f.Close()
				}
			})
		}
		began := time.Now()
		for n := range references {
			work <- n
		}
		close(work)
		wg.Wait()
		if found != references || incomplete != 0 {
			t.Errorf("%d of %d found, %d incomplete", found, references, incomplete)
		}
		for kind, times := range asked {
			most := busiest(times)
			if most > rates[kind]+1 {
				t.Errorf("%s: %d requests in a minute, %d allowed", kind, most, rates[kind])
			}
			t.Logf("%s: %d requests, at most %d in a minute of %d", kind, len(times), most, rates[kind])
		}
		t.Logf("%v of virtual time", time.Since(began).Round(time.Minute))
	})
}

// busiest is the greatest number of times within one minute.
func busiest(times []time.Time) int {
	slices.SortFunc(times, time.Time.Compare)
	most, from := 0, 0
	for i, t := range times {
		for t.Sub(times[from]) >= time.Minute {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// A rate may be less than one a minute.
func TestRates(t *testing.T) {
	for _, tt := range []struct {
		index, memento float64
		ask, kind      string
		every          time.Duration
	}{
		{24, 480, kindIndex, kindIndex, 2500 * time.Millisecond},
		{24, 480, kindMemento, kindMemento, 125 * time.Millisecond},
		{24, 0, kindMemento, kindIndex, 2500 * time.Millisecond},
		{0.5, 0, kindIndex, kindIndex, 2 * time.Minute},
		{24, 0.25, kindMemento, kindMemento, 4 * time.Minute},
		{0, 0, kindIndex, kindIndex, time.Minute},
	} {
		a := Archive{IndexRate: tt.index, MementoRate: tt.memento}
		if kind, every := a.rate(tt.ask); kind != tt.kind || every != tt.every {
			t.Errorf("%v: %s every %s", tt, kind, every)
		}
	}
}
