package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/s3"
	"github.com/ibid-archive/ibid/archive/blob/spool"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/linkhealth"
	"github.com/ibid-archive/ibid/internal/netguard"
	"github.com/ibid-archive/ibid/internal/pdf"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// product is the token by which robots.txt files address us.
const product = "ibid"

// maxDocument bounds a citing document, in bytes.
const maxDocument = 512 << 20

// commitEvery is the longest that a finished source waits until it is durable.
const commitEvery = 2 * time.Second

// house is an opened archive: the store, its index, and the lock of who may write to it.
type house struct {
	// waiting is the spool in front of a bucket, patient the tries behind it, news what is to be told of it; nil for a store
	// in a directory and for those who only read.
	waiting *spool.Store
	patient *retry.Store
	// bucket is the store itself, where that is one; nil for a directory.
	bucket  *s3.Store
	news    *spoolNews
	backlog *backlog
	config  configs.Config
	catalog *catalog.Catalog
	archive *archive.Archive
	store   blob.Store // what the archive keeps everything in
	spool   string     // where this process's bytes wait
	canary  canary
	lock    *fileLock
	alone   bool // nobody else writes to the store now
	fixed   bool // it is to be audited and cannot be written to
	closers []func() error
}

// purpose is what an archive is opened for.
type purpose int

const (
	toRead purpose = iota
	// toWrite: and what is there is needed to begin.
	toWrite
	// toWork: to capture, for which the store need not be there yet.
	toWork
	// toAudit: to read all of what is there, repair it, and say so; others may write meanwhile.
	toAudit
)

// open opens the store and its catalogue. Only one process may write to a store, unless they share a catalogue in
// PostgreSQL; readers are not kept out.
//
// What is wrong can be repaired from sources, besides the copies of the configuration.
func (p *program) open(ctx context.Context, c configs.Config, why purpose, sources ...configs.Copy) (_ *house, err error) {
	h := &house{config: c, spool: spoolDir(c)}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if err := h.enter(ctx, why); err != nil {
		return nil, err
	}
	store, err := p.openStore(ctx, h, c, why)
	if err != nil {
		return nil, err
	}
	h.store = store
	copies, err := p.openCopies(h, c, why, sources)
	if err != nil {
		return nil, err
	}
	if err := h.shareStore(); err != nil {
		return nil, err
	}
	dsn := c.Catalog
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(localDir(c), "catalog.db")
	}
	reads := why == toRead || why == toAudit
	if h.catalog, err = catalog.Open(ctx, dsn, catalog.Options{Now: p.now, Log: p.log, Reads: reads}); err != nil {
		return nil, err
	}
	h.closers = append(h.closers, h.catalog.Close)
	var ledger archive.Ledger
	switch {
	case h.fixed: // verify says so
	case h.catalog.Fixed():
		p.notice("%s cannot be written to: the catalogue is read as it stands", strings.TrimPrefix(dsn, "sqlite:"))
	default:
		ledger = h.catalog
	}
	if h.news != nil {
		stop := h.news.run(ctx, h.catalog.Tell, p.log)
		h.closers = append(h.closers, func() error { stop(); return nil })
	}
	if why == toWork {
		h.drain(ctx)
	}
	h.archive, err = archive.New(archive.Options{
		Store: store, SpoolDir: h.spool, Index: h.catalog, Copies: copies, Ledger: ledger, Software: software(), Operator: c.Network.Contact,
		UserAgent: userAgent(c), Robots: string(c.Crawl.Robots), Now: p.now, Log: p.log,
	})
	if err == nil && h.alone {
		_, err = h.archive.Sweep() // what processes that died had begun to write; a shared spool is swept in ownSpool
	}
	return h, err
}

// opened opens the house that the configuration names; done closes it, and joins what goes wrong then to a command's error.
func (p *program) opened(ctx context.Context, why purpose) (h *house, done func(err *error), err error) {
	c, err := p.config()
	if err != nil {
		return nil, nil, err
	}
	h, err = p.open(ctx, c, why)
	if err != nil {
		return nil, nil, err
	}
	return h, func(err *error) { *err = errors.Join(*err, h.close()) }, nil
}

// enter makes the store's directory on this machine when something is to be written, and takes its lock.
func (h *house) enter(ctx context.Context, why purpose) error {
	if why == toRead {
		return storeThere(h.config)
	}
	dir := localDir(h.config)
	if why == toAudit && cannotWrite(dir) {
		h.fixed = true
		return nil
	}
	bad := func(op string, err error) error {
		var path *os.PathError
		if errors.As(err, &path) {
			err = fmt.Errorf("%w; --store names a directory that can be written to", path.Err)
		}
		return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: dir, Err: err}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return bad("make the store", err)
	}
	err := h.lockStore(ctx, filepath.Join(dir, ".lock"))
	if why == toAudit && errors.Is(err, errHeld) {
		h.alone = false // nothing that it writes is in the way of who has the lock
		return nil
	}
	if err != nil {
		return bad("write to the store", err)
	}
	if h.isShared() {
		if err := h.ownSpool(); err != nil {
			return bad("make the spool of", err)
		}
	}
	return nil
}

