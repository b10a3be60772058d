package notify_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/notify/notifytest"
	"github.com/ibid-archive/ibid/internal/notify/smtpsink"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with the file of that name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (-update rewrites it); got\n%s", file, got)
	}
}

func dialTCP(ctx context.Context, network, addr string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

// to is how mail gets to sink.
func to(sink *smtpsink.Sink) notify.MailOptions {
	return notify.MailOptions{
		From: "Ibid <ibid@example.org>", To: "Zoë Ümläut <zoe@example.org>", Server: sink.Addr(), Security: notify.SecuritySTARTTLS,
		Base: "https://ibid.example", Dial: dialTCP, Roots: sink.Roots(), Pace: notify.Pace{Every: time.Minute},
	}
}

func newMail(t *testing.T, o notify.MailOptions) *notify.Mail {
	t.Helper()
	m, err := notify.NewMail(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// send sends a digest of events, which happened long enough ago, and returns what went wrong.
func send(t *testing.T, m *notify.Mail, events ...ibid.Event) string {
	t.Helper()
	var ds []ibid.Delivery
	for _, e := range events {
		e.When = e.When.AddDate(-40, 0, 0) // before the virtual time of tests, which begins in 2000
		ds = append(ds, ibid.Delivery{Event: e})
	}
	results := m.Deliver(t.Context(), ds)
	if len(results) != len(ds) {
		t.Fatalf("%d results of %d", len(results), len(ds))
	}
	for _, r := range results {
		if r.Err != results[0].Err {
			t.Errorf("one of a digest: %+v", r)
		}
	}
	return results[0].Err
}

// parts are the head and the decoded parts of a mail, by media type.
func parts(t *testing.T, data []byte) (mail.Header, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("%q: %v", m.Header.Get("Content-Type"), err)
	}
	found := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return m.Header, found
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Errorf("part %v", p.Header)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		media, _, _ := strings.Cut(p.Header.Get("Content-Type"), ";")
		found[media] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

// digestEvents are of two documents, of none, and of the archive itself, with titles and reasons of hostile pages.
func digestEvents() []ibid.Event {
	moved := notifytest.Event(2)
	moved.Kind, moved.MovedTo, moved.Kept = ibid.SourceMoved, "http://b.example/", ""
	moved.Text = "http://a.example/2 moved to http://b.example/"
	moved.Documents = []ibid.Citing{{ID: "d3", Title: "<script>alert(1)</script>\r\nBcc: evil@example.org"}}
	alone := notifytest.Event(3)
	alone.Documents, alone.Collection = nil, "forum"
	alone.Text = strings.Repeat("long", 600) + "\n.\nQUIT"
	alone.Evidence, alone.Kept = "javascript:alert(1)", "//evil.example/"
	full := notify.SpoolFull("host-1", notifytest.Noon(), 1<<30)
	return []ibid.Event{notifytest.Event(1), moved, alone, full}
}

func TestDigest(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	if err := send(t, newMail(t, to(sink)), digestEvents()...); err != "" {
		t.Fatal(err)
	}
	got := sink.Messages()[0]
	if got.From != "ibid@example.org" || !slices.Equal(got.To, []string{"zoe@example.org"}) {
		t.Errorf("envelope %q to %q", got.From, got.To)
	}
	for line := range bytes.Lines(got.Data) {
		if len(line) > 80 || !bytes.HasSuffix(line, []byte("\r\n")) || bytes.ContainsFunc(line, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("line of %d bytes: %.100q", len(line), line)
		}
	}
	head, bodies := parts(t, got.Data)
	golden(t, "digest.txt", []byte(bodies["text/plain"]))
	golden(t, "digest.html", []byte(bodies["text/html"]))
	who, err := head.AddressList("To")
	if err != nil || len(who) != 1 || who[0].Name != "Zoë Ümläut" {
		t.Errorf("To: %v, %v", who, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
	if err != nil || subject != "Ibid: 2 gone, 1 moved, 1 spool full" {
		t.Errorf("Subject: %q, %v", subject, err)
	}
	if _, err := head.Date(); err != nil || head.Get("Auto-Submitted") != "auto-generated" || head.Get("Bcc") != "" ||
		!strings.HasSuffix(head.Get("Message-ID"), "@example.org>") {
		t.Errorf("head %v, %v", head, err)
	}
}

func TestTheSameDigestHasTheSameMessageID(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	m := newMail(t, to(sink))
	for _, events := range [][]ibid.Event{digestEvents(), digestEvents(), digestEvents()[:2]} {
		if err := send(t, m, events...); err != "" {
			t.Fatal(err)
		}
	}
	var ids []string
	for _, got := range sink.Messages() {
		head, _ := parts(t, got.Data)
		ids = append(ids, head.Get("Message-ID"))
	}
	if ids[0] != ids[1] || ids[0] == ids[2] {
		t.Errorf("ids %q", ids)
	}
}

func TestOneGroupIsNamedInTheSubject(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	e := notifytest.Event(1)
	e.Documents = []ibid.Citing{{ID: "d", Title: "Défis de la migration: " + strings.Repeat("日本語の題名", 40)}}
	if err := send(t, newMail(t, to(sink)), e); err != "" {
		t.Fatal(err)
	}
	head, _ := parts(t, sink.Messages()[0].Data)
	subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "Ibid: 1 gone — Défis de la migration: 日本語の題名") || !strings.HasSuffix(subject, "…") {
		t.Errorf("Subject: %q, %v", subject, err)
	}
}

func TestMailIsSecured(t *testing.T) {
	for name, c := range map[string]struct {
		sink   smtpsink.Options
		change func(*notify.MailOptions)
		err    string // "" is a delivery
		tls    bool
		user   string
	}{
		"STARTTLS":                        {smtpsink.Options{STARTTLS: true}, nil, "", true, ""},
		"STARTTLS and a password":         {smtpsink.Options{STARTTLS: true, User: "ibid", Password: "pässword"}, login, "", true, "ibid"},
		"TLS from the first byte":         {smtpsink.Options{Implicit: true}, func(o *notify.MailOptions) { o.Security = notify.SecurityTLS }, "", true, ""},
		"TLS and a password":              {smtpsink.Options{Implicit: true, User: "ibid", Password: "pässword"}, func(o *notify.MailOptions) { login(o); o.Security = notify.SecurityTLS }, "", true, "ibid"},
		"in the clear on this machine":    {smtpsink.Options{}, nil, "", false, ""},
		"in the clear elsewhere":          {smtpsink.Options{}, elsewhere, "does not offer STARTTLS: nothing is sent", false, ""},
		"in the clear elsewhere, allowed": {smtpsink.Options{}, func(o *notify.MailOptions) { elsewhere(o); o.Security = notify.SecurityNone }, "", false, ""},
		"a password in the clear":         {smtpsink.Options{User: "ibid", Password: "pässword"}, login, "the password is not sent in the clear", false, ""},
		"a wrong password":                {smtpsink.Options{STARTTLS: true, User: "ibid", Password: "other"}, login, "refuses the user or password (535)", false, ""},
		"a password nobody asks for":      {smtpsink.Options{STARTTLS: true}, login, "does not offer AUTH PLAIN", false, ""},
		"a certificate nobody trusts":     {smtpsink.Options{STARTTLS: true}, func(o *notify.MailOptions) { o.Roots = nil }, "certificate", false, ""},
		"a certificate of another name":   {smtpsink.Options{STARTTLS: true}, func(o *notify.MailOptions) { elsewhere(o); o.Server = "other.example:25" }, "certificate", false, ""},
		"elsewhere with STARTTLS":         {smtpsink.Options{STARTTLS: true}, elsewhere, "", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			sink := smtpsink.Start(t, c.sink)
			o := to(sink)
			o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialTCP(ctx, network, sink.Addr())
			}
			if c.change != nil {
				c.change(&o)
			}
			err := send(t, newMail(t, o), notifytest.Event(1))
			if !strings.Contains(err, c.err) || (err == "") != (c.err == "") {
				t.Fatalf("%q, want %q", err, c.err)
			}
			if strings.Contains(err, "AGliaWQ") {
				t.Errorf("the password is in %q", err)
			}
			if strings.Contains(err, "in the clear") && slices.ContainsFunc(sink.Lines(), func(s string) bool {
				return strings.HasPrefix(s, "AUTH") || strings.HasPrefix(s, "MAIL")
			}) {
				t.Errorf("said in the clear: %q", sink.Lines())
			}
			got := sink.Messages()
			if err == "" && (len(got) != 1 || got[0].TLS != c.tls || got[0].User != c.user) || err != "" && len(got) != 0 {
				t.Errorf("%d mails: %+v", len(got), got)
			}
		})
	}
}

func login(o *notify.MailOptions) { o.User, o.Password = "ibid", "pässword" }

func elsewhere(o *notify.MailOptions) { o.Server = "mail.example:25" }

func TestMailServersThatMisbehave(t *testing.T) {
	answer := func(prefix, reply string) smtpsink.Options {
		return smtpsink.Options{Answer: func(line string) string {
			if strings.HasPrefix(line, prefix) {
				return reply
			}
			return ""
		}}
	}
	for name, c := range map[string]struct {
		sink smtpsink.Options
		err  string
	}{
		"too busy":                     {answer("MAIL", "451 4.3.2 later"), "answers MAIL FROM:<ibid@example.org> with 451 4.3.2 later"},
		"nobody of that name":          {answer("RCPT", "550-5.1.1 who?\r\n550 nobody"), "answers RCPT TO:<zoe@example.org> with 550 5.1.1 who? nobody"},
		"no data":                      {answer("DATA", "554 no"), "answers DATA with 554 no"},
		"not taken":                    {answer(".", "452 full"), "answers the mail with 452 full"},
		"no ESMTP":                     {answer("EHLO", "502 what?"), "answers EHLO with 502 what?"},
		"no reply":                     {answer("MAIL", "hello"), "no SMTP reply"},
		"a reply without end":          {answer("MAIL", strings.Repeat("250-more\r\n", 300)+"250 end"), "no SMTP reply"},
		"a line without end":           {answer("MAIL", "250 "+strings.Repeat("x", 1<<16)), "no SMTP reply"},
		"a reply of two codes":         {answer("MAIL", "250-ok\r\n550 no"), "no SMTP reply"},
		"text in the clear before TLS": {smtpsink.Options{STARTTLS: true, Answer: answer("STARTTLS", "220 go\r\n250 injected").Answer}, "in the clear after STARTTLS"},
		"quits badly":                  {answer("QUIT", "500 no"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			sink := smtpsink.Start(t, c.sink)
			err := send(t, newMail(t, to(sink)), notifytest.Event(1))
			if !strings.Contains(err, c.err) || (err == "") != (c.err == "") {
				t.Errorf("%q, want %q", err, c.err)
			}
		})
	}
}

func TestMailOptions(t *testing.T) {
	good := notify.MailOptions{From: "ibid@example.org", To: "a@example.org", Server: "mail.example:587", Security: notify.SecuritySTARTTLS}
	for name, change := range map[string]func(*notify.MailOptions){
		"no sender":             func(o *notify.MailOptions) { o.From = "" },
		"no recipient":          func(o *notify.MailOptions) { o.To = "" },
		"a header in a name":    func(o *notify.MailOptions) { o.To = "A\r\nBcc: b@example.org <a@example.org>" },
		"a header in a sender":  func(o *notify.MailOptions) { o.From = "ibid@example.org\nX: y" },
		"two recipients":        func(o *notify.MailOptions) { o.To = "a@example.org, b@example.org" },
		"a command in one":      func(o *notify.MailOptions) { o.To = "\"a> b\"@example.org" },
		"a domain in Greek":     func(o *notify.MailOptions) { o.To = "a@παράδειγμα.example" },
		"no server":             func(o *notify.MailOptions) { o.Server = "" },
		"no port":               func(o *notify.MailOptions) { o.Server = "mail.example" },
		"no security":           func(o *notify.MailOptions) { o.Security = "" },
		"a password in clear":   func(o *notify.MailOptions) { o.Security, o.User = notify.SecurityNone, "u" },
		"a password of no text": func(o *notify.MailOptions) { o.User, o.Password = "u", "a\x00b" },
	} {
		o := good
		change(&o)
		if _, err := notify.NewMail(o); ibid.KindOf(err) != ibid.KindInput || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m, err := notify.NewMail(good); err != nil || m.Name() != "mail:a@example.org" {
		t.Errorf("%v, %v", m, err)
	}
}
