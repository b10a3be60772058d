package configs

import (
	"errors"
	"fmt"
	"net"
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