// close closes what was opened, last first.
func (h *house) close() error {
	var errs []error
	for i := len(h.closers) - 1; i >= 0; i-- {
		errs = append(errs, h.closers[i]())
	}
	h.closers = nil
	return errors.Join(errs...)
}

// pipeline joins the opened archive with the network.
func (p *program) pipeline(ctx context.Context, h *house) (*pipeline.Pipeline, error) {
	c := h.config
	dialer, err := guard(c)
	if err != nil {
		return nil, err
	}
	roots, err := rootCAs(c.Network.CAFile)
	if err != nil {
		return nil, err
	}
	reader := pdf.New(pdf.Options{})
	h.closers = append(h.closers, reader.Close)
	outward, err := pusher(h, dialer, roots, p)
	if err != nil {
		return nil, err
	}
	parts := new(pipeline.Fragments)
	o := crawlerOptions(h, dialer, roots, reader, parts, p)
	cr, err := crawler.New(o)
	if err != nil {
		return nil, err
	}
	others, err := rescuer(h, dialer, roots, cr, p)
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, cr.Close)
	var room func(context.Context) error
	if h.waiting != nil {
		room = h.waiting.Room
	}
	return pipeline.New(ctx, pipeline.Options{
		Archive: h.archive, Catalog: h.catalog, Crawler: cr, Describe: o.Describe, Fragments: parts, Documents: citation.Options{PDF: reader},
		MaxDocument: maxDocument, Workers: c.Crawl.Concurrency, Lease: p.lease, CommitEvery: commitEvery,
		FullEvery: time.Duration(c.Crawl.FullEvery), Replan: p.replan, Told: p.told, Room: room, Log: p.log, Now: p.now,
		Strikes: linkhealth.Rule{Strikes: c.Health.Strikes, Interval: time.Duration(c.Health.Interval)},
		Online:  newWitness(dialer, c).online,
		Rescue:  others, Push: outward, Compare: time.Duration(c.Rescue.Compare), Again: time.Duration(c.Rescue.Again),
		Scope: ibid.Scope{Requisites: c.Crawl.Requisites, Depth: c.Crawl.Depth, MaxPages: c.Crawl.MaxPages},
	})
}

// guard is the one dialer for what leaves to where others say.
func guard(c configs.Config) (*netguard.Dialer, error) {
	return netguard.New(netguard.Options{
		Allow: c.Network.Allow, ConnectTo: c.Network.ConnectTo, Resolver: c.Network.Resolver,
		ConnectTimeout: time.Duration(c.Network.Timeout.Connect), Ports: c.Network.Ports,
	})
}

func crawlerOptions(h *house, d *netguard.Dialer, roots *x509.CertPool, reader *pdf.Reader, parts *pipeline.Fragments, p *program) crawler.Options {
	c, t := h.config, h.config.Network.Timeout
	return crawler.Options{
		UserAgent: userAgent(c), Product: product, Dial: d.DialContext, RootCAs: roots,
		Timeout: crawler.Timeout{
			Connect: time.Duration(t.Connect), TLS: time.Duration(t.TLS), Header: time.Duration(t.Header),
			Idle: time.Duration(t.Idle), Total: time.Duration(t.Total),
		},
		MaxHeader: int64(c.Network.MaxHeader), MaxBody: int64(c.Network.MaxBody), MaxDecoded: int64(c.Network.MaxDecoded),
		MaxRedirects: c.Network.MaxRedirects, Tries: c.Network.Tries, Concurrency: c.Crawl.Concurrency,
		PerHost:      crawler.PerHost{Parallelism: c.Crawl.PerHost.Parallelism, Delay: time.Duration(c.Crawl.PerHost.Delay)},
		IgnoreRobots: c.Crawl.Robots == configs.RobotsIgnore,
		SpoolDir:     h.spool, SpoolMemory: int64(c.Spool.Memory), Now: p.now, Log: p.log,
		Describe: pipeline.Describer(reader, parts),
	}
}

func rootCAs(file string) (*x509.CertPool, error) { return rootsOf("network.ca_file", file) }

// rootsOf are the authorities of a file that a key of the configuration names, and of the system; nil: there is no file.
func rootsOf(key, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	bad := func(err error) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "use " + key, URI: file, Err: err}
	}
	pem, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, bad(err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, bad(errors.New("it holds no certificate in PEM form"))
	}
	return pool, nil
}

func userAgent(c configs.Config) string {
	ua := "Mozilla/5.0 (compatible; " + product + "/" + version()
	if c.Network.Contact != "" {
		ua += "; +" + c.Network.Contact
	}
	return ua + ")"
}

func software() string { return "Ibid/" + version() }
