package server

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// lookEvery is how often it is looked whether the files of a certificate are others, at most.
const lookEvery = time.Second

// certificate is one that is read again when its files change.
type certificate struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu     sync.Mutex
	read   *tls.Certificate
	times  [2]time.Time
	looked time.Time
}

// TLS returns how to answer over HTTPS with the certificate and key of two files, which are read again when they change. While what
// they say cannot be used, the last that could counts. The error is of KindInput: it cannot be used now.
func TLS(cert, key string, now func() time.Time, log *slog.Logger) (*tls.Config, error) {
	c := &certificate{cert: cert, key: key, now: now, log: log}
	if err := c.load(); err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "use the certificate", URI: cert, Err: err}
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	}, nil
}

func (c *certificate) load() error {
	if c.cert == "" || c.key == "" {
		return errors.New("a certificate and its key are given together: server.tls.cert_file and server.tls.key_file")
	}
	times, err := c.changed()
	if err != nil {
		return err
	}
	read, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err == nil {
		c.read, c.times = &read, times
	}
	return err
}

// changed is when the files changed.
func (c *certificate) changed() (times [2]time.Time, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return times, err
		}
		times[i] = info.ModTime()
	}
	return times, nil
}

func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Sub(c.looked) < lookEvery && !now.Before(c.looked) {
		return c.read
	}
	c.looked = now
	if times, err := c.changed(); err == nil && times == c.times {
		return c.read
	}
	if err := c.load(); err != nil {
		c.log.Warn("the new certificate cannot be used; the one before counts", "file", c.cert, "error", err)
	} else {
		c.log.Info("the certificate was read again", "file", c.cert)
	}
	return c.read
}
