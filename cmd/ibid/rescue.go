package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/netguard"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/rescue"
)

// rescuer asks the other archives of the configuration; nil: none is to be asked.
func rescuer(h *house, d *netguard.Dialer, roots *x509.CertPool, read *crawler.Crawler, p *program) (*rescue.Rescuer, error) {
	c := h.config
	if !c.Rescue.Enabled {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return rescue.New(rescue.Options{
		Archives: archivesOf(c), Transport: archivesTransport(h, d, roots), UserAgent: userAgent(c), Budget: h.catalog.Budgets(), Judge: pipeline.JudgeFound(read, p.now),
		Migrations: migrationsOf(c), SpoolDir: h.spool, MaxBody: int64(c.Network.MaxBody), Idle: time.Duration(c.Network.Timeout.Idle),
		BodyTime: time.Duration(c.Network.Timeout.Total), Now: p.now, Log: p.log,
	})
}

// archivesTransport is how other archives are reached: through the one guard, as all else.
func archivesTransport(h *house, d *netguard.Dialer, roots *x509.CertPool) http.RoundTripper {
	transport := rescue.NewTransport(d.DialContext)
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	h.closers = append(h.closers, func() error { transport.CloseIdleConnections(); return nil })
	return transport
}

// pusher has copies made elsewhere; nil: none are to be made.
func pusher(h *house, d *netguard.Dialer, roots *x509.CertPool, p *program) (*rescue.Saver, error) {
	c := h.config.Push
	if !c.Enabled {
		return nil, nil //nolint:nilnil // none is an answer
	}
	key, err := c.Key.Read(p.environ)
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: "push.key", Err: err}
	}
	secret, err := c.Secret.Read(p.environ)
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: "push.secret", Err: err}
	}
	return rescue.NewSaver(rescue.SaverOptions{
		Endpoint: c.Endpoint, Key: key, Secret: secret, Transport: archivesTransport(h, d, roots), UserAgent: userAgent(h.config),
		Budget: h.catalog.Budgets(), PerMinute: float64(c.Rate), NotWithin: time.Duration(c.NotWithin), Now: p.now,
	}), nil
}

func archivesOf(c configs.Config) []rescue.Archive {
	var all []rescue.Archive
	for _, a := range c.Rescue.Archives {
		if !a.Enabled {
			continue
		}
		if a.Raw == "none" {
			a.Raw = ""
		}
		if base, ok := strings.CutSuffix(a.TimeMap, "timemap/link/"); a.TimeGate == "" && a.CDX != "" && ok {
			a.TimeGate = base // as all archives have it that have a CDX server
		}
		all = append(all, rescue.Archive{
			ID: ibid.Origin(a.ID), Name: a.Name, TimeMap: a.TimeMap, TimeGate: a.TimeGate, CDX: a.CDX, Raw: a.Raw,
			IndexRate: float64(a.Rate), MementoRate: float64(a.MementoRate),
		})
	}
	return all
}

func migrationsOf(c configs.Config) []rescue.Migration {
	var all []rescue.Migration
	for _, m := range c.Rescue.Migrations {
		all = append(all, rescue.Migration(m))
	}
	return all
}
