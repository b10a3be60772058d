package smtpsink_test

import (
	"context"
	"crypto/tls"
	"net/smtp"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/notify/smtpsink"
)

// The client of the standard library knows nothing of ours: what it sends arrives.
func TestSink(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{STARTTLS: true, User: "u", Password: "p"})
	c, err := smtp.Dial(sink.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // Quit has closed it
	if err := c.StartTLS(&tls.Config{ServerName: "mail.example", RootCAs: sink.Roots(), MinVersion: tls.VersionTLS12}); err != nil {
		t.Fatal(err)
	}
	if err := c.Mail("a@example.org"); err == nil {
		t.Error("a stranger is taken mail from")
	}
	if err := c.Auth(smtp.PlainAuth("", "u", "p", "127.0.0.1")); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{c.Mail("a@example.org"), c.Rcpt("b@example.org"), c.Rcpt("c@example.org")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("Subject: x\r\n\r\n.\r\n..a\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Quit(); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := sink.Wait(ctx, 1)
	if len(got) != 1 || got[0].From != "a@example.org" || !slices.Equal(got[0].To, []string{"b@example.org", "c@example.org"}) ||
		string(got[0].Data) != "Subject: x\r\n\r\n.\r\n..a\r\n" || !got[0].TLS || got[0].User != "u" {
		t.Errorf("%+v", got)
	}
}
