package main

import (
	"context"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/netguard"
)

const (
	// witnessed is how long it counts that this machine reached a host, or that it reached none.
	witnessed = time.Minute
	// witnessWait is how long the hosts that are asked have to take a connection.
	witnessWait = 5 * time.Second
)

// witness tells an outage of this machine's own network from hosts that died: when nothing else was reached for a
// while it knocks at the other web archives of the configuration, which do not all fall silent at once.
type witness struct {
	dialer *netguard.Dialer
	hosts  []string // host:port

	mu     sync.Mutex
	asked  time.Time
	answer bool
}

func newWitness(d *netguard.Dialer, c configs.Config) *witness {
	w := &witness{dialer: d}
	if !c.Rescue.Enabled {
		return w
	}
	for _, a := range c.Rescue.Archives {
		if host := hostPort(a.TimeMap); a.Enabled && host != "" {
			w.hosts = append(w.hosts, host)
		}
	}
	return w
}

// hostPort is where the server of uri listens; empty: uri is not of the web.
func hostPort(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	case u.Scheme == "https":
		port = "443"
	default:
		return ""
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// online says whether any host was reached a moment ago, or one of those asked takes a connection now. With nobody to
// ask the answer is yes: then each host speaks for itself.
func (w *witness) online(ctx context.Context) bool {
	if len(w.hosts) == 0 || time.Since(w.dialer.Reached()) < witnessed {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.asked) >= witnessed {
		w.answer, w.asked = w.anyAnswers(ctx), time.Now()
	}
	return w.answer
}

// anyAnswers knocks at all hosts at once, and is content with the first.
func (w *witness) anyAnswers(ctx context.Context) bool {
	ctx, stop := context.WithTimeout(ctx, witnessWait)
	defer stop()
	took := make(chan bool, len(w.hosts))
	for _, host := range w.hosts {
		go func() {
			conn, err := w.dialer.DialContext(ctx, "tcp", host)
			if err == nil {
				_ = conn.Close() // it was only knocked at
			}
			took <- err == nil
		}()
	}
	for range w.hosts {
		if <-took {
			return true
		}
	}
	return false
}
