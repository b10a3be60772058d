package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// answerWithin bounds one POST from the dialling to the end of the answer.
	answerWithin = 15 * time.Second
	// maxAnswer is how much of an answer's head is read, in bytes; of the body, that much is drained.
	maxAnswer = 64 << 10
)

// DialFunc connects to "host:port".
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// WebhookOptions describe one endpoint.
type WebhookOptions struct {
	// Name is what the endpoint is called in logs and in the Outbox: its address may hold a secret.
	Name    string
	URL     string
	Secrets []Secret
	Filter  Filter
	// Base is the address at which people reach this Ibid; links begin with it. Empty: links are paths.
	Base string
	// Dial is the guarded dialer.
	Dial DialFunc
	// Roots are the authorities that are trusted; nil is those of the system.
	Roots     *x509.CertPool
	UserAgent string
	// Now is the clock on the wall: by default time.Now.
	Now func() time.Time
}

// Webhook is a Channel that posts each Event to one endpoint, signed as Standard Webhooks says
// (https://www.standardwebhooks.com). Answers of class 2 are a receipt; 410 ends it until the program is started
// again; all else is tried again. Redirects are not followed. It may not be used by two at once.
type Webhook struct {
	o      WebhookOptions
	client *http.Client
	// failures counts those in a row, and until then the endpoint is left alone.
	failures int
	closed   time.Time
	// ended is set when the endpoint said that it wants no more.
	ended bool
}

// NewWebhook returns the Channel of that endpoint, or a KindInput error.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	bad := func(why string) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "use the webhook", URI: o.Name, Err: errors.New(why)}
	}
	u, err := url.Parse(o.URL)
	switch {
	case o.Name == "":
		return nil, bad("it has no name")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, bad("its address is not of the form https://HOST/PATH")
	case u.User != nil:
		return nil, bad("its address holds a user name or password; the signature takes their place")
	case len(o.Secrets) == 0:
		return nil, bad("it has no secret to sign with")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &Webhook{o: o}
	w.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: o.Dial, TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			MaxResponseHeaderBytes: maxAnswer, ForceAttemptHTTP2: true,
		},
	}
	return w, nil
}

// Name is "webhook:" and the name of the endpoint.
func (w *Webhook) Name() string { return "webhook:" + w.o.Name }

// Deliver posts one Event after another. After a failure the endpoint is left alone for a while, longer each time.
func (w *Webhook) Deliver(ctx context.Context, ds []ibid.Delivery) []ibid.DeliveryResult {
	defer w.client.CloseIdleConnections()
	results, began := make([]ibid.DeliveryResult, 0, len(ds)), w.o.Now()
	for _, d := range ds {
		results = append(results, w.one(ctx, d, began))
	}
	return results
}

func (w *Webhook) one(ctx context.Context, d ibid.Delivery, began time.Time) ibid.DeliveryResult {
	now := w.o.Now()
	switch {
	case w.ended || !w.o.Filter.Wants(d.Event):
		return ibid.DeliveryResult{ID: d.Event.ID}
	case now.Before(w.closed):
		return waiting(d, w.closed)
	case ctx.Err() != nil || now.Sub(began) > lease/2:
		return waiting(d, now)
	}
	after, err := w.post(ctx, d.Event, now)
	now = w.o.Now()
	switch {
	case err == nil:
		w.failures = 0
		return ibid.DeliveryResult{ID: d.Event.ID}
	case ctx.Err() != nil:
		return waiting(d, now) // the order to stop is no failure of the endpoint
	case w.ended:
		return ibid.DeliveryResult{ID: d.Event.ID, Err: err.Error()}
	}
	w.failures++
	w.closed = now.Add(max(pause(w.failures, longestBreak), after))
	next := now.Add(max(pause(d.Attempts+1, longestPause), after))
	if next.Before(w.closed.Add(time.Second)) { // those that waited come first: one that is always refused stops no other
		next = w.closed.Add(time.Second)
	}
	return failed(d, err, now, next)
}

// message is what is posted (Standard Webhooks 1.0, "Payload structure").
type message struct {
	Type      ibid.EventKind `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Data      ibid.Event     `json:"data"`
}

// post sends e once. On failure it returns how long the endpoint asks to be left alone.
func (w *Webhook) post(ctx context.Context, e ibid.Event, now time.Time) (after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	body, err := json.Marshal(message{e.Kind, e.When, linked(e, w.o.Base)})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.o.URL, bytes.NewReader(body))
	if err != nil {
		return 0, withoutAddress(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", w.o.UserAgent)
	req.Header.Set("Webhook-Id", e.ID)
	req.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("Webhook-Signature", sign(w.o.Secrets, e.ID, now, body))
	resp, err := w.client.Do(req)
	if err != nil {
		return 0, withoutAddress(err)
	}
	defer resp.Body.Close()                                          //nolint:errcheck // only read from
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // so that the connection can be used again
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return 0, nil
	}
	w.ended = resp.StatusCode == http.StatusGone
	return retryAfter(resp.Header, now), fmt.Errorf("the endpoint answers %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
}

// withoutAddress takes the address, which may hold a secret, out of an error of net/http.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// linked is e with whole addresses, where base is known.
func linked(e ibid.Event, base string) ibid.Event {
	if link := absolute(base, e.Evidence); link != "" {
		e.Evidence = link
	}
	if link := absolute(base, e.Kept); link != "" {
		e.Kept = link
	}
	return e
}
