package notify_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/netguard"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/notify/notifytest"
)

// deliver hands one Event to w.
func deliver(t *testing.T, w *notify.Webhook, e ibid.Event) ibid.DeliveryResult {
	t.Helper()
	results := w.Deliver(t.Context(), []ibid.Delivery{{Event: e}})
	if len(results) != 1 || results[0].ID != e.ID {
		t.Fatalf("results %+v", results)
	}
	return results[0]
}

func TestWebhookIsSignedAsStandardWebhooksSays(t *testing.T) {
	var head http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head = r.Header
		body, _ = io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.RequestURI() != "/in?token=hidden" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	w := webhook(t, "a", toServer(server), notify.Filter{})
	if r := deliver(t, w, notifytest.Event(1)); r.Err != "" || !r.Next.IsZero() {
		t.Fatalf("%+v", r)
	}
	// Verified as a receiver does it, not with our own words.
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secretText, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(head.Get("webhook-id") + "." + head.Get("webhook-timestamp") + "." + string(body)))
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); head.Get("webhook-signature") != want {
		t.Errorf("signature %q, want %q", head.Get("webhook-signature"), want)
	}
	if head.Get("webhook-id") != notifytest.Event(1).ID || head.Get("content-type") != "application/json" || head.Get("user-agent") != "Ibid/test" {
		t.Errorf("head %v", head)
	}
	var message struct {
		Type, Timestamp string
		Data            ibid.Event
	}
	if err := json.Unmarshal(body, &message); err != nil {
		t.Fatal(err)
	}
	if message.Type != "source.died" || message.Timestamp != "2026-11-24T12:01:00Z" || message.Data.ID != notifytest.Event(1).ID ||
		message.Data.Evidence != "https://ibid.example/web/20261124120000/http://a.example/" {
		t.Errorf("body %s", body)
	}
}

func toServer(s *httptest.Server) notify.DialFunc {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
	}
}

func TestWebhookAnswers(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	for name, c := range map[string]struct {
		status    int
		delivered bool
		err       string
	}{
		"200":                             {200, true, ""},
		"202":                             {202, true, ""},
		"a redirect is not followed":      {307, false, "the endpoint answers 307 Temporary Redirect"},
		"400":                             {400, false, "the endpoint answers 400 Bad Request"},
		"500":                             {500, false, "the endpoint answers 500 Internal Server Error"},
		"an answer without end is left":   {201, true, ""},
		"a head without end is no answer": {-1, false, "exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				switch c.status {
				case 307:
					w.Header().Set("Location", other.URL)
				case -1:
					w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
					return
				}
				w.WriteHeader(c.status)
				if c.status == 201 {
					_, _ = w.Write(make([]byte, 1<<20))
				}
			}))
			defer server.Close()
			r := deliver(t, webhook(t, "a", toServer(server), notify.Filter{}), notifytest.Event(1))
			if !strings.Contains(r.Err, c.err) || c.delivered != (r.Err == "") {
				t.Errorf("%+v", r)
			}
			if strings.Contains(r.Err, "hidden") {
				t.Errorf("the token is in %q", r.Err)
			}
		})
	}
	if elsewhere > 0 {
		t.Error("the redirect was followed")
	}
}

func TestWebhookDialsOnlyWhatTheGuardAllows(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	for _, allow := range []bool{false, true} {
		var o netguard.Options
		if allow {
			o.Allow = []string{server.Listener.Addr().String()}
		}
		guard, err := netguard.New(o)
		if err != nil {
			t.Fatal(err)
		}
		w, err := notify.NewWebhook(notify.WebhookOptions{
			Name: "a", URL: server.URL + "/hidden", Secrets: secrets(t), Dial: guard.DialContext,
		})
		if err != nil {
			t.Fatal(err)
		}
		r := deliver(t, w, notifytest.Event(1))
		if allow != (r.Err == "") || !allow && !strings.Contains(r.Err, "not a public address") || strings.Contains(r.Err, "hidden") {
			t.Errorf("allowed %v: %+v", allow, r)
		}
	}
}

func TestWebhookTrustsOnlyItsRoots(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	defer server.Close()
	o := notify.WebhookOptions{Name: "a", URL: server.URL, Secrets: secrets(t), Dial: toServer(server)}
	untrusting, err := notify.NewWebhook(o)
	if err != nil {
		t.Fatal(err)
	}
	if r := deliver(t, untrusting, notifytest.Event(1)); !strings.Contains(r.Err, "certificate") {
		t.Errorf("%+v", r)
	}
	o.Roots = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	trusting, err := notify.NewWebhook(o)
	if err != nil {
		t.Fatal(err)
	}
	if r := deliver(t, trusting, notifytest.Event(1)); r.Err != "" {
		t.Errorf("%+v", r)
	}
}

func TestWebhookOptions(t *testing.T) {
	good := notify.WebhookOptions{Name: "a", URL: "https://hooks.example/x", Secrets: secrets(t)}
	for name, change := range map[string]func(*notify.WebhookOptions){
		"no name":        func(o *notify.WebhookOptions) { o.Name = "" },
		"no address":     func(o *notify.WebhookOptions) { o.URL = "" },
		"another scheme": func(o *notify.WebhookOptions) { o.URL = "ftp://hooks.example/hidden" },
		"no host":        func(o *notify.WebhookOptions) { o.URL = "https:///hidden" },
		"a password":     func(o *notify.WebhookOptions) { o.URL = "https://u:hidden@hooks.example/" },
		"no secret":      func(o *notify.WebhookOptions) { o.Secrets = nil },
	} {
		o := good
		change(&o)
		_, err := notify.NewWebhook(o)
		if ibid.KindOf(err) != ibid.KindInput || err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w, err := notify.NewWebhook(good); err != nil || w.Name() != "webhook:a" {
		t.Errorf("%v, %v", w, err)
	}
}

func TestAnOrderToStopIsNoFailure(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := webhook(t, "a", func(ctx context.Context, _, _ string) (net.Conn, error) {
		cancel()
		<-ctx.Done()
		return nil, errors.New("interrupted")
	}, notify.Filter{})
	results := w.Deliver(ctx, []ibid.Delivery{{Event: notifytest.Event(1)}, {Event: notifytest.Event(2)}})
	for _, r := range results {
		if r.Err != "" || r.Next.IsZero() {
			t.Errorf("%+v", r)
		}
	}
	if len(results) != 2 {
		t.Errorf("%d results", len(results))
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	var out bytes.Buffer
	for _, s := range secrets(t) {
		out.WriteString(strings.Join(printed(s), " "))
	}
	out.WriteString(strings.Join(printed(notify.Password("MfKQ")), " "))
	out.WriteString(strings.Join(printed(notify.MailOptions{Password: "MfKQ"}), " "))
	for _, part := range []string{"MfKQ", "4d664b51", "31 f2 90", "49 242", "31f290"} {
		if strings.Contains(out.String(), part) {
			t.Errorf("%q shows %q", out.String(), part)
		}
	}
}
