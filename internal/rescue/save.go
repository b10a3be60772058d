package rescue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// SaverOptions are what a Saver needs.
type SaverOptions struct {
	// Endpoint is where Save Page Now is; empty: https://web.archive.org/save.
	Endpoint string
	// Key and Secret are those of an account at archive.org. Without them nothing is ever sent.
	Key, Secret string
	Transport   http.RoundTripper
	UserAgent   string
	Budget      Budget
	// PerMinute is how many pages are handed over a minute at the most (4), and NotWithin how old a copy there must be for
	// another to be made (30 days).
	PerMinute float64
	NotWithin time.Duration
	Now       func() time.Time
}

// Saver pushes copies of pages outward, to the Internet Archive's Save Page Now (SPN2).
type Saver struct{ o SaverOptions }

// saveEvery is how often a job of the saver is asked after, and saveTime for how long at the most.
const (
	saveEvery = 5 * time.Second
	saveTime  = 5 * time.Minute
)

// Names of its budget.
const (
	saver    = "save.archive.org"
	kindSave = "save"
)

// NewSaver returns a Saver; nil, which saves nothing, where there are no keys.
func NewSaver(o SaverOptions) *Saver {
	if o.Key == "" || o.Secret == "" {
		return nil
	}
	or(&o.Endpoint, "https://web.archive.org/save")
	or(&o.PerMinute, 4)
	or(&o.NotWithin, 30*24*time.Hour)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Saver{o}
}

// Saved is a copy that was made.
type Saved struct {
	URIM string
	At   time.Time
}

// spnAnswer is what Save Page Now says of a job.
type spnAnswer struct {
	JobID       string `json:"job_id"`
	Status      string `json:"status"`
	StatusExt   string `json:"status_ext"`
	Message     string `json:"message"`
	Timestamp   string `json:"timestamp"`
	OriginalURL string `json:"original_url"`
}

// Save has uri captured there, and waits for the end of it. Errors of KindNetwork are worth trying again, those of
// KindPolicy and KindInput are not.
func (s *Saver) Save(ctx context.Context, uri string) (*Saved, error) {
	if s == nil {
		return nil, &ibid.Error{Kind: ibid.KindPolicy, Op: "save at archive.org", URI: uri, Err: errors.New("no keys are given")}
	}
	clean, ok := clean(uri)
	if !ok {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "save at archive.org", URI: oneLine(uri), Err: errors.New("it is no http address")}
	}
	saved, err := s.save(ctx, clean)
	var known *ibid.Error
	if err != nil && context.Cause(ctx) == nil && !errors.As(err, &known) {
		err = &ibid.Error{Kind: ibid.KindNetwork, Op: "save at archive.org", URI: clean, Err: err}
	}
	return saved, err
}

func (s *Saver) save(ctx context.Context, uri string) (*Saved, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, saveTime, errSlow)
	defer cancel()
	if err := s.o.Budget.Take(ctx, saver, kindSave, every(s.o.PerMinute)); err != nil {
		return nil, err
	}
	until, why, err := s.o.Budget.Resting(ctx, saver)
	if err != nil {
		return nil, err
	}
	if until.After(s.o.Now()) {
		return nil, fmt.Errorf("it is left alone until %s: %s", until.UTC().Format(time.RFC3339), why)
	}
	form := url.Values{"url": {uri}, "if_not_archived_within": {fmt.Sprintf("%ds", int64(s.o.NotWithin/time.Second))}, "skip_first_archive": {"1"}}
	a, err := s.ask(ctx, http.MethodPost, s.o.Endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if a.JobID == "" || strings.ContainsAny(a.JobID, "/?#") {
		return nil, a.failed(uri)
	}
	job := a.JobID
	for {
		if a, err = s.ask(ctx, http.MethodGet, s.o.Endpoint+"/status/"+job, nil); err != nil {
			return nil, err
		}
		switch a.Status {
		case "success":
			return a.saved(uri)
		case "pending":
		default:
			return nil, a.failed(uri)
		}
		select {
		case <-time.After(saveEvery):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (s *Saver) ask(ctx context.Context, method, uri string, form io.Reader) (*spnAnswer, error) {
	req, err := http.NewRequestWithContext(ctx, method, uri, form)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{
		"Accept": {"application/json"}, "Authorization": {"LOW " + s.o.Key + ":" + s.o.Secret}, "User-Agent": {s.o.UserAgent},
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := s.o.Transport.RoundTrip(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // read as far as it is taken
	now := s.o.Now()
	if t := refusal(resp.StatusCode, resp.Header, now); t != nil && t.later && !t.until.IsZero() {
		if err := s.o.Budget.Rest(context.WithoutCancel(ctx), saver, t.until, t.text); err != nil {
			return nil, err
		}
		return nil, t
	}
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		return nil, &ibid.Error{Kind: ibid.KindPolicy, Op: "save at archive.org", Err: fmt.Errorf("the keys are not accepted (status %d)", resp.StatusCode)}
	}
	var a spnAnswer
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&a); err != nil {
		return nil, fmt.Errorf("status %d, and no JSON: %w", resp.StatusCode, err)
	}
	return &a, nil
}

func (a *spnAnswer) saved(uri string) (*Saved, error) {
	at, ok := parseTimestamp(a.Timestamp)
	if !ok {
		return nil, fmt.Errorf("it says when in a way that cannot be read: %s", oneLine(a.Timestamp))
	}
	if original, ok := clean(a.OriginalURL); ok {
		uri = original
	}
	return &Saved{URIM: "https://web.archive.org/web/" + ibid.Timestamp14(at) + "/" + uri, At: at}, nil
}

// passing are the endings of jobs that are of the moment.
var passing = []string{
	"user-session-limit", "soft-time-limit-exceeded", "proxy-error", "browsing-timeout", "no-browsers-available", "capture-location-error",
	"celery", "redis-error", "gateway-timeout", "bad-gateway", "service-unavailable", "too-many-requests", "job-failed",
}

func (a *spnAnswer) failed(uri string) error {
	why := oneLine(strings.TrimSpace(a.StatusExt + " " + a.Message))
	if why == "" {
		why = "it says no job"
	}
	for _, p := range passing {
		if strings.Contains(a.StatusExt, p) {
			return errors.New(why)
		}
	}
	if a.StatusExt == "" {
		return errors.New(why)
	}
	return &ibid.Error{Kind: ibid.KindPolicy, Op: "save at archive.org", URI: uri, Err: errors.New(why)}
}
