package configs

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

func listenProblem(address string) error {
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		return fmt.Errorf("%q is not ADDRESS:PORT", address)
	}
	return nil
}

// replayProblem says whether archived pages would be shown from the origin that is the application's.
func (s Server) replayProblem() error {
	if err := listenProblem(s.ReplayListen); err != nil {
		return err
	}
	_, own, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return nil //nolint:nilerr // server.listen has its own check
	}
	_, port, _ := net.SplitHostPort(s.ReplayListen) //nolint:errcheck // it was just checked
	if own == port && port != "0" && (s.URL == "" || s.ReplayURL == "") {
		return errors.New("archived pages need an origin of their own: take another port than that of server.listen, or set server.url and server.replay_url")
	}
	if s.URL != "" && strings.EqualFold(strings.TrimSuffix(s.URL, "/"), strings.TrimSuffix(s.ReplayURL, "/")) {
		return errors.New("archived pages need an origin of their own: server.replay_url is that of server.url")
	}
	return nil
}

// assetsProblem says whether scripts of archived pages, which run on their origin where ReplayWeb.page shows them, could set cookies
// that the application gets: a cookie belongs to a name, whatever the port (RFC 6265, 8.5).
func (s Server) assetsProblem() error {
	if s.ReplayAssets == "" || IsLoopback(s.Listen) && IsLoopback(s.ReplayListen) && s.URL == "" {
		return nil
	}
	app, err := url.Parse(s.URL)
	replay, err2 := url.Parse(s.ReplayURL)
	if err != nil || err2 != nil || app.Hostname() == "" || replay.Hostname() == "" || strings.EqualFold(app.Hostname(), replay.Hostname()) {
		return errors.New("scripts of archived pages could set cookies for the application: give it and them names of their own, by server.url and server.replay_url")
	}
	return nil
}

// originProblem says whether address, if there is one, is that of an origin: no path, no user.
func originProblem(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is not like https://ibid.example.org", address)
	}
	return nil
}

// Trusted are the proxies as prefixes. What is none was found when the configuration was checked.
func (s Server) Trusted() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range s.TrustedProxies {
		if p, err := prefixOf(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

func (s Server) proxiesProblem() error {
	for _, text := range s.TrustedProxies {
		if _, err := prefixOf(text); err != nil {
			return fmt.Errorf("%q is neither an address nor a range of them like 10.0.0.0/8", text)
		}
	}
	return nil
}

// prefixOf reads an address or a range of them.
func prefixOf(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}
