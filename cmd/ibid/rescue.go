package main

import (
	"crypto/tls"
	"crypto/x509"
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
	transport := rescue.NewTransport(d.DialContext)
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	h.closers = append(h.closers, func() error { transport.CloseIdleConnections(); return nil })
	return rescue.New(rescue.Options{
		Archives: archivesOf(c), Transport: transport, UserAgent: userAgent(c), Budget: h.catalog.Budgets(), Judge: pipeline.JudgeFound(read, p.now),
		Migrations: migrationsOf(c), SpoolDir: h.spool, MaxBody: int64(c.Network.MaxBody), Idle: time.Duration(c.Network.Timeout.Idle),
		BodyTime: time.Duration(c.Network.Timeout.Total), Now: p.now, Log: p.log,
	})
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
		all = append(all, rescue.Archive{
			ID: ibid.Origin(a.ID), Name: a.Name, TimeMap: a.TimeMap, TimeGate: a.TimeGate, CDX: a.CDX, Raw: a.Raw,
			IndexRate: int(a.Rate), MementoRate: int(a.MementoRate),
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
