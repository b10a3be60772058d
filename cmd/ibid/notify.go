package main

import (
	"context"
	"crypto/x509"
	"net"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/netguard"
	"github.com/ibid-archive/ibid/internal/notify"
)

// notifier joins the outbox of the catalogue with the channels that are configured.
func (p *program) notifier(ctx context.Context, h *house) (*notify.Notifier, error) {
	channels, err := p.channels(h.config)
	if err != nil {
		return nil, err
	}
	return notify.Open(ctx, notify.Options{Outbox: h.catalog.Outbox(), Channels: channels, Now: p.now, Log: p.log})
}

func (p *program) channels(c configs.Config) ([]notify.Channel, error) {
	roots, err := rootCAs(c.Network.CAFile)
	if err != nil {
		return nil, err
	}
	dialer, err := guard(c)
	if err != nil {
		return nil, err
	}
	var channels []notify.Channel
	for _, w := range c.Notify.Webhooks {
		channel, err := p.webhook(c, w, dialer, roots)
		if err != nil {
			return nil, err
		}
		channels = append(channels, channel)
	}
	for _, to := range c.Notify.Email.To {
		channel, err := p.mail(c, to, roots)
		if err != nil {
			return nil, err
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

func (p *program) webhook(c configs.Config, w configs.Webhook, d *netguard.Dialer, roots *x509.CertPool) (notify.Channel, error) {
	text, err := w.Secret.Read(p.environ)
	if err != nil {
		return nil, err
	}
	secrets, err := notify.ParseSecrets(text)
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "use the secret of webhook", URI: w.Name, Err: err}
	}
	return notify.NewWebhook(notify.WebhookOptions{
		Name: w.Name, URL: w.URL, Secrets: secrets, Filter: notify.Filter{Kinds: w.Kinds, Collections: w.Collections},
		Base: c.Notify.BaseURL, Dial: d.DialContext, Roots: roots, UserAgent: userAgent(c), Now: p.now,
	})
}

func (p *program) mail(c configs.Config, to string, roots *x509.CertPool) (notify.Channel, error) {
	e := c.Notify.Email
	zone := e.Timezone
	if zone == "" {
		zone = c.Timezone
	}
	in, err := time.LoadLocation(zone)
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "use the time zone", URI: zone, Err: err}
	}
	password := ""
	if e.User != "" {
		if password, err = e.Password.Read(p.environ); err != nil {
			return nil, err
		}
	}
	return notify.NewMail(notify.MailOptions{
		From: e.From, To: to, Server: e.Server, Security: notify.Security(e.Security), User: e.User, Password: notify.Password(password),
		Pace:   notify.Pace{Minute: e.Digest.Minute, Every: time.Duration(e.Digest.Every), Zone: in},
		Filter: notify.Filter{Kinds: e.Kinds, Collections: e.Collections}, Base: c.Notify.BaseURL,
		Dial: new(net.Dialer).DialContext, Roots: roots, Now: p.now,
	})
}
