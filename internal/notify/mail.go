package notify

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/mail"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// sendWithin bounds the sending of one mail, from the dialling to the receipt.
const sendWithin = 2 * time.Minute

// Security says how the connection to a mail server is secured.
type Security string

// The values of Security.
const (
	// SecuritySTARTTLS: TLS is begun in the dialogue (RFC 3207), and nothing is sent if the server does not offer
	// it, unless the server is on this machine.
	SecuritySTARTTLS Security = "starttls"
	// SecurityTLS: TLS from the first byte on (RFC 8314), as on port 465.
	SecurityTLS Security = "tls"
	// SecurityNone: in the clear. No password is sent then.
	SecurityNone Security = "none"
)

// MailOptions describe one recipient and the way there.
type MailOptions struct {
	// From and To are addresses as in the head of a mail (RFC 5322, 3.4): "Ibid <ibid@example.org>". Each
	// recipient has a mail, and a Channel, of its own.
	From, To string
	// Server is the mail server, "host:port".
	Server   string
	Security Security
	// User and Password are sent (AUTH PLAIN, RFC 4616) when there is a User, and only over TLS.
	User     string
	Password Password
	Pace     Pace
	Filter   Filter
	// Base is as in WebhookOptions.
	Base string
	// Dial connects to Server, which the operator named: it need not be public.
	Dial DialFunc
	// Roots and Now are as in WebhookOptions.
	Roots *x509.CertPool
	Now   func() time.Time
}

// Mail is a Channel that sends digests to one recipient. It may not be used by two at once.
type Mail struct {
	o        MailOptions
	from, to mail.Address
	host     string
}

// NewMail returns the Channel of that recipient, or a KindInput error that names what cannot be used.
func NewMail(o MailOptions) (*Mail, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Mail{o: o}
	bad := func(what, value string, err error) (*Mail, error) {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "use the " + what, URI: value, Err: err}
	}
	var err error
	if m.from, err = parseAddress(o.From); err != nil {
		return bad("sender of mail", o.From, err)
	}
	if m.to, err = parseAddress(o.To); err != nil {
		return bad("recipient of mail", o.To, err)
	}
	if m.host, _, err = net.SplitHostPort(o.Server); err != nil || m.host == "" {
		return bad("mail server", o.Server, errors.New("it is not of the form HOST:PORT"))
	}
	switch o.Security {
	case SecuritySTARTTLS, SecurityTLS:
	case SecurityNone:
		if o.User != "" {
			return bad("mail server", o.Server, errors.New("a password is never sent in the clear: use starttls or tls, or no user"))
		}
	default:
		return bad("mail server", o.Server, errors.New("how it is secured is not known"))
	}
	if strings.Contains(o.User+string(o.Password), "\x00") {
		return bad("mail server", o.Server, errors.New("its user or password holds a zero byte"))
	}
	return m, nil
}

// parseAddress reads an address that any mail server takes: SMTP without extensions knows ASCII alone (RFC 5321,
// 4.1.2); the name before it may be any text.
func parseAddress(s string) (mail.Address, error) {
	if strings.ContainsAny(s, "\r\n\x00") {
		return mail.Address{}, errors.New("it is not one line")
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return mail.Address{}, errors.New("it is not a mail address")
	}
	for _, b := range []byte(a.Address) {
		if b <= ' ' || b >= 0x7f || b == '<' || b == '>' {
			return mail.Address{}, errors.New("it holds characters that not every mail server takes: write the domain in its xn-- form")
		}
	}
	return *a, nil
}

// Name is "mail:" and the address of the recipient.
func (m *Mail) Name() string { return "mail:" + m.to.Address }

// Deliver sends a digest of those Events of ds that are due by the Pace; the others wait until they are.
func (m *Mail) Deliver(ctx context.Context, ds []ibid.Delivery) []ibid.DeliveryResult {
	now := m.o.Now()
	results := make([]ibid.DeliveryResult, 0, len(ds))
	var due []ibid.Delivery
	for _, d := range ds {
		at := m.o.Pace.after(d.Event.When)
		switch {
		case !m.o.Filter.Wants(d.Event):
			results = append(results, ibid.DeliveryResult{ID: d.Event.ID})
		case at.After(now):
			results = append(results, waiting(d, at))
		default:
			due = append(due, d)
		}
	}
	if len(due) == 0 {
		return results
	}
	err := m.send(ctx, due, now)
	now = m.o.Now()
	next := now.Add(pause(mostAttempts(due)+1, longestBreak)) // one for all, so that they stay together
	for _, d := range due {
		switch {
		case err == nil:
			results = append(results, ibid.DeliveryResult{ID: d.Event.ID})
		case ctx.Err() != nil:
			results = append(results, waiting(d, now))
		default:
			results = append(results, failed(d, err, now, next))
		}
	}
	return results
}

func mostAttempts(ds []ibid.Delivery) int {
	most := 0
	for _, d := range ds {
		most = max(most, d.Attempts)
	}
	return most
}

func (m *Mail) send(ctx context.Context, due []ibid.Delivery, now time.Time) error {
	events := make([]ibid.Event, len(due))
	for i, d := range due {
		events[i] = linked(d.Event, m.o.Base)
	}
	text, err := m.letter(digestOf(events, m.o.Base), events, now)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	return m.transmit(ctx, text)
}
