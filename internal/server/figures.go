package server

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ibid-archive/ibid"
)

// askTime bounds how long one collection of figures may take.
const askTime = 10 * time.Second

// Figures are what is counted, from the start of the process or as it is now.
type Figures struct {
	// Visits counts the looks since the start, by what came of them.
	Visits map[Result]int64
	// Captures and Bytes are what was stored since the start.
	Captures, Bytes int64
	// Lost are the Jobs that had to be left to other processes since the start.
	Lost int64
	// Jobs counts the Jobs of the queue by their state.
	Jobs map[string]int64
	// Plans counts the Seeds that have a schedule, Overdue those of them that are due and were not handed on.
	Plans, Overdue int64
	// SpoolUsed and SpoolLimit are bytes that wait for the store, and how many may. 0: there is no such limit.
	SpoolUsed, SpoolLimit int64
	// Objects counts what was looked at in the store or in a copy, Audited those of them that were read in the last 30 days wherever they are
	// known to be, and Single those that are in one store alone. Damaged are not repaired somewhere.
	Objects, Audited, Single, Damaged int64
	// Unsecured is when the oldest capture was made that is not in two sound copies; zero: all are, or there is one store alone.
	Unsecured time.Time
	// Canary is when the capture that is built in was last read back as it must be; zero: not since the start. CanaryFailing: the
	// last time it was not.
	Canary        time.Time
	CanaryFailing bool
}

// Result is what came of a look.
type Result struct {
	Verdict ibid.Verdict
	Class   ibid.Class
}

// figures is a prometheus.Collector of Figures.
type figures struct {
	ask func(ctx context.Context) (Figures, error)
}

var (
	visits     = prometheus.NewDesc("ibid_visits_total", "Looks at sources, by verdict and class.", []string{"verdict", "class"}, nil)
	captures   = prometheus.NewDesc("ibid_captures_total", "Captures that were made durable.", nil, nil)
	stored     = prometheus.NewDesc("ibid_stored_bytes_total", "Bytes of WARC files that were made durable.", nil, nil)
	lost       = prometheus.NewDesc("ibid_queue_leases_lost_total", "Jobs that had to be left to other processes.", nil, nil)
	jobs       = prometheus.NewDesc("ibid_queue_jobs", "Jobs in the queue, by state.", []string{"state"}, nil)
	plans      = prometheus.NewDesc("ibid_schedule_sources", "Sources that have a schedule.", nil, nil)
	overdue    = prometheus.NewDesc("ibid_schedule_overdue", "Sources that are due and were not handed on yet.", nil, nil)
	spoolUsed  = prometheus.NewDesc("ibid_spool_used_bytes", "Bytes in the spool that wait for the store.", nil, nil)
	spoolLimit = prometheus.NewDesc("ibid_spool_limit_bytes", "How many bytes may wait in the spool.", nil, nil)
	objects    = prometheus.NewDesc("ibid_objects", "Objects that were looked at in the store or in a copy.", nil, nil)
	audited    = prometheus.NewDesc("ibid_objects_audited", "Objects that were read in the last 30 days wherever they are known to be.", nil, nil)
	single     = prometheus.NewDesc("ibid_objects_single", "Objects that one store alone has without damage.", nil, nil)
	damaged    = prometheus.NewDesc("ibid_objects_damaged", "Objects with which something is wrong in one of the stores, and not repaired.", nil, nil)
	unsecured  = prometheus.NewDesc("ibid_unsecured_oldest_timestamp_seconds", "When the oldest capture was made that is not in two sound copies, where copies are configured and there is one.", nil, nil)
	canaryRead = prometheus.NewDesc("ibid_canary_read_timestamp_seconds", "When the capture that is built in was last read back as it must be.", nil, nil)
	canaryBad  = prometheus.NewDesc("ibid_canary_failing", "1 when the capture that is built in was not read back as it must be the last time.", nil, nil)
	failing    = prometheus.NewDesc("ibid_figures_failing", "1 when the figures of the catalogue could not be asked for.", nil, nil)
)

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{visits, captures, stored, lost, jobs, plans, overdue, spoolUsed, spoolLimit, objects, audited, single, damaged, unsecured, canaryRead, canaryBad, failing} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	now, err := f.ask(ctx)
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	for r, n := range now.Visits {
		count(visits, n, string(r.Verdict), string(r.Class))
	}
	count(captures, now.Captures)
	count(stored, now.Bytes)
	count(lost, now.Lost)
	instant := func(d *prometheus.Desc, at time.Time) {
		if !at.IsZero() {
			gauge(d, float64(at.UnixMilli())/1000)
		}
	}
	instant(canaryRead, now.Canary)
	gauge(canaryBad, oneIf(now.CanaryFailing))
	if err != nil {
		gauge(failing, 1)
		return
	}
	gauge(failing, 0)
	for state, n := range now.Jobs {
		gauge(jobs, float64(n), state)
	}
	gauge(plans, float64(now.Plans))
	gauge(overdue, float64(now.Overdue))
	gauge(spoolUsed, float64(now.SpoolUsed))
	gauge(spoolLimit, float64(now.SpoolLimit))
	gauge(objects, float64(now.Objects))
	gauge(audited, float64(now.Audited))
	gauge(single, float64(now.Single))
	gauge(damaged, float64(now.Damaged))
	instant(unsecured, now.Unsecured)
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
