package main

import (
	"net"
	"testing"

	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/netguard"
)

func TestWitnessTellsAnOutageOfOurs(t *testing.T) {
	open := listening(t)
	closed := listening(t)
	_ = closed.Close() // nobody listens there any more
	for name, c := range map[string]struct {
		archives []string
		rescue   bool
		reached  bool // another host was, a moment ago
		want     bool
	}{
		"an archive takes the connection":   {[]string{"http://nobody.invalid/", "http://" + open.Addr().String() + "/"}, true, false, true},
		"none does":                         {[]string{"http://nobody.invalid/", "http://" + closed.Addr().String() + "/"}, true, false, false},
		"another host was reached just now": {[]string{"http://nobody.invalid/"}, true, true, true},
		"nobody is to be asked":             {[]string{"http://nobody.invalid/"}, false, false, true},
		"what is asked is no address":       {[]string{"%", "ftp://a.example/"}, true, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := netguard.New(netguard.Options{Allow: []string{"127.0.0.1"}})
			if err != nil {
				t.Fatal(err)
			}
			if c.reached {
				knock(t, d, open.Addr().String())
			}
			var config configs.Config
			config.Rescue.Enabled = c.rescue
			for _, uri := range c.archives {
				config.Rescue.Archives = append(config.Rescue.Archives, configs.Archive{TimeMap: uri, Enabled: true})
			}
			w := newWitness(d, config)
			if got := w.online(t.Context()); got != c.want {
				t.Errorf("online: %v", got)
			}
			if got := w.online(t.Context()); got != c.want {
				t.Errorf("asked again: %v", got)
			}
		})
	}
}

func listening(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func knock(t *testing.T, d *netguard.Dialer, addr string) {
	t.Helper()
	conn, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}
