package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// latencies are how long answers took, by what they were of.
func newLatencies() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "ibid_http_request_seconds", Help: "How long answers took, by what they were of and the class of their status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
	}, []string{"of", "status"})
}

// ofReplay are the answers of the origin of what is archived.
const ofReplay = "replay"

// kinds are what answers are of, by the beginning of their addresses. All others are pages.
var kinds = []struct{ prefix, of string }{
	{"/api/", "api"}, {"/save", "save"}, {"/web/*", "page"}, {"/web/", "memento"}, {"/timegate/", "timegate"}, {"/timemap/", "timemap"}, {"/cdx", "cdx"},
	{"/healthz", "operator"}, {"/readyz", "operator"}, {"/metrics", "operator"}, {"/assets/", "asset"}, {"/feed.atom", "feed"}, {"/export/", "package"},
}

func kindOf(path string) string {
	if strings.HasSuffix(path, "/events") && !strings.HasPrefix(path, "/api/") {
		return "events" // they take as long as what they tell of
	}
	for _, k := range kinds {
		if strings.HasPrefix(path, k.prefix) {
			return k.of
		}
	}
	return "page"
}

// measured finds out who sent a request, names it, and takes down how long its answer took. of is what it is of; empty: that
// follows from its address. Who reads what is nobody's business: neither is their address logged, nor what they read
// when all is well.
func (s *server) measured(of string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = s.proxied(r)
		w.Header().Set(requestHeader, ClientOf(r.Context()).Request)
		kind, began, seen := of, time.Now(), &statusSeen{ResponseWriter: w}
		if kind == "" {
			kind = kindOf(r.URL.Path)
		}
		defer func() {
			took := time.Since(began)
			s.latencies.WithLabelValues(kind, strconv.Itoa(max(seen.status, http.StatusOK)/100)+"xx").Observe(took.Seconds())
			s.Log.DebugContext(r.Context(), "answered", "of", kind, "method", r.Method, "status", max(seen.status, http.StatusOK), "took", took)
		}()
		next.ServeHTTP(seen, r)
	})
}

// statusSeen remembers the status of an answer.
type statusSeen struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusSeen) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach what is below.
func (w *statusSeen) Unwrap() http.ResponseWriter { return w.ResponseWriter }
